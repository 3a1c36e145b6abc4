package columns

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
	flat, _ := Flat(footer.Columns)
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

func eachID(r io.ReaderAt, footer *guard.Footer, l Leaf, give func(text []byte) error) error {
	var c TextCursor
	for g := range footer.RowGroups {
		group := RowGroup{r, footer, g, guard.Limits{}}
		c.Reset()
		if err := c.Open(&group, l, l.Name); err != nil {
			return err
		}
		err := c.each(group.Rows(), func(text []byte) error {
			if len(text) == 0 {
				return nil
			}
			return give(text)
		})
		if err != nil {
			return err
		}
		if err := c.End(); err != nil {
			return err
		}
	}
	return nil
}
