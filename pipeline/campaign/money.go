package campaign

import (
	"math"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/effect"
)

// contactCost is what it cost to contact a customer: where a log says so of anybody
// in the group, what it says, and nothing for whom nothing went out; else, as where
// the log leaves it open, what was planned. Rows of a customer and day tell of one
// message: the highest cost among them is its cost.
func (w *Wave) contactCost(row int, planned float64) float64 {
	if !w.priced[w.Rows[row].Group] {
		return planned
	}
	sum, last := 0.0, data.Day(0)
	highest := math.NaN() // of the message before
	add := func() {
		switch {
		case last == 0:
		case math.IsNaN(highest):
			sum += planned
		default:
			sum += highest
		}
	}
	for _, c := range w.contactsOf(row) {
		if !c.own {
			continue
		}
		if c.day != last {
			add()
			last, highest = c.day, math.NaN()
		}
		if !(highest >= c.cost) && !math.IsNaN(c.cost) {
			highest = c.cost
		}
	}
	add()
	return sum
}

// fillMoney fills in what returns brought. What follows from it is known when the
// windows are closed.
func (v *measurer) fillMoney(row *tables.ResultRow, numbers []int32, c, h *side, extra effect.Estimate, state State) {
	row.ContactCost = number64(c.cost)
	if v.look.Amounts {
		row.Revenue, row.HeldOutRevenue = number64(c.revenue), number64(h.revenue)
		row.KeptReturns, row.HeldOutKeptReturns = &c.kept, &h.kept
	}
	row.OffersPaid = number64(c.offers)
	if state == Open {
		return
	}
	if v.look.Amounts {
		v.fillExtraMoney(row, numbers, c)
	}
	row.CostPerExtra, row.CostLow, row.CostHigh = limits(effect.CostPerExtra(c.cost+c.offers, extra))
}

func (v *measurer) fillExtraMoney(row *tables.ResultRow, numbers []int32, c *side) {
	mean := v.tally.revenues.Mean()
	revenues := v.earned(numbers, func(s *side) float64 { return s.capped }, false)
	row.ExtraRevenue, row.RevenueLow, row.RevenueHigh = limits(effect.ExtraMoney(revenues, mean, mean, v.tally.revenues.Variance()))
	offer := 0.0
	if c.returned > 0 {
		offer = c.offers / float64(c.returned)
	}
	mean = v.tally.margins.Mean()
	margins := v.earned(numbers, func(s *side) float64 { return s.value }, true)
	row.ExtraProfit, row.ProfitLow, row.ProfitHigh = limits(effect.ExtraMoney(margins, mean-offer, mean, v.tally.margins.Variance()))
}

// uncappedProfit is the extra profit without a cap on single returns. It has no
// limits: one order can make it.
func (v *measurer) uncappedProfit(numbers []int32) float64 {
	return effect.ExtraMoney(v.earned(numbers, func(s *side) float64 { return s.uncapped }, true), 0, 0, 0).Value
}

// earned are groups with their money: a sum of both sides, with the cost of contacts
// or without.
func (v *measurer) earned(numbers []int32, sum func(*side) float64, cost bool) (groups []effect.Earned) {
	for _, number := range numbers {
		c, h := v.tally.contacted[number], v.tally.heldOut[number]
		e := effect.Earned{Group: v.tally.group(number), Sum: sum(c), HeldOutSum: sum(h)}
		if cost {
			e.ContactCost = c.cost / float64(c.customers)
		}
		groups = append(groups, e)
	}
	return groups
}
