package diagnose

import (
	"cmp"
	"context"
	"errors"
	"math"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/features"
)

// People is the second walk: back to each customer with what was learned. Add
// may be called from several goroutines, once for each partition.
type People struct {
	f      *facts
	own    features.StageEdges
	cycles *cycles // as known tonight
	before *cycles // as known on the oldest past day; none where there are none tonight
	prices *prices
	bulk   []data.Money // by product: quantities from which a line is in bulk
	abc    valueLimits
	class  valueLimits
	best   data.Money // mean value of a purchase day from which service counts
	rfm    rfmCuts
	worth  worth
	names  customerNames
	places []place                     // by days since the last purchase
	use    func(*features.Table) error // nil: nobody wants the table of customers

	mu       sync.Mutex
	next     int
	waiting  map[int]*features.Table
	idle     []*features.Table // handed on, to be used again
	past     [][][]uint8       // [day][partition]: stages of the drawn customers
	stages   [][]uint8         // [partition]: stages by the product clock tonight
	sums     peopleSums
	deadline []tables.Deadline
	referral []referral
	failed   error
}

// place is where a customer stands by the days since the last purchase alone.
type place struct {
	fixed, own features.Stage
	r          uint8
	leaves     bool // a stage by the clock in force soon, where goods say nothing
}

// peopleSums add up what the second walk finds.
type peopleSums struct {
	product stageSums
	rfm     rfmSums
	types   typeSums
	clocked int64
}

func (s *peopleSums) merge(o *peopleSums) {
	s.product.merge(&o.product)
	s.rfm.merge(&o.rfm)
	s.types.merge(&o.types)
	s.clocked += o.clocked
}

// add counts a customer.
func (s *peopleSums) add(c *customer, row *customerRow) {
	s.product[row.stages[2]].add(c)
	cell := &s.rfm[row.r-1][row.f-1][row.m-1]
	cell.customers++
	cell.value += c.value
	s.types.add(row.kind, row.bound, row.firstInEvent, c.value)
	if row.due.stage != noStage {
		s.clocked++
	}
}

// workspace is what one goroutine works in.
type workspace struct {
	bought []bought
	table  *features.Table
	row    customerRow
	manner manner
}

// Walk makes the second walk over all orders.
func (p *People) Walk(ctx context.Context, table *orders.Table) error {
	_, err := table.Each(ctx, p.f.s.Workers, func(part int, h *orders.Histories) error { return p.Add(part, h) })
	return err
}

