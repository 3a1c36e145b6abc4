package features

import (
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/bitutil"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

// arrowBatchRows bounds a record batch, so that the ids of one fit in 32-bit
// offsets.
const arrowBatchRows = 1 << 18

// Record returns the table as an Arrow record: customer_id as utf8 and then the
// table's columns, Int as int64, Float as float64, Money as decimal128(18, 4),
// Text as dictionary of utf8, Bool as bool, Date as date32; missing values are null. Int
// and Float columns share the table's memory, which must not change while the
// record is in use. The ids of a record must stay below 2 GiB.
func (t *Table) Record() arrow.Record { return t.record(0, t.Rows(), t.arrowDicts()) }

// WriteArrow writes a table as an Arrow IPC file with the columns of Record, in
// record batches of 262,144 rows. The as-of day and the horizon stand in the
// schema's metadata as winback.as_of and winback.horizon_days.
func WriteArrow(w io.Writer, t *Table) (err error) {
	file, err := ipc.NewFileWriter(&positionedWriter{w: w}, ipc.WithSchema(t.arrowSchema()))
	if err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	dicts := t.arrowDicts()
	for from := 0; from == 0 || from < t.Rows(); from += arrowBatchRows {
		record := t.record(from, min(t.Rows(), from+arrowBatchRows), dicts)
		err := file.Write(record)
		record.Release()
		if err != nil {
			return fmt.Errorf("write features: %w", err)
		}
	}
	if err := file.Close(); err != nil {
		return fmt.Errorf("write features: %w", err)
	}
	return nil
}

func (t *Table) arrowSchema() *arrow.Schema {
	fields := []arrow.Field{{Name: idColumn, Type: arrow.BinaryTypes.String}}
	for i := range t.Columns {
		c := &t.Columns[i]
		fields = append(fields, arrow.Field{Name: c.Name, Type: c.Kind.arrowType(), Nullable: c.nullable()})
	}
	metadata := arrow.NewMetadata(
		[]string{"winback.as_of", "winback.horizon_days"},
		[]string{t.AsOf.String(), strconv.Itoa(t.Horizon)})
	return arrow.NewSchema(fields, &metadata)
}

func (k Kind) arrowType() arrow.DataType {
	switch k {
	case Float:
		return arrow.PrimitiveTypes.Float64
	case Money:
		return &arrow.Decimal128Type{Precision: decimalDigits, Scale: decimalScale}
	case Text:
		return &arrow.DictionaryType{IndexType: arrow.PrimitiveTypes.Int32, ValueType: arrow.BinaryTypes.String}
	case Bool:
		return arrow.FixedWidthTypes.Boolean
	case Date:
		return arrow.FixedWidthTypes.Date32
	}
	return arrow.PrimitiveTypes.Int64
}

// arrowDicts returns the dictionaries of the Text columns, nil for the others.
func (t *Table) arrowDicts() []arrow.ArrayData {
	dicts := make([]arrow.ArrayData, len(t.Columns))
	for i := range t.Columns {
		if c := &t.Columns[i]; c.Kind == Text {
			dicts[i] = stringData(c.Dict)
		}
	}
	return dicts
}

// record makes a record of the rows [from, to).
func (t *Table) record(from, to int, dicts []arrow.ArrayData) arrow.Record {
	columns := []arrow.Array{array.MakeFromData(stringData(t.IDs[from:to]))}
	for i := range t.Columns {
		columns = append(columns, array.MakeFromData(t.Columns[i].arrowData(from, to, dicts[i])))
	}
	return array.NewRecord(t.arrowSchema(), columns, int64(to-from))
}

// arrowData returns the rows [from, to) of a column.
func (c *Column) arrowData(from, to int, dict arrow.ArrayData) arrow.ArrayData {
	rows := to - from
	switch c.Kind {
	case Float:
		floats := c.Floats[from:to]
		valid, nulls := validity(rows, func(row int) bool { return !math.IsNaN(floats[row]) })
		return arrowData(c.Kind, rows, nulls, valid, arrow.Float64Traits.CastToBytes(floats))
	case Text:
		codes := c.Codes[from:to]
		indices := make([]int32, rows)
		for row, code := range codes {
			indices[row] = max(0, int32(code)-1)
		}
		valid, nulls := validity(rows, func(row int) bool { return codes[row] != 0 })
		buffers := []*memory.Buffer{valid, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(indices))}
		return array.NewDataWithDictionary(c.Kind.arrowType(), rows, buffers, nulls, 0, dict.(*array.Data))
	}
	ints := c.Ints[from:to]
	valid, nulls := validity(rows, func(row int) bool { return ints[row] != NullInt })
	switch c.Kind {
	case Money:
		decimals := make([]decimal128.Num, rows)
		for row, v := range ints {
			decimals[row] = decimal128.FromI64(v)
		}
		return arrowData(c.Kind, rows, nulls, valid, arrow.Decimal128Traits.CastToBytes(decimals))
	case Bool:
		bits := make([]byte, bitutil.BytesForBits(int64(rows)))
		for row, v := range ints {
			bitutil.SetBitTo(bits, row, v == 1)
		}
		return arrowData(c.Kind, rows, nulls, valid, bits)
	case Date:
		days := make([]int32, rows)
		for row, v := range ints {
			days[row] = int32(v)
		}
		return arrowData(c.Kind, rows, nulls, valid, arrow.Int32Traits.CastToBytes(days))
	}
	return arrowData(c.Kind, rows, nulls, valid, arrow.Int64Traits.CastToBytes(ints))
}

func arrowData(kind Kind, rows, nulls int, valid *memory.Buffer, values []byte) arrow.ArrayData {
	return array.NewData(kind.arrowType(), rows, []*memory.Buffer{valid, memory.NewBufferBytes(values)}, nil, nulls, 0)
}

// validity returns the bitmap of the rows that have a value, nil when all have,
// and the number of those that have none.
func validity(rows int, has func(row int) bool) (*memory.Buffer, int) {
	bits := make([]byte, bitutil.BytesForBits(int64(rows)))
	nulls := 0
	for row := range rows {
		if has(row) {
			bits[row>>3] |= 1 << (row & 7)
		} else {
			nulls++
		}
	}
	if nulls == 0 {
		return nil, 0
	}
	return memory.NewBufferBytes(bits), nulls
}

func stringData(texts []string) arrow.ArrayData {
	offsets := make([]int32, 1, len(texts)+1)
	var bytes []byte
	for _, s := range texts {
		bytes = append(bytes, s...)
		offsets = append(offsets, int32(len(bytes)))
	}
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(arrow.Int32Traits.CastToBytes(offsets)), memory.NewBufferBytes(bytes)}
	return array.NewData(arrow.BinaryTypes.String, len(texts), buffers, nil, 0, 0)
}

// positionedWriter tells the IPC writer where it is; that is all that it seeks
// for.
type positionedWriter struct {
	w  io.Writer
	at int64
}

func (p *positionedWriter) Write(b []byte) (int, error) {
	n, err := p.w.Write(b)
	p.at += int64(n)
	return n, err
}

func (p *positionedWriter) Seek(offset int64, whence int) (int64, error) {
	if offset != 0 || whence != io.SeekCurrent {
		return 0, errors.New("cannot move in a stream")
	}
	return p.at, nil
}
