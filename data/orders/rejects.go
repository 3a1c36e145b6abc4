package orders

import (
	"cmp"
	"context"
	"slices"

	"winback/data"
	"winback/data/columns"
	"winback/data/guard"
	"winback/internal/fsys"
)

// RejectedRow is a line that was set aside, with what stands in its file.
type RejectedRow struct {
	Reject
	Cells []string // by the columns of RejectColumns, as texts
	Set   []bool   // false: the cell is null, or the file has no such column
}

// RejectColumns are the flat columns of all files in the order in which they come,
// but for those of truth values, which no role reads.
func (o *Table) RejectColumns() (names []string) {
	for i := range o.Files {
		for _, l := range cellLeaves(&o.Files[i]) {
			if !slices.Contains(names, l.Name) {
				names = append(names, l.Name)
			}
		}
	}
	return names
}

func cellLeaves(f *ReadFile) []columns.Leaf {
	flat, _ := columns.Flat(f.Footer.Columns)
	return slices.DeleteFunc(flat, func(l columns.Leaf) bool { return l.Physical == guard.Boolean })
}

// RejectedRows gives all lines that were set aside as Rejects lists them. The row is
// valid until give returns, an error of which ends the reading.
func (o *Table) RejectedRows(ctx context.Context, workers int, give func(*RejectedRow) error) error {
	rejects, err := o.Rejects(ctx, workers)
	if err != nil {
		return err
	}
	columns := o.RejectColumns()
	for i := range o.Files {
		f := &o.Files[i]
		n := 0
		for n < len(rejects) && rejects[n].File == f.Path {
			n++
		}
		if n == 0 {
			continue
		}
		if err := o.again.rejectedOf(f, rejects[:n], columns, give); err != nil {
			return err
		}
		rejects = rejects[n:]
	}
	return nil
}

// rejectedOf gives the lines of one file.
func (a *looker) rejectedOf(f *ReadFile, rejects []Reject, columns []string, give func(*RejectedRow) error) error {
	var given error
	err := guard.Run(f.Path, func() error {
		handle, err := a.fsy.Open(f.Path)
		if err != nil {
			return err
		}
		defer handle.Close()
		first := int64(0) // row of the file before the row group
		for g, group := range f.Footer.RowGroups {
			n := 0
			for n < len(rejects) && rejects[n].Row <= first+group.Rows {
				n++
			}
			if given, err = a.rejectedOfGroup(f, handle, g, first, rejects[:n], columns, give); err != nil || given != nil {
				return err
			}
			rejects, first = rejects[n:], first+group.Rows
		}
		return nil
	})
	if err != nil {
		return &data.InputError{Path: f.Path, Err: err}
	}
	return given
}

func (a *looker) rejectedOfGroup(f *ReadFile, handle fsys.ReadFile, group int, first int64, rejects []Reject, columns []string,
	give func(*RejectedRow) error) (given, err error) {
	if len(rejects) == 0 {
		return nil, nil
	}
	leaves := cellLeaves(f)
	cursors := make([]cellCursor, len(leaves))
	for i, l := range leaves {
		if err := cursors[i].Open(f.RowGroup(handle, group, a.opts.MemoryBytes), l, l.Name); err != nil {
			return nil, err
		}
	}
	row := RejectedRow{Cells: make([]string, len(columns)), Set: make([]bool, len(columns))}
	for _, r := range rejects {
		row.Reject = r
		for i, l := range leaves {
			at := slices.Index(columns, l.Name)
			if row.Cells[at], row.Set[at], err = cursors[i].cell(int(r.Row - 1 - first)); err != nil {
				return nil, err
			}
		}
		if given := give(&row); given != nil {
			return given, nil
		}
	}
	return nil, a.ctx.Err()
}

// cellCursor reads single cells of a column chunk, in ascending order of rows.
type cellCursor struct {
	columns.PageCursor
	dictionary []string
	first      int // row of the page's first
	seen, rank int // rows of the page passed, and values among them
}

func (c *cellCursor) cell(row int) (text string, set bool, err error) {
	for row >= c.first+c.Rows {
		c.first += c.Rows
		c.At, c.seen, c.rank = c.Rows, 0, 0
		if err := c.Next(c.take); err != nil {
			return "", false, err
		}
	}
	place := row - c.first
	value := place
	if c.Page.Set != nil {
		for ; c.seen < place; c.seen++ {
			if c.Page.Set[c.seen] {
				c.rank++
			}
		}
		if value = c.rank; !c.Page.Set[place] {
			return "", false, nil
		}
	}
	if c.Page.Codes != nil {
		return c.dictionary[c.Page.Codes[value]], true, nil
	}
	return columns.CellText(c.Page.Values.At(value), c.Leaf), true, nil
}

func (c *cellCursor) take() error {
	if c.Page.Dictionary {
		c.dictionary = c.dictionary[:0]
		for i := range c.Page.Values.Count {
			c.dictionary = append(c.dictionary, columns.CellText(c.Page.Values.At(i), c.Leaf))
		}
	}
	return nil
}

// reject is the place of a line that was set aside: file and row.
type reject struct {
	position uint64
	why      Reason
}

// Reject is a line that was set aside.
type Reject struct {
	File string
	Row  int64 // within the file, 1 first
	Why  Reason
}

// Rejects lists all lines that were set aside, duplicates included, by file
// and row. It needs ReadOptions.KeepRejects.
func (o *Table) Rejects(ctx context.Context, workers int) ([]Reject, error) {
	if !o.rejectsKnown {
		if _, err := o.Each(ctx, workers, func(int, *Histories) error { return nil }); err != nil {
			return nil, err
		}
	}
	all := slices.Clone(o.rejects)
	slices.SortFunc(all, func(a, b reject) int { return cmp.Compare(a.position, b.position) })
	rejects := make([]Reject, len(all))
	for i, r := range all {
		rejects[i] = Reject{o.Files[r.position>>positionBits].Path, int64(r.position&(1<<positionBits-1)) + 1, r.why}
	}
	return rejects, nil
}
