package snapshots

import (
	"math"

	"winback/internal/parallel"
	"winback/models"
)

// Ranks are the percentile ranks of the values of one feature in a
// snapshot, found on a sample of its rows.
type Ranks struct {
	values []float32 // distinct, ascending
	ranks  []float32 // of each
	// The keys of the values, as orderedKey gives them, are cut into stretches of
	// equal length, of which a value is found in a step or two.
	low   uint32   // key of the first value
	shift uint     // a stretch has 2^shift keys
	first []uint32 // index of the first value of each stretch, and the number of values
}

// mostStretches bounds the table of a feature.
const mostStretches = 1 << 14

// orderedKey maps numbers to integers in the same order; -0 and 0 are one value.
func orderedKey(v float32) uint32 {
	bits := math.Float32bits(v + 0)
	return bits ^ (uint32(int32(bits)>>31) | 1<<31)
}

// RankTables learns the ranks of all columns that are ranked.
func RankTables(raw *models.Matrix, workers int) []Ranks {
	tables := make([]Ranks, len(raw.Columns))
	parallel.EachOf(len(raw.Columns), workers, func(k int) {
		if !isRanked(raw, k) {
			return
		}
		var sorter RankSorter
		sorter.Rank(raw.Columns[k], make([]float32, len(raw.Columns[k])))
		tables[k] = sorter.table(raw.Columns[k])
	})
	return tables
}

// table has the values that were ranked last, from their sorted keys.
func (s *RankSorter) table(values []float32) Ranks {
	var c Ranks
	n := float64(len(s.keys))
	for from := 0; from < len(s.keys); {
		to := from + 1
		for to < len(s.keys) && s.keys[to]>>32 == s.keys[from]>>32 {
			to++
		}
		c.values = append(c.values, values[uint32(s.keys[from])]+0)
		c.ranks = append(c.ranks, midRank(from, to, n))
		from = to
	}
	c.index()
	return c
}

// index makes the table of the stretches.
func (c *Ranks) index() {
	if len(c.values) == 0 {
		return
	}
	c.low = orderedKey(c.values[0])
	span := orderedKey(c.values[len(c.values)-1]) - c.low
	for span>>c.shift >= mostStretches {
		c.shift++
	}
	c.first = make([]uint32, span>>c.shift+2)
	at := 0
	for i := range c.first {
		for at < len(c.values) && (orderedKey(c.values[at])-c.low)>>c.shift < uint32(i) {
			at++
		}
		c.first[i] = uint32(at)
	}
}

// Of returns the rank of a value: its own where the sample has it, else the
// middle between its neighbours'.
func (c *Ranks) Of(v float32) float32 {
	switch {
	case v != v || len(c.values) == 0:
		return float32(math.NaN())
	case v < c.values[0]:
		return 0
	case v > c.values[len(c.values)-1]:
		return 1
	}
	stretch := (orderedKey(v) - c.low) >> c.shift
	at, end := int(c.first[stretch]), int(c.first[stretch+1])
	for end-at > 8 {
		if middle := (at + end) / 2; c.values[middle] < v {
			at = middle + 1
		} else {
			end = middle
		}
	}
	for c.values[at] < v { // the largest value is not below v
		at++
	}
	if c.values[at] == v {
		return c.ranks[at]
	}
	return (c.ranks[at-1] + c.ranks[at]) / 2
}

// Ranked replaces the numbers of a matrix by their ranks.
func Ranked(raw *models.Matrix, tables []Ranks) *models.Matrix {
	m := &models.Matrix{Names: raw.Names, Levels: raw.Levels, Columns: make([][]float32, len(raw.Columns))}
	for k, column := range raw.Columns {
		if !isRanked(raw, k) {
			m.Columns[k] = column
			continue
		}
		m.Columns[k] = make([]float32, len(column))
		for i, v := range column {
			m.Columns[k][i] = tables[k].Of(v)
		}
	}
	return m
}
