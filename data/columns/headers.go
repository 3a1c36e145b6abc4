package columns

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// Some exports write what belongs to the whole order on one row of it alone, and
// leave it empty on its other rows. Whether a table does so is found from a
// sample; its rows are then completed, whatever their order within the file.

// HeaderRoles says of which roles one row of each order has the value.
type HeaderRoles [data.RoleCount]bool

// CarriedRoles are those that may belong to the whole order. An amount is not
// carried: on the other rows it is 0.
var CarriedRoles = [...]data.Role{data.Customer, data.Time, data.Amount, data.Channel, data.Status, data.Currency, data.Test, data.Cancelled, data.Refunded, data.Deleted, data.Voided}

// HalfFilled is a column whose values stand on one row alone of some orders of a
// sample, and on more rows of too many others to be carried.
type HalfFilled struct {
	Column        string
	Once, Several int // orders of several rows
}

// headerCounts are the orders of several rows with the value on one row alone, those
// of them where that is the first, and those with it on more.
type headerCounts struct{ once, leading, several int }

// carried says whether the values of a role are those of whole orders. A mark on any
// other row than the first may be that of its line alone.
func (c *headerCounts) carried(r data.Role) bool {
	return c.once >= fewestOrders && c.once >= 9*c.several && (!r.IsMark() || 20*c.leading >= 19*c.once)
}

// half says whether too many orders have the value on one row alone to be chance.
func (c *headerCounts) half(r data.Role) bool {
	return c.once >= fewestOrders && 10*c.once >= c.several && !r.IsMark() && !c.carried(r)
}

const (
	sampledFiles     = 8
	headerSampleRows = 1 << 16 // of a file
	fewestOrders     = 3       // that show the pattern
)

// FindHeaders looks at the first rows of some files.
func FindHeaders(ctx context.Context, fsy fsys.FS, files []File, readings Readings, s Settings) (found HeaderRoles, half []HalfFilled, err error) {
	var counts [data.RoleCount]headerCounts
	for i := range min(sampledFiles, len(files)) {
		if err := ctx.Err(); err != nil {
			return found, nil, err
		}
		f := &files[i*len(files)/min(sampledFiles, len(files))]
		if !f.Roles[data.OrderID].IsLeaf || len(f.Footer.RowGroups) == 0 {
			continue
		}
		err := guard.Run(f.Path, func() error { return sampleHeaders(fsy, f, readings, s, &counts) })
		if err != nil {
			return found, nil, &data.InputError{Path: f.Path, Err: err}
		}
	}
	for _, r := range CarriedRoles {
		c := &counts[r]
		if found[r] = c.carried(r); c.half(r) {
			half = append(half, HalfFilled{files[0].Roles[r].Name, c.once, c.several})
		}
	}
	return found, half, nil
}

// sampleHeaders counts the orders of several rows of which one alone has a value,
// and those of which more have one.
func sampleHeaders(fsy fsys.FS, f *File, readings Readings, s Settings, counts *[data.RoleCount]headerCounts) error {
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return err
	}
	defer handle.Close()
	var groups []*RowGroup
	for g, rows := 0, 0; g < len(f.Footer.RowGroups) && rows < headerSampleRows; g++ {
		groups = append(groups, f.RowGroup(handle, g, s.MemoryBytes))
		rows += groups[g].Rows()
	}
	var ids []uint64
	for _, r := range CarriedRoles {
		if !f.Roles[r].IsLeaf {
			continue
		}
		first, err := filledRows(f, r, groups, readings, s, true)
		if err != nil {
			return err
		}
		if !slices.Contains(first, false) {
			continue
		}
		if ids == nil {
			if ids, err = orderHashes(f, groups); err != nil {
				return err
			}
		}
		filled, err := filledRows(f, r, groups, readings, s, false)
		if err != nil {
			return err
		}
		counts[r].add(ids, filled)
	}
	return nil
}

func (c *headerCounts) add(ids []uint64, filled []bool) {
	type seen struct {
		rows, filled int
		first        bool
	}
	orders := map[uint64]seen{}
	for i := range min(len(ids), len(filled)) {
		if ids[i] == 0 {
			continue
		}
		s := orders[ids[i]]
		s.rows++
		if filled[i] {
			s.filled++
			s.first = s.first || s.rows == 1
		}
		orders[ids[i]] = s
	}
	for _, s := range orders {
		switch {
		case s.rows > 1 && s.filled == 1:
			c.once++
			if s.first {
				c.leading++
			}
		case s.rows > 1 && s.filled > 1:
			c.several++
		}
	}
}

// filledRows says of the rows of row groups which have a value of a role; of the
// first pages alone where that is asked for.
func filledRows(f *File, r data.Role, groups []*RowGroup, readings Readings, s Settings, firstPage bool) (filled []bool, err error) {
	for i := range groups {
		most := min(groups[i].Rows(), headerSampleRows)
		if firstPage {
			most = min(most, 1)
		}
		if IsNumber(r) {
			err = f.Numbers(r, groups[i], readings, s, most, func(v int64) { filled = append(filled, v != Absent) })
		} else {
			err = f.Texts(r, groups[i], most, func(text []byte) { filled = append(filled, !IsEmpty(text)) })
		}
		if err != nil {
			return nil, err
		}
	}
	return filled, nil
}

func orderHashes(f *File, groups []*RowGroup) (ids []uint64, err error) {
	for i := range groups {
		err = errors.Join(err, f.Texts(data.OrderID, groups[i], min(groups[i].Rows(), headerSampleRows), func(text []byte) {
			if IsEmpty(text) {
				ids = append(ids, 0)
			} else {
				ids = append(ids, TextHash(text))
			}
		}))
	}
	return ids, err
}

// Texts gives the texts of most rows and of the rest of their last page; nil
// where there is none.
func (f *File) Texts(r data.Role, group *RowGroup, most int, give func([]byte)) error {
	c := TextCursor{Mark: r.IsMark()}
	if err := c.Open(group, f.Roles[r].Leaf, f.Roles[r].Name); err != nil {
		return err
	}
	return c.each(most, func(text []byte) error {
		give(text)
		return nil
	})
}

// Numbers gives the numbers of most rows and of the rest of their last page.
func (f *File) Numbers(r data.Role, group *RowGroup, readings Readings, s Settings, most int, give func(int64)) (err error) {
	var c NumberCursor
	if c.Convert, err = readings.Converter(r, f.Roles[r], s); err != nil {
		return err
	}
	if err := c.Open(group, f.Roles[r].Leaf, f.Roles[r].Name); err != nil {
		return err
	}
	for left := most; left > 0; left -= c.Rows {
		c.At = c.Rows
		if err := c.Next(); err != nil {
			return err
		}
		for _, v := range c.Values[:c.Rows] {
			give(v)
		}
	}
	return nil
}

// IsEmpty says whether a text is empty or white space, which stands for a missing
// value.
func IsEmpty(text []byte) bool { return len(text) == 0 || len(bytes.TrimSpace(text)) == 0 }
