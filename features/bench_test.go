package features

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"winback/data"
	"winback/data/orders"
)

// benchHistories makes up one partition shaped like a large shop: on average
// 4.2 orders and 10.5 lines per customer over three years.
func benchHistories(customers int) *orders.Histories {
	r := rand.New(rand.NewPCG(1, 1))
	names := &orders.Names{data.Product: make([]string, 20_000), data.Category: make([]string, 60), data.Channel: make([]string, 6)}
	h := &orders.Histories{Names: names, Start: []int32{0}}
	const span = 3 * 365 * 86_400_000_000
	order := uint64(0)
	for i := range customers {
		h.IDs = append(h.IDs, fmt.Sprintf("C%011d", 10_000_000+i))
		table := 1 + int(r.ExpFloat64()*3.7)
		at := r.Int64N(span)
		step := (span - at) / int64(table)
		for range table {
			order++
			channel := uint32(1 + r.IntN(6))
			for range 1 + int(r.ExpFloat64()*1.958) {
				sign := data.Money(1)
				flags := orders.FlagPurchase
				if r.IntN(33) == 0 {
					sign, flags = -1, orders.FlagReturn
				}
				h.Time = append(h.Time, testAsOf.Micros()-span+at)
				h.Order = append(h.Order, order*0x9e3779b97f4a7c15)
				h.Amount = append(h.Amount, sign*data.Money(20_000+r.IntN(2_000_000)))
				h.Quantity = append(h.Quantity, sign*10_000)
				h.Codes[data.Product] = append(h.Codes[data.Product], uint32(1+r.IntN(20_000)))
				h.Codes[data.Category] = append(h.Codes[data.Category], uint32(1+r.IntN(60)))
				h.Codes[data.Channel] = append(h.Codes[data.Channel], channel)
				h.Flags = append(h.Flags, flags)
			}
			at += r.Int64N(max(step, 1))
		}
		h.Start = append(h.Start, int32(len(h.Time)))
	}
	return h
}

func BenchmarkBuild(b *testing.B) {
	h := benchHistories(100_000)
	for _, count := range []int{1, 13} {
		b.Run(fmt.Sprintf("snapshots=%d", count), func(b *testing.B) {
			var snapshots []Snapshot
			var tables []*Table
			for i := range count {
				s := Snapshot{AsOf: testAsOf - data.Day(30*i), Horizon: 60}
				if i > 0 {
					s.LapsedAfter = 90
				}
				snapshots = append(snapshots, s)
				tables = append(tables, NewTable(s, h.Names))
			}
			var builder Builder
			b.ReportAllocs()
			for b.Loop() {
				for _, t := range tables {
					t.Reset()
				}
				if err := builder.BuildAll(h, snapshots, tables); err != nil {
					b.Fatal(err)
				}
			}
			rows := 0
			for _, t := range tables {
				rows += t.Rows()
			}
			b.ReportMetric(float64(h.Lines()*b.N)/b.Elapsed().Seconds(), "lines/s")
			b.ReportMetric(float64(rows*b.N)/b.Elapsed().Seconds(), "rows/s")
			b.ReportMetric(b.Elapsed().Seconds()*1e9/float64(b.N*h.Lines()), "ns/line")
		})
	}
}

// BenchmarkBuildOneCustomer has the lines of BenchmarkBuild, all of one
// customer.
func BenchmarkBuildOneCustomer(b *testing.B) {
	h := benchHistories(100_000)
	slices.Sort(h.Time)
	h.IDs, h.Start = h.IDs[:1], []int32{0, int32(h.Lines())}
	table := NewTable(Snapshot{AsOf: testAsOf, Horizon: 60}, h.Names)
	var builder Builder
	b.ReportAllocs()
	for b.Loop() {
		table.Reset()
		if err := builder.Build(h, Snapshot{AsOf: testAsOf, Horizon: 60}, table); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(h.Lines()*b.N)/b.Elapsed().Seconds(), "lines/s")
}

func BenchmarkWriteArrow(b *testing.B) {
	t := build(b, benchHistories(100_000), Snapshot{AsOf: testAsOf, Horizon: 60})
	size := &countingWriter{}
	for b.Loop() {
		size.bytes = 0
		if err := WriteArrow(size, t); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(t.Rows()*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(size.bytes)/float64(t.Rows()), "B/row")
}

func BenchmarkWriteParquet(b *testing.B) {
	h := benchHistories(300_000)
	t := build(b, h, Snapshot{AsOf: testAsOf, Horizon: 60})
	size := &countingWriter{}
	b.ReportAllocs()
	for b.Loop() {
		size.bytes = 0
		if err := WriteParquet(size, t); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(t.Rows()*b.N)/b.Elapsed().Seconds(), "rows/s")
	b.ReportMetric(float64(size.bytes)/float64(t.Rows()), "B/row")
}

type countingWriter struct{ bytes int }

func (w *countingWriter) Write(p []byte) (int, error) {
	w.bytes += len(p)
	return len(p), nil
}
