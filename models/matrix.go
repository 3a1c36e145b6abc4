// Package models learns how likely a row is to be positive. It sees a matrix
// of numbers and knows no customer.
package models

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

// Training is a matrix with what is to be learned from it.
type Training struct {
	X *Matrix
	Y []uint8 // 1 for positive, 0 for negative; one per row
	// Weight per row, or nil for all 1. Never negative.
	Weight []float32
	// Group says which rows belong to one customer: rows of equal Group are
	// resampled together. nil: every row is its own.
	Group []uint32
	// Snapshot is the ordinal of the as-of day of each row (0 is the newest).
	// nil: all rows are of one day.
	Snapshot []uint16
}

// Model gives each row a probability.
type Model interface {
	// Predict writes the probability of a positive, within (0, 1), of every
	// row of x into out, which has x.Rows() entries. Columns are matched by
	// position; it panics when their number differs from the training's.
	Predict(x *Matrix, out []float64)
}
