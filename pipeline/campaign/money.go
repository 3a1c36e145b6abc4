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
	var margins, revenues []effect.Earned
	for _, number := range numbers {
		margins = append(margins, v.tally.earned(number, false))
		revenues = append(revenues, v.tally.earned(number, true))
	}
	mean := v.tally.revenues.Mean()
	row.ExtraRevenue, row.RevenueLow, row.RevenueHigh = limits(effect.ExtraMoney(revenues, mean, mean, v.tally.revenues.Variance()))
	offer := 0.0
	if c.returned > 0 {
		offer = c.offers / float64(c.returned)
	}
	mean = v.tally.margins.Mean()
	row.ExtraProfit, row.ProfitLow, row.ProfitHigh = limits(effect.ExtraMoney(margins, mean-offer, mean, v.tally.margins.Variance()))
}
