package shop

import (
	"cmp"
	"slices"

	"winback/data"
)

// demoOrder is an order of the demo shop. Goods that came back are an order of
// their own with negative quantities.
type demoOrder struct {
	micros   int64 // local time since 1970-01-01
	customer uint32
	outlet   uint8
	items    []demoItem
}

// demoOrders draws what was bought on the purchase days and what came back, and
// brings all orders into the order of time.
func demoOrders(d draws, goods *catalogue, customers []demoCustomer) []demoOrder {
	var orders []demoOrder
	for i := range customers {
		c := &customers[i]
		own := d.of(demoSecond, uint64(i))
		orders = c.addOrder(orders, own, i, 0, c.first, c.items)
		for k, day := range c.later {
			items := goods.basket(own.of(demoBasket, uint64(k+1)), c.trade, c.taste+0.2)
			orders = c.addOrder(orders, own, i, k+1, day, items)
		}
		for _, day := range c.caused {
			k := causedPlace + int(day)
			items := goods.basket(own.of(demoBasket, uint64(k)), c.trade, c.taste+0.2)
			orders = c.addOrder(orders, own, i, k, day, items)
		}
	}
	slices.SortStableFunc(orders, func(a, b demoOrder) int {
		return cmp.Or(cmp.Compare(a.micros, b.micros), cmp.Compare(a.customer, b.customer))
	})
	return orders
}

// addOrder appends the k-th order of a customer, and the return of what it
// sends back of it.
func (c *demoCustomer) addOrder(orders []demoOrder, own draws, customer, k int, day data.Day, items []demoItem) []demoOrder {
	at := uint64(k)
	outlet := c.outlet
	if k > 0 && own.uniform(demoOtherOutlet, 2*at) < 0.12 {
		outlet = int(own.bits(demoOtherOutlet, 2*at+1) % uint64(len(outlets)))
	}
	orders = append(orders, demoOrder{
		micros: day.Micros() + secondOfDay(own, outlet, 2*at), customer: uint32(customer),
		outlet: uint8(outlet), items: items,
	})
	var back []demoItem
	for l, it := range items {
		if own.of(demoReturn, at).uniform(0, uint64(l)) < 0.028 {
			it.quantity = -it.quantity
			back = append(back, it)
		}
	}
	returned := day + 4 + data.Day(own.bits(demoReturnDelay, at)%18)
	if len(back) > 0 && returned <= demoLast {
		orders = append(orders, demoOrder{
			micros: returned.Micros() + secondOfDay(own, outlet, 2*at+1), customer: uint32(customer),
			outlet: uint8(outlet), items: back,
		})
	}
	return orders
}

// secondOfDay draws a time of day within the hours of a channel, in
// microseconds, most often in the middle of them.
func secondOfDay(own draws, outlet int, at uint64) int64 {
	hours := float64(outlets[outlet].end - outlets[outlet].opens)
	middle := (own.uniform(demoJitter, 2*at) + own.uniform(demoJitter, 2*at+1)) / 2
	seconds := int64((float64(outlets[outlet].opens) + hours*middle) * 3600)
	return seconds * 1_000_000
}
