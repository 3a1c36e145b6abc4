package features

import (
	"fmt"
	"slices"

	"winback/data"
	"winback/data/orders"
)

// Build appends to a table the rows of one snapshot: one for each customer of h
// with a purchase day before the as-of day, unless the snapshot leaves it out.
// The table must have been made by NewTable for the same snapshot and names,
// and its ids must be smaller than those of h. It fails, and leaves the table
// as it was, where the snapshot makes no sense or the sums of a customer have
// no place in DECIMAL(18,4).
//
// Whoever builds many partitions keeps a Builder.
func Build(h *orders.Histories, s Snapshot, into *Table) error {
	return new(Builder).Build(h, s, into)
}

// BuildAll is Build for several snapshots, each with its table, in one walk
// over the lines.
func BuildAll(h *orders.Histories, snapshots []Snapshot, into []*Table) error {
	return new(Builder).BuildAll(h, snapshots, into)
}

// Builder builds feature rows and keeps its working memory from call to call,
// so that nothing is allocated per customer or per line. The zero value is
// ready. It is for one goroutine at a time.
type Builder struct {
	// Keep, where it is set, chooses among the customers before anything is
	// worked out: it is called with each, in order, and says whether the
	// customer may get rows.
	Keep func(customerID string) bool

	past   past
	facts  facts
	views  []view
	blocks []*block
}

// view is one snapshot in the making.
type view struct {
	Snapshot
	number   int   // in the caller's list
	cut      int64 // first microsecond of the as-of day
	labelEnd int64 // first microsecond after the label's window
	labelled bool  // whether the data reach that far
	table    *Table
	oldRows  int // rows the table had
	block    *block
}

// Build is the function of that name.
func (b *Builder) Build(h *orders.Histories, s Snapshot, into *Table) error {
	return b.BuildAll(h, []Snapshot{s}, []*Table{into})
}

// BuildAll is the function of that name.
func (b *Builder) BuildAll(h *orders.Histories, snapshots []Snapshot, into []*Table) error {
	if len(snapshots) != len(into) {
		return fmt.Errorf("features: %d snapshots for %d tables", len(snapshots), len(into))
	}
	for i, s := range snapshots {
		if err := s.validate(); err != nil {
			return err
		}
		if err := s.fits(into[i]); err != nil {
			return err
		}
	}
	b.open(snapshots, into)
	var err error
	for customer := 0; customer < h.Customers() && err == nil; customer++ {
		if b.Keep == nil || b.Keep(h.IDs[customer]) {
			err = b.addCustomer(h, customer)
		}
	}
	for i := range b.views {
		b.views[i].close(err == nil)
	}
	clear(b.views)
	return err
}

// open lays out the views in ascending order of their as-of days: each knows
// what the one before knows and some more lines.
func (b *Builder) open(snapshots []Snapshot, into []*Table) {
	b.views = b.views[:0]
	for i, s := range snapshots {
		end := s.AsOf + data.Day(s.Horizon)
		if i == len(b.blocks) {
			b.blocks = append(b.blocks, new(block))
		}
		b.views = append(b.views, view{
			Snapshot: s,
			number:   i,
			cut:      s.AsOf.Micros(),
			labelEnd: end.Micros(),
			labelled: s.DataEnd == 0 || end <= s.DataEnd,
			table:    into[i],
			oldRows:  into[i].Rows(),
			block:    b.blocks[i],
		})
	}
	slices.SortFunc(b.views, func(x, y view) int {
		if x.AsOf != y.AsOf {
			return int(x.AsOf) - int(y.AsOf)
		}
		return x.number - y.number
	})
}

// close brings the last rows into the table, or leaves it as it was.
func (v *view) close(ok bool) {
	v.block.flush(v.table)
	if !ok {
		clear(v.table.IDs[v.oldRows:])
		v.table.setRows(v.oldRows)
	}
}

func (b *Builder) addCustomer(h *orders.Histories, customer int) error {
	line, end := int(h.Start[customer]), int(h.Start[customer+1])
	first := line
	b.past.reset(end-first, h.Names)
	b.facts.lines = 0
	for i := range b.views {
		v := &b.views[i]
		var err error
		if line, err = b.past.advance(h, line, end, v.cut); err != nil {
			return fmt.Errorf("features as of %s: %w", v.AsOf, err)
		}
		if len(b.past.days) == 0 || int(v.AsOf-b.past.last()) < v.LapsedAfter {
			continue
		}
		if known := int64(line - first); b.facts.lines != known {
			b.facts.derive(&b.past, known)
		}
		v.add(h.IDs[customer], &b.past, &b.facts, returns(h, line, end, v.labelEnd))
	}
	return nil
}

// returns says whether there is a purchase line among the lines [from, to)
// before the moment until.
func returns(h *orders.Histories, from, to int, until int64) bool {
	for i := from; i < to && h.Time[i] < until; i++ {
		if h.Flags[i]&orders.FlagPurchase != 0 {
			return true
		}
	}
	return false
}

// facts are the columns that depend on the known lines alone and not on the
// as-of day. Snapshots between two orders of a customer share them.
type facts struct {
	lines           int64 // known lines from which they were derived; 0: none yet
	mean            float64
	median          float64
	std             float64
	firstOrderValue data.Money
	lastOrderValue  data.Money
	meanOrderValue  float64
	unitsPerOrder   float64
	linesPerOrder   float64
	weekendShare    float64
	returnLineShare float64
}

// derive works out the facts of a customer with at least one purchase.
func (f *facts) derive(p *past, lines int64) {
	orders := float64(len(p.orders))
	*f = facts{
		lines:           lines,
		mean:            p.mean(),
		median:          p.median(),
		std:             p.std(),
		firstOrderValue: p.firstOrderValue(),
		lastOrderValue:  p.lastOrderValue(),
		meanOrderValue:  float64(p.monetary) / (data.MoneyScale * orders),
		unitsPerOrder:   float64(p.units) / (data.MoneyScale * orders),
		linesPerOrder:   float64(p.purchaseLines) / orders,
		weekendShare:    float64(p.weekendOrders) / orders,
		returnLineShare: float64(p.returnLines) / float64(lines),
	}
}

// recent are the orders that began in the days before an as-of day.
type recent struct {
	orders30, orders90, orders180, orders365 int64
	spend90, spend365                        data.Money
}

func (p *past) recent(asOf data.Day) recent {
	var r recent
	for i := len(p.orders) - 1; i >= 0; i-- {
		o := &p.orders[i]
		age := int64(asOf - o.day)
		if age > 365 {
			break
		}
		within90 := (age - 91) >> 63 // all bits set, or none: no branch to mispredict
		r.orders30 -= (age - 31) >> 63
		r.orders90 -= within90
		r.orders180 -= (age - 181) >> 63
		r.orders365++
		r.spend90 += o.value & data.Money(within90)
		r.spend365 += o.value
	}
	return r
}
