package effect

import (
	"math"

	"winback/models"
)

// z is the 97.5 % quantile of the normal distribution.
const z = 1.959963984540054

// Group is one group of a wave, or one arm of it, against the customers of the
// group that are held out. Who bought between launch and sending is in neither.
type Group struct {
	Contacted, Returned      int64 // assigned to a contact, and those of them with a purchase day in the window
	HeldOut, HeldOutReturned int64
	// Probability is the mean probability to return without a contact, as
	// frozen at launch; NaN where none is known.
	Probability float64
}

// Measurable says whether both sides have a customer. Groups without are
// outside of all sums.
func (g Group) Measurable() bool { return g.Contacted > 0 && g.HeldOut > 0 }

// Rate and HeldOutRate are the shares that returned; NaN of nobody.
func (g Group) Rate() float64        { return float64(g.Returned) / float64(g.Contacted) }
func (g Group) HeldOutRate() float64 { return float64(g.HeldOutReturned) / float64(g.HeldOut) }

// Estimate is a number with its 95 % limits, Low <= Value <= High.
type Estimate struct{ Value, Low, High float64 }

// unknown is what is not measurable.
func unknown() Estimate { return Estimate{math.NaN(), math.NaN(), math.NaN()} }

// Known is false where nothing can be told: no group has customers on both sides.
func (e Estimate) Known() bool { return !math.IsNaN(e.Value) }

// Over is the estimate per unit: extra returns over contacts are the lift.
func (e Estimate) Over(n float64) Estimate { return Estimate{e.Value / n, e.Low / n, e.High / n} }

// Contacted is the number of contacts of the measurable groups.
func Contacted(groups []Group) int64 {
	n := int64(0)
	for _, g := range measurable(groups) {
		n += g.Contacted
	}
	return n
}

// Extra is how many returns contacting caused in groups whose windows are
// closed: with rates r and their Wilson limits l, u, contacted 1 and held out 0,
//
//	I    = Σ n₁ (r₁ − r₀)
//	low  = I − √Σ n₁² ((r₁ − l₁)² + (u₀ − r₀)²), high with u₁ and l₀
//
// One group alone is n₁ times method 10 of Newcombe, Statistics in Medicine 17
// (1998) 873; the sum is by MOVER, Zou and Donner, Statistics in Medicine 27
// (2008) 1693. The limits do not shrink to a point where nobody returned.
func Extra(groups []Group) Estimate {
	if len(measurable(groups)) == 0 {
		return unknown()
	}
	sum, below, above := 0.0, 0.0, 0.0
	for _, g := range measurable(groups) {
		n := float64(g.Contacted)
		r1, r0 := g.Rate(), g.HeldOutRate()
		l1, u1 := models.WilsonInterval(g.Returned, g.Contacted)
		l0, u0 := models.WilsonInterval(g.HeldOutReturned, g.HeldOut)
		sum += n * (r1 - r0)
		below += n * n * (square(r1-l1) + square(u0-r0))
		above += n * n * (square(u1-r1) + square(r0-l0))
	}
	return Estimate{sum, sum - math.Sqrt(below), sum + math.Sqrt(above)}
}

func measurable(groups []Group) []Group {
	var with []Group
	for _, g := range groups {
		if g.Measurable() {
			with = append(with, g)
		}
	}
	return with
}

func square(x float64) float64 { return x * x }
