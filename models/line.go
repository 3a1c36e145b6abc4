package models

import "math"

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
