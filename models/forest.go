package models

import "math"

// Forest is the mean of many trees, as FitForest fits it.
type Forest struct {
	Names  []string
	Levels [][]string
	Trees  [][]Node // each with 0 as its root, parents before children; Value is a probability
}

// Predict writes the probability of every row, see Model.
func (f *Forest) Predict(x *Matrix, out []float64) {
	f.sum().Margin(x, out)
	for i := range out {
		out[i] = clampProbability(out[i] / math.Max(float64(len(f.Trees)), 1))
	}
}

// sum is the ensemble whose margin is the sum of the trees.
func (f *Forest) sum() *Ensemble {
	e := &Ensemble{Names: f.Names, Levels: f.Levels, Trees: f.Trees}
	if len(f.Trees) == 0 {
		e.Prior = 0.5
	}
	return e
}

// Importance returns for each column the gain of all questions about it, as a
// share of the gain of all questions; all 0 where there are none.
func (f *Forest) Importance() []float64 { return f.sum().Importance() }
