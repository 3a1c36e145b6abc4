// Package sendtime says when to contact a customer who may come back: the hours in
// which the shop's customers order, the weekday, and a day to wait for. A customer's
// own hours, weekday and channel are compared with the shop's on a past day, and
// used only where they are met more often by those who came back. It says when
// returning customers buy anyway, not when a contact works best.
package sendtime

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/data/wire"
	"winback/pipeline/wording"
)

// Settings are what a user decides.
type Settings struct {
	LapsedAfter int // days without a purchase; at least 1
	Horizon     int // days in which a customer may come back; at least 1
	Window      int // minutes in which messages go out: a multiple of 15, 15 to 1,440
	Wait        Wait
}

// Wait is what a customer may be worth waiting for.
type Wait string

// What may be waited for.
const (
	WaitNone        Wait = "none"
	WaitAnniversary Wait = "anniversary" // of a purchase day, a year or two ago
	WaitDue         Wait = "due"         // the goods of a customer who has not lapsed run out
)

const (
	countedDays   = 180 // before a day, whose orders say when the shop's customers buy
	step          = 15  // minutes between two windows that are compared
	minutesOfDay  = 1440
	oneMinute     = .95 // share of orders in one minute from which times tell no hour
	fewestOrders  = 3   // orders or purchase days that make a habit
	weekdays      = 7
	unknown       = -1
	leadDays      = 7   // before an anniversary
	anniversary   = 364 // days: the same weekday a year ago
	anniversaries = 2
)

// Shop is when the shop's customers bought in the 180 days before a day.
type Shop struct {
	From, To int     // minutes of the day, To after From; 0, 0 where the hours are not known
	Share    float64 // of the orders in between
	Weekday  time.Weekday
	HasDay   bool // a weekday is known
	channel  uint32
	busy     [weekdays]int64 // purchase days by weekday
}

// HasHours says whether the hours of orders are known.
func (s *Shop) HasHours() bool { return s.To > s.From }

// Counter is a walk that counts when the shop's customers bought. Add may be called
// from several goroutines, once for each partition.
type Counter struct {
	s   Settings
	day data.Day

	mu     sync.Mutex
	counts counts
}

type counts struct {
	minutes  [minutesOfDay]int64 // orders
	weekdays [weekdays]int64     // purchase days
	channels []int64             // purchase lines, by code of the channel
}

// NewCounter starts the walk for what was known when a day began; channels is how
// many channels there are.
func NewCounter(s Settings, channels int, day data.Day) *Counter {
	return &Counter{s: s, day: day, counts: counts{channels: make([]int64, channels+1)}}
}

// Add counts a partition.
func (c *Counter) Add(h *orders.Histories) {
	found := counts{channels: make([]int64, len(c.counts.channels))}
	from := (c.day - countedDays).Micros()
	for i := range h.IDs {
		found.add(h.Customer(i).Before(c.day), from)
	}
	c.merge(&found)
}

func (c *Counter) merge(found *counts) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for i, n := range found.minutes {
		c.counts.minutes[i] += n
	}
	for i, n := range found.weekdays {
		c.counts.weekdays[i] += n
	}
	for i, n := range found.channels {
		c.counts.channels[i] += n
	}
}

// Part is all that was counted, for AddPart of a counter of the same day elsewhere.
func (c *Counter) Part() []byte {
	var out wire.NumberWriter
	c.counts.sums(&out)
	return out.Bytes()
}

// AddPart adds what was counted elsewhere.
func (c *Counter) AddPart(text []byte) error {
	found := counts{channels: make([]int64, len(c.counts.channels))}
	in := wire.NumbersOf(text)
	found.sums(in)
	c.merge(&found)
	return in.End()
}

// sums writes all counts, or adds those that are read.
func (c *counts) sums(to wire.Sums) {
	wire.SumEach(to, c.minutes[:])
	wire.SumEach(to, c.weekdays[:])
	wire.SumEach(to, c.channels)
}

// add counts the purchases of a customer from a time on: an order is what was
// bought at one time.
func (c *counts) add(known orders.History, from int64) {
	for known.To > known.From && known.Time[known.From] < from {
		known.From++
	}
	last, day := int64(from-1), data.Day(0)
	for i := range known.Purchases() {
		if channel := known.Codes[data.Channel][i]; channel > 0 {
			c.channels[channel]++
		}
		if known.Time[i] == last {
			continue
		}
		at := data.DayOfMicros(known.Time[i])
		if last < from || at != day {
			c.weekdays[weekdayOf(at)]++
		}
		last, day = known.Time[i], at
		c.minutes[minuteOf(last, at)]++
	}
}

func minuteOf(micros int64, day data.Day) int {
	return int((micros - day.Micros()) / time.Minute.Microseconds())
}

func weekdayOf(day data.Day) time.Weekday {
	return time.Weekday(((int(day)+4)%weekdays + weekdays) % weekdays)
}

// Shop ends the walk.
func (c *Counter) Shop() *Shop {
	s := &Shop{busy: c.counts.weekdays}
	total := int64(0)
	for _, n := range c.counts.minutes {
		total += n
	}
	if total > 0 && float64(slices.Max(c.counts.minutes[:])) < oneMinute*float64(total) {
		s.From = bestWindow(&c.counts.minutes, c.s.Window)
		s.To = s.From + c.s.Window
		s.Share = float64(sum(c.counts.minutes[s.From:s.To])) / float64(total)
	}
	if most := slices.Max(s.busy[:]); most > 0 {
		s.Weekday, s.HasDay = time.Weekday(slices.Index(s.busy[:], most)), true
	}
	if most := slices.Max(c.counts.channels); most > 0 {
		s.channel = uint32(slices.Index(c.counts.channels, most))
	}
	return s
}

func sum(counts []int64) (total int64) {
	for _, n := range counts {
		total += n
	}
	return total
}

// bestWindow is where the window that covers most begins, the earliest of equal ones.
func bestWindow(minutes *[minutesOfDay]int64, length int) (from int) {
	most := int64(-1)
	for start := 0; start+length <= minutesOfDay; start += step {
		if n := sum(minutes[start : start+length]); n > most {
			most, from = n, start
		}
	}
	return from
}

// Words say when messages go out and what the trial of own hours said.
func (s *Shop) Words(hours *Trial) string {
	if !s.HasHours() {
		return "when to send is not known: the orders have no times of day"
	}
	text := fmt.Sprintf("send between %s and %s, when %s of the orders of the last %d days came", clock(s.From), clock(s.To), wording.Prose.Percent(s.Share), countedDays)
	switch {
	case hours.Customers == 0:
		return text + "; customers' own hours could not be tested"
	case hours.OwnChosen():
		return text + "; customers' own hours were tested and are better: " + hours.Why
	}
	return text + "; customers' own hours were tested and are no better"
}

// SendingWords say when messages to a group go out: "between 11:30 and 15:30, most on
// Thursday"; "" where nothing is known.
func SendingWords(s tables.Sending) string {
	var parts []string
	if s.HasHours {
		parts = append(parts, "between "+clock(int(s.From))+" and "+clock(int(s.To)))
	}
	if s.Weekday != "" {
		parts = append(parts, "most on "+s.Weekday)
	}
	return strings.Join(parts, ", ")
}

// clock writes minutes of a day.
func clock(minutes int) string { return fmt.Sprintf("%02d:%02d", minutes/60, minutes%60) }
