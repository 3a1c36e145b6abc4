package models

import "fmt"

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

// Binned is a matrix with each cell replaced by the number of its bin. It is
// held twice: by column for parting rows and for walking trees, and by row for
// adding up, where all columns of a row are wanted at once.
type Binned struct {
	rows     int
	columns  []binColumn
	byColumn [][]uint8 // [column][row]
	byRow    []uint8   // [row × stride + column], nil unless trees are to be grown on all columns
	stride   int       // columns, rounded up to whole groups of groupColumns
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

// Bins returns how many bins a column has, that of missing values included.
func (b *Binned) Bins(column int) int { return b.columns[column].count + 1 }

// Bin cuts every column of m into bins: numeric ones at quantiles (one bin per
// value where there are few), categorical ones one bin per level, the rarest
// sharing the last where there are too many.
func Bin(m *Matrix, s BinSettings) (*Binned, error) {
	b, err := binColumns(m, s)
	if err != nil {
		return nil, err
	}
	b.turn(workersOf(s.Workers))
	return b, nil
}

// binColumns is Bin without the bins by row.
func binColumns(m *Matrix, s BinSettings) (*Binned, error) {
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

// fill writes the bin of every cell by column.
func (b *Binned) fill(m *Matrix, workers int) {
	b.rows = m.Rows()
	b.byColumn = make([][]uint8, len(b.columns))
	each(workers, len(b.columns), func(c int) {
		b.byColumn[c] = make([]uint8, b.rows)
		missing := b.columns[c].fill(m.Columns[c], b.byColumn[c])
		b.columns[c].missing = b.columns[c].missing || missing
	})
}

// turn copies the bins from columns to rows.
func (b *Binned) turn(workers int) {
	b.stride = (len(b.columns) + groupColumns - 1) / groupColumns * groupColumns
	b.byRow = make([]uint8, b.rows*b.stride)
	const tile = 512 // rows whose bins stay in the nearest cache
	eachBlock(workers, b.rows, func(_, from, to int) {
		for ; from < to; from += tile {
			n := min(tile, to-from)
			for c, column := range b.byColumn {
				at := from*b.stride + c
				for _, bin := range column[from : from+n] {
					b.byRow[at] = bin
					at += b.stride
				}
			}
		}
	})
}

// fill writes the bins of cells and says whether one was missing.
func (c *binColumn) fill(cells []float32, out []uint8) bool {
	if c.binOfLevel == nil {
		return newEdgeTable(c.edges).fill(cells, uint8(c.count), out)
	}
	missing := false
	for i, x := range cells {
		out[i] = uint8(c.count)
		if level := levelIndex(x, len(c.binOfLevel)); level >= 0 {
			out[i] = c.binOfLevel[level]
		} else {
			missing = true
		}
	}
	return missing
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
