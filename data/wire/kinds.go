package wire

import (
	"encoding/binary"
	"fmt"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/parquet-go/parquet-go"
)

// kind is how a column of Arrow is written as one of Parquet.
type kind struct {
	node   parquet.Node
	values func(arrow.Array) func(row int) parquet.Value // of rows that are set
}

// kindOf knows the types that tables of order lines have.
func kindOf(t arrow.DataType) (kind, error) {
	switch t := t.(type) {
	case *arrow.StringType:
		return kind{parquet.String(), texts[*array.String]}, nil
	case *arrow.LargeStringType:
		return kind{parquet.String(), texts[*array.LargeString]}, nil
	case *arrow.BinaryType:
		return kind{parquet.Leaf(parquet.ByteArrayType), bytesOf[*array.Binary]}, nil
	case *arrow.LargeBinaryType:
		return kind{parquet.Leaf(parquet.ByteArrayType), bytesOf[*array.LargeBinary]}, nil
	case *arrow.BooleanType:
		return kind{parquet.Leaf(parquet.BooleanType), each(func(a *array.Boolean, i int) parquet.Value { return parquet.BooleanValue(a.Value(i)) })}, nil
	case *arrow.Float32Type:
		return kind{parquet.Leaf(parquet.FloatType), each(func(a *array.Float32, i int) parquet.Value { return parquet.FloatValue(a.Value(i)) })}, nil
	case *arrow.Float64Type:
		return kind{parquet.Leaf(parquet.DoubleType), each(func(a *array.Float64, i int) parquet.Value { return parquet.DoubleValue(a.Value(i)) })}, nil
	case *arrow.Date32Type:
		return kind{parquet.Date(), each(func(a *array.Date32, i int) parquet.Value { return parquet.Int32Value(int32(a.Value(i))) })}, nil
	case *arrow.TimestampType:
		return timestampKind(t)
	case *arrow.Decimal128Type:
		return kind{parquet.Decimal(int(t.Scale), int(t.Precision), parquet.FixedLenByteArrayType(16)), each(decimal)}, nil
	}
	return integerKind(t)
}

func integerKind(t arrow.DataType) (kind, error) {
	switch t.ID() {
	case arrow.INT8:
		return kind{parquet.Int(8), each(func(a *array.Int8, i int) parquet.Value { return parquet.Int32Value(int32(a.Value(i))) })}, nil
	case arrow.INT16:
		return kind{parquet.Int(16), each(func(a *array.Int16, i int) parquet.Value { return parquet.Int32Value(int32(a.Value(i))) })}, nil
	case arrow.INT32:
		return kind{parquet.Int(32), each(func(a *array.Int32, i int) parquet.Value { return parquet.Int32Value(a.Value(i)) })}, nil
	case arrow.INT64:
		return kind{parquet.Int(64), each(func(a *array.Int64, i int) parquet.Value { return parquet.Int64Value(a.Value(i)) })}, nil
	}
	return kind{}, fmt.Errorf("want a text, a number, a date, a time or a truth value, found %s; leave it out or convert it in the table", t)
}

// timestampKind is a time of the clock where no zone is named, else a moment.
func timestampKind(t *arrow.TimestampType) (kind, error) {
	if t.Unit != arrow.Microsecond {
		return kind{}, fmt.Errorf("want times in microseconds, found %s", t)
	}
	return kind{parquet.TimestampAdjusted(parquet.Microsecond, t.TimeZone != ""), each(func(a *array.Timestamp, i int) parquet.Value { return parquet.Int64Value(int64(a.Value(i))) })}, nil
}

// each makes the values of one type of array.
func each[A arrow.Array](value func(a A, row int) parquet.Value) func(arrow.Array) func(int) parquet.Value {
	return func(column arrow.Array) func(int) parquet.Value {
		a := column.(A)
		return func(row int) parquet.Value { return value(a, row) }
	}
}

// texts are values that lie in the memory of the array.
func texts[A interface {
	arrow.Array
	ValueBytes() []byte
	ValueOffset64(int) int64
}](column arrow.Array) func(int) parquet.Value {
	a := column.(A)
	all, from := a.ValueBytes(), a.ValueOffset64(0)
	return func(row int) parquet.Value {
		return parquet.ByteArrayValue(all[a.ValueOffset64(row)-from : a.ValueOffset64(row+1)-from])
	}
}

func bytesOf[A interface {
	arrow.Array
	Value(int) []byte
}](column arrow.Array) func(int) parquet.Value {
	a := column.(A)
	return func(row int) parquet.Value { return parquet.ByteArrayValue(a.Value(row)) }
}

// decimal is the whole number of a decimal, highest byte first.
func decimal(a *array.Decimal128, row int) parquet.Value {
	v := a.Value(row)
	b := binary.BigEndian.AppendUint64(make([]byte, 0, 16), uint64(v.HighBits()))
	return parquet.FixedLenByteArrayValue(binary.BigEndian.AppendUint64(b, v.LowBits()))
}
