package diagnose

import (
	"context"
	"math"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
)

const (
	// mostStates is about how many customers are looked at again on past days;
	// above it they are drawn by a hash of their ids.
	mostStates = 60_000
	// mostSampleLines is about how many order lines the product cycles are
	// learned from; above it customers are drawn by a hash of their ids.
	mostSampleLines = 300_000
)

// customer is what the first walk keeps of a customer with a purchase.
type customer struct {
	value      data.Money // of all purchases
	firstValue data.Money // of the first order
	first      data.Day   // first purchase day
	last       data.Day   // last purchase day
	wait       int32      // days from the first to the second purchase day; -1: none yet
	days       int32      // purchase days
}

// state is how a customer looked on a past day, and what became of it.
type state struct {
	value       data.Money // of the purchases before
	first, last data.Day
	days        int32 // purchase days before
	returned    bool  // bought within the horizon
}

// sampleLine is a purchase line of a customer drawn for the product cycles.
type sampleLine struct {
	customer          uint32 // number of the drawn customer, in order of the ids
	day               data.Day
	product, category uint32 // codes of data.Names plus one; 0 is none
	quantity          data.Money
	amount            data.Money
}

// History is what a diagnosis needs to know of the orders before it walks.
type History struct {
	FirstDay  data.Day // of any used line
	Customers int64    // about how many, to know whether to draw a sample
	Lines     int64
	Parts     int // partitions
	Names     *orders.Names
}

// HistoryOf sums up orders that were read; customers are those of a survey, 0
// where nobody counted them.
func HistoryOf(o *orders.Table, customers int64) History {
	return NewHistory(o.FirstDay, customers, o.RowsRead, o.Partitions(), o.Names)
}

// NewHistory is HistoryOf of orders in so many partitions of which so many lines were read.
func NewHistory(first data.Day, customers, lines int64, partitions int, names *orders.Names) History {
	if customers <= 0 {
		customers = lines
	}
	return History{FirstDay: first, Customers: customers, Lines: lines, Parts: partitions, Names: names}
}

// Collector is the first walk. Add may be called from several goroutines, once
// for each partition.
type Collector struct {
	s       Settings
	history History
	cuts    []data.Day // past days, newest first
	months  calendar
	draw    drawing

	customers *keptCustomers

	mu    sync.Mutex
	idle  []*counts
	all   []*counts
	parts []part
}

// part is what one partition leaves, in order of the ids.
type part struct {
	customers []customer
	states    [][]state // by cut
	lines     []sampleLine
	drawn     []uint64 // hashes of the customers that lines are of
}

// drawing says who is drawn.
type drawing struct {
	stateShare, lineShare float64
}

func (d *drawing) states(hash uint64) bool { return drawn(mix(hash+1), d.stateShare) }
func (d *drawing) lines(hash uint64) bool  { return drawn(mix(hash+2), d.lineShare) }

func drawn(hash uint64, share float64) bool { return share >= 1 || float64(hash>>11) < share*(1<<53) }

func shareFor(most, have int64) float64 {
	if have <= most {
		return 1
	}
	return float64(most) / float64(have)
}

// aboutDrawn is room for what is drawn of so many.
func aboutDrawn(share float64, of int) int { return int(1.25*share*float64(of)) + 16 }

// NewCollector starts the first walk.
func NewCollector(s Settings, h History) (*Collector, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	c := &Collector{s: s, history: h, parts: make([]part, h.Parts), cuts: pastCuts(&s, h.FirstDay), months: newCalendar(h.FirstDay, s.AsOf),
		customers: &keptCustomers{disk: s.Disk, most: int(s.MemoryBytes / customerBytes), parts: make([]keptPart, h.Parts)},
		draw:      drawing{shareFor(mostStates, h.Customers), shareFor(mostSampleLines, h.Lines)}}
	return c, nil
}

const (
	cutSpacing = 60 // days between the past days on which clocks and rules are compared
	mostCuts   = 4
)

