// Package hours finds the hour of the day at which a customer buys, opens messages
// and clicks.
package hours

import (
	"maps"
	"slices"
	"strings"
	"sync"

	"winback/data"
	"winback/data/orders"
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

	adding sync.Mutex
	parts  map[int][]found
}

// found is a customer with a preferred hour.
type found struct {
	id   string
	hour int32
}

// NewFinder looks at what was known before a day; answered are opens and clicks until
// then, by customer.
func NewFinder(asOf data.Day, quiet Quiet, answered map[string]*Counts) *Finder {
	return &Finder{asOf: asOf, quiet: quiet, answered: answered, parts: map[int][]found{}}
}

// Add looks at a partition. It may be called from several goroutines.
func (f *Finder) Add(part int, h *orders.Histories) {
	var list []found
	for i, id := range h.IDs {
		counts := purchases(h.Customer(i).Before(f.asOf))
		if answers := f.answered[id]; answers != nil {
			for hour, n := range answers {
				counts[hour] += n
			}
		}
		if hour, known := counts.preferred(f.quiet); known {
			list = append(list, found{id, int32(hour)})
		}
	}
	f.adding.Lock()
	defer f.adding.Unlock()
	f.parts[part] = list
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

// Preferred are hours of the day by customer, 0 to 23.
type Preferred []found

// Preferred are the hours found on the walk.
func (f *Finder) Preferred() Preferred {
	var all Preferred
	for _, part := range slices.Sorted(maps.Keys(f.parts)) { // ranges of ids
		all = append(all, f.parts[part]...)
	}
	return all
}

// Of is the hour of a customer; nil where too little is known.
func (p Preferred) Of(id string) *int32 {
	at, known := slices.BinarySearchFunc(p, id, func(f found, id string) int { return strings.Compare(f.id, id) })
	if !known {
		return nil
	}
	return &p[at].hour
}

// OfAll are the hours of customers in ascending order of their ids.
func (p Preferred) OfAll(ids []string) []*int32 {
	hours, at := make([]*int32, len(ids)), 0
	for i, id := range ids {
		for at < len(p) && p[at].id < id {
			at++
		}
		if at < len(p) && p[at].id == id {
			hours[i] = &p[at].hour
		}
	}
	return hours
}
