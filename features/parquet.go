package features

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"slices"
	"strconv"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/encoding/thrift"
	"github.com/parquet-go/parquet-go/format"
)

const (
	// Pages and row groups lie at the same rows however these are spread over
	// tables.
	pageRows     = 16_384
	rowGroupRows = 16 * pageRows
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
//
// Pages are encoded straight from the columns: a writer of rows or of single
// values would take longer than it takes to work the features out.
type ParquetWriter struct {
	out      io.Writer
	metadata *format.FileMetaData // nil before the first table
	page     *Table               // rows of the page that is being filled
	chunks   []chunk              // of the row group that is being filled: ids, then the table's columns
	encoder  pageEncoder
	rows     int64 // encoded in the row group
	at       int64 // bytes written
}

// NewParquetWriter starts a file. Nothing is written before the first Write,
// which decides on the columns.
func NewParquetWriter(w io.Writer) *ParquetWriter { return &ParquetWriter{out: w} }

// Write appends the rows of a table. All tables must have the same columns and
// dictionaries. The table may be changed afterwards. After an error the writer
// is of no further use.
func (p *ParquetWriter) Write(t *Table) error {
	if p.metadata == nil {
		if err := p.begin(t); err != nil {
			return fmt.Errorf("write features: %w", err)
		}
	}
	if err := sameColumns(p.page, t); err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	for from := 0; from < t.Rows(); {
		to := min(t.Rows(), from+pageRows-p.page.Rows())
		p.page.appendRows(t, from, to)
		from = to
		if p.page.Rows() < pageRows {
			break
		}
		if err := p.encodePage(); err != nil {
			return fmt.Errorf("write features: %w", err)
		}
	}
	return nil
}

// Close writes what is pending and the footer. It does not close the writer
// below. Without a table before it, it fails: there are no columns.
func (p *ParquetWriter) Close() error {
	if p.metadata == nil {
		return fmt.Errorf("write features: no table was written")
	}
	err := p.encodePage()
	if err == nil {
		err = p.endRowGroup()
	}
	if err == nil {
		err = p.writeFooter()
	}
	if err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	return nil
}

const magic = "PAR1"

func (p *ParquetWriter) begin(t *Table) (err error) {
	if p.metadata, err = emptyMetadata(t); err != nil {
		return err
	}
	p.page = t.emptyCopy()
	p.page.Grow(pageRows)
	p.chunks = append(make([]chunk, 0, 1+len(t.Columns)), idChunk())
	for i := range t.Columns {
		p.chunks = append(p.chunks, chunkOf(&t.Columns[i]))
	}
	return p.write([]byte(magic))
}

// emptyMetadata is the footer of a file without rows.
func emptyMetadata(t *Table) (*format.FileMetaData, error) {
	var b bytes.Buffer
	file := parquet.NewGenericWriter[any](&b, parquetSchema(t),
		parquet.CreatedBy("winback", "1", "features"),
		parquet.KeyValueMetadata("winback.as_of", t.AsOf.String()),
		parquet.KeyValueMetadata("winback.horizon_days", strconv.Itoa(t.Horizon)),
	)
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

func (p *ParquetWriter) encodePage() error {
	rows := p.page.Rows()
	if rows == 0 {
		return nil
	}
	for i := range p.chunks {
		var err error
		if i == 0 {
			err = p.chunks[0].addIDs(&p.encoder, p.page.IDs)
		} else {
			err = p.chunks[i].add(&p.encoder, &p.page.Columns[i-1])
		}
		if err != nil {
			return fmt.Errorf("column %s: %w", p.chunks[i].name, err)
		}
	}
	p.page.Reset()
	if p.rows += int64(rows); p.rows < rowGroupRows {
		return nil
	}
	return p.endRowGroup()
}

// endRowGroup writes the chunks of a row group one behind the other.
func (p *ParquetWriter) endRowGroup() error {
	if p.rows == 0 {
		return nil
	}
	group := format.RowGroup{NumRows: p.rows, FileOffset: p.at, Ordinal: int16(len(p.metadata.RowGroups)),
		SortingColumns: []format.SortingColumn{{ColumnIdx: 0}}}
	for i := range p.chunks {
		c := &p.chunks[i]
		if err := c.addDictionary(&p.encoder); err != nil {
			return err
		}
		meta := c.metadata(p.at)
		for _, part := range [...][]byte{c.dictionaryPage, c.pages} {
			if err := p.write(part); err != nil {
				return err
			}
		}
		group.Columns = append(group.Columns, format.ColumnChunk{MetaData: meta})
		group.TotalByteSize += meta.TotalUncompressedSize
		group.TotalCompressedSize += meta.TotalCompressedSize
		c.reset()
	}
	p.metadata.RowGroups = append(p.metadata.RowGroups, group)
	p.metadata.NumRows += p.rows
	p.rows = 0
	return nil
}

func (p *ParquetWriter) writeFooter() error {
	footer, err := thrift.Marshal(new(thrift.CompactProtocol), p.metadata)
	if err != nil {
		return err
	}
	end := binary.LittleEndian.AppendUint32(nil, uint32(len(footer)))
	return p.write(slices.Concat(footer, end, []byte(magic)))
}

func (p *ParquetWriter) write(b []byte) error {
	n, err := p.out.Write(b)
	p.at += int64(n)
	return err
}
