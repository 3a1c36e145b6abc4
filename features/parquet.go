package features

import (
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/parquet-go/parquet-go"
)

const (
	// batchRows rows go to the encoder at a time. Batches, and with them pages
	// and row groups, lie at the same rows however these are spread over tables.
	batchRows    = 512
	rowGroupRows = 512 * batchRows
)

// WriteParquet writes a table as a Parquet file with the columns that
// ParquetWriter names.
func WriteParquet(w io.Writer, t *Table) error {
	p := NewParquetWriter(w)
	if err := p.Write(t); err != nil {
		return err
	}
	return p.Close()
}

// ParquetWriter writes the tables of one snapshot, one behind the other, into
// one Parquet file: customer_id as STRING and then the table's columns, Int as
// INT64, Float as DOUBLE, Money as DECIMAL(18,4) on INT64, Text as STRING, Bool
// as BOOLEAN; missing values are null. The as-of day and the horizon stand in
// the file's metadata as winback.as_of and winback.horizon_days.
//
// The bytes depend on the rows alone, not on how they are spread over tables.
// About one row group of rows is held in memory, encoded.
type ParquetWriter struct {
	out     io.Writer
	file    *parquet.Writer // nil before the first table
	columns []*parquet.ColumnWriter
	texts   [][]parquet.Value // per column of the table: its dictionary, by code; nil where it has none
	tail    *Table            // rows of the last batch, which is not full
	rows    int               // encoded rows in the row group
	values  []parquet.Value   // scratch: one column of a batch
	ids     []byte            // scratch: the ids of a batch
}

// NewParquetWriter starts a file. Nothing is written before the first Write,
// which decides on the columns.
func NewParquetWriter(w io.Writer) *ParquetWriter { return &ParquetWriter{out: w} }

// Write appends the rows of a table. All tables must have the same columns and
// dictionaries. The table may be changed afterwards. After an error the writer
// is of no further use.
func (p *ParquetWriter) Write(t *Table) error {
	if p.file == nil {
		p.begin(t)
	}
	if err := sameColumns(p.tail, t); err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	from, to := 0, t.Rows()
	if open := p.tail.Rows(); open > 0 {
		from = min(to, batchRows-open)
		p.tail.appendRows(t, 0, from)
		if p.tail.Rows() < batchRows {
			return nil
		}
		if err := p.encode(p.tail, 0, batchRows); err != nil {
			return err
		}
		p.tail.Reset()
	}
	full := from + (to-from)/batchRows*batchRows
	for from < full {
		end := min(full, from+rowGroupRows-p.rows)
		if err := p.encode(t, from, end); err != nil {
			return err
		}
		from = end
	}
	p.tail.appendRows(t, full, to)
	return nil
}

// Close writes what is pending and the footer. It does not close the writer
// below. Without a table before it, it fails: there are no columns.
func (p *ParquetWriter) Close() error {
	if p.file == nil {
		return fmt.Errorf("write features: no table was written")
	}
	if err := p.encode(p.tail, 0, p.tail.Rows()); err != nil {
		return err
	}
	if err := p.file.Close(); err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	return nil
}

func (p *ParquetWriter) begin(t *Table) {
	p.file = parquet.NewWriter(p.out, parquetSchema(t),
		parquet.Compression(parquetCodec()),
		parquet.PageBufferSize(pageBytes),
		parquet.DataPageStatistics(false), // they stand in the column index
		parquet.CreatedBy("winback", "1", "features"),
		parquet.KeyValueMetadata("winback.as_of", t.AsOf.String()),
		parquet.KeyValueMetadata("winback.horizon_days", strconv.Itoa(t.Horizon)),
	)
	p.columns = p.file.ColumnWriters()
	p.tail = t.emptyCopy()
	p.texts = make([][]parquet.Value, len(t.Columns))
	for i := range t.Columns {
		c := &t.Columns[i]
		if c.Kind != Text {
			continue
		}
		p.texts[i] = append(p.texts[i], null(i+1))
		for _, name := range c.Dict {
			p.texts[i] = append(p.texts[i], parquet.ByteArrayValue([]byte(name)).Level(0, 1, i+1))
		}
	}
}

// encode gives the rows [from, to), whole batches but for the end of the file,
// to the encoder, column by column, and ends the row group where it is full.
func (p *ParquetWriter) encode(t *Table, from, to int) error {
	for column := range p.columns {
		for start := from; start < to; start += batchRows {
			end := min(to, start+batchRows)
			if column == 0 {
				p.fillIDs(t.IDs[start:end])
			} else {
				p.fill(column, &t.Columns[column-1], start, end)
			}
			if _, err := p.columns[column].WriteRowValues(p.values); err != nil {
				return fmt.Errorf("write features: column %d: %w", column, err)
			}
		}
	}
	p.rows += to - from
	if p.rows < rowGroupRows {
		return nil
	}
	p.rows = 0
	if err := p.file.Flush(); err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	return nil
}

func (p *ParquetWriter) fillIDs(ids []string) {
	p.values, p.ids = p.values[:0], p.ids[:0]
	for _, id := range ids {
		start := len(p.ids)
		p.ids = append(p.ids, id...)
		p.values = append(p.values, parquet.ByteArrayValue(p.ids[start:]))
	}
}

// fill turns the rows [from, to) of a column into values. Values of columns
// that can be null carry their level and column.
func (p *ParquetWriter) fill(column int, c *Column, from, to int) {
	values, nullable := p.values[:0], definitionOf(c.Name).Nullable
	switch {
	case c.Kind == Text:
		texts := p.texts[column-1]
		for _, code := range c.Codes[from:to] {
			values = append(values, texts[code])
		}
	case c.Kind == Float && nullable:
		for _, v := range c.Floats[from:to] {
			if math.IsNaN(v) {
				values = append(values, null(column))
			} else {
				values = append(values, parquet.DoubleValue(v).Level(0, 1, column))
			}
		}
	case c.Kind == Float:
		for _, v := range c.Floats[from:to] {
			values = append(values, parquet.DoubleValue(v))
		}
	case c.Kind == Bool:
		for _, v := range c.Ints[from:to] {
			if v == NullInt {
				values = append(values, null(column))
			} else {
				values = append(values, parquet.BooleanValue(v != 0).Level(0, 1, column))
			}
		}
	case nullable:
		for _, v := range c.Ints[from:to] {
			if v == NullInt {
				values = append(values, null(column))
			} else {
				values = append(values, parquet.Int64Value(v).Level(0, 1, column))
			}
		}
	default:
		for _, v := range c.Ints[from:to] {
			values = append(values, parquet.Int64Value(v))
		}
	}
	p.values = values
}

func null(column int) parquet.Value { return parquet.NullValue().Level(0, 0, column) }
