package offers

import (
	"context"
	"syscall"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/features"
)

// The cost of what to show beside that of the features of the same histories, on a
// real shop: the walk that counts, what is made of it, and the walk that scores.
func BenchmarkOffers(b *testing.B) {
	table := readShared(b, "retail_orders", orders.Options{Workers: 1})
	walk := func(add func(*orders.Histories)) {
		if _, err := table.Each(context.Background(), 1, func(_ int, h *orders.Histories) error {
			add(h)
			return nil
		}); err != nil {
			b.Fatal(err)
		}
	}
	day := table.NewestPurchase + 1
	b.Run("walk alone", func(b *testing.B) {
		for measured(b) {
			walk(func(*orders.Histories) {})
		}
	})
	b.Run("features", func(b *testing.B) {
		want := features.Snapshot{AsOf: day, Horizon: 60, LapsedAfter: 90, DataEnd: day, Extra: true}
		for measured(b) {
			walk(func(h *orders.Histories) {
				if err := features.Build(h, want, features.NewTable(want, h.Names)); err != nil {
					b.Fatal(err)
				}
			})
		}
	})
	b.Run("count", func(b *testing.B) {
		for measured(b) {
			walk(NewCounter(usual(), table.Names[data.Product], day).Add)
		}
	})
	counter := NewCounter(usual(), table.Names[data.Product], day)
	walk(counter.Add)
	b.Run("learn", func(b *testing.B) {
		for measured(b) {
			counter.Learn(1)
		}
	})
	g := counter.Learn(1)
	b.Run("score all", func(b *testing.B) {
		scorer := g.NewScorer()
		for measured(b) {
			walk(func(h *orders.Histories) {
				for i := range h.IDs {
					scorer.Best(h.Customer(i).Before(day), groupDepth)
				}
			})
		}
	})
}

// measured is b.Loop that reports CPU time, which other work on the machine changes
// less than the time that passes.
func measured(b *testing.B) bool {
	if b.Loop() {
		if cpuAt[b.Name()] == 0 {
			cpuAt[b.Name()] = cpuSeconds(b)
		}
		return true
	}
	b.ReportMetric((cpuSeconds(b)-cpuAt[b.Name()])/float64(b.N)*1000, "cpu-ms/op")
	return false
}

var cpuAt = map[string]float64{}

func cpuSeconds(b *testing.B) float64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		b.Fatal(err)
	}
	return float64(used.Utime.Sec+used.Stime.Sec) + float64(used.Utime.Usec+used.Stime.Usec)/1e6
}