// pastCuts are the days on which clocks and rules are judged by what came
// after, newest first: each horizon is over, and none lies in the months in
// which the history still fills up.
func pastCuts(s *Settings, first data.Day) []data.Day {
	var cuts []data.Day
	for d := s.testCut(); len(cuts) < mostCuts && d >= first+data.Day(s.FillUpDays); d -= cutSpacing {
		cuts = append(cuts, d)
	}
	return cuts
}

// Take makes the first walk over all orders.
func Take(ctx context.Context, table *orders.Table, customers int64, s Settings) (*Collector, error) {
	c, err := NewCollector(s, HistoryOf(table, customers))
	if err != nil {
		return nil, err
	}
	_, err = table.Each(ctx, s.Workers, func(part int, h *orders.Histories) error {
		c.Add(part, h)
		return nil
	})
	return c, err
}

// span is how many days of the history are known.
func (c *Collector) span() int { return max(int(c.s.AsOf-c.history.FirstDay), 1) }

func (c *Collector) take() *counts {
	c.mu.Lock()
	defer c.mu.Unlock()
	if n := len(c.idle); n > 0 {
		k := c.idle[n-1]
		c.idle = c.idle[:n-1]
		return k
	}
	k := newCounts(&c.months, c.span(), len(c.cuts))
	c.all = append(c.all, k)
	return k
}

// Add gathers one partition.
func (c *Collector) Add(at int, h *orders.Histories) {
	w := walker{c: c, counts: c.take(), h: h, yearAgo: (c.s.AsOf - 365).Micros()}
	w.out.customers = make([]customer, 0, h.Customers())
	for range c.cuts {
		w.out.states = append(w.out.states, make([]state, 0, aboutDrawn(c.draw.stateShare, h.Customers())))
	}
	w.out.lines = make([]sampleLine, 0, aboutDrawn(c.draw.lineShare, len(h.Time)))
	for id := range h.IDs {
		w.customer(id)
	}
	c.keep(at, w.out, w.counts)
}

// keep keeps what a partition leaves, and gives the counts back.
func (c *Collector) keep(at int, out part, counts *counts) {
	c.customers.keep(at, out.customers)
	out.customers = nil
	c.mu.Lock()
	defer c.mu.Unlock()
	c.parts[at] = out
	c.idle = append(c.idle, counts)
}

// walker goes through the customers of a partition.
type walker struct {
	c       *Collector
	counts  *counts
	h       *orders.Histories
	yearAgo int64 // microseconds
	out     part
	days    []purchaseDay // of the customer at hand
	value   data.Money    // of all of them
}

// purchaseDay is what was bought on one day.
type purchaseDay struct {
	day          data.Day
	value, units data.Money
}

func (w *walker) customer(id int) {
	past := w.h.Customer(id).Before(w.c.s.AsOf)
	first := w.purchaseDays(past)
	if first < 0 {
		return
	}
	past.From = first
	hash := xxhash.Sum64String(past.IDs[id])
	w.keep(firstOrderValue(past))
	if w.c.draw.states(hash) {
		w.lookBack()
	}
	if w.c.draw.lines(hash) {
		w.sample(past, hash)
	}
}

// purchaseDays puts the lines of the customer at hand together by day and
// returns the first purchase line; -1 without one. The one loop looks at returns
// too.
func (w *walker) purchaseDays(past orders.History) (first int) {
	from, to := past.From, past.To
	times := past.Time[from:to]
	flags, amounts, quantities := past.Flags[from:to][:len(times)], past.Amount[from:to][:len(times)], past.Quantity[from:to][:len(times)]
	days, dayEnd := w.days[:0], int64(math.MinInt64)
	var day purchaseDay
	w.value, first = 0, -1
	for i, time := range times {
		if flags[i]&orders.FlagPurchase == 0 {
			if flags[i]&orders.FlagReturn != 0 && time >= w.yearAgo {
				w.counts.year.returned -= amounts[i]
			}
			continue
		}
		if time >= dayEnd {
			if first < 0 {
				first = from + i
			} else {
				days, w.value = append(days, day), w.value+day.value
			}
			day = purchaseDay{day: data.DayOfMicros(time)}
			dayEnd = (day.day + 1).Micros()
		}
		day.value += amounts[i]
		day.units += quantities[i]
	}
	if first >= 0 {
		days, w.value = append(days, day), w.value+day.value
	}
	w.days = days
	return first
}

