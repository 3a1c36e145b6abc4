package orders

import (
	"context"

	"winback/data/columns"
	"winback/internal/fsys"
)

// Unused are the columns that no role takes, by a sample of their rows; none where
// the files are no more at hand.
func (o *Table) Unused() []columns.Unused {
	if o.again.fsy == nil {
		return nil
	}
	found, err := columns.LookAtUnused(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.MemoryBytes)
	if err != nil { // only the context ends it, which others see too
		return nil
	}
	return found
}

// GrowingPrice is the unit price that may be the value of the line, as
// columns.GrowingPrice finds it; "" for none.
func (o *Table) GrowingPrice() string { return o.doubt(columns.GrowingPrice) }

// WholeMoney is the column of money that may count hundredths, as columns.WholeMoney
// finds it; "" for none.
func (o *Table) WholeMoney() string { return o.doubt(columns.WholeMoney) }

func (o *Table) doubt(look func(context.Context, fsys.FS, []columns.File, columns.Settings) (string, error)) string {
	if o.again.fsy == nil {
		return ""
	}
	found, err := look(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.columns())
	if err != nil { // what is doubtful was read without an error before
		return ""
	}
	return found
}

// Clocks are what the times say of their clock, as columns.LookAtClocks finds it.
func (o *Table) Clocks() columns.Clocks {
	if o.again.fsy == nil {
		return columns.Clocks{}
	}
	found, err := columns.LookAtClocks(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.found, o.again.opts.columns())
	if err != nil {
		return columns.Clocks{}
	}
	return found
}

// OrderPrefixes are the letters that order ids begin with, in rows of a sample.
func (o *Table) OrderPrefixes() map[string]int {
	if o.again.fsy == nil {
		return nil
	}
	prefixes, err := columns.OrderPrefixes(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.columns())
	if err != nil {
		return nil
	}
	return prefixes
}

// Nested are the columns in lists and groups of the first file.
func (o *Table) Nested() []string { return o.Files[0].Nested() }
