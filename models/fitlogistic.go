package models

import "fmt"

// LogisticSettings says how a logistic regression is fitted.
type LogisticSettings struct {
	// L2 is λ in λ/2 × the sum of squared weights of the standardised columns,
	// beside the log loss summed over rows.
	L2        float64
	MinRows   float64 // rows, by weight, for a level or for "missing" to have a weight of its own
	MaxRounds int     // iterations of L-BFGS
	Tolerance float64 // relative change of the loss at which they end early
	Workers   int     // goroutines; 0 for all processors; changes no result
}

// DefaultLogisticSettings returns a light penalty and levels of 50 rows.
func DefaultLogisticSettings() LogisticSettings {
	return LogisticSettings{L2: 10, MinRows: 50, MaxRounds: 200, Tolerance: 1e-12}
}

// FitLogistic fits a logistic regression by L-BFGS, preconditioned with the
// curvature at the start so that about ten rounds are enough. Missing values count as
// the mean, with a weight of their own where there are enough; numeric columns
// without negative values and with a long tail are taken in logarithms.
func FitLogistic(t *Training, s LogisticSettings) (*Logistic, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	if !(s.L2 > 0) || !(s.MinRows >= 1) || s.MaxRounds < 1 {
		return nil, fmt.Errorf("logistic settings: want L2 above 0, 1 or more rows and rounds, have %v, %v, %d", s.L2, s.MinRows, s.MaxRounds)
	}
	l := &Logistic{Names: t.X.Names, Levels: t.X.Levels, Terms: make([]Term, len(t.X.Columns))}
	l.Intercept = logit(priorOf(t.Y, t.Weight))
	for c, levels := range t.X.Levels {
		if levels != nil {
			l.Terms[c].LevelWeights = make([]float64, len(levels))
		}
	}
	if oneClass(t) {
		return l, nil
	}
	d := newDesign(t, &s)
	loss := &logisticLoss{design: d, train: t, l2: s.L2, workers: workersOf(s.Workers), tolerance: s.Tolerance}
	weights, err := loss.minimise(l.Intercept, s.MaxRounds)
	if err != nil {
		return nil, err
	}
	l.Intercept = weights[d.width]
	for c := range l.Terms {
		l.Terms[c] = d.term(c, weights)
	}
	return l, nil
}

// oneClass says whether the rows with weight are all positive or all negative:
// nothing is to be learned then.
func oneClass(t *Training) bool {
	var seen [2]bool
	for i, y := range t.Y {
		if weightOf(t.Weight, i) > 0 {
			seen[y] = true
		}
	}
	return !seen[0] || !seen[1]
}

// term turns weights of standardised columns into those of the column itself.
func (d *design) term(c int, weights []float64) Term {
	part, t := &d.parts[c], d.terms[c]
	at := func(i int) float64 {
		if i < 0 {
			return 0
		}
		return weights[i]
	}
	t.Missing = at(part.missing)
	if part.levels != nil {
		t.LevelWeights = make([]float64, len(part.levels))
		for level, i := range part.levels {
			t.LevelWeights[level] = at(i)
		}
	}
	if part.value >= 0 {
		t.Weight = weights[part.value] / part.spread
	}
	return t
}
