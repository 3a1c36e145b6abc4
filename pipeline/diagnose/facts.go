package diagnose

import (
	"winback/data"
)

// facts are what the first walk gathered, in order of the customer ids.
type facts struct {
	s         Settings
	history   History
	months    calendar
	cuts      []data.Day
	draw      drawing
	customers []customer
	states    [][]state // by cut
	lines     []sampleLine
	drawn     []uint64 // hashes of the customers that lines are of
	counts    *counts
	steps     [ladderSteps]step // of all customers
	starts    []int             // first customer of each partition, and their number
}

// facts puts the partitions together.
func (c *Collector) facts() *facts {
	f := &facts{s: c.s, history: c.history, months: c.months, cuts: c.cuts, draw: c.draw, counts: newCounts(c.months, c.span()), states: make([][]state, len(c.cuts))}
	for _, k := range c.all {
		f.counts.merge(k)
	}
	for k := range f.steps {
		f.steps[k].wait = newWaits(c.span())
		f.steps[k].merge(&f.counts.early[k])
		f.steps[k].merge(&f.counts.later[k])
	}
	c.all, c.idle = nil, nil
	var customers, lines int
	for i := range c.parts {
		customers += len(c.parts[i].customers)
		lines += len(c.parts[i].lines)
	}
	f.customers, f.lines = make([]customer, 0, customers), make([]sampleLine, 0, lines)
	for i := range c.parts {
		p := &c.parts[i]
		f.starts = append(f.starts, len(f.customers))
		f.customers = append(f.customers, p.customers...)
		for k := range p.states {
			f.states[k] = append(f.states[k], p.states[k]...)
		}
		for _, l := range p.lines {
			l.customer += uint32(len(f.drawn))
			f.lines = append(f.lines, l)
		}
		f.drawn = append(f.drawn, p.drawn...)
		*p = part{}
	}
	f.starts = append(f.starts, len(f.customers))
	return f
}

// firstWaits are the waits from the first to the second purchase day as they
// were known at a day.
func (f *facts) firstWaits(at data.Day) waits {
	w := newWaits(max(int(at-f.history.FirstDay), 1))
	for i := range f.customers {
		c := &f.customers[i]
		if c.first >= at {
			continue
		}
		after := -1
		if c.wait >= 0 && c.first+data.Day(c.wait) < at {
			after = int(c.wait)
		}
		w.add(after, int(at-1-c.first), 1)
	}
	return w
}

// recency is the number of days since the last purchase.
func (c *customer) recency(asOf data.Day) int { return int(asOf - c.last) }
