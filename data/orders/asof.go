package orders

import (
	"iter"
	"math"

	"winback/data"
)

// History is a stretch of the lines of one customer, in time order. It is a
// value of three words: to cut it costs no memory. The columns are those of its
// partition, so that line i of the stretch is h.Amount[i].
type History struct {
	*Histories
	From, To int // its lines are [From, To)
}

// Customer returns all lines of customer c, those of the as-of day and later
// among them.
func (h *Histories) Customer(c int) History {
	return History{h, int(h.Start[c]), int(h.Start[c+1])}
}

// Before cuts at a day: what is left was known when the day began.
func (h History) Before(day data.Day) History {
	for end := day.Micros(); h.To > h.From && h.Time[h.To-1] >= end; {
		h.To--
	}
	return h
}

// Since is what Before cuts off: the lines of the day and later.
func (h History) Since(day data.Day) History {
	return History{h.Histories, h.Before(day).To, h.To}
}

// Purchases goes through the purchase lines.
func (h History) Purchases() iter.Seq[int] {
	return func(yield func(line int) bool) {
		flags := h.Flags[:h.To]
		for i := h.From; i < len(flags); i++ {
			if flags[i]&FlagPurchase != 0 && !yield(i) {
				return
			}
		}
	}
}

// PurchaseDays goes through the days on which the customer bought, ascending
// and each once.
func (h History) PurchaseDays() iter.Seq[data.Day] {
	return func(yield func(data.Day) bool) {
		known := int64(math.MinInt64)
		for i := h.From; i < h.To; i++ {
			if h.Flags[i]&FlagPurchase == 0 || h.Time[i] < known {
				continue
			}
			day := data.DayOfMicros(h.Time[i])
			if !yield(day) {
				return
			}
			known = (day + 1).Micros()
		}
	}
}

// HasLapsed says whether there is a purchase, and the last lies at least so many
// days before a day.
func (h History) HasLapsed(day data.Day, days int) bool {
	for i := h.To - 1; i >= h.From; i-- {
		if h.Flags[i]&FlagPurchase != 0 {
			return int(day-data.DayOfMicros(h.Time[i])) >= days
		}
	}
	return false
}

// HasPurchase says whether the customer bought at all.
func (h History) HasPurchase() bool {
	for range h.Purchases() {
		return true
	}
	return false
}
