// Package features turns the order history of a customer, cut at an as-of day,
// into one row of numbers. What each column means is written in FORMAT.md.
package features

import (
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/data/columnar"
	"winback/data/orders"
)

// Kind is the type of a feature column.
type Kind uint8

const (
	Int   Kind = iota // whole numbers: counts and days
	Float             // real numbers
	Money             // data.Money: ten-thousandths
	Text              // codes into a dictionary
	Bool              // 0 or 1
	Date              // days since 1970-01-01
)

// NullInt marks a missing value in the Ints of a column.
const NullInt = columnar.NullInt

// Column is one feature of all rows of a table. Only the slice of its kind is
// filled.
type Column struct {
	Name   string
	Kind   Kind
	Ints   []int64   // Int, Money, Bool, Date; NullInt is missing
	Floats []float64 // Float; NaN is missing
	Codes  []uint32  // Text: index into Dict plus one; 0 is missing
	Dict   []string  // Text: ascending in byte order, shared between tables of one reading
	// Required says that no row is without a value, of columns that neither
	// Schema nor ExtraSchema names.
	Required bool
}

func (c *Column) nullable() bool { return !c.Required && definitionOf(c.Name).Nullable }

// Table is the feature table of one as-of day: one row per customer, in byte
// order of the customer ids, columns in the order of Schema, followed by those
// of ExtraSchema where the snapshot asked for them.
type Table struct {
	AsOf    data.Day
	Horizon int // days of the label's window
	IDs     []string
	Columns []Column
}

// NewTable makes an empty table for the rows of a snapshot. names are those of
// the histories that Build will read.
func NewTable(s Snapshot, names *orders.Names) *Table {
	definitions := Schema
	if s.Extra {
		definitions = slices.Concat(Schema, ExtraSchema)
	}
	t := &Table{AsOf: s.AsOf, Horizon: s.Horizon, Columns: make([]Column, len(definitions))}
	for i, d := range definitions {
		t.Columns[i] = Column{Name: d.Name, Kind: d.Kind}
	}
	t.Columns[colFirstChannel].Dict = names[data.Channel]
	t.Columns[colLastChannel].Dict = names[data.Channel]
	t.Columns[colTopChannel].Dict = names[data.Channel]
	t.Columns[colTopCategory].Dict = names[data.Category]
	return t
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

// Reset removes all rows and keeps their memory for the next ones. Ids and
// values of the old rows must not be in use any more.
func (t *Table) Reset() {
	clear(t.IDs)
	t.setRows(0)
}

// Grow makes room for that many further rows, so that building them does not
// allocate.
func (t *Table) Grow(rows int) {
	t.IDs = slices.Grow(t.IDs, rows)
	for i := range t.Columns {
		c := &t.Columns[i]
		switch c.Kind {
		case Float:
			c.Floats = slices.Grow(c.Floats, rows)
		case Text:
			c.Codes = slices.Grow(c.Codes, rows)
		default:
			c.Ints = slices.Grow(c.Ints, rows)
		}
	}
}

// setRows cuts or extends the table, within the room it has, to that many rows.
func (t *Table) setRows(rows int) {
	t.IDs = t.IDs[:rows]
	for i := range t.Columns {
		c := &t.Columns[i]
		switch c.Kind {
		case Float:
			c.Floats = c.Floats[:rows]
		case Text:
			c.Codes = c.Codes[:rows]
		default:
			c.Ints = c.Ints[:rows]
		}
	}
}

// Concat joins tables of one snapshot and one reading into a new table, in the
// order given: the ids of each must follow those of the table before. It
// returns nil for no tables.
func Concat(tables []*Table) *Table {
	if len(tables) == 0 {
		return nil
	}
	rows := 0
	for _, t := range tables {
		rows += t.Rows()
	}
	all := tables[0].emptyCopy()
	all.Grow(rows)
	for _, t := range tables {
		all.appendRows(t, 0, t.Rows())
	}
	return all
}

// emptyCopy returns a table with the same columns and no rows.
func (t *Table) emptyCopy() *Table {
	c := &Table{AsOf: t.AsOf, Horizon: t.Horizon, Columns: make([]Column, len(t.Columns))}
	for i := range t.Columns {
		from := &t.Columns[i]
		c.Columns[i] = Column{Name: from.Name, Kind: from.Kind, Dict: from.Dict, Required: from.Required}
	}
	return c
}

// appendRows appends the rows [from, to) of a table with the same columns.
func (t *Table) appendRows(other *Table, from, to int) {
	t.IDs = append(t.IDs, other.IDs[from:to]...)
	for i := range t.Columns {
		into, c := &t.Columns[i], &other.Columns[i]
		switch c.Kind {
		case Float:
			into.Floats = append(into.Floats, c.Floats[from:to]...)
		case Text:
			into.Codes = append(into.Codes, c.Codes[from:to]...)
		default:
			into.Ints = append(into.Ints, c.Ints[from:to]...)
		}
	}
}

// sameColumns says whether two tables have the same columns and dictionaries
// of the same size.
func sameColumns(a, b *Table) error {
	if len(a.Columns) != len(b.Columns) {
		return fmt.Errorf("a table of %d columns after one of %d", len(b.Columns), len(a.Columns))
	}
	for i := range a.Columns {
		x, y := &a.Columns[i], &b.Columns[i]
		if x.Name != y.Name || x.Kind != y.Kind || len(x.Dict) != len(y.Dict) {
			return fmt.Errorf("column %s with a dictionary of %d after %s with one of %d", y.Name, len(y.Dict), x.Name, len(x.Dict))
		}
	}
	return nil
}

// WithMoney returns the table with its amounts as a writer of files shall see
// them, sharing all other values: Money columns as they are, or as Float.
func (t *Table) WithMoney(as data.MoneyType) *Table {
	if as != data.MoneyDouble {
		return t
	}
	p := *t
	p.Columns = slices.Clone(t.Columns)
	for i := range p.Columns {
		c := &p.Columns[i]
		if c.Kind != Money {
			continue
		}
		c.Kind, c.Floats = Float, make([]float64, len(c.Ints))
		for row, v := range c.Ints {
			c.Floats[row] = math.NaN()
			if v != NullInt {
				c.Floats[row] = data.Money(v).Float()
			}
		}
		c.Ints = nil
	}
	return &p
}

// Check wants in every column as many values as there are ids, and no code without a
// text.
func (t *Table) Check() error {
	for i := range t.Columns {
		c := &t.Columns[i]
		if n := len(c.Ints) + len(c.Floats) + len(c.Codes); n != len(t.IDs) {
			return fmt.Errorf("column %s has %d values, want %d", c.Name, n, len(t.IDs))
		}
		for row, code := range c.Codes {
			if int(code) > len(c.Dict) {
				return fmt.Errorf("column %s, row %d: code %d of %d texts", c.Name, row, code, len(c.Dict))
			}
		}
	}
	return nil
}

// Published returns the table without the label, sharing its values: what was
// known on the as-of day.
func (t *Table) Published() *Table {
	p := *t
	p.Columns = slices.Concat(t.Columns[:colReturned], t.Columns[colReturned+1:])
	return &p
}
