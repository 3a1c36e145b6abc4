package plan

import (
	"math"

	"winback/features"
)

// CouponShares are the discounts of the stages, as shares of the order value from which
// a coupon is given; each within [0, 1]. That of lost customers is for big events.
type CouponShares [features.StageCount]float64

// Coupon is a discount that is given from an order value on, both in currency; a
// discount of 0 is none.
type Coupon struct{ Discount, Threshold float64 }

// Of is the coupon for customers of a stage with a mean order value, where so much
// of the sales is margin: it gives away at most half of the margin of an order that
// just reaches the threshold. None where the mean is not known or nothing.
func (c CouponShares) Of(stage features.Stage, meanOrder, margin float64) Coupon {
	if !(meanOrder > 0) || !(margin > 0) || c[stage] == 0 {
		return Coupon{}
	}
	threshold := CouponThreshold(meanOrder)
	return Coupon{roundBelow(threshold * min(c[stage], margin/2)), threshold}
}

// BreakEvenLift is the extra return rate that a contact with the coupon must cause to
// pay for itself, where everyone who returns redeems it, those of the natural rate p
// too:
//
//	lift = (contact cost + p × discount) ÷ (margin × spend − discount)
//
// +Inf where a return does not bring more than the discount.
func (c Coupon) BreakEvenLift(p, spend, margin, contactCost float64) float64 {
	left := margin*max(0, spend) - c.Discount
	if !(left > 0) {
		return math.Inf(1)
	}
	return (contactCost + p*c.Discount) / left
}

// CouponThreshold is the order value from which a coupon is given to customers with a
// mean order value above 0: the next round number at least a quarter above it, 100 →
// 150, so that nobody gets it for what they buy anyway.
func CouponThreshold(meanOrder float64) float64 {
	x := 1.25 * meanOrder
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	for _, step := range roundSteps {
		if step*unit >= x-1e-9 {
			return step * unit
		}
	}
	return 10 * unit
}

// roundSteps are the round numbers between 1 and 10.
var roundSteps = [...]float64{1, 1.5, 2, 2.5, 3, 4, 5, 6, 7.5, 8, 10}

// roundBelow is the greatest round number up to x, which is above 0.
func roundBelow(x float64) float64 {
	unit := math.Pow(10, math.Floor(math.Log10(x)))
	below := unit
	for _, step := range roundSteps {
		if step*unit <= x+1e-9 {
			below = step * unit
		}
	}
	return below
}
