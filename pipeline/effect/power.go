package effect

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// Holdouts are the shares for which power is shown before a launch.
var Holdouts = []float64{.05, .1, .2, .3, .5}

// Detectable is the number of extra returns that a closed campaign of that
// planned variance finds 80 times in 100: (z + .8416) √V* (Fleiss, Statistical
// Methods for Rates and Proportions, 1981, section 3.2).
func Detectable(planned float64) float64 {
	return (z + distuv.UnitNormal.Quantile(.8)) * math.Sqrt(planned)
}

// WavesNeeded is how many such waves together find that many extra returns of
// each: ⌈(Detectable ÷ extra)²⌉; +Inf where extra is not above 0.
func WavesNeeded(planned, extra float64) float64 {
	if extra <= 0 {
		return math.Inf(1)
	}
	return math.Ceil(square(Detectable(planned) / extra))
}

// Planned is a group at launch: its customers with the extra return rate from
// which contacting them pays (Offer.BreakEvenLift, of several arms by share).
type Planned struct {
	Group
	BreakEvenLift float64
}

// BreakEvenExtra is how many extra returns pay for the contacts: Σ n₁ × break-even
// lift, over all groups, measurable or not. +Inf where an offer never pays.
func BreakEvenExtra(groups []Planned) float64 {
	sum := 0.0
	for _, g := range groups {
		if g.Contacted > 0 {
			sum += float64(g.Contacted) * g.BreakEvenLift
		}
	}
	return sum
}

// Power is what a campaign could tell at a share of held-out customers.
type Power struct {
	Holdout    float64
	HeldOut    int64   // customers who get nothing
	Variance   float64 // V*
	Detectable float64 // extra returns
	BreakEven  float64 // extra returns that pay for the contacts
	Waves      float64 // that find the break-even extra returns; +Inf: never
	GivenUp    float64 // extra returns that the held-out do not bring, were the lift just what pays
}

// PowerAt deals the customers of the groups anew at another share of held-out,
// rounded by group, and says what that could tell.
func PowerAt(groups []Planned, holdout float64) Power {
	p := Power{Holdout: holdout}
	var dealt []Planned
	var bare []Group
	for _, g := range groups {
		all := g.Contacted + g.HeldOut
		g.HeldOut = int64(math.Round(holdout * float64(all)))
		g.Contacted = all - g.HeldOut
		p.HeldOut += g.HeldOut
		if g.HeldOut > 0 {
			p.GivenUp += float64(g.HeldOut) * g.BreakEvenLift
		}
		dealt, bare = append(dealt, g), append(bare, g.Group)
	}
	p.Variance, p.BreakEven = PlannedVariance(bare), BreakEvenExtra(dealt)
	p.Detectable, p.Waves = Detectable(p.Variance), WavesNeeded(p.Variance, p.BreakEven)
	return p
}
