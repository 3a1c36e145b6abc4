package models

import (
	"fmt"
	"math"
)

// tie is a run of rows with the same score. Figures treat it as a whole, as
// the mean over all orders of its rows, so that no figure depends on the order
// of rows.
type tie struct {
	score    float64
	weight   float64
	positive float64 // weight of the positive rows
}

// ranking is rows in ascending order of their score.
type ranking struct {
	order []uint32 // rows
	ends  []int    // of each tie, in order
}

// newRanking sorts rows by score. NaN scores come first.
func newRanking(score []float64) ranking {
	r := ranking{order: make([]uint32, len(score))}
	for i := range r.order {
		r.order[i] = uint32(i)
	}
	sortByScore(r.order, score)
	for i := range r.order {
		if i+1 == len(r.order) || !sameScore(score[r.order[i]], score[r.order[i+1]]) {
			r.ends = append(r.ends, i+1)
		}
	}
	return r
}

func sameScore(a, b float64) bool { return a == b || (a != a && b != b) }

// sortByScore is a radix sort: row numbers decide where scores are equal.
func sortByScore(rows []uint32, score []float64) {
	type item struct {
		key uint64
		row uint32
	}
	from, to := make([]item, len(rows)), make([]item, len(rows))
	for i, r := range rows {
		from[i] = item{key: scoreKey(score[r]), row: r}
	}
	const digit = 16
	count := make([]int, 1<<digit)
	for shift := 0; shift < 64; shift += digit {
		clear(count)
		for _, x := range from {
			count[x.key>>shift&(1<<digit-1)]++
		}
		sum := 0
		for i, n := range count {
			count[i] = sum
			sum += n
		}
		for _, x := range from {
			d := x.key >> shift & (1<<digit - 1)
			to[count[d]] = x
			count[d]++
		}
		from, to = to, from
	}
	for i, x := range from {
		rows[i] = x.row
	}
}

// scoreKey maps scores to integers in the same order; both zeros are one, NaN
// is the smallest.
func scoreKey(x float64) uint64 {
	if x != x {
		return 0
	}
	bits := math.Float64bits(x + 0)
	if bits>>63 != 0 {
		return ^bits
	}
	return bits | 1<<63
}

// ties returns the runs of equal scores in ascending order. Rows without
// weight are left out.
func ties(score []float64, y []uint8, w []float32) []tie {
	checkLengths(len(score), len(y), w)
	r := newRanking(score)
	runs := make([]tie, 0, len(r.ends))
	from := 0
	for _, end := range r.ends {
		t := tie{score: score[r.order[from]]}
		for _, row := range r.order[from:end] {
			weight := weightOf(w, int(row))
			t.weight += weight
			t.positive += weight * float64(y[row])
		}
		from = end
		if t.weight > 0 {
			runs = append(runs, t)
		}
	}
	return runs
}

// checkLengths panics where slices of one call disagree: a mistake of the
// program.
func checkLengths(scores, labels int, w []float32) {
	if scores != labels || (w != nil && len(w) != labels) {
		panic(fmt.Sprintf("models: %d scores, %d labels, %d weights", scores, labels, len(w)))
	}
}
