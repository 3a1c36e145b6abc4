package offers

import (
	"slices"

	"winback/data"
	"winback/internal/parallel"
)

// pairs say, for each product that customers had who came back, what they took
// then.
type pairs struct {
	start []uint32 // by code: its nexts are [start[code], start[code+1])
	next  []next
	had   []uint32  // by code: events with the product before
	again []float64 // by code: chance that the product itself is taken again
}

// next is a product that was taken after another.
type next struct {
	product uint32
	bought  uint32 // events with both
	chance  float64
}

// of are the products that follow one, the likeliest first.
func (p *pairs) of(code uint32) []next {
	if p.start == nil {
		return nil
	}
	return p.next[p.start[code]:p.start[code+1]]
}

// learnPairs finds what follows each product: the weighed share of the returns of
// those who had it that took the other, drawn towards the share of all returns as
// far as few returns say little. Sums are whole numbers until then. It goes through
// the returns of one product after another, so that nothing is sorted and no table
// of all pairs is held.
func learnPairs(events []event, day data.Day, products, workers int) pairs {
	l := newPairLearner(events, day, products)
	found := make([][]next, products+1)
	p := pairs{start: make([]uint32, products+2), had: make([]uint32, products+1), again: make([]float64, products+1)}
	scratch := parallel.PerWorker[pairSums]{Make: func() *pairSums { return &pairSums{sum: make([]taken, products+1)} }}
	const together = 64
	parallel.EachOf((products+together)/together, workers, func(k int) {
		sums := scratch.Take()
		for code := k * together; code < min((k+1)*together, products+1); code++ {
			found[code], p.again[code] = l.after(uint32(code), sums)
		}
		scratch.GiveBack(sums)
	})
	for code := range found {
		p.had[code] = l.start[code+1] - l.start[code]
		p.next = append(p.next, found[code]...)
		p.start[code+1] = uint32(len(p.next))
	}
	return p
}

// pairLearner has the events by the products that were had before.
type pairLearner struct {
	events []event
	weight []uint64 // of each event
	total  uint64
	taken  []uint64 // by code: weight of the events that took it
	start  []uint32 // by code: its events are with[start[code]:start[code+1]]
	with   []uint32
}

func newPairLearner(events []event, day data.Day, products int) *pairLearner {
	l := &pairLearner{events: events, weight: make([]uint64, len(events)), taken: make([]uint64, products+1), start: make([]uint32, products+2)}
	entries := 0
	for i := range events {
		e := &events[i]
		l.weight[i] = weightOf(int(day - e.day))
		l.total += l.weight[i]
		for _, code := range e.took() {
			l.taken[code] += l.weight[i]
		}
		for _, code := range e.had() {
			l.start[code+1]++
		}
		entries += e.before
	}
	for code := range products + 1 {
		l.start[code+1] += l.start[code]
	}
	l.with = make([]uint32, entries)
	free := slices.Clone(l.start)
	for i := range events {
		for _, code := range events[i].had() {
			l.with[free[code]] = uint32(i)
			free[code]++
		}
	}
	return l
}

// pairSums add up what was taken after one product.
type pairSums struct {
	sum     []taken // by code
	touched []uint32
	best    []next
}

type taken struct {
	weight uint64
	events uint32
}

// after are the likeliest products after one, by chance, then by name, and the chance
// of the same one.
func (l *pairLearner) after(code uint32, s *pairSums) (likeliest []next, again float64) {
	s.touched = s.touched[:0]
	had := uint64(0)
	for _, at := range l.with[l.start[code]:l.start[code+1]] {
		weight := l.weight[at]
		had += weight
		for _, took := range l.events[at].took() {
			sum := &s.sum[took]
			if sum.events == 0 {
				s.touched = append(s.touched, took)
			}
			sum.weight += weight
			sum.events++
		}
	}
	s.best = s.best[:0]
	again = l.chance(s.sum[code].weight, had, code)
	for _, product := range s.touched {
		sum := s.sum[product]
		s.sum[product] = taken{}
		s.keep(next{product, sum.events, l.chance(sum.weight, had, product)})
	}
	return slices.Clone(s.best), again
}

// keep puts a product among the first by chance, then by name.
func (s *pairSums) keep(n next) {
	at := len(s.best)
	for at > 0 && (n.chance > s.best[at-1].chance || n.chance == s.best[at-1].chance && n.product < s.best[at-1].product) {
		at--
	}
	if at == mostNext {
		return
	}
	if len(s.best) < mostNext {
		s.best = append(s.best, next{})
	}
	copy(s.best[at+1:], s.best[at:])
	s.best[at] = n
}

func (l *pairLearner) chance(both, had uint64, product uint32) float64 {
	if l.total == 0 {
		return 0
	}
	const prior = priorReturns * weightOne
	return (float64(both) + prior*float64(l.taken[product])/float64(l.total)) / float64(had+prior)
}
