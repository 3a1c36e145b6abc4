// Package columnar writes Parquet files from columns. Pages are encoded straight from
// slices of values: a writer of rows or of single values takes several times as long.
package columnar

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"slices"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// PageRows and RowGroupRows are how many rows a page and a row group have, but for
	// the last: they lie at the same rows however these are handed over.
	PageRows     = 16_384
	RowGroupRows = 16 * PageRows
)

// NullInt is null in an optional column of whole numbers.
const NullInt = math.MinInt64

// Layout is what a file has beside its rows.
type Layout struct {
	// Schema has only columns without groups: BOOLEAN, INT32, INT64, DOUBLE and
	// BYTE_ARRAY, required or optional, with whatever logical type. It decides how
	// values are coded: INT64 without nulls by their differences where it says
	// DELTA_BINARY_PACKED, other numbers by dictionary as long as that stays small;
	// texts by their differences where it says DELTA_BYTE_ARRAY, by dictionary as long
	// as that pays where it says RLE_DICTIONARY; the rest plain.
	Schema    *parquet.Schema
	Options   []parquet.WriterOption // what the footer says: who wrote the file, and metadata
	Sorted    bool                   // by the first column, ascending
	PageIndex bool                   // bounds and places of all pages stand before the footer
	Compress  bool                   // all columns with zstd; otherwise texts without dictionary alone
}

// Writer writes the columns of a file, some rows at a time.
//
// The bytes depend on the rows alone, not on how they are spread over calls.
// About one row group of rows is held in memory, encoded.
type Writer struct {
	out      io.Writer
	layout   Layout
	metadata *format.FileMetaData
	chunks   []chunk // of the row group that is being filled
	pending  int     // rows that are in no page yet
	encoder  pageEncoder
	rows     int64 // encoded in the row group
	at       int64 // bytes written
	indexes  [][]pageIndex
	err      error // of the start
}

// NewWriter starts a file and writes its first bytes. What goes wrong there is told by
// the next call of a method.
func NewWriter(out io.Writer, layout Layout) *Writer {
	w := &Writer{out: out, layout: layout}
	w.err = w.begin()
	return w
}

const magic = "PAR1"

func (w *Writer) begin() (err error) {
	if w.metadata, err = emptyMetadata(&w.layout); err != nil {
		return err
	}
	for _, field := range w.layout.Schema.Fields() {
		c, err := newChunk(field, &w.layout)
		if err != nil {
			return err
		}
		w.chunks = append(w.chunks, c)
	}
	return w.write([]byte(magic))
}

// emptyMetadata is the footer of a file without rows.
func emptyMetadata(layout *Layout) (*format.FileMetaData, error) {
	var b bytes.Buffer
	file := parquet.NewGenericWriter[any](&b, append(slices.Clip(layout.Options), layout.Schema)...)
	if err := file.Close(); err != nil {
		return nil, err
	}
	empty, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		return nil, err
	}
	metadata := *empty.Metadata()
	metadata.RowGroups = nil
	return &metadata, nil
}

// Write appends rows: the values of each column of the schema, in its order. They may be
// changed afterwards. After an error the writer is of no further use.
func (w *Writer) Write(columns []Values) error {
	rows, err := w.rowsOf(columns)
	if err = cmp.Or(w.err, err); err != nil {
		return err
	}
	for from := 0; from < rows; {
		to := min(rows, from+PageRows-w.pending)
		if to-from == PageRows { // a whole page needs no copy
			err = w.encodePage(func(i int) Values { return columns[i].between(from, to) }, PageRows)
		} else {
			for i := range w.chunks {
				w.chunks[i].page.append(columns[i].between(from, to))
			}
			if w.pending += to - from; w.pending == PageRows {
				err = w.encodePending()
			}
		}
		if err != nil {
			return err
		}
		from = to
	}
	return nil
}

// rowsOf is how many rows the columns have, all alike.
func (w *Writer) rowsOf(columns []Values) (rows int, err error) {
	if len(columns) != len(w.chunks) {
		return 0, fmt.Errorf("%d columns, want %d", len(columns), len(w.chunks))
	}
	for i := range columns {
		n := columns[i].rows(w.chunks[i].kind)
		if i == 0 {
			rows = n
		}
		if n != rows {
			return 0, fmt.Errorf("column %s has %d values, want %d", w.chunks[i].name, n, rows)
		}
	}
	return rows, nil
}

// Close writes what is pending and the footer. It does not close the writer below. A
// file without rows is a valid one.
func (w *Writer) Close() error {
	err := w.err
	if err == nil {
		err = w.encodePending()
	}
	if err == nil {
		err = w.endRowGroup()
	}
	if err == nil {
		err = w.writeIndexes()
	}
	if err == nil {
		err = w.writeFooter()
	}
	return err
}

func (w *Writer) encodePending() error {
	if w.pending == 0 {
		return nil
	}
	err := w.encodePage(func(i int) Values { return w.chunks[i].page }, w.pending)
	for i := range w.chunks {
		w.chunks[i].page.Empty()
	}
	w.pending = 0
	return err
}

func (w *Writer) encodePage(values func(column int) Values, rows int) error {
	for i := range w.chunks {
		if err := w.chunks[i].add(&w.encoder, values(i), rows); err != nil {
			return fmt.Errorf("column %s: %w", w.chunks[i].name, err)
		}
	}
	if w.rows += int64(rows); w.rows < RowGroupRows {
		return nil
	}
	return w.endRowGroup()
}

// endRowGroup writes the chunks of a row group one behind the other.
func (w *Writer) endRowGroup() error {
	if w.rows == 0 {
		return nil
	}
	group := format.RowGroup{NumRows: w.rows, FileOffset: w.at, Ordinal: int16(len(w.metadata.RowGroups))}
	if w.layout.Sorted {
		group.SortingColumns = []format.SortingColumn{{ColumnIdx: 0}}
	}
	var indexes []pageIndex
	for i := range w.chunks {
		c := &w.chunks[i]
		if err := c.addDictionary(&w.encoder); err != nil {
			return err
		}
		meta := c.metadata(w.at)
		indexes = append(indexes, c.indexAt(meta.DataPageOffset))
		for _, part := range [...][]byte{c.dictionaryPage, c.pages} {
			if err := w.write(part); err != nil {
				return err
			}
		}
		group.Columns = append(group.Columns, format.ColumnChunk{MetaData: meta})
		group.TotalByteSize += meta.TotalUncompressedSize
		group.TotalCompressedSize += meta.TotalCompressedSize
		c.reset()
	}
	w.metadata.RowGroups = append(w.metadata.RowGroups, group)
	w.metadata.NumRows += w.rows
	w.indexes = append(w.indexes, indexes)
	w.rows = 0
	return nil
}

func (w *Writer) writeFooter() error {
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), w.metadata)
	if err != nil {
		return err
	}
	end := binary.LittleEndian.AppendUint32(nil, uint32(len(footer)))
	return w.write(slices.Concat(footer, end, []byte(magic)))
}

func (w *Writer) write(b []byte) error {
	n, err := w.out.Write(b)
	w.at += int64(n)
	return err
}
