package shopcontext

import (
	"math"

	"winback/data"
	"winback/data/wire"
)

// Part is what was taken of a partition, for AddPart of a sampler elsewhere.
func (s *Sampler) Part(part int) []byte {
	var out wire.NumberWriter
	out.Put(uint64(len(s.parts[part])))
	for _, c := range s.parts[part] {
		out.Put(uint64(len(c.lines)))
		day := s.first
		for _, l := range c.lines {
			out.Put(uint64(l.day - day))
			out.Put(uint64(l.product))
			day = l.day
		}
	}
	return out.Bytes()
}

// AddPart takes the sample of a partition that was taken elsewhere, of orders of so many
// days and products.
func (s *Sampler) AddPart(part int, text []byte, days, products int) error {
	in := wire.NumbersOf(text)
	for n := in.Times(math.MaxInt32); in.Again(&n); {
		var c customer
		day, lines := s.first, 0
		for n := in.Times(mostLines); in.Again(&n); {
			day += data.Day(in.Next(uint64(days)))
			c.add(line{day, uint32(in.Next(uint64(products)))})
			lines++
		}
		if lines == 0 || int(day-s.first) >= days {
			in.Fail("a customer of the sample has %d lines, up to day %d of %d", lines, day-s.first, days)
		}
		s.parts[part] = append(s.parts[part], c)
	}
	return in.End()
}
