package snapshots

import (
	"math"

	"winback/internal/parallel"
	"winback/models"
)

// Ranks are the percentile ranks of the values of one feature in a
// snapshot, found on a sample of its rows.
type Ranks struct {
	values []rankOf // distinct, ascending
	// The keys of the values, as orderedKey gives them, are cut into stretches of
	// equal length, of which a value is found in a step or two.
	low   uint32    // key of the first value
	shift uint      // a stretch has 2^shift keys
	first []uint32  // index of the first value of each stretch, and the number of values
	whole []float32 // ranks of 0, 1, 2 and so on, where all values are such numbers
}

// rankOf is a value and its rank, side by side, since one is read after the other.
type rankOf struct{ value, rank float32 }

// Bounds of the tables of a feature.
const (
	mostStretches = 1 << 17
	mostWhole     = 1 << 13
)

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
		c.values = append(c.values, rankOf{values[uint32(s.keys[from])] + 0, midRank(from, to, n)})
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
	c.low = orderedKey(c.values[0].value)
	span := orderedKey(c.last()) - c.low
	for span>>c.shift >= min(mostStretches, uint32(4*len(c.values))) {
		c.shift++
	}
	c.first = make([]uint32, span>>c.shift+2)
	at := 0
	for i := range c.first {
		for at < len(c.values) && (orderedKey(c.values[at].value)-c.low)>>c.shift < uint32(i) {
			at++
		}
		c.first[i] = uint32(at)
	}
	if c.isWhole() {
		whole := make([]float32, int(c.last())+1)
		for v := range whole {
			whole[v] = c.Of(float32(v))
		}
		c.whole = whole
	}
}

// last is the largest value.
func (c *Ranks) last() float32 { return c.values[len(c.values)-1].value }

// isWhole says whether all values are whole numbers from 0 on, none too large for a
// table.
func (c *Ranks) isWhole() bool {
	for _, v := range c.values {
		if !(v.value >= 0 && v.value < mostWhole) || float32(int32(v.value)) != v.value {
			return false
		}
	}
	return true
}

// Of returns the rank of a value: its own where the sample has it, else the
// middle between its neighbours'.
func (c *Ranks) Of(v float32) float32 {
	if len(c.values) == 0 {
		return float32(math.NaN())
	}
	stretch := c.stretch(v)
	return c.among(int(c.first[stretch]), int(c.first[stretch+1]), v)
}

// stretch is where the first value that is not below a number lies; of numbers beyond
// all values, and of NaN, any.
func (c *Ranks) stretch(v float32) uint32 {
	return min((max(orderedKey(v), c.low)-c.low)>>c.shift, uint32(len(c.first)-2))
}

// among is the rank of a number by the values of its stretch.
func (c *Ranks) among(at, end int, v float32) float32 {
	switch {
	case v != v:
		return float32(math.NaN())
	case v < c.values[0].value:
		return 0
	case v > c.last():
		return 1
	}
	for end-at > 8 {
		if middle := (at + end) / 2; c.values[middle].value < v {
			at = middle + 1
		} else {
			end = middle
		}
	}
	for c.values[at].value < v { // the largest value is not below v
		at++
	}
	if c.values[at].value == v {
		return c.values[at].rank
	}
	return (c.values[at-1].rank + c.values[at].rank) / 2
}

// atOnce is how many values are looked up together: memory then answers several
// questions at a time.
const atOnce = 256

// fill writes the rank of each value.
func (c *Ranks) fill(values, out []float32) {
	out = out[:len(values)]
	if c.whole != nil {
		for i, v := range values {
			if k := int32(v); uint(k) < uint(len(c.whole)) && float32(k) == v {
				out[i] = c.whole[k]
				continue
			}
			out[i] = c.Of(v)
		}
		return
	}
	if len(c.values) == 0 {
		for i := range out {
			out[i] = float32(math.NaN())
		}
		return
	}
	var at, end [atOnce]uint32
	for len(values) > 0 {
		few := values[:min(atOnce, len(values))]
		for i, v := range few {
			stretch := c.stretch(v)
			at[i], end[i] = c.first[stretch], c.first[stretch+1]
		}
		for i := range few {
			out[i] = c.values[min(at[i], uint32(len(c.values)-1))].value // so that it is near
		}
		for i, v := range few {
			out[i] = c.among(int(at[i]), int(end[i]), v)
		}
		values, out = values[len(few):], out[len(few):]
	}
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
		tables[k].fill(column, m.Columns[k])
	}
	return m
}
