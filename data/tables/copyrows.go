package tables

import (
	"errors"
	"fmt"
	"io"

	"github.com/parquet-go/parquet-go"
)

// CopyRows writes the rows of a Parquet file whose text in a column is kept, in
// their order, with the columns of the file. The same rows give the same bytes.
func CopyRows(w io.Writer, r io.ReaderAt, size int64, column string, keep func(text string) bool) (err error) {
	defer recovered(&err)
	f, err := openTable(r, size, nil)
	if err != nil {
		return err
	}
	leaf, found := f.Schema().Lookup(column)
	if !found {
		return fmt.Errorf("column %q is missing", column)
	}
	out := parquet.NewGenericWriter[any](w, append(OutputOptions(), f.Schema())...)
	for _, group := range f.RowGroups() {
		if err := copyGroup(out, group, leaf.ColumnIndex, keep); err != nil {
			return err
		}
	}
	return out.Close()
}

func copyGroup(out *parquet.GenericWriter[any], group parquet.RowGroup, column int, keep func(text string) bool) error {
	rows := group.Rows()
	defer rows.Close()
	batch := make([]parquet.Row, WriteBatch)
	for {
		n, err := rows.ReadRows(batch)
		for _, row := range batch[:n] {
			for _, value := range row {
				if value.Column() == column && keep(string(value.ByteArray())) {
					if _, err := out.WriteRows([]parquet.Row{row}); err != nil {
						return err
					}
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
