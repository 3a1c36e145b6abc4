package effect

import (
	"math"

	"winback/models"
)

// Net is the revenue of a customer in a closed window: purchases in the window,
// less the goods sent back from the first of them until 30 days after the
// window, both in currency; never below 0.
func Net(purchases, sentBack float64) float64 { return max(0, purchases-sentBack) }

// Earned is a group with what its returns brought: the sums over the customers
// of a side of a value in currency, such as margin × Net less the offer paid, and
// what a contact cost.
type Earned struct {
	Group
	Sum, HeldOutSum float64
	ContactCost     float64 // per contact
}

// Values gathers what single returns brought, of both sides and all groups of
// the arms compared. The zero value is empty.
type Values struct{ m Moments }

// Add counts one return of that value.
func (v *Values) Add(value float64) { v.m.Add(false, value) }

// Count is how many were added.
func (v *Values) Count() int64 { return v.m.n }

// Mean and Variance are those of the values added; 0 where there are too few.
func (v *Values) Mean() float64 { return v.m.meanX }

func (v *Values) Variance() float64 {
	if v.m.n < 2 {
		return 0
	}
	return v.m.xx / float64(v.m.n-1)
}

// ExtraMoney is what contacting brought beyond what came anyway, in currency:
//
//	T   = Σ n₁ (s₁/n₁ − s₀/n₀ − c)
//	low = T − √Σ n₁² (m₁² (r₁ − l₁)² + m₀² (u₀ − r₀)²) + v, high with u₁ and l₀
//	v   = n₁² z² s² ((y₁ + ½)/((n₁ + 1) n₁) + (y₀ + ½)/((n₀ + 1) n₀))
//
// s the sums, c the cost of a contact, m₁ and m₀ (value, heldOutValue) the mean
// value of a return of the contacted, less what was offered, and of the
// held-out, s² (variance) that of values of returns. A compound Poisson sum
// with the limits of Extra for its counts (MOVER). Values should be capped, for
// instance at the 99 % quantile of what was known before: one order must not
// make a campaign.
func ExtraMoney(groups []Earned, value, heldOutValue, variance float64) Estimate {
	sum, below, above, n := 0.0, 0.0, 0.0, 0
	for _, g := range groups {
		if !g.Measurable() {
			continue
		}
		n++
		n1, n0 := float64(g.Contacted), float64(g.HeldOut)
		r1, r0 := g.Rate(), g.HeldOutRate()
		l1, u1 := models.WilsonInterval(g.Returned, g.Contacted)
		l0, u0 := models.WilsonInterval(g.HeldOutReturned, g.HeldOut)
		sum += n1 * (g.Sum/n1 - g.HeldOutSum/n0 - g.ContactCost)
		v := z * z * variance * ((float64(g.Returned)+.5)/(n1+1)/n1 + (float64(g.HeldOutReturned)+.5)/(n0+1)/n0)
		below += n1 * n1 * (square(value*(r1-l1)) + square(heldOutValue*(u0-r0)) + v)
		above += n1 * n1 * (square(value*(u1-r1)) + square(heldOutValue*(r0-l0)) + v)
	}
	if n == 0 {
		return unknown()
	}
	return Estimate{sum, sum - math.Sqrt(below), sum + math.Sqrt(above)}
}

// CostPerExtra is what an extra return cost, with limits from those of the extra
// returns: +Inf where these are not above 0, so that the cost is not bounded.
func CostPerExtra(cost float64, extra Estimate) Estimate {
	per := func(n float64) float64 {
		if n > 0 {
			return cost / n
		}
		if math.IsNaN(n) {
			return n
		}
		return math.Inf(1)
	}
	return Estimate{per(extra.Value), per(extra.High), per(extra.Low)}
}

// Offer is what a contact of an arm costs and gives away.
type Offer struct {
	ContactCost float64 // per contact, in currency
	Discount    float64 // per return that redeems it, in currency
	Redemption  float64 // share of returns that do, 0 to 1
}

// paid is the discount that a return costs on average.
func (o Offer) paid() float64 { return o.Redemption * o.Discount }

// BreakEvenLift is the extra return rate from which contacts pay: those who come
// anyway at rate natural take the discount as well,
//
//	(c + p r d)/(m − r d)
//
// m the margin of an order in currency. +Inf where the discount takes all of it.
func (o Offer) BreakEvenLift(natural, margin float64) float64 {
	if margin-o.paid() <= 0 {
		return math.Inf(1)
	}
	return (o.ContactCost + natural*o.paid()) / (margin - o.paid())
}

// Profit is what a contact brings at that lift: lift (m − r d) − p r d − c.
func (o Offer) Profit(lift, natural, margin float64) float64 {
	return lift*(margin-o.paid()) - natural*o.paid() - o.ContactCost
}
