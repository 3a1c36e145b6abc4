package offers

import (
	"math"

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
		events := firstByHash(c.events.kept[k])
		out.Put(uint64(c.events.found[k]))
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
	var events [silences][]event
	for k := range silences {
		found[k] = in.Sum(0)
		for range in.Times(min(mostEvents, uint64(found[k]))) {
			events[k] = append(events[k], readEvent(in, c.day, len(c.names)))
		}
	}
	c.events.add(found, events)
	return in.End()
}

func (e *event) write(out *wire.NumberWriter, day data.Day) {
	out.Fixed(e.hash)
	out.Put(uint64(day - e.day))
	for _, codes := range [][]uint32{e.had(), e.took()} {
		out.Put(uint64(len(codes)))
		for _, code := range codes {
			out.Put(uint64(code))
		}
	}
}

// readEvent reads what write wrote, of so many products.
func readEvent(in *wire.NumberReader, day data.Day, products int) event {
	e := event{hash: in.Fixed()}
	e.day = day - data.Day(in.Next(1<<24))
	for k := range 2 {
		for range in.Times(mostInEvent) {
			code := uint32(in.Next(uint64(products)))
			if code == 0 {
				in.Fail("a return has a product without a name")
			}
			e.codes = append(e.codes, code)
		}
		if k == 0 {
			e.before = len(e.codes)
		}
	}
	return e
}

// Counters are those of the first walk, one for each day.
func (s *Study) Counters() []*Counter { return s.counters }
