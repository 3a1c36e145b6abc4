// Package hours finds the hour of the day at which a customer buys, opens messages
// and clicks.
package hours

import (
	"fmt"
	"maps"
	"math"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/data/wire"
)

// Least is how many purchases, opens and clicks it takes to tell an hour.
const Least = 3

const (
	perDay    = 24
	hourMicro = 3600 * 1_000_000
	dayMicro  = perDay * hourMicro
)

// Counts are purchases, opens and clicks by hour of the day.
type Counts [perDay]uint32

// Add counts a moment, local time in microseconds since 1970-01-01. Midnight to the
// microsecond is a day without a time.
func (c *Counts) Add(at int64) {
	if inDay := ((at % dayMicro) + dayMicro) % dayMicro; inDay != 0 {
		c[inDay/hourMicro]++
	}
}

// preferred is the hour of most outside quiet hours, the first of equals; false
// where fewer than Least lie outside.
func (c *Counts) preferred(quiet Quiet) (hour int, known bool) {
	sum, most := uint32(0), uint32(0)
	for h, n := range c {
		if n == 0 || quiet.Has(h) {
			continue
		}
		if sum += n; n > most {
			hour, most = h, n
		}
	}
	return hour, sum >= Least
}

// Finder finds the preferred hours of customers, on a walk over their histories.
type Finder struct {
	asOf     data.Day
	quiet    Quiet
	answered map[string]*Counts
	parts    [][]int8 // by partition, of each customer; -1: too little is known
}

// NewFinder looks at what was known before a day, on a walk over so many partitions;
// answered are opens and clicks until then, by customer.
func NewFinder(asOf data.Day, quiet Quiet, answered map[string]*Counts, partitions int) *Finder {
	return &Finder{asOf: asOf, quiet: quiet, answered: answered, parts: make([][]int8, partitions)}
}

// Add looks at a partition. It may be called from several goroutines.
func (f *Finder) Add(part int, h *orders.Histories) {
	found := make([]int8, len(h.IDs))
	for i, id := range h.IDs {
		counts := purchases(h.Customer(i).Before(f.asOf))
		if answers := f.answered[id]; answers != nil {
			for hour, n := range answers {
				counts[hour] += n
			}
		}
		found[i] = -1
		if hour, known := counts.preferred(f.quiet); known {
			found[i] = int8(hour)
		}
	}
	f.parts[part] = found
}

// Part are the hours of a partition, for AddPart of a finder elsewhere.
func (f *Finder) Part(part int) []byte {
	var out wire.NumberWriter
	out.Put(uint64(len(f.parts[part])))
	for _, hour := range f.parts[part] {
		out.Put(uint64(hour + 1))
	}
	return out.Bytes()
}

// AddPart takes the hours of a partition, of at most so many customers, that were found
// elsewhere.
func (f *Finder) AddPart(part int, text []byte, most int64) error {
	in := wire.NumbersOf(text)
	f.parts[part] = nil
	for n := in.Times(uint64(most)); in.Again(&n); {
		f.parts[part] = append(f.parts[part], int8(in.Next(perDay))-1)
	}
	return in.End()
}

// AppendAnswers writes opens and clicks by customer for AnswersOf elsewhere.
func AppendAnswers(answered map[string]*Counts) []byte {
	var out wire.NumberWriter
	out.Put(uint64(len(answered)))
	for _, id := range slices.Sorted(maps.Keys(answered)) {
		out.Text(id)
		for _, n := range answered[id] {
			out.Put(uint64(n))
		}
	}
	return out.Bytes()
}

// AnswersOf reads what AppendAnswers wrote.
func AnswersOf(text []byte) (map[string]*Counts, error) {
	in, answered := wire.NumbersOf(text), map[string]*Counts{}
	for n := in.Times(math.MaxInt32); in.Again(&n); {
		id, counts := in.Text(math.MaxInt32), new(Counts)
		for hour := range counts {
			counts[hour] = uint32(in.Next(math.MaxUint32))
		}
		if answered[id] != nil {
			in.Fail("the answers of %q come twice", id)
		}
		answered[id] = counts
	}
	return answered, in.End()
}

// Of is the hour of a customer of a partition by place there, 0 to 23; -1 where too
// little is known.
func (f *Finder) Of(part, customer int) int8 { return f.parts[part][customer] }

// OfSome are the hours of some of the customers of a partition, in ascending order of
// their ids. The error says that the hours are those of other customers.
func (f *Finder) OfSome(part int, h *orders.Histories, ids []string) ([]int8, error) {
	found, at := make([]int8, len(ids)), 0
	if have, want := len(f.parts[part]), len(h.IDs); have != want {
		return nil, fmt.Errorf("preferred hours of %d customers: want those of %d", have, want)
	}
	for i, id := range ids {
		for h.IDs[at] != id {
			at++
		}
		found[i] = f.parts[part][at]
	}
	return found, nil
}

// purchases counts moments: lines of one moment are one purchase.
func purchases(h orders.History) (c Counts) {
	last := int64(0)
	for i := h.From; i < h.To; i++ {
		if at := h.Time[i]; h.Flags[i]&orders.FlagPurchase != 0 && at != last {
			c.Add(at)
			last = at
		}
	}
	return c
}
