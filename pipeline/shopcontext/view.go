package shopcontext

import (
	"winback/data"
	"winback/features"
	"winback/models/buyers"
)

// View is the shop as it was known on a day. It is made once and only read.
type View struct {
	day       data.Day
	horizon   int
	weeks     weeks
	season    *season
	cohorts   cohorts
	catalogue *catalogue
	products  []productRates // by number of the catalogue
	buyers    *buyers.MBGNBD // nil: nothing tells how often customers buy
}

// NewView looks at the shop on the as-of day of a snapshot: purchases of that
// day and later change nothing.
func NewView(s *Sample, at features.Snapshot) *View {
	v := &View{day: at.AsOf, horizon: at.Horizon, season: newSeason(at.Horizon), catalogue: &s.catalogue}
	counts := make([]float64, max(0, int(at.AsOf-s.first)+weekDays-1)/weekDays)
	v.cohorts.byWeek = make([]cohort, len(counts))
	products := make(productTallies, s.catalogue.size)
	for i := range s.customers {
		c := &s.customers[i]
		known := c.before(at.AsOf)
		if len(known) == 0 {
			continue
		}
		for _, d := range known {
			counts[v.weekOf(d)]++
		}
		v.cohorts.add(v, known, at.LapsedAfter)
		products.add(v, i, c, known, at.LapsedAfter)
	}
	v.weeks = newWeeks(counts)
	v.products = products.rates()
	v.buyers = s.buyersAt(at.AsOf)
	return v
}

// Day is the as-of day of the view.
func (v *View) Day() data.Day { return v.day }
