package snapshots

import (
	"math"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/data/wire"
	"winback/internal/parallel"
	"winback/pipeline/effect"
)

// ReturnTimes counts, in a walk that somebody else makes, on which day of the
// horizon the lapsed of past days came back, and what they spent within it. It
// looks at the days that SnapshotDays may choose.
type ReturnTimes struct {
	q       Question
	first   data.Day
	workers parallel.PerWorker[returnTimes]
}

// returnTimes is what one worker has counted; entry k is the day that lies k
// spacings before the test cut.
type returnTimes struct {
	returned [][]int64    // by days since
	spent    []data.Money // of returns seen from days of the last year, in any order
}

// NewReturnTimes counts for the days from the first of the orders on.
func NewReturnTimes(first data.Day, q Question) *ReturnTimes {
	c := &ReturnTimes{q: q, first: first}
	c.workers.Make = func() *returnTimes {
		w := &returnTimes{}
		for d := q.TestCut(); d >= c.first && len(w.returned) < mostSnapshots; d -= SnapshotSpacing {
			w.returned = append(w.returned, make([]int64, q.Horizon))
		}
		return w
	}
	return c
}

// Add counts a partition. It may be called from several goroutines.
func (c *ReturnTimes) Add(h *orders.Histories) {
	w := c.workers.Take()
	defer c.workers.GiveBack(w)
	for i := range h.Customers() {
		customer := h.Customer(i)
		last := data.Day(math.MaxInt32) // nobody returns before a first purchase
		for day := range customer.PurchaseDays() {
			if day-data.Day(c.q.LapsedAfter) >= last {
				c.add(w, h, customer, last+data.Day(c.q.LapsedAfter), day)
			}
			last = day
		}
	}
}

// add counts a return for the days that see it: the customer is lapsed on days
// [from, back].
func (c *ReturnTimes) add(w *returnTimes, h *orders.Histories, customer orders.History, from, back data.Day) {
	cut := c.q.TestCut()
	oldest := max(from, back-data.Day(c.q.Horizon)+1)
	for k := max(0, int(cut-back+SnapshotSpacing-1)/SnapshotSpacing); k < len(w.returned); k++ {
		day := cut - data.Day(k*SnapshotSpacing)
		if day < oldest {
			return
		}
		w.returned[k][back-day]++
		if day < c.q.AsOf-yearDays {
			continue
		}
		var sum data.Money
		for line := range customer.Since(day).Before(day + data.Day(c.q.Horizon)).Purchases() {
			sum += h.Amount[line]
		}
		w.spent = append(w.spent, sum)
	}
}

const yearDays = 365

// Part is all that was counted, for AddPart of the same question elsewhere.
func (c *ReturnTimes) Part() []byte {
	total := c.total()
	var out wire.NumberWriter
	total.sums(&out)
	out.Put(uint64(len(total.spent)))
	for _, spent := range total.spent {
		if spent >= 0 { // never 0, which many could be in a few bytes
			spent++
		}
		out.Signed(int64(spent))
	}
	return out.Bytes()
}

// AddPart adds what was counted elsewhere.
func (c *ReturnTimes) AddPart(text []byte) error {
	w := c.workers.Take()
	defer c.workers.GiveBack(w)
	in := wire.NumbersOf(text)
	before, returned := w.all(), int64(0)
	w.sums(in)
	returned = w.all() - before
	for n := in.Times(uint64(max(returned, 0))); in.Again(&n); {
		spent := data.Money(in.Signed(0))
		if spent == 0 {
			in.Fail("what is spent is written as 0")
		}
		if spent > 0 {
			spent--
		}
		w.spent = append(w.spent, spent)
	}
	return in.End()
}

// sums writes all counts, or adds those that are read.
func (w *returnTimes) sums(to wire.Sums) {
	for _, counts := range w.returned {
		wire.SumEach(to, counts)
	}
}

// all is how many returns were counted.
func (w *returnTimes) all() (n int64) {
	for _, counts := range w.returned {
		for _, k := range counts {
			n += k
		}
	}
	return n
}

// total adds up what was counted.
func (c *ReturnTimes) total() *returnTimes {
	total := c.workers.Make()
	for _, w := range c.workers.All {
		for k, counts := range w.returned {
			for t, n := range counts {
				total.returned[k][t] += n
			}
		}
		total.spent = append(total.spent, w.spent...)
	}
	return total
}

// NaturalReturns are how the lapsed of a shop come back by themselves.
type NaturalReturns struct {
	Curve    effect.Curve // nil slices where no past day tells it
	ValueCap float64      // 99 % quantile of what returners of the last year spent within the horizon, currency; NaN without any
}

// Natural sums all up over the days of snapshots, once everything was added.
func (c *ReturnTimes) Natural(days []data.Day) NaturalReturns {
	total := c.total()
	var list []effect.Snapshot
	for k := range min(len(days), len(total.returned)) {
		list = append(list, effect.Snapshot{Day: int(days[k]), Returned: total.returned[k]})
	}
	n := NaturalReturns{ValueCap: math.NaN()}
	n.Curve, _ = effect.NaturalCurve(list, int(c.q.AsOf))
	if len(list) > 0 && len(total.spent) > 0 {
		slices.Sort(total.spent)
		n.ValueCap = total.spent[(99*len(total.spent)+99)/100-1].Float()
	}
	return n
}
