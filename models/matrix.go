// Package models learns how likely a row is to be positive. It sees a matrix
// of numbers and knows no customer.
//
// A fit is a pure function of its training data and settings: the same bytes
// come out for any number of workers. Trees keep their sums in whole units, so
// that the order of rows does not change them either.
package models

import "fmt"

// Bounds of what is learned and read, far above what is useful. A file that
// asks for more is refused before memory is given to it.
const (
	maxColumns    = 4096
	maxLevels     = 1 << 16 // of a column
	maxNodes      = 1 << 16 // of a tree
	maxTrees      = 1 << 14
	maxSteps      = 8       // calibrations behind a model
	maxNameLength = 1 << 14 // bytes of a column's or level's name
	maxNumber     = 1e100
	maxLineLength = 1 << 20 // bytes
)

// Matrix is what models read: rows × columns of numbers, stored by column.
// NaN is missing. A categorical column holds the index into its Levels as a
// number; an index outside of Levels, like NaN, is missing.
type Matrix struct {
	Names   []string    // one per column, unique
	Columns [][]float32 // [column][row]
	Levels  [][]string  // [column]: nil for a numeric column, else the category names in ascending byte order
}

// Rows returns the number of rows.
func (m *Matrix) Rows() int {
	if len(m.Columns) == 0 {
		return 0
	}
	return len(m.Columns[0])
}

// Check reports the first thing that keeps the matrix from being used: counts
// that disagree, a name used twice, levels out of order.
func (m *Matrix) Check() error {
	if len(m.Names) != len(m.Columns) || len(m.Levels) != len(m.Columns) {
		return fmt.Errorf("matrix: %d names and %d level lists for %d columns", len(m.Names), len(m.Levels), len(m.Columns))
	}
	for i, c := range m.Columns {
		if len(c) != m.Rows() {
			return fmt.Errorf("matrix: column %q has %d rows, want %d", m.Names[i], len(c), m.Rows())
		}
	}
	return checkColumns(m.Names, m.Levels)
}

// checkColumns holds names and levels to what every model relies on.
func checkColumns(names []string, levels [][]string) error {
	if len(names) > maxColumns {
		return fmt.Errorf("matrix: %d columns, want at most %d", len(names), maxColumns)
	}
	seen := make(map[string]bool, len(names))
	for i, name := range names {
		if seen[name] {
			return fmt.Errorf("matrix: column %q appears twice", name)
		}
		seen[name] = true
		if len(levels[i]) > maxLevels {
			return fmt.Errorf("matrix: column %q has %d levels, want at most %d", name, len(levels[i]), maxLevels)
		}
		if len(name) > maxNameLength {
			return fmt.Errorf("matrix: name of column %d has %d bytes, want at most %d", i, len(name), maxNameLength)
		}
		for k, level := range levels[i] {
			if k > 0 && levels[i][k-1] >= level {
				return fmt.Errorf("matrix: levels of column %q are not in ascending order", name)
			}
			if len(level) > maxNameLength {
				return fmt.Errorf("matrix: level %d of column %q has %d bytes, want at most %d", k, name, len(level), maxNameLength)
			}
		}
	}
	return nil
}

// Training is a matrix with what is to be learned from it.
type Training struct {
	X *Matrix
	Y []uint8 // 1 for positive, 0 for negative; one per row
	// Weight per row, or nil for all 1. Never negative. A row of weight 2 is as
	// good as two rows, also where settings bound the rows of a leaf.
	Weight []float32
	// Group says which rows belong to one customer: rows of equal Group are
	// resampled together. nil: every row is its own.
	Group []uint32
	// Snapshot is the ordinal of the as-of day of each row (0 is the newest).
	// nil: all rows are of one day.
	Snapshot []uint16
}

// MeanWeight is the mean weight of the rows, 1 where all weigh alike.
func (t *Training) MeanWeight() float64 {
	if t.Weight == nil {
		return 1
	}
	sum := 0.0
	for _, w := range t.Weight {
		sum += float64(w)
	}
	return sum / float64(max(len(t.Weight), 1))
}

// maxWeight bounds row weights, so that sums in whole units cannot overflow.
const maxWeight = 1 << 20

// Check reports the first thing that keeps the data from being learned from.
// No rows at all are fine: models then predict one half.
func (t *Training) Check() error {
	if t.X == nil {
		return fmt.Errorf("training: no matrix")
	}
	if err := t.X.Check(); err != nil {
		return err
	}
	n := len(t.Y)
	if t.X.Rows() != n {
		return fmt.Errorf("training: %d labels for %d rows", n, t.X.Rows())
	}
	for i, y := range t.Y {
		if y > 1 {
			return fmt.Errorf("training: label of row %d is %d, want 0 or 1", i, y)
		}
	}
	if t.Weight != nil && len(t.Weight) != n {
		return fmt.Errorf("training: %d weights for %d rows", len(t.Weight), n)
	}
	for i, w := range t.Weight {
		if !(w >= 0 && w <= maxWeight) {
			return fmt.Errorf("training: weight of row %d is %v, want 0 to %d", i, w, maxWeight)
		}
	}
	if t.Group != nil && len(t.Group) != n {
		return fmt.Errorf("training: %d groups for %d rows", len(t.Group), n)
	}
	if t.Snapshot != nil && len(t.Snapshot) != n {
		return fmt.Errorf("training: %d snapshots for %d rows", len(t.Snapshot), n)
	}
	return nil
}

// Model gives each row a probability.
type Model interface {
	// Predict writes the probability of a positive, within (0, 1), of every
	// row of x into out, which has x.Rows() entries. Columns are matched by
	// position; it panics when their number differs from the training's.
	Predict(x *Matrix, out []float64)
}

// levelIndex returns the level that a cell of a categorical column holds, or
// -1 where it is missing: NaN, or outside of the levels.
func levelIndex(x float32, levels int) int {
	if x >= 0 && x < float32(levels) {
		return int(x)
	}
	return -1
}
