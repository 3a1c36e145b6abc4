package plan

import (
	"math"
	"testing"

	"winback/features"
)

func TestCoupon_BeginsAboveTheMeanOrder(t *testing.T) {
	shares := CouponShares{0, 0.1, 0.2, 0.2}
	for _, c := range []struct {
		stage        features.Stage
		mean, margin float64
		want         Coupon
	}{
		{features.StageSleeping, 100, 0.5, Coupon{30, 150}}, // 150-30, not 100-30
		{features.StageSilent, 100, 0.5, Coupon{15, 150}},
		{features.StageActive, 100, 0.5, Coupon{}},
		{features.StageSleeping, 100, 0.2, Coupon{15, 150}}, // half of the margin of 150
		{features.StageSleeping, 25.3, 0.5, Coupon{8, 40}},
		{features.StageSleeping, 0, 0.5, Coupon{}},
		{features.StageSleeping, math.NaN(), 0.5, Coupon{}},
		{features.StageSleeping, 100, math.NaN(), Coupon{}},
	} {
		if got := shares.Of(c.stage, c.mean, c.margin); got != c.want {
			t.Errorf("%s, mean %v, margin %v: %v, want %v", c.stage, c.mean, c.margin, got, c.want)
		}
	}
	for mean := 0.01; mean < 1e7; mean *= 1.07 {
		if threshold := CouponThreshold(mean); threshold < 1.25*mean-1e-9 || threshold > 2.0*1.25*mean {
			t.Fatalf("mean %v: threshold %v", mean, threshold)
		}
	}
}

func TestCoupon_BreakEvenIsWhereTheProfitIsNothing(t *testing.T) {
	c := Coupon{Discount: 15, Threshold: 150}
	const p, spend, margin, cost = 0.08, 120.0, 0.4, 0.5
	lift := c.BreakEvenLift(p, spend, margin, cost)
	profit := (p+lift)*(margin*spend-c.Discount) - p*margin*spend - cost
	if math.Abs(profit) > 1e-12 {
		t.Errorf("at a lift of %v a contact earns %v, want 0", lift, profit)
	}
	m := margin
	k := cost
	if got, want := (Coupon{}).BreakEvenLift(p, spend, margin, cost), BreakEvenLift(spend, &m, &k); math.Abs(got-want) > 1e-15 {
		t.Errorf("without a discount %v, want %v", got, want)
	}
	if got := c.BreakEvenLift(p, 30, margin, cost); !math.IsInf(got, 1) {
		t.Errorf("a return that brings less than the discount: %v", got)
	}
}
