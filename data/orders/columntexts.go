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
		return guard.Run(fmt.Sprintf("column %q", column), func() error { return eachID(r, footer, l, give) })
	}
	return fmt.Errorf("column %q is missing", column)
}

func eachID(r io.ReaderAt, footer *guard.Footer, l leaf, give func(text []byte) error) error {
	var c textCursor
	for g := range footer.RowGroups {
		group := openRowGroup{r, footer, g, guard.Limits{}}
		c.reset()
		if err := c.open(&group, l, l.Name); err != nil {
			return err
		}
		err := c.each(group.rows(), func(text []byte) error {
			if len(text) == 0 {
				return nil
			}
			return give(text)
		})
		if err != nil {
			return err
		}
		if err := c.end(); err != nil {
			return err
		}
	}
	return nil
}
