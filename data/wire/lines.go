package wire

import (
	"bytes"
	"errors"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/parquet-go/parquet-go"
)

// Parquet writes the rows as a Parquet file, so that they are read, checked and
// understood by the one reader that order files have. It is an error where the
// batches hold other than as many rows as the end record counts, or none.
func (s *Stream) Parquet() (file []byte, err error) {
	err = decoded(func() error {
		file, err = s.parquet()
		return err
	})
	return file, err
}

func (s *Stream) parquet() ([]byte, error) {
	if s.rows == 0 {
		return nil, errors.New("the Arrow stream has no rows")
	}
	f := &linesFile{}
	f.out.Grow(len(s.arrow))
	if err := s.each(f.add); err != nil {
		return nil, err
	}
	if err := f.writer.Close(); err != nil {
		return nil, err
	}
	return f.out.Bytes(), nil
}

// linesFile is a Parquet file in the making.
type linesFile struct {
	out     bytes.Buffer
	writer  *parquet.GenericWriter[any] // nil before the first batch
	kinds   []kind                      // by column of Arrow
	columns []int                       // of Parquet
	rows    int64                       // of the row group
	values  []parquet.Value
}

const (
	groupRows = 1 << 18 // of a row group
	pageBytes = 1 << 18
)

func (f *linesFile) begin(schema *arrow.Schema) error {
	group := parquet.Group{}
	for _, field := range schema.Fields() {
		k, err := kindOf(field.Type)
		if err != nil {
			return fmt.Errorf("column %q: %w", field.Name, err)
		}
		if group[field.Name] != nil {
			return fmt.Errorf("column %q: there twice", field.Name)
		}
		group[field.Name] = parquet.Optional(k.node)
		f.kinds = append(f.kinds, k)
	}
	lines := parquet.NewSchema("lines", group)
	for _, field := range schema.Fields() {
		leaf, _ := lines.Lookup(field.Name)
		f.columns = append(f.columns, leaf.ColumnIndex)
	}
	f.writer = parquet.NewGenericWriter[any](&f.out, lines, parquet.PageBufferSize(pageBytes), parquet.DataPageStatistics(false), parquet.Compression(&parquet.Uncompressed))
	return nil
}

// add writes a batch.
func (f *linesFile) add(batch arrow.Record) error {
	if f.writer == nil {
		if err := f.begin(batch.Schema()); err != nil {
			return err
		}
	}
	out := f.writer.ColumnWriters()
	for i, column := range batch.Columns() {
		f.values = f.appendValues(f.values[:0], i, column)
		if _, err := out[f.columns[i]].WriteRowValues(f.values); err != nil {
			return err
		}
	}
	if f.rows += batch.NumRows(); f.rows < groupRows {
		return nil
	}
	f.rows = 0
	return f.writer.Flush()
}

// appendValues appends those of column i of a batch.
func (f *linesFile) appendValues(values []parquet.Value, i int, column arrow.Array) []parquet.Value {
	at, value := f.columns[i], f.kinds[i].values(column)
	for row := range column.Len() {
		if column.IsNull(row) {
			values = append(values, parquet.NullValue().Level(0, 0, at))
		} else {
			values = append(values, value(row).Level(0, 1, at))
		}
	}
	return values
}

// each passes the batches that have rows on in turn, each valid until do returns.
func (s *Stream) each(do func(batch arrow.Record) error) error {
	arrows := &messages{rest: s.arrow}
	in, err := ipc.NewReaderFromMessageReader(arrows, ipc.WithAllocator(arrows))
	if err != nil {
		return fmt.Errorf("want an Arrow IPC stream: %w", err)
	}
	defer in.Release()
	rows := int64(0)
	for in.Next() {
		batch := in.Record()
		rows += batch.NumRows()
		if batch.NumRows() == 0 {
			continue
		}
		if err := do(batch); err != nil {
			return err
		}
	}
	switch {
	case in.Err() != nil:
		return in.Err()
	case rows != s.rows:
		return fmt.Errorf("the Arrow stream has %d rows, its end record counts %d", rows, s.rows)
	case len(arrows.rest) > 0:
		return fmt.Errorf("%d bytes follow the last batch of the Arrow stream", len(arrows.rest))
	}
	return nil
}
