package features

import (
	"errors"
	"math"

	"winback/data"
	"winback/data/orders"
)

// moneyLimit is the first sum, in ten-thousandths, that has no place in
// DECIMAL(18,4).
const moneyLimit = 1_000_000_000_000_000_000

var (
	errAmounts = errors.New("the amounts of one customer add up to 100,000,000,000,000 or more: amounts in a wrong unit?")
	errUnits   = errors.New("the quantities of one customer add up to 100,000,000,000,000 or more: quantities in a wrong unit?")
)

// past is what is known of one customer before a moment that moves forward in
// time. All sums are exact, and nothing depends on the order of lines at the
// same time.
type past struct {
	calendar
	orders []order // ascending by their first purchase time
	index  orderIndex

	dayEnd    int64 // first microsecond after the last purchase day
	dayOrder  int   // position of the order of the last purchase day's lines without an order id; -1: none
	lastKey   uint64
	lastOrder int // position of the order lastKey

	purchaseLines  int64
	returnLines    int64
	monetary       data.Money
	units          data.Money
	maxOrderValue  data.Money
	weekendOrders  int64
	returnedAmount data.Money
	netMonetary    data.Money
	turnover       uint64 // sum of |amount|: bounds every other sum of amounts

	products         codeSet
	categories       codeCounter
	channels         codeCounter
	firstChannel     uint32
	firstChannelTime int64
	lastChannel      uint32
	lastChannelTime  int64
}

// order is the known part of an order.
type order struct {
	time  int64 // of its first purchase line, microseconds
	value data.Money
	key   uint64   // 0 where it is all lines of a day without an order id
	day   data.Day // of its first purchase line
}

// manyOrders is how many orders of one customer take so much memory that it is
// given back.
const manyOrders = 1 << 16

// reset forgets everything, for a customer of so many lines.
func (p *past) reset(lines int, names *orders.Names) {
	p.calendar.reset()
	p.orders = p.orders[:0]
	if cap(p.orders) > manyOrders {
		p.orders, p.index = nil, orderIndex{}
	}
	if lines > manyOrders {
		p.orders = make([]order, 0, lines/2) // one large slice instead of ever larger ones
	}
	p.index.reset()
	p.products.reset(min(lines, len(names[data.Product])))
	p.categories.reset(len(names[data.Category]))
	p.channels.reset(len(names[data.Channel]))
	p.dayEnd, p.dayOrder, p.lastKey, p.lastOrder = math.MinInt64, -1, 0, -1
	p.purchaseLines, p.returnLines = 0, 0
	p.monetary, p.units, p.maxOrderValue, p.weekendOrders = 0, 0, 0, 0
	p.returnedAmount, p.netMonetary, p.turnover = 0, 0, 0
	p.firstChannel, p.lastChannel = 0, 0
}

// advance takes up the lines [from, to) of h up to the first one at or after
// the moment until, and returns that line. It and returns cut by themselves
// where everyone else asks orders.History.Before: all snapshots of a customer in
// one go see each line once.
func (p *past) advance(h *orders.Histories, from, to int, until int64) (int, error) {
	for i := from; i < to; i++ {
		if h.Time[i] >= until {
			return i, nil
		}
		amount, flags := h.Amount[i], h.Flags[i]
		p.netMonetary += amount
		p.turnover += magnitude(amount)
		if p.turnover >= moneyLimit {
			return i, errAmounts
		}
		if flags&orders.FlagPurchase != 0 {
			p.addPurchase(h, i)
			if p.units >= moneyLimit {
				return i, errUnits
			}
		} else if flags&orders.FlagReturn != 0 {
			p.returnLines++
			p.returnedAmount -= amount
		}
	}
	return to, nil
}

func (p *past) addPurchase(h *orders.Histories, i int) {
	time, amount := h.Time[i], h.Amount[i]
	if time >= p.dayEnd {
		p.addDay(data.DayOfMicros(time))
	}
	o := &p.orders[p.orderOf(h.Order[i], time)]
	o.value += amount
	p.maxOrderValue = max(p.maxOrderValue, o.value) // values only grow: amounts are not negative
	p.monetary += amount
	p.units += min(h.Quantity[i], moneyLimit)
	p.purchaseLines++
	p.products.add(h.Codes[data.Product][i])
	p.categories.add(h.Codes[data.Category][i])
	if channel := h.Codes[data.Channel][i]; channel != 0 {
		p.channels.add(channel)
		p.addChannel(channel, time)
	}
}

func (p *past) addDay(day data.Day) {
	p.calendar.add(day)
	p.dayEnd = (day + 1).Micros()
	p.dayOrder = -1
}

// orderOf returns the position of the order of a purchase line on the last
// purchase day, which it adds where it is new.
func (p *past) orderOf(key uint64, time int64) int {
	switch {
	case key == 0:
		if p.dayOrder < 0 {
			p.dayOrder = len(p.orders)
			p.addOrder(0, time)
		}
		return p.dayOrder
	case key != p.lastKey:
		p.lastKey = key
		p.lastOrder = p.index.find(key, p.orders)
		if p.lastOrder == len(p.orders) {
			p.addOrder(key, time)
		}
	}
	return p.lastOrder
}

func (p *past) addOrder(key uint64, time int64) {
	day := p.last()
	p.orders = append(p.orders, order{time: time, key: key, day: day})
	if day.Weekend() {
		p.weekendOrders++
	}
}

func (p *past) addChannel(channel uint32, time int64) {
	if p.firstChannel == 0 || (time == p.firstChannelTime && channel < p.firstChannel) {
		p.firstChannel, p.firstChannelTime = channel, time
	}
	if p.lastChannel == 0 || time > p.lastChannelTime || channel < p.lastChannel {
		p.lastChannel, p.lastChannelTime = channel, time
	}
}

// firstOrderValue returns the value of the first order, of several at the same
// time the smallest.
func (p *past) firstOrderValue() data.Money {
	value := p.orders[0].value
	for _, o := range p.orders[1:] {
		if o.time != p.orders[0].time {
			break
		}
		value = min(value, o.value)
	}
	return value
}

// lastOrderValue returns the value of the last order, of several at the same
// time the largest.
func (p *past) lastOrderValue() data.Money {
	last := len(p.orders) - 1
	value := p.orders[last].value
	for i := last - 1; i >= 0 && p.orders[i].time == p.orders[last].time; i-- {
		value = max(value, p.orders[i].value)
	}
	return value
}

// magnitude returns |m|, also of the smallest Money, which has no negative.
func magnitude(m data.Money) uint64 {
	if m < 0 {
		return -uint64(m)
	}
	return uint64(m)
}
