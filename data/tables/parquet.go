// Package tables writes and reads the tables of a run other than its features:
// contacts, groups, scores, deadlines, product cycles and predictions.
package tables

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"winback/data/guard"
)

const (
	// WriteBatch is how many rows are handed to the Parquet library at a time.
	// Pages end between two batches, so that a fixed size makes the bytes of a
	// file independent of how the caller cut the rows.
	WriteBatch = 1024
	// rowsPerRowGroup bounds what a writer holds in memory.
	rowsPerRowGroup = 250_000
	// ScoreColumnPrefix starts the name of each column that holds what one
	// model said.
	ScoreColumnPrefix = "score_"
)

// OutputOptions are those of every table of a run: zstd, at the speed that costs a
// night least, and nothing in the file that depends on the machine or the moment.
func OutputOptions() []parquet.WriterOption {
	return []parquet.WriterOption{
		parquet.Compression(&zstd.Codec{Level: zstd.SpeedFastest}),
		parquet.MaxRowsPerRowGroup(rowsPerRowGroup),
		parquet.CreatedBy("winback", "1", "0"),
	}
}

// tableWriter writes the rows of a small table, of type R, as the columns of struct C.
type tableWriter[R, C any] struct {
	w       *parquet.GenericWriter[C]
	pending []C
	fill    func(*C, *R)
}

func newTableWriter[R, C any](w io.Writer, fill func(*C, *R)) *tableWriter[R, C] {
	return &tableWriter[R, C]{
		w:       parquet.NewGenericWriter[C](w, OutputOptions()...),
		pending: make([]C, 0, WriteBatch),
		fill:    fill,
	}
}

// Write appends rows in the order given. The rows may be reused afterwards.
func (t *tableWriter[R, C]) Write(rows []R) error {
	for i := range rows {
		t.pending = t.pending[:len(t.pending)+1]
		t.fill(&t.pending[len(t.pending)-1], &rows[i])
		if len(t.pending) == WriteBatch {
			if err := t.flush(); err != nil {
				return err
			}
		}
	}
	return nil
}

// flush hands over one row at a time: of several the library takes some nulls for
// empty texts, see findings/parquet-go-nulls-become-empty-texts.sh.
func (t *tableWriter[R, C]) flush() error {
	for i := range t.pending {
		if _, err := t.w.Write(t.pending[i : i+1]); err != nil {
			return err
		}
	}
	t.pending = t.pending[:0]
	return nil
}

// Close writes what is left and the footer. It does not close the underlying
// writer. A table without rows is a valid file.
func (t *tableWriter[R, C]) Close() error {
	if err := t.flush(); err != nil {
		return err
	}
	return t.w.Close()
}

// nullable is a number that may be missing: its own storage and the pointer
// that the Parquet library wants to see, nil for missing. Kept in the row, it
// costs no allocation per row once the row is reused.
func nullable(slot *float64, value float64) *float64 {
	if math.IsNaN(value) {
		return nil
	}
	*slot = value
	return slot
}

// orNaN is the number behind a nullable column, NaN for missing.
func orNaN(p *float64) float64 {
	if p == nil {
		return math.NaN()
	}
	return *p
}

// openTable opens a Parquet file and checks that it is sound and has every
// column of want with the same type; further columns are allowed. Without the
// check the library reads missing columns as zeros.
func openTable(r io.ReaderAt, size int64, want []parquet.Field) (f *parquet.File, err error) {
	defer recovered(&err)
	footer, err := guard.Check(r, size, guard.Limits{})
	if err != nil {
		return nil, err
	}
	for group := range footer.RowGroups {
		for column := range footer.Columns {
			if _, err := footer.CheckChunk(r, group, column, guard.Limits{}); err != nil {
				return nil, err
			}
		}
	}
	// Without a goroutine, whose panic could not be caught.
	if f, err = parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.FileReadMode(parquet.ReadModeSync)); err != nil {
		return nil, fmt.Errorf("no readable parquet file: %w", err)
	}
	have := f.Schema().Fields()
	for _, w := range want {
		if err := checkColumn(w, have); err != nil {
			return nil, err
		}
	}
	return f, nil
}

// addedLater are columns that files of an earlier winback lack; all their values are
// null then.
var addedLater = []string{"preferred_hour"}

func checkColumn(want parquet.Field, have []parquet.Field) error {
	for _, h := range have {
		if h.Name() != want.Name() {
			continue
		}
		if !h.Leaf() || h.Repeated() || h.Optional() != want.Optional() || !parquet.EqualTypes(h.Type(), want.Type()) {
			return fmt.Errorf("column %q: want %s, have %s", want.Name(), fieldType(want), fieldType(h))
		}
		return nil
	}
	if slices.Contains(addedLater, want.Name()) {
		return nil
	}
	return fmt.Errorf("column %q is missing", want.Name())
}

func fieldType(f parquet.Field) string {
	s := "group"
	if f.Leaf() {
		s = f.Type().String()
	}
	switch {
	case f.Repeated():
		return "repeated " + s
	case f.Optional():
		return "optional " + s
	}
	return s
}

// recovered turns a panic of the Parquet library, which damaged files can
// cause, into an error.
func recovered(err *error) {
	if p := recover(); p != nil {
		*err = fmt.Errorf("damaged parquet file: %v", p)
	}
}

// readTable yields the rows of a file in order. The first error ends it.
func readTable[R, C any](r io.ReaderAt, size int64, convert func(*C) R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		var none R
		f, err := openTable(r, size, parquet.SchemaOf(new(C)).Fields())
		if err != nil {
			yield(none, err)
			return
		}
		rows := parquet.NewGenericReader[C](f)
		defer rows.Close()
		batch := make([]C, WriteBatch)
		for left := f.NumRows(); left > 0; {
			n, err := readBatch(rows, batch[:min(left, WriteBatch)])
			if err != nil {
				yield(none, err)
				return
			}
			for i := range n {
				if !yield(convert(&batch[i]), nil) {
					return
				}
			}
			left -= int64(n)
		}
	}
}

// readMoneyTable is readTable for a file whose amounts stand in a column as
// DECIMAL, or as DOUBLE.
func readMoneyTable[R, C, D any](r io.ReaderAt, size int64, money string, decimal func(*C) R, double func(*D) R) iter.Seq2[R, error] {
	return func(yield func(R, error) bool) {
		footer, err := guard.Check(r, size, guard.Limits{})
		isDouble := func(c guard.Column) bool { return c.Name == money && c.Physical == guard.Double }
		if err == nil && slices.ContainsFunc(footer.Columns, isDouble) {
			readTable(r, size, double)(yield)
			return
		}
		readTable(r, size, decimal)(yield)
	}
}

// readBatch fills the batch as far as the file goes. Fewer rows than the
// footer promised are an error.
func readBatch[C any](rows *parquet.GenericReader[C], batch []C) (n int, err error) {
	defer recovered(&err)
	clear(batch)
	n, err = rows.Read(batch)
	if n > 0 && errors.Is(err, io.EOF) {
		return n, nil
	}
	if n == 0 && (err == nil || errors.Is(err, io.EOF)) {
		return 0, fmt.Errorf("damaged parquet file: %w", io.ErrUnexpectedEOF)
	}
	return n, err
}
