package columns

import (
	"bytes"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// signs says of the first rows of a row group whether the amount or the quantity is below 0.
// What cannot be read is not.
func (f *File) signs(fsy fsys.FS, group int, memory int64) (below []bool) {
	most := min(int(f.Footer.RowGroups[group].Rows), unusedRows)
	below = make([]bool, most)
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return below
	}
	defer handle.Close()
	rows := f.RowGroup(handle, group, memory)
	for _, role := range [...]data.Role{data.Amount, data.Quantity} {
		_ = guard.Run(f.Path, func() error { return markBelow(rows, f.Roles[role], below) }) // what was read counts
	}
	return below
}

// markBelow sets the rows in which a column of numbers is below 0.
func markBelow(rows *RowGroup, col Column, below []bool) error {
	if !col.IsLeaf {
		return nil
	}
	var c TextCursor
	if err := c.Open(rows, col.Leaf, col.Name); err != nil {
		return err
	}
	at := 0
	return c.each(len(below), func(text []byte) error {
		if at == len(below) {
			return errEnough
		}
		below[at] = below[at] || isBelowZero(text)
		at++
		return nil
	})
}

// isBelowZero says whether a number as a person writes it is below 0: a minus on either side
// of its digits, or brackets around it.
func isBelowZero(text []byte) bool {
	const digits = "0123456789"
	first, last := bytes.IndexAny(text, digits), bytes.LastIndexAny(text, digits)
	if first < 0 || !bytes.ContainsAny(text, digits[1:]) {
		return false
	}
	before, behind := text[:first], text[last+1:]
	return bytes.ContainsAny(before, "-−(") || bytes.ContainsAny(behind, "-−")
}
