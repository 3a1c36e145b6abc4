// Package features turns the order history of a customer, cut at an as-of day,
// into one row of numbers. What each column means is written in data/FORMAT.md.
package features

import (
	"math"

	"winback/data"
)

// Kind is the type of a feature column.
type Kind uint8

const (
	Int   Kind = iota // whole numbers: counts and days
	Float             // real numbers
	Money             // data.Money: ten-thousandths
	Text              // codes into a dictionary
	Bool              // 0 or 1
)

// NullInt marks a missing value in the Ints of a column.
const NullInt = math.MinInt64

// Column is one feature of all rows of a table. Only the slice of its kind is
// filled.
type Column struct {
	Name   string
	Kind   Kind
	Ints   []int64   // Int, Money, Bool; NullInt is missing
	Floats []float64 // Float; NaN is missing
	Codes  []uint32  // Text: index into Dict plus one; 0 is missing
	Dict   []string  // Text: ascending in byte order, shared between tables of one reading
}

// Table is the feature table of one as-of day: one row per customer, in byte
// order of the customer ids, columns in the order of Schema.
type Table struct {
	AsOf    data.Day
	Horizon int // days of the label's window
	IDs     []string
	Columns []Column
}

// Rows returns the number of customers in the table.
func (t *Table) Rows() int { return len(t.IDs) }

// Column returns the column of that name, or nil.
func (t *Table) Column(name string) *Column {
	for i := range t.Columns {
		if t.Columns[i].Name == name {
			return &t.Columns[i]
		}
	}
	return nil
}
