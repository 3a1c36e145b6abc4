package diagnose

import "winback/data"

// facts are what the first walk gathered, in order of the customer ids.
type facts struct {
	s         Settings
	history   History
	months    calendar
	cuts      []data.Day
	draw      drawing
	customers *keptCustomers
	count     int64     // of the customers
	states    [][]state // by cut
	drawnIn   [][]int   // by cut and partition, how many states there are
	lines     []sampleLine
	drawn     []uint64 // hashes of the customers that lines are of
	counts    *counts
	steps     [ladderSteps]step // of all customers
	later     [ladderSteps]step // of those first seen after the fill-up
}

// facts puts the partitions together.
func (c *Collector) facts() *facts {
	f := &facts{s: c.s, history: c.history, months: c.months, cuts: c.cuts, draw: c.draw, customers: c.customers, count: c.customers.count(), counts: newCounts(&c.months, c.span(), len(c.cuts)), states: make([][]state, len(c.cuts)), drawnIn: make([][]int, len(c.cuts))}
	for _, k := range c.all {
		f.counts.merge(k)
	}
	none := stepCounts{wait: make([]waitCounts, c.span()+1)}
	for k := range f.steps {
		f.steps[k] = f.counts.early[k].plus(&f.counts.later[k])
		f.later[k] = f.counts.later[k].plus(&none)
	}
	c.all, c.idle = nil, nil
	lines := 0
	for i := range c.parts {
		lines += len(c.parts[i].lines)
	}
	f.lines = make([]sampleLine, 0, lines)
	for i := range c.parts {
		p := &c.parts[i]
		for k := range c.cuts {
			states := p.statesAt(k)
			f.states[k], f.drawnIn[k] = append(f.states[k], states...), append(f.drawnIn[k], len(states))
		}
		for _, l := range p.lines {
			l.customer += uint32(len(f.drawn))
			f.lines = append(f.lines, l)
		}
		f.drawn = append(f.drawn, p.drawn...)
		*p = part{}
	}
	return f
}

// statesAt are those of a cut; none where nothing was walked over.
func (p *part) statesAt(cut int) []state {
	if cut < len(p.states) {
		return p.states[cut]
	}
	return nil
}

// everyone goes through the customers in order of their ids. Where the disk fails it
// ends early, and the second walk says so.
func (f *facts) everyone(yield func(*customer) bool) {
	for _, part := range f.customers.each {
		for i := range part {
			if !yield(&part[i]) {
				return
			}
		}
	}
}

// recency is the number of days since the last purchase.
func (c *customer) recency(asOf data.Day) int { return int(asOf - c.last) }
