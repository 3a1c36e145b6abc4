package page

import (
	"math/rand/v2"
	"testing"
	"winback/pipeline/scoring"
)

func TestRecencyBins_HoldEveryCustomerOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		lapsedAfter, span, n := 1+rng.IntN(200), 1+rng.IntN(4000), rng.IntN(60)
		days := make([]int32, n)
		for i := range days {
			days[i] = int32(lapsedAfter + rng.IntN(span))
		}
		var sum int64
		bins, err := recencyBins(scoring.StoreOf(&scoring.Lapsed{RecencyDays: days}), lapsedAfter)
		if err != nil {
			t.Fatal(err)
		}
		for i, b := range bins {
			want := int64(0)
			for _, d := range days {
				if int(d) >= b.FromDays && int(d) < b.ToDays {
					want++
				}
			}
			if b.Customers != want || b.ToDays <= b.FromDays || i > 0 && b.FromDays != bins[i-1].ToDays {
				t.Fatalf("bin %d, %d to %d days: %d customers, want %d", i, b.FromDays, b.ToDays, b.Customers, want)
			}
			sum += b.Customers
		}
		if sum != int64(n) || len(bins) > 31 || bins[0].FromDays != lapsedAfter {
			t.Fatalf("%d bins from day %d hold %d of %d customers", len(bins), bins[0].FromDays, sum, n)
		}
	}
}
