package offers

import (
	"cmp"
	"math"
	"slices"
	"sync"
	"sync/atomic"

	"winback/data"
)

// event is a purchase day of a customer after a long silence.
type event struct {
	hash   uint64 // of customer and day
	day    data.Day
	codes  []uint32 // products bought before, newest first, then those of the day
	before int      // how many of codes are of before
}

// had are products bought before, took those of the day.
func (e *event) had() []uint32  { return e.codes[:e.before] }
func (e *event) took() []uint32 { return e.codes[e.before:] }
func (e *event) pairs() int     { return e.before * (len(e.codes) - e.before) }

// compareEvents orders by hash; events of the same one by what they hold.
func compareEvents(a, b event) int {
	if a.hash != b.hash {
		return cmp.Compare(a.hash, b.hash)
	}
	return cmp.Or(cmp.Compare(a.day, b.day), cmp.Compare(a.before, b.before), slices.Compare(a.codes, b.codes))
}

// firstByHash sorts events and keeps the first that stay within the limits.
func firstByHash(events []event) []event {
	slices.SortFunc(events, compareEvents)
	pairs := 0
	for i := range events {
		if pairs += events[i].pairs(); i == mostEvents || pairs > mostEventPairs {
			return events[:i]
		}
	}
	return events
}

// silences are how long a silence makes a return, as parts of the lapsed-after
// days: shorter ones count where the longer give too few events.
const silences = 3

// silenceOf is the class of a gap in days: 0 for at least lapsedAfter, 1 for half,
// 2 for a quarter; silences for less.
func silenceOf(gap, lapsedAfter int) int {
	for k := range silences {
		if gap<<k >= lapsedAfter {
			return k
		}
	}
	return silences
}

// eventPool keeps of each class the events of the smallest hashes, and drops a
// class once those of longer silences are enough. Whatever order events come in,
// those that chosen returns are the same: a prefix of more events is no longer.
type eventPool struct {
	limit [silences]atomic.Uint64 // events of a greater hash are of no use

	mu    sync.Mutex
	found [silences]int64
	kept  [silences][]event
	pairs [silences]int
}

func newEventPool() *eventPool {
	p := &eventPool{}
	for k := range p.limit {
		p.limit[k].Store(math.MaxUint64)
	}
	return p
}

// wants says whether an event may be among the chosen.
func (p *eventPool) wants(silence int, hash uint64) bool { return hash <= p.limit[silence].Load() }

// add takes the events of a partition; found counts those that were not wanted too.
func (p *eventPool) add(found [silences]int64, events [silences][]event) {
	p.mu.Lock()
	defer p.mu.Unlock()
	enough := int64(0)
	for k := range silences {
		p.found[k] += found[k]
		if enough >= fewestEvents {
			p.kept[k] = nil
			p.limit[k].Store(0)
			continue
		}
		enough += p.found[k]
		p.keep(k, events[k])
	}
}

// keep adds to a class, and prunes it where it has grown far beyond the limits.
func (p *eventPool) keep(k int, events []event) {
	for i := range events {
		p.pairs[k] += events[i].pairs()
	}
	p.kept[k] = append(p.kept[k], events...)
	if len(p.kept[k]) <= mostEvents*3/2 && p.pairs[k] <= mostEventPairs*3/2 {
		return
	}
	kept := firstByHash(p.kept[k])
	clear(p.kept[k][len(kept):])
	p.kept[k], p.pairs[k] = kept, 0
	for i := range kept {
		p.pairs[k] += kept[i].pairs()
	}
	if len(kept) > 0 {
		p.limit[k].Store(kept[len(kept)-1].hash)
	}
}

// chosen are the events to learn from, and the class of the shortest silence among
// them; none where there are too few.
func (p *eventPool) chosen() (events []event, silence int) {
	found := int64(0)
	for k := range silences {
		found += p.found[k]
		events = append(events, p.kept[k]...)
		if found >= fewestEvents {
			return firstByHash(events), k
		}
	}
	return nil, silences
}

// weightOf is what an event counts so many days later: whole, so that sums do not
// depend on their order.
func weightOf(age int) uint64 {
	return uint64(math.Round(weightOne * math.Exp2(-float64(age)/halfLifeDays)))
}
