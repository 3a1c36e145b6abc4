package orders

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data/columns"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// benchOrder is a line in the form of the synthetic shop: ids as text, orders
// of 2.5 lines scattered over the customers, 4.2 orders of each.
type benchOrder struct {
	Customer string `parquet:"customer_id,zstd,plain"`
	Order    string `parquet:"order_id,zstd,plain"`
	Time     int64  `parquet:"ordered_at,timestamp(microsecond:local),zstd,plain"`
	Product  string `parquet:"product_id,zstd,dict"`
	Category string `parquet:"category,zstd,dict"`
	Quantity int32  `parquet:"quantity,zstd,plain"`
	Price    int64  `parquet:"unit_price,decimal(2:10),zstd,plain"`
	Channel  string `parquet:"channel,zstd,dict"`
}

const benchRows = 300_000

// benchFiles puts such a shop in a folder.
func benchFiles(b *testing.B) (fsys.FS, source.Found) {
	r := rand.New(rand.NewPCG(4, 4))
	rows := make([]benchOrder, 0, benchRows)
	for order := 0; len(rows) < benchRows; order++ {
		customer := fmt.Sprintf("C%011d", 10_000_000+r.IntN(benchRows/10))
		for range min(1+r.IntN(4), benchRows-len(rows)) {
			product := int(float64(r.IntN(15_000)) * r.Float64() * r.Float64())
			rows = append(rows, benchOrder{customer, fmt.Sprintf("O%011d", order), 1_700_000_000_000_000 + int64(order)*25_000_000, fmt.Sprintf("P%06d", product),
				fmt.Sprintf("cat-%02d", product%50), int32(1 + r.IntN(3)), int64(100 + r.IntN(12_000)), []string{"web", "app", "shop"}[r.IntN(3)]})
		}
	}
	var out bytes.Buffer
	if err := parquet.Write(&out, rows); err != nil {
		b.Fatal(err)
	}
	mem := fsystest.NewMem()
	if err := mem.MkdirAll("/orders"); err != nil {
		b.Fatal(err)
	}
	f, err := mem.Create("/orders/a.parquet")
	if err != nil {
		b.Fatal(err)
	}
	if _, err := f.Write(out.Bytes()); err != nil {
		b.Fatal(err)
	}
	files, err := source.Find(mem, []string{"/orders"}, 0)
	if err != nil {
		b.Fatal(err)
	}
	return mem, files
}

func reportRows(b *testing.B) {
	b.ReportMetric(benchRows*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mrows/s")
	b.ReportAllocs()
}

var benchOptions = Options{Workers: 1, MemoryBytes: 1 << 30, partitions: 8}

// benchWorker is a worker, and an order file for it to read.
func benchWorker(b *testing.B) (*readWorker, *columns.File, fsys.ReadFile) {
	b.Helper()
	mem, files := benchFiles(b)
	inspected, _, err := columns.Inspect(context.Background(), mem, files.Files, benchOptions.columns())
	if err != nil {
		b.Fatal(err)
	}
	handle, err := mem.Open(inspected[0].Path)
	if err != nil {
		b.Fatal(err)
	}
	return newReadWorker(newReading(context.Background(), benchOptions, newSplitter(nil, 1)), mem, newTable(inspected)), &inspected[0], handle
}

// Decoding pages to numbers and entries of texts, with nothing made of them.
func BenchmarkDecode(b *testing.B) {
	w, f, handle := benchWorker(b)
	for b.Loop() {
		for g := range f.Footer.RowGroups {
			if err := w.groups.eachBatch(&f.Roles, f.RowGroup(handle, g, benchOptions.MemoryBytes), 0, func(*batch) error { return nil }); err != nil {
				b.Fatal(err)
			}
		}
	}
	reportRows(b)
}

// From files to the blocks of all partitions, few and as many as ten million lines have.
func BenchmarkPartition(b *testing.B) {
	mem, files := benchFiles(b)
	for _, partitions := range []int{8, 200} {
		b.Run(fmt.Sprintf("partitions=%d", partitions), func(b *testing.B) {
			options := benchOptions
			options.partitions = partitions
			for b.Loop() {
				if _, err := Read(context.Background(), mem, files, options); err != nil {
					b.Fatal(err)
				}
			}
			reportRows(b)
		})
	}
}

// From decoded columns to staged lines, without the blocks.
func BenchmarkNormalise(b *testing.B) {
	w, f, handle := benchWorker(b)
	w.groups.norm.flush = func(part int) error { w.groups.norm.buffers[part].reset(); return nil }
	for b.Loop() {
		for g := range f.Footer.RowGroups {
			if err := w.groups.read(&f.Roles, f.RowGroup(handle, g, benchOptions.MemoryBytes), 0); err != nil {
				b.Fatal(err)
			}
		}
	}
	reportRows(b)
}

// From staged lines to a block.
func BenchmarkEncodeBlock(b *testing.B) {
	const lines = 256
	r := rand.New(rand.NewPCG(4, 4))
	buffer := &lineBuffer{}
	for i := range lines {
		if i%3 == 0 {
			buffer.addCustomer(fmt.Appendf(nil, "C%011d", 10_000_000+r.IntN(5000)))
			buffer.addRun(1_700_000_000_000_000+int64(i)*1_000_000, r.Uint64())
		}
		buffer.lines = append(buffer.lines, stagedLine{amount: int64(1+r.IntN(50_000)) * 100, quantity: 10_000, identity: r.Uint64(),
			codes: [3]uint32{uint32(r.IntN(15_000)), uint32(r.IntN(50)), uint32(r.IntN(3))}, flags: FlagPurchase})
	}
	var e blockEncoder
	b.ReportAllocs()
	for b.Loop() {
		e.encode(buffer)
	}
	b.ReportMetric(lines*float64(b.N)/b.Elapsed().Seconds()/1e6, "Mlines/s")
}

// From the blocks of a partition to its histories, and again from what the
// first walk left.
func BenchmarkHistories(b *testing.B) {
	mem, files := benchFiles(b)
	o, err := Read(context.Background(), mem, files, benchOptions)
	if err != nil {
		b.Fatal(err)
	}
	w := walker{orders: o}
	b.Run("build", func(b *testing.B) {
		for b.Loop() {
			for part := range o.Partitions() {
				blocks, _, err := o.store.blocks(part, &w.scratch)
				if err != nil {
					b.Fatal(err)
				}
				if _, _, err := w.builder.build(blocks, w.options(&o.build)); err != nil {
					b.Fatal(err)
				}
			}
		}
		reportRows(b)
	})
	if _, err := o.Each(context.Background(), 1, func(int, *Histories) error { return nil }); err != nil {
		b.Fatal(err)
	}
	b.Run("again", func(b *testing.B) {
		for b.Loop() {
			for part := range o.Partitions() {
				if _, _, err := w.histories(part); err != nil {
					b.Fatal(err)
				}
			}
		}
		reportRows(b)
	})
}
