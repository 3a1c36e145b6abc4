package shop

import (
	"context"
	"testing"
)

// BenchmarkGenerate writes a shop of 100,000 customers to nowhere.
func BenchmarkGenerate(b *testing.B) {
	b.ReportAllocs()
	lines := int64(0)
	for b.Loop() {
		counts, err := Generate(context.Background(), Options{Customers: 100_000, Seed: 1}, discardFiles)
		if err != nil {
			b.Fatal(err)
		}
		lines += counts.Lines
	}
	b.ReportMetric(float64(lines)/b.Elapsed().Seconds(), "rows/s")
}
