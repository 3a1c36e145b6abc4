package columnar

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"

	"winback/internal/fsys/fsystest"
)

// testRow has a column of each type and coding.
type testRow struct {
	ID       string   `parquet:"id,delta"`
	Rank     int64    `parquet:"rank,delta"`
	Money    int64    `parquet:"money,decimal(4:18)"`
	Group    int32    `parquet:"group"`
	Day      *int32   `parquet:"day,optional,date"`
	Count    *int64   `parquet:"count"` // too many different ones for a dictionary, with nulls
	Score    float64  `parquet:"score"`
	Few      *float64 `parquet:"few"`
	None     *float64 `parquet:"none"`
	Held     bool     `parquet:"held"`
	Known    *bool    `parquet:"known"`
	Stage    string   `parquet:"stage,dict"`
	Product  string   `parquet:"product,optional,dict"` // at first few, then more than pay
	Reason   string   `parquet:"reason,optional"`
	Category string   `parquet:"category,optional,dict"` // comes as codes
}

var categories = []string{"bread", "milk", "öl"}

func testRows(n int) []testRow {
	r := rand.New(rand.NewPCG(uint64(n), 3))
	rows := make([]testRow, n)
	for i := range rows {
		day, count, few, known := int32(20_000+r.IntN(500)), r.Int64()>>r.IntN(40), float64(r.IntN(20))/3-2, r.IntN(2) == 0
		rows[i] = testRow{
			ID: fmt.Sprintf("C%07d", i), Rank: int64(n - i), Money: r.Int64N(1_000_000) - 500, Group: r.Int32N(10) - 3, Score: r.NormFloat64(), Held: r.IntN(50) == 0,
			Stage: []string{"silent", "sleeping", "lost"}[r.IntN(3)], Product: fmt.Sprint("P", r.IntN(1+min(i, PageRows)*9/10+max(0, i-PageRows)*50)), Reason: strings.Repeat("again ", r.IntN(4)),
			Day: &day, Count: &count, Few: &few, Known: &known, Category: append(categories, "")[r.IntN(4)],
		}
		if i%7 == 3 || i >= PageRows && i < 2*PageRows { // a whole page of nulls
			rows[i].Day, rows[i].Count, rows[i].Few, rows[i].Known, rows[i].Reason = nil, nil, nil, nil, ""
		}
	}
	return rows
}

// columnsOf are the values of rows, in the order of testRow.
func columnsOf(rows []testRow) []Values {
	c := make([]Values, 15)
	c[14].Dict = categories
	texts := func(i int, v string) { c[i].Texts = append(c[i].Texts, v) }
	ints := func(i int, v int64) { c[i].Ints = append(c[i].Ints, v) }
	floats := func(i int, v float64) { c[i].Floats = append(c[i].Floats, v) }
	for _, r := range rows {
		texts(0, r.ID)
		ints(1, r.Rank)
		ints(2, r.Money)
		ints(3, int64(r.Group))
		ints(4, orElse(r.Day, func(v int32) int64 { return int64(v) }, NullInt))
		ints(5, orElse(r.Count, func(v int64) int64 { return v }, NullInt))
		floats(6, r.Score)
		floats(7, orElse(r.Few, func(v float64) float64 { return v }, math.NaN()))
		floats(8, math.NaN())
		ints(9, bit(r.Held))
		ints(10, orElse(r.Known, bit, NullInt))
		texts(11, r.Stage)
		texts(12, r.Product)
		texts(13, r.Reason)
		c[14].Codes = append(c[14].Codes, uint32(slices.Index(categories, r.Category)+1))
	}
	return c
}

func orElse[T, V any](p *T, of func(T) V, none V) V {
	if p == nil {
		return none
	}
	return of(*p)
}

func bit(v bool) int64 {
	if v {
		return 1
	}
	return 0
}

