package effect

import (
	"math"
	"slices"
	"testing"
)

func candidate(lift float64) Candidate {
	return Candidate{Offer{ContactCost: .1}, 20, Learned{Lift: lift, SD: .01, Natural: .05}}
}

func TestNextArm_TakesTheLargestProfitAboveNothing(t *testing.T) {
	nothing := math.NaN()
	for _, c := range []struct {
		lifts []float64
		best  int
		ranks []int
	}{
		{[]float64{.02, .03, .01}, 1, []int{1, 0, 2}}, {[]float64{.03, .02}, 0, []int{0, 1}}, {[]float64{.03, .01, .02}, 0, []int{0, 2, 1}}, {[]float64{.03}, 0, []int{0}},
		{[]float64{.001, .004}, DoNotContact, []int{1, 0}}, {[]float64{.005}, DoNotContact, []int{0}}, {[]float64{.03, .03}, 0, []int{0, 1}},
		{[]float64{nothing, .02}, 1, []int{1}}, {[]float64{nothing}, NothingKnown, nil}, {nil, NothingKnown, nil},
	} {
		var profits []float64
		for _, lift := range c.lifts {
			profits = append(profits, candidate(lift).Profit())
		}
		if best, ranks := NextArm(profits), RankArms(profits); best != c.best || !slices.Equal(ranks, c.ranks) {
			t.Errorf("lifts %v: %d, ranks %v, want %d, %v", c.lifts, best, ranks, c.best, c.ranks)
		}
	}
}

// TestNextArm_ADiscountTakesWhatComesAnyway: the larger lift is bought with a
// discount for all who return.
func TestNextArm_ADiscountTakesWhatComesAnyway(t *testing.T) {
	plain, coupon := candidate(.02), candidate(.03)
	coupon.Discount, coupon.Redemption, coupon.Natural = 10, 1, .1
	if best := NextArm([]float64{plain.Profit(), coupon.Profit()}); best != 0 {
		t.Errorf("chosen is arm %d: profits %v and %v", best, plain.Profit(), coupon.Profit())
	}
}
