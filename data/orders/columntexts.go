package orders

import (
	"fmt"
	"io"
	"slices"

	"winback/data/guard"
)

// EachText gives the values of a column of a Parquet file of size bytes, written as
// the ids of orders are, in the order of the rows; nulls and empty texts are left
// out. The text is valid until give returns; an error of give ends the reading. It
// fails where the file is damaged, has no such column, or holds in it what is no id.
func EachText(r io.ReaderAt, size int64, column string, give func(text []byte) error) error {
	footer, err := guard.Check(r, size, guard.Limits{})
	if err != nil {
		return err
	}
	flat, _ := flatColumns(footer.Columns)
	for _, l := range flat {
		if l.Name != column {
			continue
		}
		if err := textLeaf(l); err != nil {
			return fmt.Errorf("column %q: %w", column, err)
		}
		return guard.Run(fmt.Sprintf("column %q", column), func() error { return eachText(r, footer, l, give) })
	}
	return fmt.Errorf("column %q is missing", column)
}

func eachText(r io.ReaderAt, footer *guard.Footer, l leaf, give func(text []byte) error) error {
	c := textCursor{onEntries: func(*entries, int) {}}
	for g := range footer.RowGroups {
		c.reset()
		if err := c.open(&openRowGroup{r, footer, g, guard.Limits{}}, l, l.Name); err != nil {
			return err
		}
		for left := footer.RowGroups[g].Rows; left > 0; left -= int64(c.rows) {
			c.at = c.rows
			if err := c.next(); err != nil {
				return err
			}
			for _, e := range c.rowsAt {
				if e < 0 || len(c.entries.at(int(e))) == 0 {
					continue
				}
				if err := give(c.entries.at(int(e))); err != nil {
					return err
				}
			}
		}
		c.at = c.rows
		if err := c.end(); err != nil {
			return err
		}
	}
	return nil
}

// EachRow gives the rows of a Parquet file of size bytes as texts, days and moments
// as ISO 8601: cells[i] is the value of columns[i], "" for null and for a column
// that the file does not have. Of names, those of all flat columns are given first;
// an error of it or of give ends the reading.
func EachRow(r io.ReaderAt, size int64, columns []string, names func([]string) error, give func(cells []string) error) error {
	footer, err := guard.Check(r, size, guard.Limits{})
	if err != nil {
		return err
	}
	flat, _ := flatColumns(footer.Columns)
	var all []string
	for _, l := range flat {
		all = append(all, l.Name)
	}
	if err := names(all); err != nil {
		return err
	}
	return guard.Run("rows", func() error {
		for g := range footer.RowGroups {
			if err := eachRowOf(&openRowGroup{r, footer, g, guard.Limits{}}, flat, columns, give); err != nil {
				return err
			}
		}
		return nil
	})
}

func eachRowOf(group *openRowGroup, flat []leaf, columns []string, give func(cells []string) error) error {
	cursors := make([]*cellCursor, len(columns))
	for _, l := range flat {
		if at := slices.Index(columns, l.Name); at >= 0 && l.Physical != guard.Boolean {
			cursors[at] = new(cellCursor)
			if err := cursors[at].open(group, l, l.Name); err != nil {
				return err
			}
		}
	}
	cells := make([]string, len(columns))
	for row := range group.rows() {
		for i, c := range cursors {
			if c == nil {
				continue
			}
			var err error
			if cells[i], _, err = c.cell(row); err != nil {
				return err
			}
		}
		if err := give(cells); err != nil {
			return err
		}
	}
	return nil
}
