package models

import "math"

// Calibration maps one probability to a truer one. It never turns an order
// round: a larger probability never becomes the smaller one.
type Calibration interface {
	// Apply returns a probability within (0, 1) for p within [0, 1].
	Apply(p float64) float64
	save(p *printer) // writes its line of a model file
}

// Calibrated is a model whose probabilities pass through calibrations, one
// after another.
type Calibrated struct {
	Model Saved // not a Calibrated itself
	Steps []Calibration
}

// Predict writes the calibrated probability of every row, see Model.
func (c *Calibrated) Predict(x *Matrix, out []float64) {
	c.Model.Predict(x, out)
	for i, p := range out {
		for _, step := range c.Steps {
			p = step.Apply(p)
		}
		out[i] = p
	}
}

// Platt is a logistic curve: Intercept + Slope·logit(p) are the new log-odds
// (Platt 1999).
type Platt struct{ Intercept, Slope float64 }

// Apply returns the calibrated probability.
func (c *Platt) Apply(p float64) float64 {
	return clampProbability(sigmoid(c.Intercept + c.Slope*logit(p)))
}

// FitPlatt fits a Platt curve to probabilities and outcomes; w weighs rows, nil
// for all 1. Where no rising curve can be found (one class, one probability, a
// model that ranks the wrong way round) it only shifts the level.
func FitPlatt(p []float64, y []uint8, w []float32) *Platt {
	intercept, slope, ok := fitLine(ties(p, y, w))
	if ok && slope > 0 {
		return &Platt{Intercept: intercept, Slope: slope}
	}
	return &Platt{Intercept: ShiftTo(p, w, priorOf(y, w)), Slope: 1}
}

// Shift adds a constant to the log-odds.
type Shift struct{ Logit float64 }

// Apply returns the shifted probability.
func (c *Shift) Apply(p float64) float64 { return clampProbability(sigmoid(logit(p) + c.Logit)) }

// ShiftTo returns the number to add to the log-odds of all probabilities so
// that their mean becomes target; w weighs rows, nil for all 1. It is 0
// without rows, and target is kept within [1e-6, 1 − 1e-6].
func ShiftTo(p []float64, w []float32, target float64) float64 {
	runs := ties(p, make([]uint8, len(p)), w)
	if len(runs) == 0 {
		return 0
	}
	z := make([]float64, len(runs))
	for i, t := range runs {
		z[i] = logit(t.score)
	}
	target = math.Min(math.Max(target, 1e-6), 1-1e-6)
	lo, hi, at := -60.0, 60.0, 0.0
	for range 100 {
		var sum, slope, weight float64
		for i, t := range runs {
			p := fastSigmoid(z[i] + at)
			sum += t.weight * p
			slope += t.weight * p * (1 - p)
			weight += t.weight
		}
		short := target*weight - sum
		if short > 0 {
			lo = at
		} else {
			hi = at
		}
		next := at + short/slope // Newton's step, or the middle where it leads astray
		if !(next > lo && next < hi) {
			next = lo/2 + hi/2
		}
		if math.Abs(next-at) < 1e-12 {
			return next
		}
		at = next
	}
	return at
}

// line is a logistic regression of outcomes on one number.
type line struct {
	runs []tie
	z    []float64 // log-odds of the score of each run
}

// fitLine fits log-odds = a + b·logit(score) to the ties by Newton's method.
// There is no best line, and ok is false, with one class or one score only and
// where the classes do not overlap.
func fitLine(runs []tie) (a, b float64, ok bool) {
	if len(runs) < 2 || math.IsNaN(aucOf(runs)) {
		return 0, 0, false
	}
	l := line{runs: runs, z: make([]float64, len(runs))}
	for i, t := range runs {
		l.z[i] = logit(t.score)
	}
	a, b = 0, 1
	loss := l.loss(a, b)
	for range 100 {
		da, db, ok := l.step(a, b)
		if !ok {
			return 0, 0, false
		}
		next := l.loss(a+da, b+db)
		for halvings := 0; !(next <= loss) && halvings < 40; halvings++ {
			da, db = da/2, db/2
			next = l.loss(a+da, b+db)
		}
		a, b, loss = a+da, b+db, math.Min(next, loss)
		if math.Abs(b) > 1e3 {
			return 0, 0, false
		}
		if math.Abs(da)+math.Abs(db) < 1e-9 {
			return a, b, true
		}
	}
	return 0, 0, false
}

func (l *line) loss(a, b float64) float64 {
	var sum float64
	for i, t := range l.runs {
		z := a + b*l.z[i]
		if t.positive > 0 {
			sum += t.positive * marginLoss(z, 1)
		}
		if t.weight > t.positive {
			sum += (t.weight - t.positive) * marginLoss(z, 0)
		}
	}
	return sum
}

// step is the Newton step; ok is false where the curvature is not positive.
func (l *line) step(a, b float64) (da, db float64, ok bool) {
	var ga, gb, haa, hab, hbb float64
	for i, t := range l.runs {
		z := l.z[i]
		p := sigmoid(a + b*z)
		residual, curvature := t.positive-t.weight*p, t.weight*p*(1-p)
		ga += residual
		gb += residual * z
		haa += curvature
		hab += curvature * z
		hbb += curvature * z * z
	}
	det := haa*hbb - hab*hab
	if !(det > 1e-14*haa*hbb) {
		return 0, 0, false
	}
	return (hbb*ga - hab*gb) / det, (haa*gb - hab*ga) / det, true
}
