package effect

import (
	"math"
	"testing"
)

func candidate(lift float64) Candidate {
	return Candidate{Offer{ContactCost: .1}, 20, Learned{Lift: lift, SD: .01, Natural: .05}}
}

func TestNextArm_TakesTheLargestProfitAboveNothing(t *testing.T) {
	nothing := math.NaN()
	for _, c := range []struct {
		lifts        []float64
		best, second int
	}{
		{[]float64{.02, .03, .01}, 1, 0}, {[]float64{.03, .02}, 0, 1}, {[]float64{.03, .01, .02}, 0, 2}, {[]float64{.03}, 0, DoNotContact},
		{[]float64{.004, .001}, DoNotContact, DoNotContact}, {[]float64{.005}, DoNotContact, DoNotContact}, {[]float64{.03, .03}, 0, 1},
		{[]float64{nothing, .02}, 1, DoNotContact}, {[]float64{nothing}, NothingKnown, DoNotContact}, {nil, NothingKnown, DoNotContact},
	} {
		var arms []Candidate
		for _, lift := range c.lifts {
			arms = append(arms, candidate(lift))
		}
		if best, second := NextArm(arms); best != c.best || second != c.second {
			t.Errorf("lifts %v: %d, then %d, want %d, then %d", c.lifts, best, second, c.best, c.second)
		}
	}
}

// TestNextArm_ADiscountTakesWhatComesAnyway: the larger lift is bought with a
// discount for all who return.
func TestNextArm_ADiscountTakesWhatComesAnyway(t *testing.T) {
	plain, coupon := candidate(.02), candidate(.03)
	coupon.Discount, coupon.Redemption, coupon.Natural = 10, 1, .1
	if best, _ := NextArm([]Candidate{plain, coupon}); best != 0 {
		t.Errorf("chosen is arm %d: profits %v and %v", best, plain.Profit(), coupon.Profit())
	}
}
