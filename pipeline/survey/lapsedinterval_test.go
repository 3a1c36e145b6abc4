package survey

import (
	"math"
	"math/rand/v2"
	"testing"
)

// Of shops that are alike, nearly all find a number of days within the interval
// that one of them gives for the truth.
func TestLapsedInterval_HoldsTheTruthInNineteenOfTwentyShops(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	truth := -200 * math.Log(0.4) // 60 % of exponential intervals of mean 200
	held := 0
	for range 400 {
		s := &Survey{}
		for range 500 {
			s.secondPurchases = append(s.secondPurchases, interval{10, int32(rng.ExpFloat64() * 200)})
		}
		if low, high := s.LapsedInterval(20); float64(low) <= truth && truth <= float64(high)+1 {
			held++
		}
	}
	if held < 372 || held > 396 {
		t.Errorf("%d of 400 intervals hold the truth", held)
	}
}

func TestLapsedRuleKept_SaysWhatTonightWouldBe(t *testing.T) {
	r := LapsedRule{Days: 93, Auto: true, Basis: "60 % of 500 intervals"}
	if same := r.Kept(93, 90, 96); same != r {
		t.Errorf("%+v", same)
	}
	if kept := r.Kept(91, 90, 96); kept.Days != 91 || kept.Basis != "as before: tonight it would be 93 days (90 to 96), since 60 % of 500 intervals" {
		t.Errorf("%+v", kept)
	}
}
