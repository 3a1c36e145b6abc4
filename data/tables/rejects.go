package tables

import (
	"io"
	"slices"

	"github.com/parquet-go/parquet-go"
)

// rejectColumns stand beside those of the order files.
var rejectColumns = []string{"file", "row", "reason"}

// RejectWriter writes rows that were set aside, with all that stands in them as text.
type RejectWriter struct {
	w     *parquet.GenericWriter[any]
	place []int // of each cell among the columns of the file, which are in the order of their names
	own   [3]int
	row   parquet.Row
}

// NewRejectWriter makes a writer of rows with cells of the given columns; a column
// that is called as one of winback's gets an underscore behind its name.
func NewRejectWriter(w io.Writer, columns []string) *RejectWriter {
	group := parquet.Group{"file": parquet.String(), "row": parquet.Int(64), "reason": parquet.String()}
	names := slices.Clone(columns)
	for i, name := range names {
		for slices.Contains(rejectColumns, name) || slices.Contains(columns, name) && name != columns[i] {
			name += "_"
		}
		names[i] = name
		group[name] = parquet.Optional(parquet.String())
	}
	schema := parquet.NewSchema("rejects", group)
	place := map[string]int{}
	for i, path := range schema.Columns() {
		place[path[0]] = i
	}
	t := &RejectWriter{w: parquet.NewGenericWriter[any](w, append(OutputOptions(), schema)...), row: make(parquet.Row, len(place))}
	for _, name := range names {
		t.place = append(t.place, place[name])
	}
	for i, name := range rejectColumns {
		t.own[i] = place[name]
	}
	return t
}

// Write appends a row: its file and place in it, 1 first, the reason, and its cells,
// which are null where set is false.
func (t *RejectWriter) Write(file string, row int64, reason string, cells []string, set []bool) error {
	for i, v := range []parquet.Value{parquet.ValueOf(file), parquet.Int64Value(row), parquet.ValueOf(reason)} {
		t.row[t.own[i]] = v.Level(0, 0, t.own[i])
	}
	for i, at := range t.place {
		t.row[at] = parquet.NullValue().Level(0, 0, at)
		if set[i] {
			t.row[at] = parquet.ByteArrayValue([]byte(cells[i])).Level(0, 1, at)
		}
	}
	_, err := t.w.WriteRows([]parquet.Row{t.row})
	return err
}

// Close writes what is left and the footer.
func (t *RejectWriter) Close() error { return t.w.Close() }
