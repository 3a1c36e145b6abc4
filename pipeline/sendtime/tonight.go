package sendtime

import (
	"fmt"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
)

// Tonight finds, on a walk, the weekday of each lapsed customer, and the day to wait for.
type Tonight struct {
	s    Settings
	shop *Shop
	day  data.Day
}

// NewTonight readies the walk for what the shop knows on the day of the counter.
func NewTonight(c *Counter) *Tonight {
	return &Tonight{s: c.s, shop: c.Shop(), day: c.day}
}

// Shop is when the shop's customers buy.
func (t *Tonight) Shop() *Shop { return t.shop }

// Of looks at the lapsed customers of a partition: the weekday on which each buys most
// (0 is Sunday, -1: none), and in how many days to contact each (0: tonight). It may be
// called from several goroutines.
func (t *Tonight) Of(h *orders.Histories) (weekdays []int8, waits []int16) {
	for i := range h.IDs {
		known := h.Customer(i).Before(t.day)
		if !known.HasLapsed(t.day, t.s.LapsedAfter) {
			continue
		}
		own, wait := int8(unknown), int16(0)
		if weekday, has := t.shop.weekdayOfMost(known); has {
			own = int8(weekday)
		}
		if t.s.Wait == WaitAnniversary {
			if until, has := t.s.waitUntil(known, t.day); has {
				wait = int16(until - t.day)
			}
		}
		weekdays, waits = append(weekdays, own), append(waits, wait)
	}
	return weekdays, waits
}

// When says when to contact tonight's lapsed customers. Own weekdays count only where
// they were found to be better.
func (t *Tonight) When(own bool) *When { return &When{Shop: t.shop, day: t.day, own: own} }

// When says when to contact customers.
type When struct {
	Shop *Shop
	day  data.Day
	own  bool
}

// Of are the columns of a customer with such a weekday and wait, as Tonight.Of has them.
func (w *When) Of(weekday int8, wait int16) (c tables.When) {
	if w.own && weekday != unknown {
		c.Weekday = time.Weekday(weekday).String()
	}
	if wait > 0 {
		c.WaitUntil = w.day + data.Day(wait)
		c.WaitReason = fmt.Sprintf("bought at this time of the year before: next around %s", (c.WaitUntil + leadDays).Time().Format("2 January"))
	}
	return c
}

// Weekdays counts customers by the weekday on which they buy most.
type Weekdays [weekdays + 1]int

// Add counts a customer; -1 is one without a weekday.
func (c *Weekdays) Add(weekday int8) { c[weekday+1]++ }

// OfGroup are the columns of a group with customers of such weekdays; nothing where w
// is nil.
func (w *When) OfGroup(of *Weekdays) (s tables.Sending) {
	if w == nil {
		return s
	}
	if w.Shop.HasHours() {
		s.From, s.To, s.HasHours = int32(w.Shop.From), int32(w.Shop.To), true
	}
	if w.Shop.HasDay {
		s.Weekday = w.weekdayOfMost(of).String()
	}
	return s
}

// weekdayOfMost is the weekday of most of the customers where their own count, else
// the shop's.
func (w *When) weekdayOfMost(of *Weekdays) time.Weekday {
	if !w.own {
		return w.Shop.Weekday
	}
	count := [weekdays]int(of[1:])
	count[w.Shop.Weekday] += of[0]
	most := w.Shop.Weekday
	for d := range count {
		if count[d] > count[most] {
			most = time.Weekday(d)
		}
	}
	return most
}
