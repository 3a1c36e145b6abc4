package sendtime

import (
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
)

// Tonight is a walk that finds the weekday of each lapsed customer, and the day to
// wait for. Add may be called from several goroutines, once for each partition.
type Tonight struct {
	s    Settings
	shop *Shop
	day  data.Day

	mu    sync.Mutex
	parts map[int][]habit
}

// habit is of one lapsed customer.
type habit struct {
	weekday int8  // unknown: no habit
	wait    int16 // days from tonight; 0: none
}

// NewTonight starts the walk for what the shop knows on the day of the counter.
func NewTonight(c *Counter) *Tonight {
	return &Tonight{s: c.s, shop: c.Shop(), day: c.day, parts: map[int][]habit{}}
}

// Shop is when the shop's customers buy.
func (t *Tonight) Shop() *Shop { return t.shop }

// Add looks at the customers of a partition.
func (t *Tonight) Add(part int, h *orders.Histories) {
	var found []habit
	for i := range h.IDs {
		known := h.Customer(i).Before(t.day)
		if !known.HasLapsed(t.day, t.s.LapsedAfter) {
			continue
		}
		own := habit{weekday: unknown}
		if weekday, has := t.shop.weekdayOfMost(known); has {
			own.weekday = int8(weekday)
		}
		if t.s.Wait == WaitAnniversary {
			if until, has := t.s.waitUntil(known, t.day); has {
				own.wait = int16(until - t.day)
			}
		}
		found = append(found, own)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.parts[part] = found
}

// Lapsed ends the walk: when to contact the lapsed customers, in the order of their
// ids. Own weekdays count only where they were found to be better.
func (t *Tonight) Lapsed(own bool) *Lapsed {
	l := &Lapsed{Shop: t.shop, day: t.day, own: own}
	for _, part := range slices.Sorted(maps.Keys(t.parts)) {
		l.habits = append(l.habits, t.parts[part]...)
	}
	return l
}

// Lapsed says when to contact tonight's lapsed customers.
type Lapsed struct {
	Shop   *Shop
	day    data.Day
	own    bool
	habits []habit
}

// Len is how many customers there are.
func (l *Lapsed) Len() int { return len(l.habits) }

// Of are the columns of a lapsed customer, by place in the order of ids; nothing
// where l is nil.
func (l *Lapsed) Of(row int32) (w tables.When) {
	if l == nil {
		return w
	}
	h := l.habits[row]
	if l.own && h.weekday != unknown {
		w.Weekday = time.Weekday(h.weekday).String()
	}
	if h.wait > 0 {
		w.WaitUntil = l.day + data.Day(h.wait)
		w.WaitReason = fmt.Sprintf("bought at this time of the year before: next around %s", (w.WaitUntil + leadDays).Time().Format("2 January"))
	}
	return w
}

// Waits says whether a lapsed customer is to be contacted on a later day.
func (l *Lapsed) Waits(row int32) bool { return l != nil && l.habits[row].wait > 0 }

// OfGroup are the columns of a group of lapsed customers.
func (l *Lapsed) OfGroup(rows []int32) (s tables.Sending) {
	if l == nil {
		return s
	}
	if l.Shop.HasHours() {
		s.From, s.To, s.HasHours = int32(l.Shop.From), int32(l.Shop.To), true
	}
	if l.Shop.HasDay {
		s.Weekday = l.weekdayOfMost(rows).String()
	}
	return s
}

// weekdayOfMost is the weekday of most of the customers where their own count, else
// the shop's.
func (l *Lapsed) weekdayOfMost(rows []int32) time.Weekday {
	if !l.own {
		return l.Shop.Weekday
	}
	var count [weekdays]int
	for _, row := range rows {
		day := l.Shop.Weekday
		if own := l.habits[row].weekday; own != unknown {
			day = time.Weekday(own)
		}
		count[day]++
	}
	most := l.Shop.Weekday
	for d := range count {
		if count[d] > count[most] {
			most = time.Weekday(d)
		}
	}
	return most
}
