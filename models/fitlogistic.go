package models

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/optimize"
)

// LogisticSettings says how a logistic regression is fitted.
type LogisticSettings struct {
	// L2 is λ in λ/2 × the sum of squared weights of the standardised columns,
	// beside the log loss summed over rows.
	L2        float64
	MinRows   float64 // rows, by weight, for a level or for "missing" to have a weight of its own
	MaxRounds int     // iterations of L-BFGS
	Workers   int     // goroutines; 0 for all processors; changes no result
}

// DefaultLogisticSettings returns a light penalty and levels of 50 rows.
func DefaultLogisticSettings() LogisticSettings {
	return LogisticSettings{L2: 10, MinRows: 50, MaxRounds: 200}
}

// FitLogistic fits a logistic regression by L-BFGS. Missing values count as
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
	weights, err := minimise(&logisticLoss{design: d, train: t, l2: s.L2, workers: workersOf(s.Workers)}, l.Intercept, s.MaxRounds)
	if err != nil {
		return nil, err
	}
	l.Intercept = weights[d.width]
	for c := range l.Terms {
		l.Terms[c] = d.term(c, weights)
	}
	return l, nil
}

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

// minimise finds the weights, the intercept last.
func minimise(loss *logisticLoss, intercept float64, rounds int) ([]float64, error) {
	start := make([]float64, loss.design.width+1)
	start[loss.design.width] = intercept
	problem := optimize.Problem{
		Func: func(x []float64) float64 { loss.at(x); return loss.value },
		Grad: func(grad, x []float64) { loss.at(x); copy(grad, loss.gradient) },
	}
	settings := &optimize.Settings{
		GradientThreshold: 1e-7, MajorIterations: rounds,
		Converger: &optimize.FunctionConverge{Relative: 1e-12, Iterations: 5},
	}
	result, err := optimize.Minimize(problem, start, settings, &optimize.LBFGS{})
	if result == nil {
		return nil, fmt.Errorf("logistic regression: %w", err)
	}
	// A line search that cannot go on has come as far as rounding allows.
	for _, x := range result.X {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return nil, fmt.Errorf("logistic regression did not converge")
		}
	}
	return result.X, nil
}

// logisticLoss is the mean log loss plus penalty and its gradient at one
// point, kept for the second question about the same point.
type logisticLoss struct {
	design  *design
	train   *Training
	l2      float64
	workers int

	point, gradient []float64
	value           float64
}

func (l *logisticLoss) at(x []float64) {
	if l.point != nil && equal(l.point, x) {
		return
	}
	width, rows := l.design.width, len(l.train.Y)
	l.point = append(l.point[:0], x...)
	parts := make([][]float64, blocksOf(rows))
	eachBlock(l.workers, rows, func(block, from, to int) {
		parts[block] = l.block(x, from, to)
	})
	sum := make([]float64, width+3) // gradient, intercept's, loss, weight
	for _, part := range parts {
		for i, v := range part {
			sum[i] += v
		}
	}
	for i := range width {
		sum[i] += l.l2 * x[i]
		sum[width+1] += l.l2 / 2 * x[i] * x[i]
	}
	for i := range width + 2 {
		sum[i] /= sum[width+2]
	}
	l.gradient, l.value = sum[:width+1], sum[width+1]
}

// block sums gradient and loss over a stretch of rows.
func (l *logisticLoss) block(x []float64, from, to int) []float64 {
	width := l.design.width
	sum, weights := make([]float64, width+3), x[:width]
	for r := from; r < to; r++ {
		row := l.design.cells[r*width : (r+1)*width]
		z := x[width]
		for i, cell := range row {
			z += weights[i] * float64(cell)
		}
		w := weightOf(l.train.Weight, r)
		residual := w * (sigmoid(z) - float64(l.train.Y[r]))
		part := sum[:len(row)]
		for i, cell := range row {
			part[i] += residual * float64(cell)
		}
		sum[width] += residual
		sum[width+1] += w * marginLoss(z, l.train.Y[r])
		sum[width+2] += w
	}
	return sum
}

func equal(a, b []float64) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}