// fileOf writes rows, so many at a time.
func fileOf(t *testing.T, rows []testRow, step int, layout Layout) []byte {
	t.Helper()
	var b bytes.Buffer
	layout.Schema = parquet.SchemaOf(new(testRow))
	w := NewWriter(&b, layout)
	for part := range slices.Chunk(rows, step) {
		if err := w.Write(columnsOf(part)); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestWriter_ReadsBackEqualWithParquetGo(t *testing.T) {
	for _, n := range []int{0, 1, PageRows, 3*PageRows + 7} {
		for _, layout := range []Layout{{}, {PageIndex: true, Compress: true}} {
			rows, b := testRows(n), fileOf(t, testRows(n), 1+n/3, layout)
			have, err := parquet.Read[testRow](bytes.NewReader(b), int64(len(b)))
			if err != nil || len(have) != n {
				t.Fatalf("%d rows of %d: %v", len(have), n, err)
			}
			for i := range rows {
				if have, want := rowText(have[i]), rowText(rows[i]); have != want {
					t.Fatalf("row %d of %d is\n%s, want\n%s", i, n, have, want)
				}
			}
		}
	}
}

func rowText(r testRow) string {
	return fmt.Sprint(r.ID, r.Rank, r.Money, r.Group, deref(r.Day), deref(r.Count), r.Score, deref(r.Few), deref(r.None), r.Held, deref(r.Known), r.Stage, r.Product, r.Reason, r.Category)
}

func deref[T any](p *T) any {
	if p == nil {
		return "null"
	}
	return *p
}

func TestWriter_ReadsBackEqualWithArrow(t *testing.T) {
	rows := testRows(3*PageRows + 7)
	reader, err := file.NewParquetReader(bytes.NewReader(fileOf(t, rows, len(rows), Layout{PageIndex: true, Compress: true})))
	if err != nil {
		t.Fatal(err)
	}
	arrowReader, err := pqarrow.NewFileReader(reader, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := arrowReader.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	row := 0
	for records := array.NewTableReader(table, int64(len(rows))); records.Next(); {
		record := records.Record()
		for i := range int(record.NumRows()) {
			if have, want := arrowText(record, i), rowText(rows[row]); have != want {
				t.Fatalf("row %d is\n%s, want\n%s", row, have, want)
			}
			row++
		}
	}
	if row != len(rows) {
		t.Errorf("%d rows, want %d", row, len(rows))
	}
}

func arrowText(record arrow.Record, row int) string {
	var cells []any
	for i := range int(record.NumCols()) {
		var cell any = "null"
		switch c := record.Column(i); {
		case c.IsNull(row) && record.Schema().Field(i).Type.ID() == arrow.STRING:
			cell = ""
		case c.IsNull(row):
		default:
			switch c := c.(type) {
			case *array.String:
				cell = c.Value(row)
			case *array.Int64:
				cell = c.Value(row)
			case *array.Int32:
				cell = c.Value(row)
			case *array.Date32:
				cell = int32(c.Value(row))
			case *array.Decimal128:
				cell = int64(c.Value(row).LowBits())
			case *array.Float64:
				cell = c.Value(row)
			case *array.Boolean:
				cell = c.Value(row)
			}
		}
		cells = append(cells, cell)
	}
	return fmt.Sprint(cells...)
}

func TestWriter_SameBytesHoweverTheRowsAreSpread(t *testing.T) {
	rows := testRows(RowGroupRows + PageRows + 5)
	layout := Layout{PageIndex: true, Compress: true}
	want := fileOf(t, rows, len(rows), layout)
	for _, step := range []int{1000, PageRows, 3*PageRows + 1} {
		if !bytes.Equal(want, fileOf(t, rows, step, layout)) {
			t.Errorf("%d rows at a time give other bytes", step)
		}
	}
}

// TestWriter_BoundsAreThoseOfTheValues holds bounds and nulls of chunks and pages against
// the values that are read there.
func TestWriter_BoundsAreThoseOfTheValues(t *testing.T) {
	b := fileOf(t, testRows(RowGroupRows+2*PageRows), 10_000, Layout{PageIndex: true, Compress: true})
	f, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	if have, want := len(f.RowGroups()), 2; have != want {
		t.Fatalf("%d row groups, want %d", have, want)
	}
	for g, group := range f.RowGroups() {
		for i, chunk := range group.ColumnChunks() {
			name := f.Schema().Fields()[i].Name()
			index, err := chunk.ColumnIndex()
			if err != nil {
				t.Fatal(name, err)
			}
			offsets, err := chunk.OffsetIndex()
			if err != nil || offsets.NumPages() != index.NumPages() {
				t.Fatal(name, err)
			}
			whole := checkPages(t, name, chunk, index, offsets)
			s := f.Metadata().RowGroups[g].Columns[i].MetaData.Statistics
			if whole.nulls != s.NullCount || whole.values > 0 && (!sameBound(whole.low, s.MinValue) || !sameBound(whole.high, s.MaxValue)) {
				t.Errorf("%s: chunk says %x to %x, %d nulls, has %v to %v, %d nulls", name, s.MinValue, s.MaxValue, s.NullCount, whole.low, whole.high, whole.nulls)
			}
			if g == 0 {
				checkOrder(t, name, index)
			}
		}
	}
}

// sameBound takes the zeros for one.
func sameBound(v parquet.Value, bound []byte) bool {
	return bytes.Equal(v.Bytes(), bound) || v.Kind() == parquet.Double && v.Double() == v.Kind().Value(bound).Double()
}

// found are the bounds of values.
type found struct {
	low, high     parquet.Value
	values, nulls int64
}

func (f *found) add(v parquet.Value, compare func(a, b parquet.Value) int) {
	if v.IsNull() {
		f.nulls++
		return
	}
	if v = v.Clone(); f.values == 0 || compare(v, f.low) < 0 {
		f.low = v
	}
	if f.values == 0 || compare(v, f.high) > 0 {
		f.high = v
	}
	f.values++
}

func checkPages(t *testing.T, name string, chunk parquet.ColumnChunk, index parquet.ColumnIndex, offsets parquet.OffsetIndex) (whole found) {
	t.Helper()
	pages := chunk.Pages()
	defer pages.Close()
	compare, at := chunk.Type().Compare, 0
	for row := int64(0); ; at++ {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(name, err)
		}
		if offsets.FirstRowIndex(at) != row {
			t.Errorf("%s, page %d: begins at row %d, want %d", name, at, offsets.FirstRowIndex(at), row)
		}
		row += page.NumRows()
		var of found
		values := make([]parquet.Value, page.NumValues())
		if n, err := page.Values().ReadValues(values); n != len(values) {
			t.Fatal(name, n, err)
		}
		for _, v := range values {
			of.add(v, compare)
			whole.add(v, compare)
		}
		if index.NullCount(at) != of.nulls || index.NullPage(at) != (of.values == 0) {
			t.Errorf("%s, page %d: %d nulls (%v), want %d", name, at, index.NullCount(at), index.NullPage(at), of.nulls)
		}
		if of.values > 0 && (compare(index.MinValue(at), of.low) != 0 || compare(index.MaxValue(at), of.high) != 0) {
			t.Errorf("%s, page %d: says %v to %v, has %v to %v", name, at, index.MinValue(at), index.MaxValue(at), of.low, of.high)
		}
	}
	if at != index.NumPages() {
		t.Errorf("%s: index of %d pages, want %d", name, index.NumPages(), at)
	}
	return whole
}

// checkOrder knows what two columns must say.
func checkOrder(t *testing.T, name string, index parquet.ColumnIndex) {
	t.Helper()
	have := [2]bool{index.IsAscending(), index.IsDescending()}
	want, known := map[string][2]bool{"id": {true, false}, "rank": {false, true}, "score": {false, false}}[name]
	if known && have != want {
		t.Errorf("%s: ascending, descending %v, want %v", name, have, want)
	}
}

func TestOrder_PassesOverPagesOfNulls(t *testing.T) {
	page := func(low, high int64) (b bounds) {
		b.addInts([]int64{low, high})
		return b
	}
	for want, pages := range map[format.BoundaryOrder][]bounds{
		format.Ascending:  {page(1, 5), {nulls: 3}, page(1, 6), page(4, 6)},
		format.Descending: {{nulls: 1}, page(4, 9), page(3, 9)},
		format.Unordered:  {page(1, 5), {}, page(2, 4)},
	} {
		if have := order(pages); have != want {
			t.Errorf("%v: %v, want %v", pages, have, want)
		}
	}
}

// A page of NaN alone has no bounds, and then its chunk has no index of bounds.
func TestWriter_NaNAloneHasNoBounds(t *testing.T) {
	type row struct {
		X float64 `parquet:"x"`
	}
	var b bytes.Buffer
	w := NewWriter(&b, Layout{Schema: parquet.SchemaOf(new(row)), PageIndex: true})
	if err := cmp.Or(w.Write([]Values{{Floats: []float64{math.NaN(), math.NaN()}}}), w.Close()); err != nil {
		t.Fatal(err)
	}
	f, err := parquet.OpenFile(bytes.NewReader(b.Bytes()), int64(b.Len()))
	if err != nil {
		t.Fatal(err)
	}
	c := f.Metadata().RowGroups[0].Columns[0]
	if c.ColumnIndexLength != 0 || c.OffsetIndexLength == 0 || c.MetaData.Statistics.MinValue != nil {
		t.Errorf("found %+v", c)
	}
}

func TestWriter_RefusesColumnsThatDoNotFit(t *testing.T) {
	schema := parquet.SchemaOf(new(testRow))
	few := columnsOf(testRows(3))
	few[4].Ints = few[4].Ints[:2]
	if err := NewWriter(io.Discard, Layout{Schema: schema}).Write(few); err == nil || !strings.Contains(err.Error(), "column day has 2 values, want 3") {
		t.Errorf("a short column: %v", err)
	}
	if err := NewWriter(io.Discard, Layout{Schema: schema}).Write(few[:3]); err == nil {
		t.Error("too few columns were written")
	}
	type nested struct {
		Items []string `parquet:"items,list"`
	}
	if err := NewWriter(io.Discard, Layout{Schema: parquet.SchemaOf(new(nested))}).Close(); err == nil || !strings.Contains(err.Error(), "items") {
		t.Errorf("a list: %v", err)
	}
}

func TestWriter_ReportsAFailingDisk(t *testing.T) {
	rows := testRows(50)
	whole := len(fileOf(t, rows, 50, Layout{PageIndex: true}))
	for room := 0; room < whole; room += 1 + whole/60 {
		w := NewWriter(&fsystest.FullDisk{Room: room}, Layout{Schema: parquet.SchemaOf(new(testRow)), PageIndex: true})
		if err := cmp.Or(w.Write(columnsOf(rows)), w.Close()); !errors.Is(err, syscall.ENOSPC) {
			t.Fatalf("room for %d of %d bytes: %v", room, whole, err)
		}
	}
}
