package shop

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

func generate(t *testing.T, opts Options) (*folder, Counts) {
	t.Helper()
	files := newFolder()
	counts, err := Generate(context.Background(), opts, files.create)
	if err != nil {
		t.Fatal(err)
	}
	return files, counts
}

// generatedNames are the names of n files in date order.
func generatedNames(n int) (names []string) {
	for i := range n {
		names = append(names, fmt.Sprintf("part-%03d.parquet", i))
	}
	return names
}

func TestGenerate_HasTheShapeOfTheBenchmarkShop(t *testing.T) {
	const customers = 40_000
	files, counts := generate(t, Options{Customers: customers, Seed: 1})
	near(t, "orders per customer", float64(counts.Orders)/customers, 4.2, 0.02*4.2)
	near(t, "lines per customer", float64(counts.Lines)/customers, 10.5, 0.02*10.5)

	perCustomer := map[string]int{}
	orders := map[string]string{} // customer of each order
	products := map[string]bool{}
	lines, negative, last := int64(0), 0, int64(0)
	firstFile := map[string]int{}
	scattered := 0
	for i, name := range generatedNames(8) {
		for _, line := range files.lines(t, name) {
			lines++
			if line.Quantity < 0 {
				negative++
			}
			if line.Quantity == 0 || line.UnitPrice <= 0 {
				t.Fatalf("%s: quantity %d at price %d", name, line.Quantity, line.UnitPrice)
			}
			if line.OrderedAt < last {
				t.Fatalf("%s: a line lies before the one above it", name)
			}
			last = line.OrderedAt
			if of, known := orders[line.OrderID]; known && of != line.CustomerID {
				t.Fatalf("%s: an order has two customers", name)
			}
			orders[line.OrderID] = line.CustomerID
			if key := line.OrderID + line.ProductID; products[key] {
				t.Fatalf("%s: a product is on two lines of one order", name)
			} else {
				products[key] = true
			}
			perCustomer[line.CustomerID]++
			if f, known := firstFile[line.CustomerID]; !known {
				firstFile[line.CustomerID] = i
			} else if f < i {
				scattered++
				firstFile[line.CustomerID] = 8
			}
		}
	}
	if len(perCustomer) != customers || counts.Customers != customers {
		t.Errorf("%d customers have lines, counted %d, want %d", len(perCustomer), counts.Customers, customers)
	}
	if int64(len(orders)) != counts.Orders || lines != counts.Lines {
		t.Errorf("files hold %d orders and %d lines, counted %d and %d", len(orders), lines, counts.Orders, counts.Lines)
	}
	near(t, "share of negative quantities", float64(negative)/float64(lines), 0.03, 0.02*0.03)
	if scattered < customers/3 {
		t.Errorf("only %d customers have lines in more than one file", scattered)
	}
	if day := data.DayOfMicros(last).String(); day < "2026-06-20" || day > "2026-06-30" {
		t.Errorf("the newest line is of %s, want the end of June 2026", day)
	}
}

func TestGenerate_ColumnsHaveTheNamesAndTypesOfTheBenchmarkShop(t *testing.T) {
	files, _ := generate(t, Options{Customers: 10, Seed: 1, Files: 1})
	b := files.files["part-000.parquet"].Bytes()
	file, err := parquet.OpenFile(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		"required binary customer_id (STRING)",
		"required binary order_id (STRING)",
		"required int64 ordered_at (TIMESTAMP(isAdjustedToUTC=false,unit=MICROS))",
		"required binary product_id (STRING)",
		"required binary category (STRING)",
		"required int32 quantity",
		"required int64 unit_price (DECIMAL(10,2))",
		"required binary channel (STRING)",
	}
	schema := file.Schema().String()
	at := 0
	for _, column := range want {
		next := strings.Index(schema[at:], column)
		if next < 0 {
			t.Fatalf("schema has no %q after the columns before it:\n%s", column, schema)
		}
		at += next
	}
	if n := len(file.Schema().Columns()); n != len(want) {
		t.Errorf("schema has %d columns, want %d", n, len(want))
	}
	for _, chunk := range file.Metadata().RowGroups[0].Columns {
		if codec := chunk.MetaData.Codec.String(); codec != "ZSTD" {
			t.Errorf("column %v is compressed with %s, want ZSTD", chunk.MetaData.PathInSchema, codec)
		}
	}
	line := files.lines(t, "part-000.parquet")[0]
	forms := []struct{ got, prefix string }{
		{line.CustomerID, "C0001000000"}, {line.OrderID, "O00100000000"}, {line.ProductID, "P0"}, {line.Category, "cat-"},
	}
	for _, f := range forms {
		if !strings.HasPrefix(f.got, f.prefix) {
			t.Errorf("id %q, want it to start with %q", f.got, f.prefix)
		}
	}
	if n := len(line.CustomerID) + len(line.OrderID); n != 24 {
		t.Errorf("customer and order id have %d letters, want 24", n)
	}
}

func TestGenerate_SameBytesWithAnyNumberOfWorkers(t *testing.T) {
	opts := Options{Customers: 20_000, Seed: 5, Files: 3, Whale: 1000, Workers: 1}
	want, counts := generate(t, opts)
	for _, workers := range []int{1, 2, 7, 0} {
		opts.Workers = workers
		got, again := generate(t, opts)
		if again != counts {
			t.Errorf("%d workers: %+v, want %+v", workers, again, counts)
		}
		for _, name := range generatedNames(3) {
			if !bytes.Equal(got.files[name].Bytes(), want.files[name].Bytes()) {
				t.Errorf("%d workers: %s differs", workers, name)
			}
		}
	}
	opts.Seed = 6
	if other, _ := generate(t, opts); bytes.Equal(other.files["part-000.parquet"].Bytes(), want.files["part-000.parquet"].Bytes()) {
		t.Error("another seed gives the same file")
	}
}

