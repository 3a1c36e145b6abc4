package features

import (
	"fmt"
	"io"
	"strconv"

	"github.com/parquet-go/parquet-go"

	"winback/data/columnar"
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
// as BOOLEAN, Date as DATE; missing values are null. The as-of day and the horizon stand in
// the file's metadata as winback.as_of and winback.horizon_days.
//
// The bytes depend on the rows alone, not on how they are spread over tables.
// About one row group of rows is held in memory, encoded.
type ParquetWriter struct {
	out   io.Writer
	file  *columnar.Writer // nil before the first table
	first *Table           // without its rows
}

// NewParquetWriter starts a file. Nothing is written before the first Write,
// which decides on the columns.
func NewParquetWriter(w io.Writer) *ParquetWriter { return &ParquetWriter{out: w} }

// Write appends the rows of a table. All tables must have the same columns and
// dictionaries. The table may be changed afterwards. After an error the writer
// is of no further use.
func (p *ParquetWriter) Write(t *Table) error {
	if p.file == nil {
		p.first = t.emptyCopy()
		p.file = columnar.NewWriter(p.out, columnar.Layout{Schema: parquetSchema(t), Sorted: true, Options: []parquet.WriterOption{
			parquet.CreatedBy("winback", "1", "features"),
			parquet.KeyValueMetadata("winback.as_of", t.AsOf.String()),
			parquet.KeyValueMetadata("winback.horizon_days", strconv.Itoa(t.Horizon)),
		}})
	}
	err := sameColumns(p.first, t)
	if err == nil {
		err = p.file.Write(t.values())
	}
	if err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	return nil
}

// values are the ids and the columns as they are written, sharing the table's memory.
func (t *Table) values() []columnar.Values {
	all := append(make([]columnar.Values, 0, 1+len(t.Columns)), columnar.Values{Texts: t.IDs})
	for i := range t.Columns {
		c := &t.Columns[i]
		all = append(all, columnar.Values{Ints: c.Ints, Floats: c.Floats, Codes: c.Codes, Dict: c.Dict})
	}
	return all
}

// Close writes what is pending and the footer. It does not close the writer
// below. Without a table before it, it fails: there are no columns.
func (p *ParquetWriter) Close() error {
	if p.file == nil {
		return fmt.Errorf("write features: no table was written")
	}
	if err := p.file.Close(); err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	return nil
}
