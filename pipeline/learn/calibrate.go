package learn

import (
	"context"
	"math"

	"winback/models"
	"winback/pipeline/baserate"
)

// How far the slope of a calibration moves: from model to model, and for one
// model from cut to cut (standard deviations of its log).
const (
	slopeSpread = 0.2
	slopeDrift  = 0.2
	driftWeight = 2 // cuts that the usual drift is worth
	steepest    = 5 // slopes above it, and below one over it, are flukes
)

// calibration maps the raw probabilities of a candidate to true ones, learned
// from its predictions at cuts that are closed: the mean of their slopes, drawn
// towards 1 where they disagree. How levels moved between the cuts is not in
// it.
func (l *Learner) calibration(ctx context.Context, c candidate, cuts []int) (models.Calibration, error) {
	var slopes, p []float64
	returned := 0.0
	for _, cut := range cuts {
		s, err := l.at(ctx, c, cut)
		if err != nil {
			return nil, err
		}
		slopes = append(slopes, l.slope(c.Name, cut, s.p))
		p = append(p, s.p...)
		for _, y := range l.came(cut) {
			returned += float64(y)
		}
	}
	platt := &models.Platt{Slope: slopeOf(slopes, c.points)}
	for i := range p {
		p[i] = platt.Apply(p[i])
	}
	platt.Intercept = models.ShiftTo(p, nil, returned/float64(max(len(p), 1)))
	return platt, nil
}

// slope is that of a candidate's predictions p at a cut.
func (l *Learner) slope(name string, cut int, p []float64) float64 {
	if slope, ok := l.slopes[name][cut]; ok {
		return slope
	}
	if l.slopes[name] == nil {
		l.slopes[name] = map[int]float64{}
	}
	slope := min(max(models.FitPlatt(p, l.came(cut), nil).Slope, 1./steepest), steepest)
	l.slopes[name][cut] = slope
	return slope
}

// slopeOf is the slope to expect after those of some cuts: 1 without any. Their
// mean in logs is drawn towards 0, by how much they differ against how much
// slopes of models do; cuts a month apart share half of their horizons, so that
// two count as one. Points are not expected to have a slope of 1.
func slopeOf(slopes []float64, points bool) float64 {
	n := float64(len(slopes))
	if n == 0 {
		return 1
	}
	mean, squares := 0.0, driftWeight*slopeDrift*slopeDrift
	for _, b := range slopes {
		mean += math.Log(b) / n
	}
	if points {
		return math.Exp(mean)
	}
	for _, b := range slopes {
		squares += (math.Log(b) - mean) * (math.Log(b) - mean)
	}
	drift := squares / (n - 1 + driftWeight) / max(n/2, 1)
	return math.Exp(mean * slopeSpread * slopeSpread / (slopeSpread*slopeSpread + drift))
}

// calibrated applies a calibration and then moves the level to the forecast.
func calibrated(p []float64, c models.Calibration, level baserate.Level) []float64 {
	out := make([]float64, len(p))
	for i := range p {
		out[i] = c.Apply(p[i])
	}
	if math.IsNaN(level.Rate) {
		return out
	}
	shift := models.Shift{Logit: models.ShiftTo(out, nil, level.Rate)}
	for i := range out {
		out[i] = shift.Apply(out[i])
	}
	return out
}