func TestGenerate_FilesOnlyCutTheSameLines(t *testing.T) {
	one, _ := generate(t, Options{Customers: 3_000, Seed: 2, Files: 1})
	many, _ := generate(t, Options{Customers: 3_000, Seed: 2, Files: 13})
	var joined []orderLine
	for _, name := range generatedNames(13) {
		joined = append(joined, many.lines(t, name)...)
	}
	whole := one.lines(t, "part-000.parquet")
	if len(joined) != len(whole) {
		t.Fatalf("13 files hold %d lines, one file %d", len(joined), len(whole))
	}
	for i := range whole {
		if whole[i] != joined[i] {
			t.Fatalf("line %d differs", i)
		}
	}
}

func TestGenerate_WhaleHoldsItsOrdersAndNobodyLosesAll(t *testing.T) {
	const customers, whale = 20_000, 30_000
	plain, plainCounts := generate(t, Options{Customers: customers, Seed: 3, Files: 1})
	files, counts := generate(t, Options{Customers: customers, Seed: 3, Files: 1, Whale: whale})
	if counts.Orders != plainCounts.Orders {
		t.Errorf("%d orders with a whale, %d without: want the same", counts.Orders, plainCounts.Orders)
	}
	ordersOf := map[string]map[string]bool{}
	for _, line := range files.lines(t, "part-000.parquet") {
		if ordersOf[line.CustomerID] == nil {
			ordersOf[line.CustomerID] = map[string]bool{}
		}
		ordersOf[line.CustomerID][line.OrderID] = true
	}
	if len(ordersOf) != customers {
		t.Errorf("%d customers have orders, want %d", len(ordersOf), customers)
	}
	if n := len(ordersOf[counts.WhaleID]); n < whale || n > whale+100 {
		t.Errorf("the whale has %d orders, want %d and its own few", n, whale)
	}
	if len(plain.names) != 1 || plainCounts.WhaleID != "" {
		t.Errorf("without a whale: files %v, whale %q", plain.names, plainCounts.WhaleID)
	}
}

func TestGenerate_RefusesImpossibleOptions(t *testing.T) {
	for want, opts := range map[string]Options{
		"customers 0":   {},
		"customers -1":  {Customers: -1},
		"files -1":      {Customers: 1, Files: -1},
		"whale -1":      {Customers: 1, Whale: -1},
		"whale 1000000": {Customers: 1000, Whale: 1_000_000},
	} {
		_, err := Generate(context.Background(), opts, newFolder().create)
		if err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%+v: error %v, want one that starts with %q", opts, err, want)
		}
	}
}

func TestGenerate_TinyShopsAreWhole(t *testing.T) {
	for customers := 1; customers < 12; customers++ {
		files, counts := generate(t, Options{Customers: customers, Seed: 4})
		lines := int64(0)
		for _, name := range files.names {
			lines += int64(len(files.lines(t, name)))
		}
		if lines != counts.Lines || counts.Orders < int64(customers) {
			t.Errorf("%d customers: %d lines in %d files, counted %+v", customers, lines, len(files.names), counts)
		}
	}
}

var errDisk = errors.New("disk full")

// brokenFile fails after so many bytes, or when it is closed.
type brokenFile struct{ left int }

func (f *brokenFile) Write(p []byte) (int, error) {
	if len(p) > f.left {
		return 0, errDisk
	}
	f.left -= len(p)
	return len(p), nil
}

func (f *brokenFile) Close() error { return errDisk }

func TestGenerate_NamesTheFileThatCouldNotBeWritten(t *testing.T) {
	for _, left := range []int{0, 100, 10_000, 1 << 30} {
		create := func(name string) (io.WriteCloser, error) {
			if name == "part-001.parquet" {
				return &brokenFile{left}, nil
			}
			return discard{}, nil
		}
		_, err := Generate(context.Background(), Options{Customers: 5_000, Seed: 1, Files: 2}, create)
		if !errors.Is(err, errDisk) || !strings.Contains(err.Error(), "part-001.parquet") {
			t.Errorf("room for %d bytes: error %v, want the disk error with the file", left, err)
		}
	}
	refuse := func(string) (io.WriteCloser, error) { return nil, errDisk }
	if _, err := Generate(context.Background(), Options{Customers: 10}, refuse); !errors.Is(err, errDisk) {
		t.Errorf("create failed: error %v", err)
	}
	if err := Demo(1).Write(refuse); !errors.Is(err, errDisk) {
		t.Errorf("demo, create failed: error %v", err)
	}
}

func TestGenerate_StopsWithTheContext(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	opts := Options{Customers: 100_000, Seed: 1, Progress: func(int) { cancel() }}
	started := time.Now()
	if _, err := Generate(ctx, opts, discardFiles); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v, want the context's", err)
	}
	t.Logf("stopped after %v", time.Since(started))
}

func TestGenerate_ProgressCountsAllOrders(t *testing.T) {
	told := make(chan int, 1000)
	opts := Options{Customers: 5_000, Seed: 1, Progress: func(n int) { told <- n }}
	_, counts := generate(t, opts)
	close(told)
	sum := int64(0)
	for n := range told {
		sum += int64(n)
	}
	if sum != counts.Orders {
		t.Errorf("progress told of %d orders, want %d", sum, counts.Orders)
	}
}
