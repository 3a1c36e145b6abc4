package features

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"

	"winback/data"
	"winback/data/columnar"
	"winback/internal/fsys/fsystest"
)

// fileTables are tables of every kind of column and missing value: small, empty
// and larger than a row group.
func fileTables(t *testing.T) map[string]*Table {
	names := testNames()
	s := Snapshot{AsOf: testAsOf, Horizon: 60, DataEnd: testAsOf + 10, Extra: true}
	h := historiesOf(randomShop(21, 2000, names), names)
	small := build(t, h, s)
	s.Extra, s.DataEnd = false, 0
	plain := build(t, h, s)
	copies := make([]*Table, columnar.RowGroupRows/plain.Rows()+3)
	for i := range copies {
		copies[i] = plain
	}
	return map[string]*Table{"small": small, "empty": NewTable(s, names), "large": Concat(copies), "dates": tableOfDates(20_000)}
}

// tableOfDates has columns that are no features: days, few and more than a
// dictionary takes, of which some are missing.
func tableOfDates(rows int) *Table {
	t := &Table{AsOf: testAsOf, Horizon: 60, Columns: []Column{{Name: "few", Kind: Date}, {Name: "many", Kind: Date}, {Name: "none", Kind: Date}}}
	for i := range rows {
		few, many := int64(20_000+i%40), int64(i-500)
		if i%7 == 3 {
			few, many = NullInt, NullInt
		}
		t.IDs = append(t.IDs, fmt.Sprintf("c%06d", i))
		for k, v := range []int64{few, many, NullInt} {
			t.Columns[k].Ints = append(t.Columns[k].Ints, v)
		}
	}
	return t
}

// checkArrow holds records against rows of a table, of large ones a share.
func checkArrow(t *testing.T, table *Table, records []arrow.Record) {
	t.Helper()
	row, step := 0, 1+table.Rows()/50_000
	for _, record := range records {
		if have, want := int(record.NumCols()), len(table.Columns)+1; have != want {
			t.Fatalf("%d columns, want %d", have, want)
		}
		for i := 0; i < int(record.NumRows()); i += step {
			if have := record.Column(0).(*array.String).Value(i); have != table.IDs[row+i] {
				t.Fatalf("row %d: id %s, want %s", row+i, have, table.IDs[row+i])
			}
		}
		for i := range table.Columns {
			c := &table.Columns[i]
			if have := record.ColumnName(i + 1); have != c.Name {
				t.Fatalf("column %d is %s, want %s", i+1, have, c.Name)
			}
			for j := 0; j < int(record.NumRows()); j += step {
				if have, want := arrowCell(record.Column(i+1), j), cellOf(c, row+j); have != want {
					t.Fatalf("%s in row %d: %+v, want %+v", c.Name, row+j, have, want)
				}
			}
		}
		row += int(record.NumRows())
	}
	if row != table.Rows() {
		t.Fatalf("%d rows, want %d", row, table.Rows())
	}
}

func arrowCell(a arrow.Array, row int) cell {
	if a.IsNull(row) {
		return nullCell
	}
	switch c := a.(type) {
	case *array.Int64:
		return whole(c.Value(row))
	case *array.Date32:
		return whole(int64(c.Value(row)))
	case *array.Float64:
		return real(c.Value(row))
	case *array.Decimal128:
		return whole(int64(c.Value(row).LowBits()))
	case *array.Boolean:
		if c.Value(row) {
			return whole(1)
		}
		return whole(0)
	case *array.String:
		return text(c.Value(row))
	case *array.Dictionary:
		return text(c.Dictionary().(*array.String).Value(c.GetValueIndex(row)))
	}
	return text(fmt.Sprintf("%T", a))
}

func TestWriteArrow_ReadsBackEqual(t *testing.T) {
	for name, table := range fileTables(t) {
		t.Run(name, func(t *testing.T) {
			var buffer bytes.Buffer
			if err := WriteArrow(&buffer, table); err != nil {
				t.Fatal(err)
			}
			reader, err := ipc.NewFileReader(bytes.NewReader(buffer.Bytes()))
			if err != nil {
				t.Fatal(err)
			}
			var records []arrow.Record
			for i := range reader.NumRecords() {
				record, err := reader.RecordAt(i)
				if err != nil {
					t.Fatal(err)
				}
				records = append(records, record)
			}
			checkArrow(t, table, records)
			metadata := reader.Schema().Metadata()
			if day, _ := metadata.GetValue("winback.as_of"); day != table.AsOf.String() {
				t.Errorf("metadata says %q", day)
			}
		})
	}
}

