package models

import "math"

// Logistic is a logistic regression. Columns are matched by position.
type Logistic struct {
	Names     []string
	Levels    [][]string
	Intercept float64
	Terms     []Term // one per column
}

// Term is what a column adds to the log-odds.
type Term struct {
	// Missing is added where the value is missing, and nothing else.
	Missing float64
	// Numeric: the value is kept within the training's Low and High, replaced
	// by ln(1 + value) where Log is set, and (value − Mean) × Weight is added.
	Log                     bool
	Low, High, Mean, Weight float64
	// Categorical: added for each level, 0 for levels too rare to be learned.
	LevelWeights []float64
}

// Predict writes the probability of every row, see Model.
func (l *Logistic) Predict(x *Matrix, out []float64) {
	checkWidth(x, len(l.Terms))
	eachBlock(workersOf(0), x.Rows(), func(_, from, to int) {
		part := out[from:to]
		for i := range part {
			part[i] = l.Intercept
		}
		for c := range l.Terms {
			l.Terms[c].add(x.Columns[c][from:to], part)
		}
		probabilities(part)
	})
}

// add adds what each cell of a column adds.
func (t *Term) add(cells []float32, out []float64) {
	switch {
	case t.LevelWeights != nil || t.Weight == 0:
		for i, cell := range cells {
			out[i] += t.LogOdds(cell)
		}
	case t.Log:
		t.addLogs(cells, out)
	default:
		out = out[:len(cells)]
		for i, cell := range cells {
			if cell != cell {
				out[i] += t.Missing
				continue
			}
			v := float64(cell)
			if v < t.Low {
				v = t.Low
			} else if v > t.High {
				v = t.High
			}
			out[i] += float64((v - t.Mean) * t.Weight) // apart from the sum, so that all machines round alike
		}
	}
}

// addLogs is add for logarithms: what was added for a number is kept until another
// takes its place, since most columns are counts, of which few differ.
func (t *Term) addLogs(cells []float32, out []float64) {
	const places = 1 << 10
	var known [places]float32
	var terms [places]float64
	for i := range known {
		known[i] = float32(math.NaN())
	}
	for i, cell := range cells {
		bits := math.Float32bits(cell)
		at := (bits ^ bits>>11) * 0x9e3779b1 >> 22
		if known[at] != cell {
			known[at], terms[at] = cell, t.LogOdds(cell)
		}
		out[i] += terms[at]
	}
}

// Contributions writes what each column adds to the log-odds of each row of x
// into out, one entry per row and column, against a row of mean numbers and of
// no level that was learned: base, its log-odds, and the entries of a row sum
// to the log-odds of the row. It panics when the number of columns differs from
// the training's.
func (l *Logistic) Contributions(x *Matrix, out [][]float64, workers int) (base float64) {
	checkWidth(x, len(l.Terms))
	eachBlock(workersOf(workers), len(out), func(_, from, to int) {
		for row := from; row < to; row++ {
			for c := range l.Terms {
				out[row][c] = l.Terms[c].LogOdds(x.Columns[c][row])
			}
		}
	})
	return l.Intercept
}

// LogOdds is what one cell adds to the log-odds.
func (t *Term) LogOdds(x float32) float64 {
	if t.LevelWeights != nil {
		if level := levelIndex(x, len(t.LevelWeights)); level >= 0 {
			return t.LevelWeights[level]
		}
		return t.Missing
	}
	if x != x {
		return t.Missing
	}
	if t.Weight == 0 {
		return 0
	}
	return (t.value(x) - t.Mean) * t.Weight
}

// value is the number that is weighed.
func (t *Term) value(x float32) float64 {
	v := min(max(float64(x), t.Low), t.High)
	switch {
	case !t.Log:
		return v
	case v > 1e-3: // where Log is as exact, and takes half the time
		return math.Log(1 + v)
	}
	return math.Log1p(v)
}
