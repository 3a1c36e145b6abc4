package models

import "math"

// Contributions returns what each column adds to the log-odds of one row: base,
// the mean log-odds of the training rows, and contributions sum to the Margin
// of the row but for rounding. They are exact Shapley values of the trees,
// where a column that is not known is averaged over the training rows of a
// node: the path-dependent TreeSHAP of Lundberg et al. (2020).
func (e *Ensemble) Contributions(x *Matrix, row int) (base float64, contributions []float64) {
	out := [][]float64{make([]float64, len(e.Levels))}
	base = e.ContributionsOf(x, []int{row}, out, 1)
	return base, out[0]
}

// ContributionsOf is Contributions of many rows: those of rows[i] are written
// into out[i], one entry per column. Workers are goroutines, 0 for all
// processors, and change no result. It panics when the number of columns
// differs from the training's.
func (e *Ensemble) ContributionsOf(x *Matrix, rows []int, out [][]float64, workers int) (base float64) {
	return e.Prior + contributionsOf(e.Levels, e.Trees, x, rows, out, workers)
}

// ContributionsOf is that of an Ensemble on the scale of probabilities: base
// and contributions sum to what Predict says.
func (f *Forest) ContributionsOf(x *Matrix, rows []int, out [][]float64, workers int) (base float64) {
	base = contributionsOf(f.Levels, f.Trees, x, rows, out, workers)
	n := math.Max(float64(len(f.Trees)), 1)
	for _, contributions := range out[:len(rows)] {
		for c := range contributions {
			contributions[c] /= n
		}
	}
	return base / n
}

// contributionsOf goes through the trees one after the other, so that what was
// found out about a tree stays near while all rows ask for it.
func contributionsOf(levels [][]string, trees [][]Node, x *Matrix, rows []int, out [][]float64, workers int) (base float64) {
	checkWidth(x, len(levels))
	for i := range rows {
		clear(out[i])
	}
	share := func(part, parts int) int { return len(rows) * part / parts }
	workers = min(workersOf(workers), 1+len(rows)/256)
	for _, nodes := range trees {
		each(workers, workers, func(w int) {
			g := newTreeGame(nodes, levels)
			if w == 0 {
				base += g.mean()
			}
			for i := share(w, workers); i < share(w+1, workers); i++ {
				g.add(x, rows[i], out[i])
			}
		})
	}
	return base
}

// goesLeft answers the question of a node for one cell.
func (n *Node) goesLeft(cell float32, levels []string) bool {
	if levels == nil {
		return float64(cell) <= n.Threshold || cell != cell && n.MissingLeft
	}
	level := levelIndex(cell, len(levels))
	if level < 0 {
		return n.MissingLeft
	}
	for _, l := range n.LeftLevels {
		if int(l) == level {
			return true
		}
	}
	return false
}