// firstOrderValue is the value of the order of the first purchase line, with
// which the history begins; of several orders at that moment the smallest.
func firstOrderValue(past orders.History) data.Money {
	first := past.From
	least := data.Money(-1)
	for i := range past.Purchases() {
		if past.Time[i] != past.Time[first] {
			break
		}
		if i > first && past.Order[i] == past.Order[first] {
			continue
		}
		rest := past
		rest.From = i
		if v := orderValue(rest); least < 0 || v < least {
			least = v
		}
	}
	return least
}

// orderValue is the value of the order of the history's first line.
func orderValue(past orders.History) (value data.Money) {
	order := past.Order[past.From]
	if order == 0 { // without orders a day is one
		past = past.Before(data.DayOfMicros(past.Time[past.From]) + 1)
	}
	for i := range past.Purchases() {
		if past.Order[i] == order {
			value += past.Amount[i]
		}
	}
	return value
}

// keep counts the customer at hand.
func (w *walker) keep(firstValue data.Money) {
	days := w.days
	c := customer{firstValue: firstValue, first: days[0].day, last: days[len(days)-1].day, wait: -1, days: int32(len(days)), value: w.value}
	if len(days) > 1 {
		c.wait = int32(days[1].day - days[0].day)
	}
	w.out.customers = append(w.out.customers, c)
	asOf, counts := w.c.s.AsOf, w.counts
	ladder := &counts.early
	if w.c.isLater(&c) {
		ladder = &counts.later
	}
	climb(ladder, days, asOf)
	counts.month(days, &w.c.months)
	counts.lastYear(days, asOf)
	w.c.count(counts, &c)
}

// isLater says whether a customer was first seen after the fill-up.
func (c *Collector) isLater(one *customer) bool {
	return one.first >= c.history.FirstDay+data.Day(c.s.FillUpDays)
}

// count counts what is kept of a customer.
func (c *Collector) count(counts *counts, one *customer) {
	soon := &counts.earlySoon
	if c.isLater(one) {
		soon = &counts.laterSoon
	}
	soon.add(one, c.s.AsOf)
	counts.place(one, c.s.AsOf)
	for k := len(c.cuts) - 1; k >= 0 && one.wait >= 0 && one.first+data.Day(one.wait) >= c.cuts[k]; k-- {
		counts.newerWaits[k][one.wait]++
	}
}

// lookBack notes how the customer looked on the past days.
func (w *walker) lookBack() {
	for k, cut := range w.c.cuts {
		var s state
		for _, d := range w.days {
			if d.day >= cut {
				s.returned = d.day < cut+data.Day(w.c.s.HorizonDays)
				break
			}
			s.value += d.value
			s.last = d.day
			s.days++
		}
		if s.days > 0 {
			s.first = w.days[0].day
			w.out.states[k] = append(w.out.states[k], s)
		}
	}
}

// sample keeps the purchase lines of the customer at hand.
func (w *walker) sample(past orders.History, hash uint64) {
	for i := range past.Purchases() {
		w.out.lines = append(w.out.lines, sampleLine{customer: uint32(len(w.out.drawn)), day: data.DayOfMicros(past.Time[i]), product: past.Codes[data.Product][i], category: past.Codes[data.Category][i],
			quantity: past.Quantity[i], amount: past.Amount[i]})
	}
	w.out.drawn = append(w.out.drawn, hash)
}
