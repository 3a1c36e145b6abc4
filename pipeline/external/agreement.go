package external

import (
	"cmp"
	"math"
	"slices"

	"winback/data"
	"winback/models"
)

// Bounds of what is said of tonight's scores beside those of past days.
const (
	mostCompared   = 5_000 // customers of a day
	fewestCompared = 100
	weakest        = .1 // of the strongest correlation that says something
	// Agree is the agreement of tonight's scores with those of past days below which they
	// are doubtful, and its negative that at which their sign has turned.
	Agree = .5
)

// Profile is with which features the scores of a day go: Spearman's rank correlation
// with each numeric column of the matrix, 0 for others. nil: too few have a score.
type Profile []float64

// Profile is that of a day, whose customers lapsed are rows [from, to) of a matrix, found
// on customers evenly spread over them.
func (s *Scores) Profile(day data.Day, m *models.Matrix, from, to int) Profile {
	if !s.IsKnown() || s.days[day] == nil {
		return nil
	}
	score, step := m.Columns[len(m.Columns)-1], max(1, (to-from)/mostCompared)
	var rows []int
	for i := from; i < to; i += step {
		if score[i] >= s.days[day].least {
			rows = append(rows, i)
		}
	}
	if len(rows) < fewestCompared {
		return nil
	}
	p := make(Profile, len(m.Columns)-1)
	for c := range p {
		if m.Levels[c] == nil {
			p[c] = correlation(m.Columns[c], score, rows)
		}
	}
	return p
}

// correlation is Spearman's over the rows where both are known; 0 where too few are.
func correlation(a, b []float32, rows []int) float64 {
	known := slices.DeleteFunc(slices.Clone(rows), func(i int) bool { return a[i] != a[i] || b[i] != b[i] })
	if len(known) < fewestCompared {
		return 0
	}
	x, y := ranksOf(a, known), ranksOf(b, known)
	mean, xy, xx, yy := float64(len(known)+1)/2, 0.0, 0.0, 0.0
	for i := range x {
		dx, dy := x[i]-mean, y[i]-mean
		xy, xx, yy = xy+dx*dy, xx+dx*dx, yy+dy*dy
	}
	if xx == 0 || yy == 0 {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// ranksOf are the ranks of values among those of the rows, from 1, equal ones in the middle.
func ranksOf(values []float32, rows []int) []float64 {
	order, ranks := make([]int, len(rows)), make([]float64, len(rows))
	for k := range order {
		order[k] = k
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(values[rows[a]], values[rows[b]]) })
	for from, to := 0, 0; from < len(order); from = to {
		for to = from; to < len(order) && values[rows[order[to]]] == values[rows[order[from]]]; to++ {
		}
		for _, k := range order[from:to] {
			ranks[k] = float64(from+to+1) / 2
		}
	}
	return ranks
}

// Agreement is how far tonight's scores go with the features of their customers as those
// of past days did: the slope of tonight's profile on the mean of theirs, 1 for the same, 0
// for none, -1 for the same with the sign turned. It is not known where the past days go
// with no feature, or do not agree among themselves.
func Agreement(tonight Profile, past []Profile) (slope float64, known bool) {
	mean := make(Profile, len(tonight))
	for _, p := range past {
		if len(p) != len(tonight) {
			return 0, false
		}
		for c, with := range p {
			mean[c] += with / float64(len(past))
		}
	}
	strongest := 0.0
	for _, with := range mean {
		strongest = max(strongest, math.Abs(with))
	}
	if strongest < weakest || slices.ContainsFunc(past, func(p Profile) bool { return p.on(mean) < Agree }) {
		return 0, false
	}
	return tonight.on(mean), true
}

func (p Profile) on(other Profile) float64 {
	both, square := 0.0, 0.0
	for c := range other {
		both, square = both+p[c]*other[c], square+other[c]*other[c]
	}
	return both / square
}