func TestRecord_SharesTheTablesMemory(t *testing.T) {
	table := fileTables(t)["small"]
	record := table.Record()
	checkArrow(t, table, []arrow.Record{record})
	if &record.Column(1 + colOrders).(*array.Int64).Int64Values()[0] != &table.Columns[colOrders].Ints[0] {
		t.Error("orders were copied")
	}
	if &record.Column(1 + colIntervalMean).(*array.Float64).Float64Values()[0] != &table.Columns[colIntervalMean].Floats[0] {
		t.Error("interval_mean was copied")
	}
}

func TestWriteParquet_ReadsBackEqualByAnotherReader(t *testing.T) {
	for name, table := range fileTables(t) {
		t.Run(name, func(t *testing.T) {
			var buffer bytes.Buffer
			if err := WriteParquet(&buffer, table); err != nil {
				t.Fatal(err)
			}
			checkArrow(t, table, readParquet(t, buffer.Bytes()))
		})
	}
}

func TestWithMoney_AmountsAsDoublesReadBack(t *testing.T) {
	table := fileTables(t)["large"]
	double := table.WithMoney(data.MoneyDouble)
	var buffer bytes.Buffer
	if err := WriteParquet(&buffer, double); err != nil {
		t.Fatal(err)
	}
	checkArrow(t, double, readParquet(t, buffer.Bytes()))
	monetary, want := double.Column("monetary"), table.Column("monetary")
	if monetary.Kind != Float || monetary.Ints != nil || want.Kind != Money {
		t.Fatalf("kinds %d and %d, want a double beside the decimal", monetary.Kind, want.Kind)
	}
	for i, v := range want.Ints {
		if monetary.Floats[i] != data.Money(v).Float() {
			t.Fatalf("row %d: %v, want %v", i, monetary.Floats[i], data.Money(v))
		}
	}
	if table.WithMoney(data.MoneyDecimal) != table {
		t.Error("decimals need no other table")
	}
}

// readParquet reads a Parquet file with the reader of Arrow.
func readParquet(t *testing.T, b []byte) []arrow.Record {
	t.Helper()
	reader, err := file.NewParquetReader(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if have := reader.MetaData().KeyValueMetadata().FindValue("winback.horizon_days"); have == nil || *have != "60" {
		t.Error("the metadata does not have the horizon")
	}
	arrowReader, err := pqarrow.NewFileReader(reader, pqarrow.ArrowReadProperties{BatchSize: 10_000}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	records, err := arrowReader.GetRecordReader(context.Background(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer records.Release()
	var all []arrow.Record
	for records.Next() {
		records.Record().Retain()
		all = append(all, records.Record())
	}
	if err := records.Err(); err != nil && !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return all
}

func TestWriteParquet_SameBytesHoweverTheRowsAreSpread(t *testing.T) {
	table := fileTables(t)["large"]
	var want, again bytes.Buffer
	for _, b := range []*bytes.Buffer{&want, &again} {
		if err := WriteParquet(b, table); err != nil {
			t.Fatal(err)
		}
	}
	if !bytes.Equal(want.Bytes(), again.Bytes()) {
		t.Error("a second file of the same table has other bytes")
	}
	var parts bytes.Buffer
	w := NewParquetWriter(&parts)
	part := table.emptyCopy()
	for from, size := 0, 1; from < table.Rows(); size = size*3 + 7 {
		to := min(table.Rows(), from+size)
		part.Reset()
		part.appendRows(table, from, to)
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		from = to
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want.Bytes(), parts.Bytes()) {
		t.Errorf("in parts the file has other bytes (%d and %d)", want.Len(), parts.Len())
	}
}

func TestWriters_ReportAFailingDisk(t *testing.T) {
	table := fileTables(t)["small"]
	for name, write := range map[string]func(io.Writer, *Table) error{"parquet": WriteParquet, "arrow": WriteArrow} {
		var whole bytes.Buffer
		if err := write(&whole, table); err != nil {
			t.Fatal(err)
		}
		for room := 0; room < whole.Len(); room += 1 + whole.Len()/50 {
			if err := write(&fsystest.FullDisk{Room: room}, table); !errors.Is(err, syscall.ENOSPC) {
				t.Fatalf("%s with room for %d of %d bytes: %v", name, room, whole.Len(), err)
			}
		}
	}
}

func TestParquetWriter_RefusesTablesThatDoNotFit(t *testing.T) {
	tables := fileTables(t)
	if err := NewParquetWriter(io.Discard).Close(); err == nil {
		t.Error("a file without columns was closed well")
	}
	w := NewParquetWriter(io.Discard)
	if err := w.Write(tables["empty"]); err != nil {
		t.Fatal(err)
	}
	if err := w.Write(tables["small"]); err == nil || !strings.Contains(err.Error(), "columns") {
		t.Errorf("more columns: %v", err)
	}
	other := tables["empty"].emptyCopy()
	other.Columns[colTopChannel].Dict = nil
	if err := w.Write(other); err == nil || !strings.Contains(err.Error(), "top_channel") {
		t.Errorf("another dictionary: %v", err)
	}
}
