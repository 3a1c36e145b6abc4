package orders

import (
	"io"
	"slices"

	"winback/data/columns"
	"winback/data/guard"
)

// EachRow gives the rows of a Parquet file of size bytes as texts, days and moments
// as ISO 8601: cells[i] is the value of the column names[i], "" for null and for a
// column that the file does not have. Before them, found is given the names of all
// flat columns; an error of it or of give ends the reading.
func EachRow(r io.ReaderAt, size int64, names []string, found func([]string) error, give func(cells []string) error) error {
	footer, err := guard.Check(r, size, guard.Limits{})
	if err != nil {
		return err
	}
	flat, _ := columns.Flat(footer.Columns)
	var all []string
	for _, l := range flat {
		all = append(all, l.Name)
	}
	if err := found(all); err != nil {
		return err
	}
	file := columns.File{Footer: footer}
	return guard.Run("rows", func() error {
		for g := range footer.RowGroups {
			if err := eachRowOf(file.RowGroup(r, g, 0), flat, names, give); err != nil {
				return err
			}
		}
		return nil
	})
}

func eachRowOf(group *columns.RowGroup, flat []columns.Leaf, names []string, give func(cells []string) error) error {
	cursors := make([]*cellCursor, len(names))
	for _, l := range flat {
		if at := slices.Index(names, l.Name); at >= 0 {
			cursors[at] = new(cellCursor)
			if err := cursors[at].Open(group, l, l.Name); err != nil {
				return err
			}
		}
	}
	cells := make([]string, len(names))
	for row := range group.Rows() {
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
