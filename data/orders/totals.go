package orders

import (
	"slices"

	"winback/data"
)

// countTotalsOnce keeps the amount of an order on the first of its lines and
// takes it off the others.
func (b *historyBuilder) countTotalsOnce() {
	h := &b.out
	if b.counted == nil {
		b.counted = map[uint64]struct{}{}
	}
	for c := range h.Customers() {
		clear(b.counted)
		for i := h.Start[c]; i < h.Start[c+1]; i++ {
			if h.Order[i] == 0 {
				continue
			}
			// The purchase lines of an order carry one total, its return lines another.
			key := h.Order[i] ^ uint64(h.Flags[i]&FlagReturn)
			if _, seen := b.counted[key]; seen {
				h.Amount[i] = 0
			}
			b.counted[key] = struct{}{}
		}
	}
}

// TotalsRepeated says whether a partition's amounts look like totals of orders
// that stand on each of their lines: orders of several products, all lines of
// the same amount. alike counts those of them whose amount the order before has
// too: where most are alike, as in a shop of one price, equal amounts within an
// order prove nothing. byTime takes the lines of one moment for an order, where there
// are no ids.
func TotalsRepeated(h *Histories, byTime bool) (orders, equal, alike int) {
	type seen struct {
		order   uint64
		amount  data.Money
		product uint32
		differs bool // products differ
		equal   bool // amounts are equal
	}
	var open []seen
	products := h.Codes[data.Product]
	before := data.Money(-1)
	flush := func() {
		for _, s := range open {
			if s.differs {
				orders++
				if s.equal {
					equal++
				}
				if s.amount == before {
					alike++
				}
				before = s.amount
			}
		}
		open = open[:0]
	}
	for c := range h.Customers() {
		last := int64(0)
		for i := h.Start[c]; i < h.Start[c+1]; i++ {
			order := h.Order[i]
			if byTime {
				order = uint64(h.Time[i])
			}
			if h.Flags[i]&FlagPurchase == 0 || order == 0 || h.Amount[i] == 0 {
				continue
			}
			if h.Time[i]-last > data.MicrosPerDay || len(open) > 64 {
				flush()
			}
			last = h.Time[i]
			at := slices.IndexFunc(open, func(s seen) bool { return s.order == order })
			if at < 0 {
				open = append(open, seen{order, h.Amount[i], products[i], false, true})
				continue
			}
			open[at].differs = open[at].differs || open[at].product != products[i]
			open[at].equal = open[at].equal && open[at].amount == h.Amount[i]
		}
		flush()
	}
	return orders, equal, alike
}
