package shop

import (
	"slices"
	"time"

	"winback/data"
)

// demoCustomer is a customer of the demo shop, numbered in the order of first
// purchases.
type demoCustomer struct {
	first   data.Day   // first purchase day
	outlet  int        // channel of the first order, and of most later ones
	trade   int        // favourite category, that of the first line
	taste   float64    // standard normal, above 0 buys dear things
	items   []demoItem // first order
	value   int64      // of the first order, cents
	class   int        // of that value, 0 to 2
	later   []data.Day // second and later purchase days, ascending; those after demoLast are left out
	caused  []data.Day // purchase days that only a contact made, ascending
	chance  float64    // planted probability of ever coming back
	returns bool       // comes back, perhaps after demoLast
}

// What the numbers of a demo customer are drawn for.
const (
	demoFirstDay = iota
	demoOutlet
	demoTrade
	demoTaste
	demoBasket
	demoChance
	demoDelay
	demoJitter
	demoPace
	demoNext
	demoGap
	demoPause
	demoPeak
	demoSecond
	demoReturn
	demoReturnDelay
	demoOtherOutlet
	demoContact
	demoContactDelay
	demoCaused
	demoForward
)

// weight is how much more often than others of its class a customer with this
// channel and category comes back.
func (c *demoCustomer) weight() float64 {
	return outlets[c.outlet].returning * trades[c.trade].returning
}

// newCustomers draws all customers with their first orders.
func newCustomers(d draws, goods *catalogue, truth Truth) []demoCustomer {
	edges := firstDayEdges()
	customers := make([]demoCustomer, demoCustomers)
	for i := range customers {
		own := d.of(0, uint64(i))
		// Evenly spread over the weights, so that every season has its share.
		place := (float64(i) + own.uniform(demoFirstDay, 0)) / demoCustomers * edges[len(edges)-1]
		day, _ := slices.BinarySearch(edges, place)
		c := &customers[i]
		c.first = demoFirst + data.Day(min(day, len(edges)-1))
		c.outlet = pick(own.uniform(demoOutlet, 0), goods.outletShare)
		c.trade = pick(own.uniform(demoTrade, 0), goods.tradeShares)
		c.taste = own.normal(demoTaste, 0)
		c.items = goods.basket(own.of(demoBasket, 0), c.trade, c.taste)
		c.value = valueCents(c.items)
		c.class = truth.class(c.value)
	}
	return customers
}

// firstDayEdges is the running sum, over the days of the shop, of how many
// first purchases a day draws: more in November and December, on Saturdays and
// Sundays, and slowly more from year to year.
func firstDayEdges() []float64 {
	var edges []float64
	sum := 0.0
	for day := demoFirst; day <= demoLast; day++ {
		w := 1 + 0.10*float64(day-demoFirst)/365
		if inPeak(day) {
			w *= 1.5
		}
		if day.Weekend() {
			w *= 1.2
		}
		sum += w
		edges = append(edges, sum)
	}
	return edges
}

// inPeak says whether a day lies in the shop's peak season.
func inPeak(day data.Day) bool {
	m := day.Time().Month()
	return m == time.November || m == time.December
}
