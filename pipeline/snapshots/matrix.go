package snapshots

import (
	"math"
	"slices"

	"winback/data"
	"winback/features"
	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/shopcontext"
)

// RawMatrix turns feature tables into a matrix, their rows one after the
// other: money in currency, texts as levels, the label left out.
func RawMatrix(tables []*features.Table, workers int) *models.Matrix {
	m := &models.Matrix{}
	for _, c := range tables[0].Columns {
		if c.Kind == features.Bool {
			continue
		}
		m.Names = append(m.Names, c.Name)
		m.Levels = append(m.Levels, levelsOf(c))
	}
	m.Columns = make([][]float32, len(m.Names))
	rows := 0
	for _, t := range tables {
		rows += t.Rows()
	}
	parallel.EachOf(len(m.Names), workers, func(k int) {
		column := make([]float32, 0, rows)
		for _, t := range tables {
			column = appendFloats(column, t.Column(m.Names[k]))
		}
		m.Columns[k] = column
	})
	return m
}

func levelsOf(c features.Column) []string {
	if c.Kind != features.Text {
		return nil
	}
	if c.Dict == nil {
		return []string{}
	}
	return c.Dict
}

func appendFloats(out []float32, c *features.Column) []float32 {
	nan := float32(math.NaN())
	switch c.Kind {
	case features.Float:
		for _, x := range c.Floats {
			out = append(out, float32(x))
		}
	case features.Text:
		for _, code := range c.Codes {
			if code == 0 {
				out = append(out, nan)
			} else {
				out = append(out, float32(code-1))
			}
		}
	default:
		scale := 1.0
		if c.Kind == features.Money {
			scale = data.MoneyScale
		}
		for _, x := range c.Ints {
			if x == features.NullInt {
				out = append(out, nan)
			} else {
				out = append(out, float32(float64(x)/scale))
			}
		}
	}
	return out
}

// RelativeMatrix replaces the numbers of a matrix by their percentile rank
// among the rows of the same snapshot: the share of rows below, equal ones
// counted half. Shops drift, and ranks drift less than numbers. Texts and days
// of the calendar stay as they are. starts are the first rows of the snapshots
// and the number of rows.
func RelativeMatrix(raw *models.Matrix, starts []int, workers int) *models.Matrix {
	m := &models.Matrix{Names: raw.Names, Levels: raw.Levels, Columns: make([][]float32, len(raw.Columns))}
	parallel.EachOf(len(raw.Columns), workers, func(k int) {
		if !isRanked(raw, k) {
			m.Columns[k] = raw.Columns[k]
			return
		}
		ranks := make([]float32, len(raw.Columns[k]))
		var sorter RankSorter
		for s := 1; s < len(starts); s++ {
			sorter.Rank(raw.Columns[k][starts[s-1]:starts[s]], ranks[starts[s-1]:starts[s]])
		}
		m.Columns[k] = ranks
	})
	return m
}

// isRanked says whether ranks of a column mean something.
func isRanked(m *models.Matrix, column int) bool {
	return m.Levels[column] == nil && !shopcontext.IsCalendar(m.Names[column])
}

// RankSorter ranks numbers by a radix sort of their bits.
type RankSorter struct{ keys, other []uint64 }

// Rank writes the percentile rank of each value, NaN for NaN.
func (s *RankSorter) Rank(values, out []float32) {
	s.keys = s.keys[:0]
	for i, v := range values {
		if v != v {
			out[i] = v
			continue
		}
		s.keys = append(s.keys, uint64(orderedKey(v))<<32|uint64(i))
	}
	s.sort()
	n := float64(len(s.keys))
	for from := 0; from < len(s.keys); {
		to := from + 1
		for to < len(s.keys) && s.keys[to]>>32 == s.keys[from]>>32 {
			to++
		}
		share := midRank(from, to, n)
		for _, key := range s.keys[from:to] {
			out[uint32(key)] = share
		}
		from = to
	}
}

// midRank is the rank of the values from one place up to but without another,
// of n.
func midRank(from, to int, n float64) float32 {
	return float32((float64(from) + float64(to-from)/2) / n)
}

// sort orders the keys by their upper 32 bits, in three passes of 11 bits.
func (s *RankSorter) sort() {
	if len(s.keys) < 256 {
		slices.Sort(s.keys)
		return
	}
	s.other = slices.Grow(s.other[:0], len(s.keys))[:len(s.keys)]
	for shift := 32; shift < 64; shift += 11 {
		var counts [1<<11 + 1]int
		for _, key := range s.keys {
			counts[(key>>shift)&(1<<11-1)+1]++
		}
		if counts[(s.keys[0]>>shift)&(1<<11-1)+1] == len(s.keys) {
			continue // as the last bits of whole numbers are
		}
		for i := 1; i < len(counts); i++ {
			counts[i] += counts[i-1]
		}
		for _, key := range s.keys {
			digit := (key >> shift) & (1<<11 - 1)
			s.other[counts[digit]] = key
			counts[digit]++
		}
		s.keys, s.other = s.other, s.keys
	}
}

// SideBySide joins the features in their own units and as ranks; what is not
// ranked stands once.
func SideBySide(raw, relative *models.Matrix) *models.Matrix {
	m := &models.Matrix{Names: slices.Clone(raw.Names), Levels: slices.Clone(raw.Levels), Columns: slices.Clone(raw.Columns)}
	for k := range relative.Names {
		if isRanked(relative, k) {
			m.Names = append(m.Names, "rank_of_"+relative.Names[k])
			m.Levels = append(m.Levels, nil)
			m.Columns = append(m.Columns, relative.Columns[k])
		}
	}
	return m
}

// Window returns rows [from, to) of a matrix, without copying.
func Window(m *models.Matrix, from, to int) *models.Matrix {
	w := &models.Matrix{Names: m.Names, Levels: m.Levels, Columns: make([][]float32, len(m.Columns))}
	for k, c := range m.Columns {
		w.Columns[k] = c[from:to]
	}
	return w
}

// Pick returns the columns of those names, without copying; names that are not
// there are passed over.
func Pick(m *models.Matrix, names []string) *models.Matrix {
	p := &models.Matrix{}
	for _, name := range names {
		if k := slices.Index(m.Names, name); k >= 0 {
			p.Names = append(p.Names, name)
			p.Levels = append(p.Levels, m.Levels[k])
			p.Columns = append(p.Columns, m.Columns[k])
		}
	}
	return p
}

// Column returns the column of a name, which the matrix must have.
func Column(x *models.Matrix, name string) []float32 {
	return x.Columns[slices.Index(x.Names, name)]
}
