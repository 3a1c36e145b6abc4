// Package baserate counts, for every day, how many lapsed customers there were
// and how many of them came back, and forecasts that share.
package baserate

import (
	"context"
	"math"

	"winback/data"
	"winback/data/orders"
	"winback/data/wire"
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
	counter := NewCounter(table.FirstDay, survey.DaysOf(table), lapsedAfter, horizon)
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

// NewCounter counts so many days from the first on.
func NewCounter(first data.Day, days, lapsedAfter, horizon int) *Counter {
	return &Counter{parallel.PerWorker[Rates]{Make: func() *Rates { return newRates(first, days, horizon) }}, lapsedAfter}
}

// Add counts a partition. It may be called from several goroutines.
func (c *Counter) Add(h *orders.Histories) {
	r := c.rates.Take()
	defer c.rates.GiveBack(r)
	r.Customers += int64(h.Customers())
	for i := range h.Customers() {
		r.count(h.Customer(i), c.lapsedAfter)
	}
}

// Part is all that was counted, for AddPart of a counter of the same days elsewhere.
func (c *Counter) Part() []byte {
	var out wire.NumberWriter
	c.total().sums(&out)
	return out.Bytes()
}

// AddPart adds what was counted elsewhere.
func (c *Counter) AddPart(text []byte) error {
	part := c.rates.Make()
	in := wire.NumbersOf(text)
	part.sums(in)
	if lapsed, returned := int64(0), int64(0); in.Err() == nil {
		for i := range part.Lapsed {
			lapsed, returned = lapsed+part.Lapsed[i], returned+part.Returned[i]
			if i < len(part.Lapsed)-1 && !(0 <= returned && returned <= lapsed && lapsed <= part.Customers) {
				in.Fail("%d customers returned of %d lapsed of %d", returned, lapsed, part.Customers)
			}
		}
	}
	r := c.rates.Take()
	defer c.rates.GiveBack(r)
	r.add(part)
	return in.End()
}

func (r *Rates) add(o *Rates) {
	r.Customers += o.Customers
	for i := range r.Lapsed {
		r.Lapsed[i] += o.Lapsed[i]
		r.Returned[i] += o.Returned[i]
		r.Back[i] += o.Back[i]
	}
}

// sums writes all counts, or adds those that are read.
func (r *Rates) sums(to wire.Sums) {
	r.Customers = to.Sum(r.Customers)
	for i := range r.Lapsed {
		r.Lapsed[i], r.Returned[i], r.Back[i] = to.Signed(r.Lapsed[i]), to.Signed(r.Returned[i]), to.Sum(r.Back[i])
	}
}

// total adds up what was counted.
func (c *Counter) total() *Rates {
	total := c.rates.Make()
	for _, r := range c.rates.All {
		total.add(r)
	}
	return total
}

// Rates adds all up, once everything was added.
func (c *Counter) Rates() *Rates {
	total := c.total()
	days := len(total.Lapsed) - 1
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

// count notes where counts begin and end: after a purchase on day p, followed by
// the next on day q, the customer is lapsed on days [p+L, q], and returns when
// seen from the last of them.
func (r *Rates) count(h orders.History, lapsedAfter int) {
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
