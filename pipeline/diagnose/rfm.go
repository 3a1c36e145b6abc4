package diagnose

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"winback/data"
)

// rfmScores is how many scores each of the three has: 1 is worst.
const rfmScores = 5

// RFM are scores of recency, frequency and monetary value, 1 to 5, that never
// part equal customers, and what became of each cell.
type RFM struct {
	// Cuts are the edges between the scores, ascending: recency in days (a
	// score of 5 is up to the first), frequency in purchase days and monetary
	// value (a score of 5 is from the last on).
	RecencyCuts   []Number  `json:"recency_cuts"`
	FrequencyCuts []Number  `json:"frequency_cuts"`
	MonetaryCuts  []Number  `json:"monetary_cuts"`
	Basis         string    `json:"basis"`
	Cells         []RFMCell `json:"cells"`
}

// RFMCell are the customers of one triple of scores.
type RFMCell struct {
	R          int    `json:"r"`
	F          int    `json:"f"`
	M          int    `json:"m"`
	Customers  int64  `json:"customers"`
	Value      Number `json:"value"`
	Tested     int64  `json:"tested"`   // who stood there at the test cut, by the same edges
	Returned   int64  `json:"returned"` // of them, within the horizon
	ReturnRate Number `json:"return_rate"`
	Low        Number `json:"return_rate_low"`
	High       Number `json:"return_rate_high"`
}

// rfmCuts part the values of one dimension: a value is above as many cuts as
// are at most as large as it.
type rfmCuts [3][]float64

// tie is a value that so many customers share.
type tie struct {
	value     float64
	customers int64
}

// scoreCuts finds edges such that the customers spread evenly over the scores
// as far as ties allow: a value belongs to the fifth in which the middle of its
// tie lies. Ties ascend.
func scoreCuts(ties iter.Seq[tie], all int64) []float64 {
	var cuts []float64
	var below int64
	last := math.NaN()
	for t := range ties {
		if last = t.value; t.customers == 0 {
			continue
		}
		fifth := min(int(rfmScores*(float64(below)+float64(t.customers)/2)/float64(all)), rfmScores-1)
		for len(cuts) < fifth {
			cuts = append(cuts, t.value)
		}
		below += t.customers
	}
	for len(cuts) < rfmScores-1 && !math.IsNaN(last) {
		cuts = append(cuts, last+1)
	}
	return cuts
}

// score counts the cuts at or below a value, plus one.
func score(cuts []float64, v float64) int {
	s := 1
	for _, c := range cuts {
		above := 0
		if v >= c {
			above = 1
		}
		s += above // no branch that nobody foresees
	}
	return s
}

func (c *rfmCuts) recency(days int) int { return rfmScores + 1 - score(c[0], float64(days)) }

func (c *rfmCuts) frequency(days int32) int { return score(c[1], float64(days)) }

func (c *rfmCuts) monetary(value data.Money) int { return score(c[2], value.Float()) }

func (f *facts) rfmCuts(w *worth) rfmCuts {
	cuts := rfmCuts(f.s.RFMCuts)
	if cuts[0] == nil {
		cuts[0] = scoreCuts(func(yield func(tie) bool) {
			for days := range f.counts.recency {
				if n := f.counts.recency[days].customers; n > 0 && !yield(tie{float64(days), n}) {
					return
				}
			}
		}, f.count)
	}
	if cuts[1] == nil {
		cuts[1] = scoreCuts(func(yield func(tie) bool) {
			for days, n := range f.counts.days {
				if n > 0 && !yield(tie{float64(days), n}) {
					return
				}
			}
		}, f.count)
	}
	if cuts[2] == nil {
		cuts[2] = scoreCuts(w.ties, f.count)
	}
	return cuts
}

// rfmSums count the customers of each triple of scores.
type rfmSums [rfmScores][rfmScores][rfmScores]struct {
	customers int64
	value     data.Money
}

func (s *rfmSums) merge(o *rfmSums) {
	for r := range s {
		for f := range s[r] {
			for m := range s[r][f] {
				s[r][f][m].customers += o[r][f][m].customers
				s[r][f][m].value += o[r][f][m].value
			}
		}
	}
}

func (f *facts) rfm(cuts rfmCuts, sums *rfmSums) RFM {
	out := RFM{RecencyCuts: numbers(cuts[0]), FrequencyCuts: numbers(cuts[1]), MonetaryCuts: numbers(cuts[2]), Basis: "fifths of the customers, equal values never parted"}
	if f.s.RFMCuts[0] != nil || f.s.RFMCuts[1] != nil || f.s.RFMCuts[2] != nil {
		out.Basis = "edges as set; " + out.Basis + " where none are set"
	}
	var cells [rfmScores][rfmScores][rfmScores]RFMCell
	if len(f.cuts) > 0 {
		for i := range f.states[0] {
			s := &f.states[0][i]
			r, q, m := cuts.recency(int(f.cuts[0]-s.last)), cuts.frequency(s.days), cuts.monetary(s.value)
			cell := &cells[r-1][q-1][m-1]
			cell.Tested++
			if s.returned {
				cell.Returned++
			}
		}
	}
	for r := rfmScores; r >= 1; r-- {
		for q := rfmScores; q >= 1; q-- {
			for m := rfmScores; m >= 1; m-- {
				cell, sum := cells[r-1][q-1][m-1], &sums[r-1][q-1][m-1]
				cell.Customers, cell.Value = sum.customers, Number(sum.value.Float())
				if cell.Customers == 0 && cell.Tested == 0 {
					continue
				}
				cell.R, cell.F, cell.M = r, q, m
				cell.ReturnRate = ratio(cell.Returned, cell.Tested)
				cell.Low, cell.High = wilson(cell.Returned, cell.Tested)
				out.Cells = append(out.Cells, cell)
			}
		}
	}
	return out
}

func numbers(values []float64) []Number {
	out := make([]Number, len(values))
	for i, v := range values {
		out[i] = Number(v)
	}
	return out
}

// checkRFMCuts says whether edges between scores can be used.
func checkRFMCuts(cuts []float64) error {
	if len(cuts) != rfmScores-1 || !slices.IsSorted(cuts) || len(slices.Compact(slices.Clone(cuts))) != len(cuts) {
		return fmt.Errorf("%v: want four ascending numbers, the edges between five scores", cuts)
	}
	return nil
}
