package diagnose

import (
	"math"

	"winback/data"
	"winback/features"
)

// noStage stands where no product of a customer has a clock.
const noStage = uint8(features.StageCount)

// phase is where a customer stands between two purchases of the same goods.
type phase uint8

const (
	phaseNone phase = iota
	phaseUse
	phaseEnd
	phaseDormant
)

var phaseNames = []string{"", "in use", "running out", "dormant"}

// bought is a purchase of goods that have a clock.
type bought struct {
	clock    int32 // index into cycles.all
	day      data.Day
	quantity float64
}

// due is what the product clock says of a customer.
type due struct {
	stage   uint8    // noStage: none
	stageOf int32    // clock that the stage rests on
	scale   float64  // how long these goods last, in usual supplies
	clock   int32    // goods most due; -1: none
	last    data.Day // their last purchase day
	since   data.Day // first day on which they run out
	phase   phase
	steady  bool // buys some goods at an even rhythm of their own
}

// evenSpread is the greatest ratio of standard deviation and mean of the
// intervals of a steady repurchaser.
const (
	evenSpread    = 0.35
	evenIntervals = 3
	mostCarried   = 1.0 // unused stock that a new purchase adds to, in usual supplies
)

// clockOf returns the clock of a line's goods: the product's own, else its
// category's; -1 where there is none.
func (c *cycles) clockOf(product, category uint32) int32 {
	if k := c.ofProduct[product]; k >= 0 {
		return c.usable(k)
	}
	if k := c.ofCategory[category]; k >= 0 {
		return c.usable(k)
	}
	return -1
}

func (c *cycles) usable(k int32) int32 {
	if kind := c.all[k].Kind; kind == kindCycle || kind == kindYearly {
		return k
	}
	return -1
}

// due looks at what a customer bought before a day. Purchases are in order of
// clock and day.
func (c *cycles) due(purchases []bought, at data.Day) due {
	best := due{stage: noStage, stageOf: -1, clock: -1}
	bestPlace := math.Inf(-1)
	for i := 0; i < len(purchases); {
		j := i
		for j < len(purchases) && purchases[j].clock == purchases[i].clock {
			j++
		}
		g := c.goods(purchases[i:j], at)
		if g.stage < best.stage {
			best.stage, best.stageOf, best.scale = g.stage, g.clock, g.scale
		}
		best.steady = best.steady || g.steady
		if g.place > bestPlace {
			bestPlace = g.place
			best.clock, best.last, best.since, best.phase = g.clock, g.last, g.since, g.phase
		}
		i = j
	}
	return best
}

// goodsDue is how due goods of one clock are.
type goodsDue struct {
	due
	place float64 // the larger, the more due: running out first, then the soonest, then the least long dormant
}

func (c *cycles) goods(own []bought, at data.Day) goodsDue {
	cy := &c.all[own[0].clock]
	if cy.Kind == kindYearly {
		return seasonDue(own, cy, at)
	}
	scale, steady := c.supply(own, cy)
	last := own[len(own)-1].day
	elapsed := float64(at - last)
	g := goodsDue{due: due{clock: own[0].clock, last: last, steady: steady, scale: scale, since: last + data.Day(math.Floor(cy.days[0]*scale)) + 1}}
	use, middle, end := cy.days[0]*scale, cy.days[2]*scale, cy.days[3]*scale
	switch {
	case elapsed <= use:
		g.stage, g.phase, g.place = uint8(features.StageActive), phaseUse, 1+elapsed/use
	case elapsed <= end:
		g.phase, g.place = phaseEnd, 3+elapsed/end
		g.stage = uint8(features.StageSleeping)
		if elapsed <= middle {
			g.stage = uint8(features.StageSilent)
		}
	default:
		g.stage, g.phase, g.place = uint8(features.StageLost), phaseDormant, end/elapsed
	}
	return g
}

// supply is how long what a customer has lasts, in usual supplies: the quantity
// of the last purchase and what was left before it; for a steady repurchaser
// the own rhythm.
func (c *cycles) supply(own []bought, cy *Cycle) (scale float64, steady bool) {
	var n, sum, square, stock float64
	for i := range own {
		if i > 0 {
			gap := float64(own[i].day - own[i-1].day)
			n, sum, square = n+1, sum+gap, square+gap*gap
			stock = math.Max(0, stock-gap/cy.days[1])
		}
		lasts := 1.0
		if c.power > 0 && cy.Quantity > 0 && own[i].quantity > 0 {
			lasts = math.Pow(own[i].quantity/cy.Quantity, c.power)
		}
		stock = math.Min(stock, mostCarried) + math.Min(math.Max(lasts, 0.2), 5)
	}
	if n >= evenIntervals {
		mean := sum / n
		if spread := math.Sqrt(math.Max(square/n-mean*mean, 0)); spread <= evenSpread*mean {
			return mean / cy.days[1], true
		}
	}
	return stock, false
}

// seasonAhead is how many days before a season it comes into view, and how late
// after its start a purchase still belongs to the one before.
const seasonAhead = 30

// seasonDue places a customer on the yearly clock: at rest until the season
// after the last purchase comes near, due while it lasts, sleeping until the
// next one has passed.
func seasonDue(own []bought, cy *Cycle, at data.Day) goodsDue {
	last := own[len(own)-1].day
	s := season{month: cy.Season - 1}
	start := s.next(last + 2*seasonAhead)
	end := start + 30*seasonMonths
	g := goodsDue{due: due{clock: own[0].clock, last: last, scale: 1, since: start - seasonAhead}}
	switch {
	case at < start-seasonAhead:
		g.stage, g.phase, g.place = uint8(features.StageActive), phaseUse, 1
	case at <= end:
		g.stage, g.phase, g.place = uint8(features.StageSilent), phaseEnd, 3.5
	case at <= end+365:
		g.stage, g.phase, g.place = uint8(features.StageSleeping), phaseDormant, 0.5
	default:
		g.stage, g.phase, g.place = uint8(features.StageLost), phaseDormant, 0.1
	}
	return g
}
