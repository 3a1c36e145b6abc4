package diagnose

import (
	"fmt"
	"math"

	"winback/data"
	"winback/data/wire"
)

// Part is what the walk over one partition, and no other, has gathered, for AddPart of a
// collector with the same settings elsewhere.
func (c *Collector) Part(at int) ([]byte, error) {
	customers, err := c.customers.of(at, nil)
	if err != nil {
		return nil, err
	}
	var out wire.NumberWriter
	total := newCounts(&c.months, c.span(), len(c.cuts))
	for _, k := range c.all {
		total.merge(k)
	}
	total.sums(&out)
	out.Put(uint64(len(customers)))
	for i := range customers {
		c.writeCustomer(&out, &customers[i])
	}
	p := &c.parts[at]
	for _, states := range p.states {
		out.Put(uint64(len(states)))
		for i := range states {
			c.writeState(&out, &states[i])
		}
	}
	c.writeSample(&out, p)
	return out.Bytes(), nil
}

// AddPart takes what was gathered of a partition elsewhere.
func (c *Collector) AddPart(at int, text []byte) error {
	in := wire.NumbersOf(text)
	counts := c.take()
	counts.sums(in)
	p := part{states: make([][]state, len(c.cuts))}
	for n := in.Times(math.MaxInt32); in.Again(&n); {
		if one := c.readCustomer(in); in.Err() == nil {
			c.count(counts, &one)
			p.customers = append(p.customers, one)
		}
	}
	for k := range p.states {
		for n := in.Times(uint64(len(p.customers))); in.Again(&n); {
			p.states[k] = append(p.states[k], c.readState(in, k))
		}
	}
	c.readSample(in, &p)
	c.keep(at, p, counts)
	if err := in.End(); err != nil {
		return fmt.Errorf("the diagnosis: %w", err)
	}
	return nil
}

// sums writes the counts of purchase days, or adds those that are read; what else there is
// follows from the customers.
func (c *counts) sums(to wire.Sums) {
	for k := range c.early {
		c.early[k].sums(to)
		c.later[k].sums(to)
	}
	for m := range c.flow {
		f := &c.flow[m]
		for _, n := range []*int64{&f.newBuyers, &f.oldBuyers, &f.retained, &f.lost, &f.regained} {
			*n = to.Sum(*n)
		}
		f.newSales, f.oldSales = sumMoney(to, f.newSales), sumMoney(to, f.oldSales)
	}
	y := &c.year
	y.newBuyers, y.returningBuyers, y.repeatDays = to.Sum(y.newBuyers), to.Sum(y.returningBuyers), to.Sum(y.repeatDays)
	y.firstSales, y.repeatSales, y.returned = sumMoney(to, y.firstSales), sumMoney(to, y.repeatSales), sumMoney(to, y.returned)
}

func (s *stepCounts) sums(to wire.Sums) {
	s.reached, s.reachedLastYear = to.Sum(s.reached), to.Sum(s.reachedLastYear)
	s.value, s.units = sumMoney(to, s.value), sumMoney(to, s.units)
	for t := range s.wait {
		w := [3]uint32{s.wait[t].came, s.wait[t].left, s.wait[t].followed}
		wire.SumEach(to, w[:])
		s.wait[t] = waitCounts{w[0], w[1], w[2]}
	}
}

func sumMoney(to wire.Sums, m data.Money) data.Money { return data.Money(to.Signed(int64(m))) }

// writeCustomer writes the purchase days first, which are never 0.
func (c *Collector) writeCustomer(out *wire.NumberWriter, one *customer) {
	out.Put(uint64(one.days))
	out.Put(uint64(one.first - c.history.FirstDay))
	if one.days > 1 {
		out.Put(uint64(one.wait))
		out.Put(uint64(one.last - one.first - data.Day(one.wait)))
	}
	out.Signed(int64(one.firstValue))
	out.Signed(int64(one.value - one.firstValue))
}

func (c *Collector) readCustomer(in *wire.NumberReader) (one customer) {
	span := uint64(c.span())
	one.days = int32(in.Next(span))
	one.first = c.history.FirstDay + data.Day(in.Next(span))
	one.last, one.wait = one.first, -1
	if one.days > 1 {
		one.wait = int32(in.Next(span))
		one.last += data.Day(one.wait) + data.Day(in.Next(span))
	}
	one.firstValue = data.Money(in.Signed(0))
	one.value = one.firstValue + data.Money(in.Signed(0))
	if one.days == 0 || one.wait == 0 || one.last >= c.s.AsOf || int(one.last-one.first) < int(one.days)-1 {
		in.Fail("a customer has %d purchase days from %s to %s", one.days, one.first, one.last)
	}
	return one
}

// writeState writes the purchase days first, which are never 0.
func (c *Collector) writeState(out *wire.NumberWriter, s *state) {
	out.Put(uint64(s.days))
	out.Put(uint64(s.first - c.history.FirstDay))
	out.Put(uint64(s.last - s.first))
	out.Signed(int64(s.value))
	returned := uint64(0)
	if s.returned {
		returned = 1
	}
	out.Put(returned)
}

func (c *Collector) readState(in *wire.NumberReader, cut int) (s state) {
	span := uint64(c.span())
	s.days = int32(in.Next(span))
	s.first = c.history.FirstDay + data.Day(in.Next(span))
	s.last = s.first + data.Day(in.Next(span))
	s.value = data.Money(in.Signed(0))
	s.returned = in.Next(1) == 1
	if s.days == 0 || s.last >= c.cuts[cut] || int(s.last-s.first) < int(s.days)-1 {
		in.Fail("a customer had %d purchase days from %s to %s before %s", s.days, s.first, s.last, c.cuts[cut])
	}
	return s
}

// writeSample writes the lines of each drawn customer, behind how many there are.
func (c *Collector) writeSample(out *wire.NumberWriter, p *part) {
	out.Put(uint64(len(p.drawn)))
	at := 0
	for number, hash := range p.drawn {
		out.Fixed(hash)
		end := at
		for end < len(p.lines) && int(p.lines[end].customer) == number {
			end++
		}
		out.Put(uint64(end - at))
		for _, l := range p.lines[at:end] {
			out.Put(uint64(l.day-c.history.FirstDay) + 1)
			out.Put(uint64(l.product))
			out.Put(uint64(l.category))
			out.Signed(int64(l.quantity))
			out.Signed(int64(l.amount))
		}
		at = end
	}
}

func (c *Collector) readSample(in *wire.NumberReader, p *part) {
	products, categories := uint64(len(c.history.Names[data.Product])), uint64(len(c.history.Names[data.Category]))
	for n := in.Times(uint64(len(p.customers))); in.Again(&n); {
		number := len(p.drawn)
		p.drawn = append(p.drawn, in.Fixed())
		for n := in.Times(math.MaxInt32); in.Again(&n); {
			since := in.Next(uint64(c.span()))
			if since == 0 {
				in.Fail("a line of the sample has no day")
			}
			p.lines = append(p.lines, sampleLine{customer: uint32(number), day: c.history.FirstDay + data.Day(since) - 1,
				product: uint32(in.Next(products)), category: uint32(in.Next(categories)), quantity: data.Money(in.Signed(0)), amount: data.Money(in.Signed(0))})
		}
	}
}
