package diagnose

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/features"
)

// People is the second walk: back to each customer with what was learned. Add
// may be called from several goroutines, once for each partition.
type People struct {
	f      *facts
	own    Edges
	cycles *cycles // as known tonight
	before *cycles // as known on the oldest past day; none where there are none tonight
	prices *prices
	abc    valueLimits
	class  valueLimits
	best   data.Money // mean value of a purchase day from which service counts
	rfm    rfmCuts
	worth  worth
	names  customerNames
	starts []int                       // first customer of each partition in facts.customers
	use    func(*features.Table) error // nil: nobody wants the table of customers

	mu       sync.Mutex
	next     int
	waiting  map[int]*features.Table
	idle     []*features.Table // handed on, to be used again
	past     [][][]uint8       // [day][partition]: stages of the drawn customers
	stages   [][]uint8         // [partition]: stages by the product clock tonight
	product  stageSums
	types    typeSums
	clocked  int64
	deadline []data.Deadline
	failed   error
}

// workspace is what one goroutine works in.
type workspace struct {
	bought []bought
	table  *features.Table
}

// Walk makes the second walk over all orders.
func (p *People) Walk(ctx context.Context, orders *data.Orders) error {
	_, err := orders.Each(ctx, p.f.s.Workers, func(part int, h *data.Histories) error { return p.Add(part, h) })
	return err
}

// Add looks at the customers of a partition. Rows are handed on in order of the
// customer ids.
func (p *People) Add(part int, h *data.Histories) error {
	var w workspace
	var product stageSums
	var types typeSums
	var clocked int64
	var deadlines []data.Deadline
	at := p.starts[part]
	if p.use != nil {
		w.table = p.takeTable()
		w.table.Grow(p.starts[part+1] - at)
	}
	stages := make([]uint8, 0, p.starts[part+1]-at)
	past := make([][]uint8, len(p.f.cuts))
	for id := range h.IDs {
		from, to := known(h, id, p.f.s.AsOf)
		if !hasPurchase(h, from, to) {
			continue
		}
		c := &p.f.customers[at]
		at++
		d := p.dueAt(&w, h, from, to, p.cycles, p.f.s.AsOf)
		stages = append(stages, d.stage)
		stage := p.stages3(c, d)
		product.add(stage[2], c)
		if d.stage != noStage {
			clocked++
		}
		if p.before.use && p.f.draw.states(xxhash.Sum64String(h.IDs[id])) {
			for k, cut := range p.f.cuts {
				if end := before(h, from, to, cut); hasPurchase(h, from, end) {
					past[k] = append(past[k], p.dueAt(&w, h, from, end, p.before, cut).stage)
				}
			}
		}
		m := p.mannerOf(h, from, to, c)
		bound := m.bound()
		kind := m.typeOf(p.inForce(stage), bound, p.best > 0 && int64(c.value) >= int64(p.best)*int64(c.days))
		types.add(&m, kind, bound, c.value)
		if p.use != nil {
			p.addRow(w.table, h.IDs[id], c, customerRow{stage, d, kind, bound})
		}
		if line, ok := p.deadlineOf(h.IDs[id], c, stage, d); ok {
			deadlines = append(deadlines, line)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.product.merge(&product)
	p.types.merge(&types)
	p.clocked += clocked
	p.stages[part] = stages
	for k := range past {
		p.past[k][part] = past[k]
	}
	p.deadline = append(p.deadline, deadlines...)
	return p.handOn(part, w.table)
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

// known are the lines of a customer before a day.
func known(h *data.Histories, id int, day data.Day) (from, to int) {
	return int(h.Start[id]), before(h, int(h.Start[id]), int(h.Start[id+1]), day)
}

// before cuts lines at the first one of a day or later.
func before(h *data.Histories, from, to int, day data.Day) int {
	end := day.Micros()
	for to > from && h.Time[to-1] >= end {
		to--
	}
	return to
}

func hasPurchase(h *data.Histories, from, to int) bool {
	for i := from; i < to; i++ {
		if h.Flags[i]&data.FlagPurchase != 0 {
			return true
		}
	}
	return false
}

// dueAt asks the product clock about lines [from, to).
func (p *People) dueAt(w *workspace, h *data.Histories, from, to int, c *cycles, at data.Day) due {
	w.bought = w.bought[:0]
	for i := from; i < to && c.use; i++ {
		if h.Flags[i]&data.FlagPurchase == 0 {
			continue
		}
		clock := c.clockOf(h.Product[i], h.Category[i])
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

// stages3 are the stages by the three clocks; where no product has a clock, the
// own clock stands in for the third.
func (p *People) stages3(c *customer, d due) [3]Stage {
	recency := c.recency(p.f.s.AsOf)
	s := [3]Stage{p.f.s.FixedEdges.Of(recency), p.own.Of(recency), p.own.Of(recency)}
	if d.stage != noStage {
		s[2] = Stage(d.stage)
	}
	return s
}

// inForce is the stage by the clock in force.
func (p *People) inForce(stage [3]Stage) Stage {
	switch p.f.s.Clock {
	case ClockOwn:
		return stage[1]
	case ClockProduct:
		return stage[2]
	}
	return stage[0]
}

// mannerOf looks at how a customer buys. One purchase shows no habit.
func (p *People) mannerOf(h *data.Histories, from, to int, c *customer) (m manner) {
	events := p.f.s.Events
	m.firstInEvent = inEvent(events, c.first)
	if c.days < 2 {
		m.days = 1
		if m.firstInEvent {
			m.eventDays = 1
		}
		return m
	}
	dayEnd, limits := int64(math.MinInt64), []float32(nil)
	for i := from; i < to; i++ {
		if h.Flags[i]&data.FlagPurchase == 0 {
			if h.Flags[i]&data.FlagReturn != 0 {
				m.returns++
			}
			continue
		}
		if h.Time[i] >= dayEnd {
			day := data.DayOfMicros(h.Time[i])
			dayEnd, limits = (day + 1).Micros(), p.prices.of(day)
			m.days++
			if inEvent(events, day) {
				m.eventDays++
			}
		}
		if cheap, known := isReduced(limits[h.Product[i]], h.Amount[i], h.Quantity[i]); known {
			m.knownLines++
			if cheap {
				m.reducedLines++
			}
		}
	}
	return m
}

// name of the goods: the product, else the category.
func (c *Cycle) name() string {
	if c.Product != "" {
		return c.Product
	}
	return c.Category
}

// LapsedStages are the stages by the clock in force of the customers lapsed at
// the as-of day, in order of their ids.
func (p *People) LapsedStages() []Stage {
	var out []Stage
	at := 0
	for _, part := range p.stages {
		for _, stage := range part {
			c := &p.f.customers[at]
			at++
			if c.recency(p.f.s.AsOf) >= p.f.s.LapsedAfter {
				out = append(out, p.inForce(p.stages3(c, due{stage: stage})))
			}
		}
	}
	return out
}
