package models

import (
	"fmt"
	"math"
)

// maxBins is the largest number of bins of a column, the one for missing
// values not counted: together they fit one byte.
const maxBins = 255

// BinSettings says how columns are cut into bins.
type BinSettings struct {
	MaxBins    int       // bins of a column beside the one for missing values: 2 to 255
	SampleRows int       // above so many rows the cut points come from a sample; 0 for all rows
	Weight     []float32 // rows count by weight, or nil
	Round      bool      // cut points at round numbers
	Workers    int       // goroutines; 0 for all processors
}

// DefaultBinSettings returns 255 bins from at most 200,000 rows.
func DefaultBinSettings() BinSettings {
	return BinSettings{MaxBins: maxBins, SampleRows: 200_000}
}

// Binned is a matrix with each cell replaced by the number of its bin.
type Binned struct {
	rows    int
	columns []binColumn
	bins    []uint8 // [row × columns + column]
}

// binColumn says which values share a bin.
type binColumn struct {
	// edges[b] is the largest value of bin b of a numeric column; the last
	// bin has none. Ascending.
	edges []float32
	steps []float32 // roundness of each edge, see stepOf
	// binOfLevel is the bin of every level of a categorical column, nil for
	// a numeric one.
	binOfLevel []uint8
	count      int // bins without that of missing values, which is bin number count
	missing    bool
}

// Rows returns the number of rows.
func (b *Binned) Rows() int { return b.rows }

// Bins returns how many bins a column has, that of missing values included.
func (b *Binned) Bins(column int) int { return b.columns[column].count + 1 }

// Bin cuts every column of m into bins: numeric ones at quantiles (one bin per
// value where there are few), categorical ones one bin per level, the rarest
// sharing the last where there are too many.
func Bin(m *Matrix, s BinSettings) (*Binned, error) {
	if err := m.Check(); err != nil {
		return nil, err
	}
	if s.MaxBins < 2 || s.MaxBins > maxBins {
		return nil, fmt.Errorf("binning: %d bins, want 2 to %d", s.MaxBins, maxBins)
	}
	sample := sampleRows(m.Rows(), s.SampleRows)
	columns := make([]binColumn, len(m.Columns))
	each(workersOf(s.Workers), len(columns), func(c int) {
		if m.Levels[c] != nil {
			columns[c] = binLevels(m.Columns[c], len(m.Levels[c]), s)
		} else {
			columns[c] = binNumbers(m.Columns[c], sample, s)
		}
	})
	b := &Binned{columns: columns}
	b.fill(m, workersOf(s.Workers))
	return b, nil
}

// apply puts the cells of another matrix into the same bins. Values that were
// never seen fall into the bin that a threshold would send them to.
func (b *Binned) apply(m *Matrix, workers int) *Binned {
	other := &Binned{columns: b.columns}
	other.fill(m, workers)
	return other
}

// sampleRows returns every row, or of many an evenly spread part.
func sampleRows(n, most int) []uint32 {
	if most <= 0 || n <= most {
		most = n
	}
	rows := make([]uint32, most)
	for i := range rows {
		rows[i] = uint32(uint64(i) * uint64(n) / uint64(most))
	}
	return rows
}

// fill writes the bin of every cell.
func (b *Binned) fill(m *Matrix, workers int) {
	b.rows = m.Rows()
	stride := len(b.columns)
	b.bins = make([]uint8, b.rows*stride)
	missing := make([][]bool, blocksOf(b.rows))
	eachBlock(workers, b.rows, func(block, from, to int) {
		missing[block] = make([]bool, stride)
		for c := range b.columns {
			out := b.bins[from*stride+c:]
			missing[block][c] = b.columns[c].fill(m.Columns[c][from:to], out, stride)
		}
	})
	for _, block := range missing {
		for c, m := range block {
			b.columns[c].missing = b.columns[c].missing || m
		}
	}
}

// fill writes the bins of a stretch of cells, stride bytes apart, and says
// whether one was missing.
func (c *binColumn) fill(cells []float32, out []uint8, stride int) bool {
	missing, at := false, 0
	if c.binOfLevel != nil {
		for _, x := range cells {
			bin := uint8(c.count)
			if level := levelIndex(x, len(c.binOfLevel)); level >= 0 {
				bin = c.binOfLevel[level]
			} else {
				missing = true
			}
			out[at] = bin
			at += stride
		}
		return missing
	}
	table := c.searchTable()
	for _, x := range cells {
		bin := table.find(x)
		if x != x {
			bin, missing = uint8(c.count), true
		}
		out[at] = bin
		at += stride
	}
	return missing
}

// searchTable is the edges padded to a fixed size, for a search of eight
// steps without a branch.
type searchTable [256]float32

func (c *binColumn) searchTable() *searchTable {
	t := new(searchTable)
	for i := range t {
		t[i] = float32(math.Inf(1))
	}
	copy(t[:], c.edges)
	return t
}

// find returns the number of edges below x.
func (t *searchTable) find(x float32) uint8 {
	at := uint8(0)
	for step := uint8(128); step > 0; step >>= 1 {
		next := at + step
		if t[next-1] < x {
			at = next
		}
	}
	return at
}

// binLevels gives every level a bin of its own; of too many levels the rarest
// share the last bin (equal counts: the later level is the rarer).
func binLevels(cells []float32, levels int, s BinSettings) binColumn {
	c := binColumn{binOfLevel: make([]uint8, levels), count: min(levels, s.MaxBins)}
	if levels <= s.MaxBins {
		for i := range c.binOfLevel {
			c.binOfLevel[i] = uint8(i)
		}
		return c
	}
	weights := make([]float64, levels)
	for row, x := range cells {
		if level := levelIndex(x, levels); level >= 0 {
			weights[level] += weightOf(s.Weight, row)
		}
	}
	common := commonest(weights, s.MaxBins-1)
	for i := range c.binOfLevel {
		c.binOfLevel[i] = uint8(s.MaxBins - 1)
	}
	for bin, level := range common {
		c.binOfLevel[level] = uint8(bin)
	}
	return c
}

func weightOf(w []float32, row int) float64 {
	if w == nil {
		return 1
	}
	return float64(w[row])
}
