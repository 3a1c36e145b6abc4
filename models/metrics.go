package models

import "math"

// Metrics says how well probabilities rank rows and how true they come.
type Metrics struct {
	AUC              float64 // chance that a positive ranks above a negative
	AveragePrecision float64
	LogLoss          float64 // mean, in nats
	Brier            float64 // mean squared error
	ECE              float64 // mean |predicted − observed| over ten bins of equal size
	CalibrationSlope float64 // 1 is right; below 1 the probabilities are spread too wide
	LiftTop10        float64 // rate in the best tenth over the rate of all
	CaptureTop10     float64 // share of the positives in the best tenth
	CaptureTop20     float64 // and in the best fifth
	MeanProbability  float64
}

// Evaluate compares probabilities p with what happened. w weighs rows, nil for
// all 1. Figures that need both classes are NaN where there is one.
func Evaluate(p []float64, y []uint8, w []float32) Metrics {
	runs := ties(p, y, w)
	m := Metrics{
		AUC:              aucOf(runs),
		AveragePrecision: averagePrecisionOf(runs),
		LogLoss:          logLossOf(runs),
		Brier:            brierOf(runs),
		ECE:              eceOf(runs),
		CalibrationSlope: slopeOf(runs),
		CaptureTop10:     captureOf(runs, 0.1),
		CaptureTop20:     captureOf(runs, 0.2),
		MeanProbability:  meanOf(runs),
	}
	m.LiftTop10 = m.CaptureTop10 / 0.1
	return m
}

// AUC is the area under the ROC curve: the chance that a positive row ranks
// above a negative one, half a chance where their scores are equal (the
// Mann–Whitney statistic). NaN with one class only.
func AUC(score []float64, y []uint8, w []float32) float64 {
	return aucOf(ties(score, y, w))
}

func aucOf(runs []tie) float64 {
	var below, won, positives float64
	for _, t := range runs {
		negative := t.weight - t.positive
		won += t.positive * (below + negative/2)
		below += negative
		positives += t.positive
	}
	if positives <= 0 || below <= 0 {
		return math.NaN()
	}
	return won / (positives * below)
}

// averagePrecisionOf is the sum over score thresholds of the precision at the
// threshold times the recall gained there, equal scores taken together. NaN
// without positives.
func averagePrecisionOf(runs []tie) float64 {
	var found, taken, sum float64
	for i := len(runs) - 1; i >= 0; i-- {
		found += runs[i].positive
		taken += runs[i].weight
		sum += runs[i].positive * found / taken
	}
	if found <= 0 {
		return math.NaN()
	}
	return sum / found
}

// logLossOf is the mean of −ln(probability of what happened), in nats;
// probabilities are kept 1e-9 away from 0 and 1.
func logLossOf(runs []tie) float64 {
	return mean(runs, func(t tie) float64 {
		p := clampProbability(t.score)
		return -t.positive*math.Log(p) - (t.weight-t.positive)*math.Log1p(-p)
	})
}

// brierOf is the mean squared difference of probability and outcome.
func brierOf(runs []tie) float64 {
	return mean(runs, func(t tie) float64 {
		return t.positive*(1-t.score)*(1-t.score) + (t.weight-t.positive)*t.score*t.score
	})
}

func meanOf(runs []tie) float64 {
	return mean(runs, func(t tie) float64 { return t.weight * t.score })
}

// mean divides the sum of f over all ties by their weight; NaN without rows.
func mean(runs []tie, f func(tie) float64) float64 {
	var sum, weight float64
	for _, t := range runs {
		sum += f(t)
		weight += t.weight
	}
	return sum / weight
}

// eceOf is the expected calibration error: rows in order of probability are cut
// into ten bins of equal weight, and the distances of mean probability and
// observed rate are averaged. A tie at a bin's edge is shared out in
// proportion.
func eceOf(runs []tie) float64 {
	const bins = 10
	var all float64
	for _, t := range runs {
		all += t.weight
	}
	var predicted, observed [bins]float64
	bin, room := 0, all/bins
	for _, t := range runs {
		for rest := t.weight; rest > 0; {
			take := rest
			if bin < bins-1 {
				take = min(rest, room)
			}
			predicted[bin] += take * t.score
			observed[bin] += take * t.positive / t.weight
			rest -= take
			if room -= take; room <= 0 && bin < bins-1 {
				bin, room = bin+1, all/bins
			}
		}
	}
	var sum float64
	for i := range bins {
		sum += math.Abs(predicted[i] - observed[i])
	}
	return sum / all
}

// Capture is the share of all positives among the given share of rows with the
// highest scores; of a tie at the edge the proportional part counts. NaN
// without positives.
func Capture(score []float64, y []uint8, w []float32, share float64) float64 {
	return captureOf(ties(score, y, w), share)
}

// Captures is Capture for several shares.
func Captures(score []float64, y []uint8, w []float32, shares []float64) []float64 {
	runs, found := ties(score, y, w), make([]float64, len(shares))
	for i, share := range shares {
		found[i] = captureOf(runs, share)
	}
	return found
}

func captureOf(runs []tie, share float64) float64 {
	var all, positives float64
	for _, t := range runs {
		all += t.weight
		positives += t.positive
	}
	if positives <= 0 {
		return math.NaN()
	}
	var found float64
	room := share * all
	for i := len(runs) - 1; i >= 0 && room > 0; i-- {
		take := math.Min(runs[i].weight, room)
		found += runs[i].positive * take / runs[i].weight
		room -= take
	}
	return found / positives
}

// slopeOf is b of the logistic regression of the outcome on
// a + b·logit(p) (Cox 1958). NaN with one class or one probability only.
func slopeOf(runs []tie) float64 {
	_, slope, ok := fitLine(runs)
	if !ok {
		return math.NaN()
	}
	return slope
}

// WilsonInterval is the 95 % score interval of a rate, hits of n (Wilson 1927); NaN
// where n is 0.
func WilsonInterval(hits, n int64) (low, high float64) {
	if n == 0 {
		return math.NaN(), math.NaN()
	}
	const z = 1.959963984540054
	p, m := float64(hits)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return max(centre-half, 0), min(centre+half, 1)
}
