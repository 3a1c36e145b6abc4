package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
)

// allKinds is a table of all types, of two batches with nulls.
func allKinds() (*arrow.Schema, []arrow.Record) {
	types := []arrow.DataType{arrow.BinaryTypes.String, arrow.BinaryTypes.LargeString, arrow.BinaryTypes.Binary, arrow.BinaryTypes.LargeBinary, arrow.FixedWidthTypes.Boolean,
		arrow.PrimitiveTypes.Float32, arrow.PrimitiveTypes.Float64, arrow.FixedWidthTypes.Date32, &arrow.TimestampType{Unit: arrow.Microsecond}, &arrow.TimestampType{Unit: arrow.Microsecond, TimeZone: "UTC"},
		&arrow.Decimal128Type{Precision: 38, Scale: 4}, arrow.PrimitiveTypes.Int8, arrow.PrimitiveTypes.Int16, arrow.PrimitiveTypes.Int32, arrow.PrimitiveTypes.Int64}
	var fields []arrow.Field
	for i, t := range types {
		fields = append(fields, arrow.Field{Name: fmt.Sprintf("%c %s", 'a'+i, t), Type: t, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	var batches []arrow.Record
	for b := range 2 {
		in := array.NewRecordBuilder(memory.DefaultAllocator, schema)
		for row := range 3 {
			x := int64(b*3+row) - 2
			for i, f := range in.Fields() {
				if (row+i)%3 == 0 {
					f.AppendNull()
				} else if d, ok := f.(*array.Decimal128Builder); ok {
					d.Append(decimal128.FromI64(x * 1_000_000_007).Mul(decimal128.FromI64(1_000_000_007)))
				} else if err := f.AppendValueFromString(textOf(f, x)); err != nil {
					panic(err)
				}
			}
		}
		batches = append(batches, in.NewRecord())
	}
	return schema, batches
}

// textOf is a value as Arrow reads it for a column.
func textOf(column array.Builder, x int64) string {
	switch column.Type().ID() {
	case arrow.BOOL:
		return fmt.Sprint(x > 0)
	case arrow.DATE32:
		return fmt.Sprintf("19%d-02-03", 70+x)
	case arrow.TIMESTAMP:
		return fmt.Sprintf("19%d-02-03T04:05:06.007008Z", 70+x)
	case arrow.BINARY, arrow.LARGE_BINARY:
		return "AAEC"
	}
	return fmt.Sprint(x)
}

func streamed(t *testing.T, schema *arrow.Schema, rows int64, batches ...arrow.Record) []byte {
	t.Helper()
	var b bytes.Buffer
	out := ipc.NewWriter(&b, ipc.WithSchema(schema))
	for _, batch := range batches {
		if err := out.Write(batch); err != nil {
			t.Fatal(err)
		}
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	return sealed(t, b.Bytes(), rows)
}

func sealed(t *testing.T, stream []byte, rows int64) []byte {
	t.Helper()
	b := bytes.NewBuffer(bytes.Clone(stream))
	sum := sha256.Sum256(stream)
	if err := end(b, rows, sum[:]); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Arrow's own reader of Parquet gets back what went in.
func TestParquet_HoldsWhatTheStreamHolds(t *testing.T) {
	schema, batches := allKinds()
	s, err := Whole(streamed(t, schema, 6, batches...))
	if err != nil {
		t.Fatal(err)
	}
	b, err := s.Parquet()
	if err != nil {
		t.Fatal(err)
	}
	for i, field := range schema.Fields() {
		var want []string
		for _, batch := range batches {
			for row := range 3 {
				want = append(want, batch.Column(i).ValueStr(row))
			}
		}
		if got := columnOf(t, b, field.Name); fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("column %q: %v, want %v", field.Name, got, want)
		}
	}
}

// columnOf is what Arrow's reader of Parquet gets of a column.
func columnOf(t *testing.T, b []byte, name string) (values []string) {
	t.Helper()
	f, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	r, err := pqarrow.NewFileReader(f, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := r.ReadTable(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, chunk := range table.Column(table.Schema().FieldIndices(name)[0]).Data().Chunks() {
		for row := range chunk.Len() {
			values = append(values, chunk.ValueStr(row))
		}
	}
	return values
}

// The same rows make the same file, whatever their order and their batches.
func TestInOrder_DependsOnTheRowsAlone(t *testing.T) {
	schema, batches := allKinds()
	var turned []arrow.Record
	for _, batch := range slices.Backward(batches) {
		for row := range slices.Backward(make([]int, 3)) {
			turned = append(turned, batch.NewSlice(int64(row), int64(row)+1))
		}
	}
	var files [][]byte
	for _, in := range [][]arrow.Record{batches, turned} {
		s, err := Whole(streamed(t, schema, 6, in...))
		if err != nil {
			t.Fatal(err)
		}
		b, err := s.InOrder()
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, b)
	}
	if !bytes.Equal(files[0], files[1]) {
		t.Error("another order gives another file")
	}
	for i, field := range schema.Fields() {
		var want []string
		for _, batch := range batches {
			for row := range 3 {
				want = append(want, batch.Column(i).ValueStr(row))
			}
		}
		if got := columnOf(t, files[0], field.Name); fmt.Sprint(slices.Sorted(slices.Values(got))) != fmt.Sprint(slices.Sorted(slices.Values(want))) {
			t.Errorf("column %q: %v, want %v in some order", field.Name, got, want)
		}
	}
}

func TestStream_RefusesWhatItsEndRecordDoesNotProve(t *testing.T) {
	schema, batches := allKinds()
	whole := streamed(t, schema, 6, batches...)
	nested := arrow.NewSchema([]arrow.Field{{Name: "tags", Type: arrow.ListOf(arrow.BinaryTypes.String)}}, nil)
	in := array.NewRecordBuilder(memory.DefaultAllocator, nested)
	in.Field(0).AppendNull()
	twice := arrow.NewSchema([]arrow.Field{{Name: "id", Type: arrow.PrimitiveTypes.Int8}, {Name: "id", Type: arrow.PrimitiveTypes.Int8}}, nil)
	two := array.NewRecordBuilder(memory.DefaultAllocator, twice)
	two.Field(0).AppendNull()
	two.Field(1).AppendNull()
	for _, c := range []struct {
		name, want string
		stream     []byte
	}{
		{"nothing", "found nothing", nil},
		{"no end record", "cut", whole[:len(whole)-1]},
		{"a changed byte", "damaged", append(append(bytes.Clone(whole[:200]), whole[200]^1), whole[201:]...)},
		{"a batch too few", "3 rows, its end record counts 6", streamed(t, schema, 6, batches[0])},
		{"no rows", "no rows", streamed(t, schema, 0)},
		{"no Arrow", "want an Arrow IPC stream", sealed(t, []byte("customer_id,amount\n"), 1)},
		{"more behind the last batch", "follow the last batch", sealed(t, append(bytes.Clone(whole[:len(whole)-endBytes]), "more"...), 6)},
		{"a list", `column "tags": want a text`, streamed(t, nested, 1, in.NewRecord())},
		{"a name twice", `column "id": there twice`, streamed(t, twice, 1, two.NewRecord())},
	} {
		s, err := Read(bytes.NewReader(c.stream))
		var file []byte
		if err == nil {
			file, err = s.Parquet()
		}
		if err == nil || file != nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, %d bytes; want an error with %q", c.name, err, len(file), c.want)
		}
	}
}

func TestParts_ComeBackAsTheyWere(t *testing.T) {
	want := [][]byte{[]byte("head"), {}, bytes.Repeat([]byte{7}, 1<<20), []byte("tail")}
	var b bytes.Buffer
	if err := WriteParts(&b, want); err != nil {
		t.Fatal(err)
	}
	s, err := Read(&b)
	if err != nil {
		t.Fatal(err)
	}
	got, err := s.Parts()
	if err != nil || len(got) != len(want) || s.Rows() != int64(len(want)) {
		t.Fatalf("%d parts, %v", len(got), err)
	}
	for i := range want {
		if !bytes.Equal(got[i], want[i]) {
			t.Errorf("part %d: %d bytes, want %d", i, len(got[i]), len(want[i]))
		}
	}
	schema, batches := allKinds()
	other, err := Whole(streamed(t, schema, 6, batches...))
	if err != nil {
		t.Fatal(err)
	}
	if parts, err := other.Parts(); err == nil || parts != nil {
		t.Errorf("a stream of lines has parts: %v", err)
	}
}

// A body that its end record proves may still be rubbish: no size in it is believed.
func TestStream_RubbishUnderAValidEndRecordIsRefusedInWords(t *testing.T) {
	schema, batches := allKinds()
	whole := streamed(t, schema, 6, batches...)
	body := whole[:len(whole)-endBytes]
	r := rand.New(rand.NewPCG(15, 4))
	refused := 0
	for i := range 6000 {
		b := bytes.Clone(body)
		for range 1 + r.IntN(8) {
			at := r.IntN(len(b) - 8)
			switch i % 3 {
			case 0:
				b[at] ^= byte(1 + r.IntN(255))
			case 1:
				binary.LittleEndian.PutUint32(b[at/4*4:], r.Uint32())
			case 2:
				binary.LittleEndian.PutUint64(b[at/8*8:], r.Uint64()>>r.IntN(60))
			}
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		s, err := Whole(sealed(t, b, 6))
		if err == nil {
			_, err = s.Parquet()
		}
		runtime.ReadMemStats(&after)
		if n := after.TotalAlloc - before.TotalAlloc; n > 100<<20 {
			t.Fatalf("case %d: %d bytes allocated for a stream of %d: %v", i, n, len(b), err)
		}
		if err != nil {
			refused++
			for _, raw := range []string{"runtime error", "out of range", "nil pointer"} {
				if strings.Contains(err.Error(), raw) {
					t.Fatalf("case %d: %v", i, err)
				}
			}
		}
	}
	if refused < 1000 {
		t.Errorf("only %d of 6000 are refused", refused)
	}
}

// A compressed stream is one of Arrow's ordinary forms.
func TestParquet_ReadsCompressedStreams(t *testing.T) {
	schema := arrow.NewSchema([]arrow.Field{{Name: "amount", Type: arrow.PrimitiveTypes.Int64}}, nil)
	in := array.NewRecordBuilder(memory.DefaultAllocator, schema)
	for range 100_000 {
		in.Field(0).(*array.Int64Builder).Append(7)
	}
	var b bytes.Buffer
	out := ipc.NewWriter(&b, ipc.WithSchema(schema), ipc.WithZstd())
	if err := errors.Join(out.Write(in.NewRecord()), out.Close()); err != nil {
		t.Fatal(err)
	}
	s, err := Whole(sealed(t, b.Bytes(), 100_000))
	if err == nil {
		_, err = s.Parquet()
	}
	if err != nil {
		t.Error(err)
	}
}
