package orders

import (
	"context"
	"fmt"
	"runtime"
	"slices"
	"testing"

	"winback/data/source"
	"winback/internal/fsys"
)

// One customer with most of all orders gives the histories that it should, for
// about the memory of as many orders of many customers.
func TestReadOrders_AWhaleCostsWhatItsLinesCost(t *testing.T) {
	const rows = 30_000
	read := func(customer func(order int) string) (lines []testLine, bytes uint64) {
		lines = testLines(rows)
		for i := range lines {
			order := i / 2
			lines[i].customer, lines[i].order = customer(order), fmt.Sprint(order)
			lines[i].micros += int64(order%7) * 1000 // many orders of a moment
		}
		slices.Reverse(lines)
		path := plainFile().write(t, t.TempDir(), "orders.parquet", lines)
		found, err := source.Find(fsys.OS(), []string{path}, 0)
		if err != nil {
			t.Fatal(err)
		}
		opts := Options{Workers: 2, partitions: 8}
		orders, err := Read(context.Background(), fsys.OS(), found, opts)
		if err != nil {
			t.Fatal(err)
		}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if _, err := orders.Each(context.Background(), 1, func(int, *Histories) error { return nil }); err != nil {
			t.Fatal(err)
		}
		runtime.ReadMemStats(&after)
		sameLines(t, collected(t, orders, opts).lines, meant(lines))
		return lines, after.TotalAlloc - before.TotalAlloc
	}
	_, even := read(func(order int) string { return fmt.Sprint(10_000 + order%5000) })
	_, whale := read(func(order int) string {
		if order%10 > 0 {
			return "12345"
		}
		return fmt.Sprint(10_000 + order%5000)
	})
	// Scratch space is made anew here: for an eighth of the lines, and for nearly
	// all of them.
	if perLine := float64(whale) / rows; perLine > 250 {
		t.Errorf("%.0f bytes a line with a whale, %.0f without", perLine, float64(even)/rows)
	}
}
