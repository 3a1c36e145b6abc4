package shop

import (
	"slices"
	"time"

	"winback/data"
)

// demoCustomers is the number of customers of the demo shop.
const demoCustomers = 60_000

var (
	demoFirst = data.DayOf(time.Date(2023, 7, 1, 0, 0, 0, 0, time.UTC))
	demoLast  = data.DayOf(time.Date(2026, 6, 30, 0, 0, 0, 0, time.UTC))
)

// Truth is what was planted in the demo shop and must be found again. All but
// EverIntervalDays and the rate of the middle class, which fit themselves to the
// shop, is the same for every seed.
type Truth struct {
	AsOf data.Day // the day after the newest day of the shop

	// IntervalDays are the smallest days by which the shares IntervalShares of
	// the first-to-second purchase intervals seen by AsOf had come back.
	IntervalDays   [3]int
	IntervalShares [3]float64
	// EverIntervalDays are the same days for all who come back at all, also
	// after AsOf: what a method that allows for young customers looks for.
	EverIntervalDays [3]int

	// FirstOrderCuts part the customers by the value of their first order, in
	// units of currency: below the first, from the first to below the second,
	// and the rest. Rates are the shares of these classes with a second
	// purchase day at most WithinDays days after the first, among those followed
	// so long; OverallRate is the share of all.
	FirstOrderCuts [2]float64
	Rates          [3]float64
	OverallRate    float64
	WithinDays     int
}

// plantedTruth is the part of the truth that is given.
func plantedTruth() Truth {
	return Truth{
		AsOf:           demoLast + 1,
		IntervalDays:   [3]int{26, 133, 404},
		IntervalShares: [3]float64{0.30, 0.60, 0.90},
		FirstOrderCuts: [2]float64{149, 412},
		Rates:          [3]float64{0.124, 0, 0.262},
		OverallRate:    0.193,
		WithinDays:     365,
	}
}

// class returns 0, 1 or 2 for a first order worth that many cents.
func (t Truth) class(cents int64) int {
	switch {
	case cents < int64(t.FirstOrderCuts[0]*100):
		return 0
	case cents < int64(t.FirstOrderCuts[1]*100):
		return 1
	}
	return 2
}

// DemoShop is a shop of three years, 2023-07-01 to 2026-06-30, with known truth.
//
// Whether a first buyer comes back depends on the class of the first order's
// value, on its channel and on its category; how soon, on the category. Later
// returns depend on the number of orders, the class, channel and category, and
// on each customer's own pace. First purchases are more frequent in November
// and December. About 2.6 % of the lines are goods that came back, orders of
// their own with negative quantities and the price of the purchase.
type DemoShop struct {
	Truth Truth

	seed      draws
	customers []demoCustomer
	orders    []demoOrder
}

// Customers returns the number of customers, each with at least one purchase.
func (s *DemoShop) Customers() int { return len(s.customers) }

// Purchases returns the id of a customer, counted from 0 in the order of first
// purchases, and the purchase days within the shop, ascending.
func (s *DemoShop) Purchases(customer int) (id string, days []data.Day) {
	c := &s.customers[customer]
	days = slices.Concat([]data.Day{c.first}, c.later, c.caused)
	slices.Sort(days)
	return demoID(customer), slices.Compact(days)
}

// Orders returns the number of orders, returned goods counted as orders.
func (s *DemoShop) Orders() int { return len(s.orders) }

// Demo makes the demo shop. The same seed gives the same shop.
func Demo(seed uint64) *DemoShop {
	d := draws(mix(seed))
	goods := newCatalogue()
	s := &DemoShop{Truth: plantedTruth(), seed: d}
	s.customers = newCustomers(d, goods, s.Truth)
	s.Truth.Rates[1] = middleRate(s.Truth, s.customers)
	plan := newReturnPlan(s.Truth, s.customers)
	s.Truth.EverIntervalDays = plan.curve.quantiles(s.Truth.IntervalShares)
	plan.plant(d, s.customers, goods)
	s.orders = demoOrders(d, goods, s.customers)
	return s
}

// middleRate is the return rate of the middle class with which the three
// classes together come to the overall rate.
func middleRate(truth Truth, customers []demoCustomer) float64 {
	var heads [3]float64
	for i := range customers {
		heads[customers[i].class]++
	}
	all := heads[0] + heads[1] + heads[2]
	return (truth.OverallRate*all - truth.Rates[0]*heads[0] - truth.Rates[2]*heads[2]) / heads[1]
}
