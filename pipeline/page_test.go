package pipeline

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestWilson_IsThePublishedInterval(t *testing.T) {
	// Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
	for _, c := range []struct {
		hits, n   int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := wilson(c.hits, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.hits, c.n, low, high, c.low, c.high)
		}
	}
	if low, high := wilson(0, 0); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Errorf("of nobody: %v to %v", low, high)
	}
}

func TestRecencyBins_HoldEveryCustomerOnce(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for range 200 {
		lapsedAfter, span, n := 1+rng.IntN(200), 1+rng.IntN(4000), rng.IntN(60)
		days := make([]int32, n)
		for i := range days {
			days[i] = int32(lapsedAfter + rng.IntN(span))
		}
		var sum int64
		bins := recencyBins(days, lapsedAfter)
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

func TestSentenceOf_BeginsLargeAndEnds(t *testing.T) {
	if got := sentenceOf("as set by --lapsed-after"); got != "As set by --lapsed-after." || sentenceOf("") != "" {
		t.Errorf("got %q", got)
	}
}
