package offers

import (
	"math"
	"slices"

	"winback/data"
	"winback/data/wire"
)

// Part is all that was counted, for AddPart of a counter of the same day and products
// elsewhere: buyers, categories, and the events that may be among the chosen.
func (c *Counter) Part() []byte {
	var out wire.NumberWriter
	for _, buyers := range c.buyers {
		for code := range buyers {
			out.Put(uint64(buyers[code].Load()))
		}
	}
	for code := range c.category {
		out.Put(uint64(c.category[code].Load()))
	}
	for k := range silences {
		out.Put(uint64(c.events.found[k]))
	}
	for k := range silences {
		events := firstByHash(c.events.kept[k])
		out.Put(uint64(len(events)))
		for i := range events {
			events[i].write(&out, c.day)
		}
	}
	return out.Bytes()
}

// AddPart adds what was counted elsewhere, where products have one of so many categories.
func (c *Counter) AddPart(text []byte, categories int) error {
	in := wire.NumbersOf(text)
	for _, buyers := range c.buyers {
		for code := range buyers {
			buyers[code].Add(uint32(in.Next(math.MaxUint32)))
		}
	}
	for code := range c.category {
		c.noteCategory(uint32(code), uint32(in.Next(uint64(categories))))
	}
	var found [silences]int64
	for k := range silences {
		found[k] = in.Sum(0)
	}
	events, all := c.readEvents(in, found)
	c.events.add(found, events)
	if !all {
		return in.Err()
	}
	return in.End()
}

// readEvents reads the events up to the first that no longer may be among the chosen: those
// of its class behind it have greater hashes, and no shorter silences are asked about.
func (c *Counter) readEvents(in *wire.NumberReader, found [silences]int64) (events [silences][]event, all bool) {
	for k := range silences {
		for n := in.Times(min(mostEvents, uint64(found[k]))); in.Again(&n); {
			e := event{hash: in.Fixed()}
			if !c.events.wants(k, e.hash) {
				return events, false
			}
			e.read(in, c.day, len(c.names))
			events[k] = append(events[k], e)
		}
	}
	return events, true
}

func (e *event) write(out *wire.NumberWriter, day data.Day) {
	out.Fixed(e.hash)
	out.Put(uint64(day - e.day))
	out.Put(uint64(e.before))
	out.Put(uint64(len(e.codes) - e.before))
	for _, code := range e.codes {
		out.Put(uint64(code))
	}
}

// read reads what write wrote behind the hash, of so many products.
func (e *event) read(in *wire.NumberReader, day data.Day, products int) {
	e.day = day - data.Day(in.Next(1<<24))
	e.before = int(in.Next(mostInEvent))
	e.codes = make([]uint32, e.before+int(in.Next(mostInEvent)))
	in.Fill(e.codes, uint64(products))
	if slices.Contains(e.codes, 0) {
		in.Fail("a return has a product without a name")
	}
}

// Counters are those of the first walk, one for each day.
func (s *Study) Counters() []*Counter { return s.counters }
