package orders

import "winback/data/columns"

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

// Nested are the columns in lists and groups of the first file.
func (o *Table) Nested() []string { return o.Files[0].Nested() }
