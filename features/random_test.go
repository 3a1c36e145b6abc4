package features

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"

	"winback/data"
	"winback/data/orders"
)

// line is an order line as the tests write it down.
type line struct {
	customer string
	order    uint64 // 0: none
	time     int64
	amount   data.Money
	quantity data.Money
	product  uint32
	category uint32
	channel  uint32
	isReturn bool
}

func (l line) day() data.Day { return data.DayOfMicros(l.time) }

func (l line) isPurchase() bool { return !l.isReturn && l.amount >= 0 && l.quantity > 0 }

func testNames() *orders.Names {
	names := &orders.Names{
		data.Category: []string{"", "books", "lamps", "toys", "zips"},
		data.Channel:  []string{"app", "phone", "store", "web"},
	}
	for i := range 12 {
		names[data.Product] = append(names[data.Product], fmt.Sprintf("p%02d", i))
	}
	return names
}

// historiesOf brings lines into the form that reading gives them. The order of
// lines of a customer at the same time is kept.
func historiesOf(lines []line, names *orders.Names) *orders.Histories {
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b line) int {
		if c := cmp.Compare(a.customer, b.customer); c != 0 {
			return c
		}
		return cmp.Compare(a.time, b.time)
	})
	h := &orders.Histories{Names: names}
	for i, l := range sorted {
		if i == 0 || sorted[i-1].customer != l.customer {
			h.IDs = append(h.IDs, l.customer)
			h.Start = append(h.Start, int32(i))
		}
		h.Time = append(h.Time, l.time)
		h.Order = append(h.Order, l.order)
		h.Amount = append(h.Amount, l.amount)
		h.Quantity = append(h.Quantity, l.quantity)
		h.Codes[data.Product] = append(h.Codes[data.Product], l.product)
		h.Codes[data.Category] = append(h.Codes[data.Category], l.category)
		h.Codes[data.Channel] = append(h.Codes[data.Channel], l.channel)
		flags := orders.LineFlags(0)
		if l.isReturn {
			flags |= orders.FlagReturn
		}
		if l.isPurchase() {
			flags |= orders.FlagPurchase
		}
		h.Flags = append(h.Flags, flags)
	}
	h.Start = append(h.Start, int32(len(sorted)))
	return h
}

const testAsOf = data.Day(19_000) // 2022-01-08

// randomCustomer makes up a short history full of ties in time, orders over
// several days, returns, adjustments, zero quantities and missing names, some
// of it on and after the as-of day.
func randomCustomer(r *rand.Rand, id string, names *orders.Names) []line {
	count := 1 + r.IntN(12)
	if r.IntN(10) == 0 {
		count = 1 + r.IntN(80)
	}
	span := []int{3, 40, 400, 1300}[r.IntN(4)]
	withOrders := r.IntN(3) // none, some, all
	lines := make([]line, count)
	for i := range lines {
		day := testAsOf + data.Day(r.IntN(span+70)-span)
		l := line{
			customer: id,
			time:     day.Micros() + []int64{0, 0, 1, 43_200_000_000, 86_399_999_999}[r.IntN(5)],
			amount:   data.Money(r.IntN(2_000_000)),
			quantity: data.Money(10_000 * (1 + r.IntN(4))),
			product:  uint32(r.IntN(len(names[data.Product]) + 1)),
			category: uint32(r.IntN(len(names[data.Category]) + 1)),
			channel:  uint32(r.IntN(len(names[data.Channel]) + 1)),
		}
		if withOrders == 2 || (withOrders == 1 && r.IntN(2) == 0) {
			l.order = 1 + uint64(r.IntN(6))
		}
		switch r.IntN(12) {
		case 0: // a return
			l.amount, l.quantity, l.isReturn = -l.amount, -l.quantity, true
		case 1: // a status of a return: no value of its own
			l.amount, l.isReturn = 0, true
		case 2: // an adjustment
			l.amount = -l.amount
		case 3:
			l.quantity = 0
		case 4:
			l.amount = 0
		case 5: // same value as others, parts of units
			l.amount, l.quantity = 50_000, 3_333
		}
		lines[i] = l
	}
	return lines
}

func randomShop(seed uint64, customers int, names *orders.Names) []line {
	r := rand.New(rand.NewPCG(seed, 1))
	var lines []line
	for i := range customers {
		lines = append(lines, randomCustomer(r, fmt.Sprintf("c%06d", i), names)...)
	}
	return lines
}

// shuffledTies returns the lines in another order, which historiesOf keeps
// among lines of a customer at the same time.
func shuffledTies(seed uint64, lines []line) []line {
	shuffled := slices.Clone(lines)
	r := rand.New(rand.NewPCG(seed, 2))
	r.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	return shuffled
}
