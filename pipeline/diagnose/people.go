package diagnose

import (
	"cmp"
	"context"
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winback/data"
)

// People is the second walk: back to each customer with what was learned. Add
// may be called from several goroutines, once for each partition.
type People struct {
	f       *facts
	own     Edges
	cycles  *cycles // as known tonight
	before  *cycles // as known on the oldest past day; nil without one
	prices  *prices
	abc     valueLimits
	class   valueLimits
	best    data.Money // mean value of a purchase day from which service counts
	rfm     rfmCuts
	worth   worth
	reasons []string                              // by days since the last purchase
	starts  []int                                 // first customer of each partition in facts.customers
	use     func(rows []data.CustomerClock) error // nil: nobody wants rows

	mu       sync.Mutex
	next     int
	waiting  map[int][]data.CustomerClock
	past     [][][]uint8 // [day][partition]: stages of the drawn customers
	stages   [][]uint8   // [partition]: stages by the product clock tonight
	product  stageSums
	types    typeSums
	clocked  int64
	deadline []data.Deadline
	failed   error
}

// workspace is what one goroutine works in.
type workspace struct {
	bought []bought
	rows   []data.CustomerClock
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
		if p.before != nil && p.f.draw.states(xxhash.Sum64String(h.IDs[id])) {
			for k, cut := range p.f.cuts {
				if end := before(h, from, to, cut); hasPurchase(h, from, end) {
					past[k] = append(past[k], p.dueAt(&w, h, from, end, p.before, cut).stage)
				}
			}
		}
		row, kind := p.row(h.IDs[id], h, from, to, c, d, stage, &types)
		types.add(kind, c.value)
		if p.use != nil {
			w.rows = append(w.rows, row)
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
	return p.handOn(part, w.rows)
}

// handOn passes rows on in order of the partitions.
func (p *People) handOn(part int, rows []data.CustomerClock) error {
	if p.use == nil || p.failed != nil {
		return p.failed
	}
	p.waiting[part] = rows
	for {
		rows, ok := p.waiting[p.next]
		if !ok {
			return nil
		}
		delete(p.waiting, p.next)
		p.next++
		if p.failed = p.use(rows); p.failed != nil {
			return p.failed
		}
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
	for i := from; i < to; i++ {
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

// mannerOf looks at how a customer buys.
func (p *People) mannerOf(h *data.Histories, from, to int, c *customer) (m manner) {
	last := data.Day(-1 << 30)
	for i := from; i < to; i++ {
		if h.Flags[i]&data.FlagPurchase == 0 {
			if h.Flags[i]&data.FlagReturn != 0 {
				m.returns++
			}
			continue
		}
		day := data.DayOfMicros(h.Time[i])
		if day != last {
			last = day
			event := len(p.f.s.Events) > 0 && inEvent(p.f.s.Events, day)
			if m.days == 0 {
				m.firstInEvent = event
			}
			m.days++
			if event {
				m.eventDays++
			}
		}
		if c.days < 2 {
			continue // one purchase does not show a habit
		}
		if cheap, known := p.prices.isReduced(h.Product[i], day, h.Amount[i], h.Quantity[i]); known {
			m.knownLines++
			if cheap {
				m.reducedLines++
			}
		}
	}
	return m
}

// row is what the table of customers says.
func (p *People) row(id string, h *data.Histories, from, to int, c *customer, d due, stage [3]Stage, types *typeSums) (data.CustomerClock, string) {
	m := p.mannerOf(h, from, to, c)
	bound := m.bound()
	switch bound {
	case boundPrice:
		types.priceBound++
	case boundEvent:
		types.eventBound++
	}
	if m.firstInEvent {
		types.firstInEvent++
	}
	kind := m.typeOf(p.inForce(stage), bound, int64(c.value) >= int64(p.best)*int64(c.days))
	if p.use == nil {
		return data.CustomerClock{}, kind
	}
	r, f, v := p.rfm.of(c.recency(p.f.s.AsOf), c.days, c.value.Float())
	row := data.CustomerClock{CustomerID: id, RecencyDays: int32(c.recency(p.f.s.AsOf)), PurchaseDays: c.days, Value: c.value,
		Stage: p.inForce(stage).String(), StageFixed: stage[0].String(), StageOwn: stage[1].String(), StageReason: p.reason(c, d, stage),
		R: int32(r), F: int32(f), M: int32(v), ABC: abcNames[p.abc.of(c.value)], ValueClass: classNames[p.class.of(c.value)], Type: kind, Bound: bound, Steady: d.steady}
	if d.stage != noStage {
		row.StageProduct = stage[2].String()
	}
	if d.clock >= 0 {
		row.DueProduct, row.DueSince, row.DuePhase = p.cycles.all[d.clock].name(), d.since, phaseNames[d.phase]
	}
	return row, kind
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
