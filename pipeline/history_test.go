package pipeline

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"winback/data"
	"winback/internal/ordertest"
)

// soldLine is one line of an invented order history.
type soldLine struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	OrderDate  int32  `parquet:"order_date,date"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
	Quantity   int32  `parquet:"quantity"`
	Price      int64  `parquet:"unit_price,decimal(2:18)"`
	SKU        string `parquet:"sku"`
	Category   string `parquet:"category"`
	Channel    string `parquet:"channel"`
	Status     string `parquet:"status"`
}

// invented collects the lines of an invented shop. Amounts are in cents.
type invented struct {
	lines  []soldLine
	orders int
}

// buy adds an order of one line per amount.
func (s *invented) buy(customer string, day data.Day, cents ...int64) {
	s.orders++
	for k, c := range cents {
		s.lines = append(s.lines, soldLine{customer, fmt.Sprintf("o%07d", s.orders), int32(day), c, 1, c, fmt.Sprintf("p%d", k), "tea", "web", "paid"})
	}
}

// giveBack adds a return.
func (s *invented) giveBack(customer string, day data.Day, cents int64) {
	s.orders++
	s.lines = append(s.lines, soldLine{customer, fmt.Sprintf("o%07d", s.orders), int32(day), -cents, -1, cents, "p0", "tea", "web", "paid"})
}

// read writes the lines as Parquet and reads them back as orders.
func (s *invented) read(t testing.TB, opts data.ReadOptions) *data.Orders {
	t.Helper()
	return ordertest.Read(t, s.lines, opts)
}

// firstDay is where invented histories begin, a Monday.
const firstDay = data.Day(19_002)

// habit is how a customer of a random shop buys: so many purchases a year, for
// as long as the customer stays.
type habit struct{ from, until, perYear float64 }

// randomShop invents customers who join over the whole time, buy at their own
// pace and leave. Of their goods 3 % come back within two weeks.
func randomShop(rng *rand.Rand, customers, days int) *invented {
	s := &invented{}
	for c := range customers {
		id := fmt.Sprintf("c%05d", c)
		h := habit{perYear: 1 + 8*rng.ExpFloat64()}
		h.from = float64(days) * (rng.Float64()*1.3 - 0.3)
		h.until = h.from + 30 + 200*rng.ExpFloat64()
		for at := h.from; at < h.until && at < float64(days); at += rng.ExpFloat64() * 365 / h.perYear {
			if at < 0 {
				continue
			}
			cents := 500 + int64(4000*rng.ExpFloat64())
			s.buy(id, firstDay+data.Day(at), cents)
			if back := int(at) + 1 + rng.IntN(14); rng.Float64() < 0.03 && back < days {
				s.giveBack(id, firstDay+data.Day(back), cents)
			}
		}
	}
	return s
}

// change edits the lines from a day on; edit says whether the line stays.
func (s *invented) change(from data.Day, edit func(*soldLine) bool) *invented {
	changed := &invented{orders: s.orders}
	for _, l := range s.lines {
		if data.Day(l.OrderDate) < from || edit(&l) {
			changed.lines = append(changed.lines, l)
		}
	}
	return changed
}