// Add looks at the customers of a partition. Rows are handed on in order of the
// customer ids.
func (p *People) Add(part int, h *orders.Histories) error {
	w := workspace{row: customerRow{due: due{stage: noStage, stageOf: -1, clock: -1}}} // where no goods have a clock
	var sums peopleSums
	var deadlines []tables.Deadline
	var referrals []referral
	customers, err := p.f.customers.of(part, nil)
	if err != nil {
		return err
	}
	if p.use != nil {
		w.table = p.takeTable()
		lengthen(w.table, len(customers))
	}
	stages := make([]uint8, len(customers))
	past := make([][]uint8, len(p.f.cuts))
	at := 0
	for id := range h.IDs {
		known := h.Customer(id).Before(p.f.s.AsOf)
		if !known.HasPurchase() {
			continue
		}
		if at == len(customers) {
			return errOthers
		}
		c := &customers[at]
		row := p.rowOf(&w, known, c)
		stages[at] = row.due.stage
		sums.add(c, row)
		if p.before.use && p.f.draw.states(xxhash.Sum64String(h.IDs[id])) {
			for k, cut := range p.f.cuts {
				if then := known.Before(cut); then.HasPurchase() {
					past[k] = append(past[k], p.dueAt(&w, then, p.before, cut).stage)
				}
			}
		}
		if p.use != nil {
			p.setRow(w.table, at, h.IDs[id], c, row)
		}
		if line, ok := p.deadlineOf(h.IDs[id], c, &row.due); ok {
			line.PreferredHour = hour(p.hourOf(part, id))
			deadlines = append(deadlines, line)
		}
		referrals = p.referralsOf(referrals, h.IDs[id], known, c, row, p.hourOf(part, id))
		at++
	}
	if at < len(customers) {
		return errOthers
	}
	for k := range past {
		if p.before.use && len(past[k]) != p.f.drawnIn[k][part] {
			return errOthers
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.sums.merge(&sums)
	p.stages[part] = stages
	for k := range past {
		p.past[k][part] = past[k]
	}
	p.deadline = append(p.deadline, deadlines...)
	p.referral = append(p.referral, referrals...)
	return p.handOn(part, w.table)
}

// errOthers says that the two walks did not see the same customers.
var errOthers = errors.New("the first look of the diagnosis was at other customers than the second")

// hourOf is the preferred hour of a customer of a partition; -1 where it is not known.
func (p *People) hourOf(part, customer int) int8 {
	if p.f.s.PreferredHour == nil {
		return -1
	}
	return p.f.s.PreferredHour(part, customer)
}

// hour is one of the day to point at; nil for -1.
func hour(of int8) *int32 {
	if of < 0 {
		return nil
	}
	h := int32(of)
	return &h
}

// rowOf finds where a customer stands.
func (p *People) rowOf(w *workspace, known orders.History, c *customer) *customerRow {
	row, recency := &w.row, c.recency(p.f.s.AsOf)
	row.recency, row.r, row.f, row.m = recency, p.places[recency].r, uint8(p.rfm.frequency(c.days)), uint8(p.rfm.monetary(c.value))
	if p.cycles.use {
		row.due = p.dueAt(w, known, p.cycles, p.f.s.AsOf)
	}
	row.stages = p.stagesOf(recency, row.due.stage)
	m := &w.manner
	p.mannerOf(m, known, c)
	row.firstInEvent, row.bound = m.firstInEvent, m.bound()
	row.kind = m.typeOf(p.inForce(row.stages), row.bound, p.best > 0 && int64(c.value) >= int64(p.best)*int64(c.days))
	return row
}

func (p *People) takeTable() *features.Table {
	p.mu.Lock()
	defer p.mu.Unlock()
	if n := len(p.idle); n > 0 {
		t := p.idle[n-1]
		p.idle = p.idle[:n-1]
		return t
	}
	return p.newCustomers()
}

// handOn passes tables on in order of the partitions.
func (p *People) handOn(part int, table *features.Table) error {
	if p.use == nil || p.failed != nil {
		return p.failed
	}
	p.waiting[part] = table
	for {
		table, ok := p.waiting[p.next]
		if !ok {
			return nil
		}
		delete(p.waiting, p.next)
		p.next++
		if p.failed = p.use(table); p.failed != nil {
			return p.failed
		}
		table.Reset()
		p.idle = append(p.idle, table)
	}
}

// dueAt asks the product clock about what was known on a day.
func (p *People) dueAt(w *workspace, h orders.History, c *cycles, at data.Day) due {
	w.bought = w.bought[:0]
	for i := range h.Purchases() {
		clock := c.clockOf(h.Codes[data.Product][i], h.Codes[data.Category][i])
		if clock < 0 {
			continue
		}
		w.bought = append(w.bought, bought{clock, data.DayOfMicros(h.Time[i]), h.Quantity[i].Float()})
	}
	if len(w.bought) > 1 {
		slices.SortFunc(w.bought, func(a, b bought) int {
			return cmp.Or(cmp.Compare(a.clock, b.clock), cmp.Compare(a.day, b.day), cmp.Compare(a.quantity, b.quantity))
		})
		w.bought = sameDays(w.bought)
	}
	return c.due(w.bought, at)
}

// sameDays adds purchases of the same goods on the same day up.
func sameDays(all []bought) []bought {
	kept := 0
	for _, b := range all[1:] {
		if last := &all[kept]; last.clock == b.clock && last.day == b.day {
			last.quantity += b.quantity
			continue
		}
		kept++
		all[kept] = b
	}
	return all[:kept+1]
}

// stagesOf are the stages by the three clocks; where no product has a clock,
// the own clock stands in for the third.
func (p *People) stagesOf(recency int, product uint8) [3]features.Stage {
	at := &p.places[recency]
	if product == noStage {
		return [3]features.Stage{at.fixed, at.own, at.own}
	}
	return [3]features.Stage{at.fixed, at.own, features.Stage(product)}
}

// inForce is the stage by the clock in force.
func (p *People) inForce(stage [3]features.Stage) features.Stage {
	switch p.f.s.Clock {
	case ClockOwn:
		return stage[1]
	case ClockProduct:
		return stage[2]
	}
	return stage[0]
}

// mannerOf looks at how a customer buys. One purchase shows no habit.
func (p *People) mannerOf(m *manner, h orders.History, c *customer) {
	*m = manner{days: int(c.days), firstInEvent: inEvent(p.f.s.Events, c.first)}
	if m.firstInEvent {
		m.eventDays = eventDays(p.f.s.Events, h)
	}
	if m.days < 2 {
		return
	}
	m.knownLines, m.reducedLines, m.returns = p.reducedLines(h)
}

// reducedLines counts the lines with a known usual price, those of them below
// it, and the returns, in one loop. There are no branches on prices, which no
// processor foresees.
func (p *People) reducedLines(h orders.History) (known, reduced, returns int) {
	from, to := h.From, h.To
	yearEnd, limits := int64(math.MinInt64), []float32(nil)
	flags := h.Flags[from:to]
	times, products, amounts, quantities := h.Time[from:to][:len(flags)], h.Codes[data.Product][from:to][:len(flags)], h.Amount[from:to][:len(flags)], h.Quantity[from:to][:len(flags)]
	for i, flag := range flags {
		if flag&orders.FlagPurchase == 0 {
			if flag&orders.FlagReturn != 0 {
				returns++
			}
			continue
		}
		if times[i] >= yearEnd {
			limits, yearEnd = p.prices.of(times[i])
		}
		amount, quantity := amounts[i], quantities[i]
		if amount <= 0 || quantity <= 0 {
			continue
		}
		limit := limits[products[i]]
		some, cheap := 0, 0
		if limit > 0 {
			some = 1
		}
		if float64(amount) < float64(limit)*float64(quantity) {
			cheap = 1
		}
		known, reduced = known+some, reduced+cheap
	}
	return known, reduced, returns
}

// eventDays counts the purchase days in events.
func eventDays(events []data.Event, h orders.History) (days int) {
	for day := range h.PurchaseDays() {
		if inEvent(events, day) {
			days++
		}
	}
	return days
}

// name of the goods: the product, else the category.
func (c *Cycle) name() string {
	if c.Product != "" {
		return c.Product
	}
	return c.Category
}

// LapsedStages goes through the stages by the clock in force of the customers lapsed at
// the as-of day, in order of their ids.
func (p *People) LapsedStages(yield func(features.Stage) bool) {
	for stages := range p.lapsed {
		if !yield(p.inForce(stages)) {
			return
		}
	}
}

// Err is an error of the disk that ended a way through the customers.
func (p *People) Err() error { return p.f.customers.err }

// lapsed goes through the stages of the customers lapsed at the as-of day.
func (p *People) lapsed(yield func([3]features.Stage) bool) {
	for part, customers := range p.f.customers.each {
		for i := range customers {
			recency := customers[i].recency(p.f.s.AsOf)
			if recency >= p.f.s.LapsedAfter && !yield(p.stagesOf(recency, p.stages[part][i])) {
				return
			}
		}
	}
}
