// Package baserate counts, for every day, how many lapsed customers there were
// and how many of them came back, and forecasts that share.
package baserate

import (
	"context"
	"math"

	"winback/data"
	"winback/data/orders"
	"winback/internal/parallel"
	"winback/pipeline/survey"
)

// Rates counts, for every day T of the history, the customers lapsed at
// T and those of them who bought within [T, T+horizon). It sees later days than
// T by nature: whoever reads it must stop at days whose horizon is over.
type Rates struct {
	First     data.Day
	Horizon   int
	Customers int64 // of all days
	Lapsed    []int64
	Returned  []int64
	Back      []int64 // of each day, the lapsed who bought on it; nil where not counted
}

// Count walks over all histories once.
func Count(ctx context.Context, table *orders.Table, lapsedAfter, horizon, workers int) (*Rates, error) {
	counter := NewCounter(table, lapsedAfter, horizon)
	_, err := table.Each(ctx, workers, func(_ int, h *orders.Histories) error {
		counter.Add(h)
		return nil
	})
	return counter.Rates(), err
}

// Counter counts returns in a walk that somebody else makes.
type Counter struct {
	rates       parallel.PerWorker[Rates]
	lapsedAfter int
}

// NewCounter counts days from the first to the last used line.
func NewCounter(orders *orders.Table, lapsedAfter, horizon int) *Counter {
	days := survey.DaysOf(orders)
	return &Counter{parallel.PerWorker[Rates]{Make: func() *Rates { return newRates(orders.FirstDay, days, horizon) }}, lapsedAfter}
}

// Add counts a partition. It may be called from several goroutines.
func (c *Counter) Add(h *orders.Histories) {
	r := c.rates.Take()
	defer c.rates.GiveBack(r)
	r.Customers += int64(h.Customers())
	for i := range h.Customers() {
		r.add(h.Customer(i), c.lapsedAfter)
	}
}

// Rates adds all up, once everything was added.
func (c *Counter) Rates() *Rates {
	total := c.rates.Make()
	days := len(total.Lapsed) - 1
	for _, r := range c.rates.All {
		total.Customers += r.Customers
		for i := range r.Lapsed {
			total.Lapsed[i] += r.Lapsed[i]
			total.Returned[i] += r.Returned[i]
			total.Back[i] += r.Back[i]
		}
	}
	for i := 1; i < len(total.Lapsed); i++ {
		total.Lapsed[i] += total.Lapsed[i-1]
		total.Returned[i] += total.Returned[i-1]
	}
	total.Lapsed, total.Returned, total.Back = total.Lapsed[:days], total.Returned[:days], total.Back[:days]
	return total
}

// newRates has a day more than counts, for where the last one ends.
func newRates(first data.Day, days, horizon int) *Rates {
	return &Rates{First: first, Horizon: horizon, Lapsed: make([]int64, days+1), Returned: make([]int64, days+1), Back: make([]int64, days+1)}
}

// add notes where counts begin and end: after a purchase on day p, followed by
// the next on day q, the customer is lapsed on days [p+L, q], and returns when
// seen from the last of them.
func (r *Rates) add(h orders.History, lapsedAfter int) {
	last := data.Day(-1)
	seen := false
	for day := range h.PurchaseDays() {
		if seen {
			r.span(r.Lapsed, last+data.Day(lapsedAfter), day)
			r.span(r.Returned, max(last+data.Day(lapsedAfter), day-data.Day(r.Horizon)+1), day)
			if at := int(day - r.First); day >= last+data.Day(lapsedAfter) && at >= 0 && at < len(r.Back) {
				r.Back[at]++
			}
		}
		last, seen = day, true
	}
	if seen {
		r.span(r.Lapsed, last+data.Day(lapsedAfter), r.First+data.Day(len(r.Lapsed)))
	}
}

// span adds one to the days from first through last.
func (r *Rates) span(counts []int64, first, last data.Day) {
	lo, hi := int(first-r.First), min(int(last-r.First), len(counts)-1)
	if lo > hi {
		return
	}
	counts[lo]++
	if hi+1 < len(counts) {
		counts[hi+1]--
	}
}

// Rate returns the share of the lapsed who came back, over the week that ends
// with day T, and the number of lapsed at T. It is NaN where nobody was lapsed
// or nobody returned.
func (r *Rates) Rate(t data.Day) (rate float64, lapsed int64) {
	const week = 7
	var customers, returned int64
	for d := t - week + 1; d <= t; d++ {
		if at := int(d - r.First); at >= 0 && at < len(r.Lapsed) {
			customers += r.Lapsed[at]
			returned += r.Returned[at]
			lapsed = r.Lapsed[at]
		}
	}
	if customers == 0 || returned == 0 {
		return math.NaN(), lapsed
	}
	return float64(returned) / float64(customers), lapsed
}

// Pace returns the share of the lapsed who came back on a day, over so many days
// before day T: what is known at T without waiting for a horizon to end. It is
// NaN where nobody was lapsed or nobody came back, before day first, and where
// days were not counted.
func (r *Rates) Pace(t data.Day, days int, first data.Day) float64 {
	from, to := int(t-r.First)-days, int(t-r.First)
	if from < int(first-r.First) || from < 0 || to > len(r.Back) {
		return math.NaN()
	}
	var customers, back int64
	for at := from; at < to; at++ {
		customers += r.Lapsed[at]
		back += r.Back[at]
	}
	if customers == 0 || back == 0 {
		return math.NaN()
	}
	return float64(back) / float64(customers)
}

// At returns the lapsed customers of a day and how many of them returned.
func (r *Rates) At(t data.Day) (lapsed, returned int64) {
	at := int(t - r.First)
	if at < 0 || at >= len(r.Lapsed) {
		return 0, 0
	}
	return r.Lapsed[at], r.Returned[at]
}
