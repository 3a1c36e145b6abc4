package ordertest

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"winback/data"
	"winback/data/orders"
)

// SoldLine is one line of an invented order history.
type SoldLine struct {
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

// Invented collects the lines of an invented shop. Amounts are in cents.
type Invented struct {
	Lines  []SoldLine
	orders int
}

// Buy adds an order of one line per amount.
func (s *Invented) Buy(customer string, day data.Day, cents ...int64) {
	s.orders++
	for k, c := range cents {
		s.Lines = append(s.Lines, SoldLine{customer, fmt.Sprintf("o%07d", s.orders), int32(day), c, 1, c, fmt.Sprintf("p%d", k), "tea", "web", "paid"})
	}
}

// GiveBack adds a return.
func (s *Invented) GiveBack(customer string, day data.Day, cents int64) {
	s.orders++
	s.Lines = append(s.Lines, SoldLine{customer, fmt.Sprintf("o%07d", s.orders), int32(day), -cents, -1, cents, "p0", "tea", "web", "paid"})
}

// Read writes the lines as Parquet and reads them back as orders.
func (s *Invented) Read(t testing.TB, opts orders.Options) *orders.Table {
	t.Helper()
	return Read(t, s.Lines, opts)
}

// FirstDay is where invented histories begin, a Monday.
const FirstDay = data.Day(19_002)

// habit is how a customer of a random shop buys: so many purchases a year, for
// as long as the customer stays.
type habit struct{ from, until, perYear float64 }

// RandomShop invents customers who join over the whole time, buy at their own
// pace and leave. Of their goods 3 % come back within two weeks.
func RandomShop(rng *rand.Rand, customers, days int) *Invented {
	s := &Invented{}
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
			s.Buy(id, FirstDay+data.Day(at), cents)
			if back := int(at) + 1 + rng.IntN(14); rng.Float64() < 0.03 && back < days {
				s.GiveBack(id, FirstDay+data.Day(back), cents)
			}
		}
	}
	return s
}

// Change edits the lines from a day on; edit says whether the line stays.
func (s *Invented) Change(from data.Day, edit func(*SoldLine) bool) *Invented {
	changed := &Invented{orders: s.orders}
	for _, l := range s.Lines {
		if data.Day(l.OrderDate) < from || edit(&l) {
			changed.Lines = append(changed.Lines, l)
		}
	}
	return changed
}

// ChannelShop is a random shop in which channel and category go with the
// customer.
func ChannelShop(seed uint64, customers, days int) *Invented {
	shop := RandomShop(rand.New(rand.NewPCG(seed, 2)), customers, days)
	for i := range shop.Lines {
		l := &shop.Lines[i]
		c := int(l.CustomerID[len(l.CustomerID)-1] + l.CustomerID[len(l.CustomerID)-2])
		l.Channel, l.Category, l.SKU = []string{"phone", "shop", "web"}[c%3], []string{"books", "tea"}[c%2], fmt.Sprintf("p%d", i%50)
	}
	return shop
}

// PurchaseDays lists each customer's purchase days, ascending, as days since
// the first one.
func PurchaseDays(lines []SoldLine, first data.Day) map[string][]int {
	have := map[string]map[int]bool{}
	last := 0
	for _, l := range lines {
		if l.Quantity <= 0 || l.Amount < 0 {
			continue
		}
		if have[l.CustomerID] == nil {
			have[l.CustomerID] = map[int]bool{}
		}
		at := int(data.Day(l.OrderDate) - first)
		have[l.CustomerID][at] = true
		last = max(last, at)
	}
	all := map[string][]int{}
	for id, days := range have {
		for d := 0; d <= last; d++ {
			if days[d] {
				all[id] = append(all[id], d)
			}
		}
	}
	return all
}
