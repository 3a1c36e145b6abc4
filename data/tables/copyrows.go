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
	options := append(OutputOptions(), f.Schema())
	for _, pair := range f.Metadata().KeyValueMetadata {
		options = append(options, parquet.KeyValueMetadata(pair.Key, pair.Value))
	}
	out := parquet.NewGenericWriter[any](w, options...)
	for _, group := range f.RowGroups() {
		if err := copyGroup(out, group, leaf.ColumnIndex, keep); err != nil {
			return err
		}
	}
	return out.Close()
}

// TextColumns are the names of the columns of a Parquet file, each with whether it
// holds text.
func TextColumns(r io.ReaderAt, size int64) (text map[string]bool, err error) {
	defer recovered(&err)
	f, err := openTable(r, size, nil)
	if err != nil {
		return nil, err
	}
	text = map[string]bool{}
	for _, field := range f.Schema().Fields() {
		text[field.Name()] = field.Leaf() && !field.Repeated() && field.Type().Kind() == parquet.ByteArray
	}
	return text, nil
}

// EachText calls do for each text in a column of a Parquet file; found is false
// where it has no such column, or one that holds no text.
func EachText(r io.ReaderAt, size int64, column string, do func(text string)) (found bool, err error) {
	defer recovered(&err)
	f, err := openTable(r, size, nil)
	if err != nil {
		return false, err
	}
	leaf, found := f.Schema().Lookup(column)
	if !found || leaf.Node.Type().Kind() != parquet.ByteArray {
		return false, nil
	}
	for _, group := range f.RowGroups() {
		err := eachValue(group.ColumnChunks()[leaf.ColumnIndex], func(v parquet.Value) error {
			do(string(v.ByteArray()))
			return nil
		})
		if err != nil {
			return true, err
		}
	}
	return true, nil
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
