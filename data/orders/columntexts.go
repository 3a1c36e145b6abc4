package orders

import (
	"fmt"
	"io"

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
