package diagnose

import (
	"bytes"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"winback/data/tables"

	"winback/data"
	"winback/data/orders"
	"winback/features"
)

// line is an order line of a test shop.
type line struct {
	customer          string
	day               data.Day
	product, category string
	quantity, amount  float64
	order             uint64
	isReturn          bool
}

// testShop deals lines to partitions of customers, in order of the ids.
func testShop(lines []line, parts int) ([]*orders.Histories, *orders.Names) {
	names := &orders.Names{}
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.customer)
		if l.product != "" {
			names[data.Product] = append(names[data.Product], l.product)
		}
		if l.category != "" {
			names[data.Category] = append(names[data.Category], l.category)
		}
	}
	tidy := func(list []string) []string {
		slices.Sort(list)
		return slices.Compact(list)
	}
	ids, names[data.Product], names[data.Category] = tidy(ids), tidy(names[data.Product]), tidy(names[data.Category])
	code := func(list []string, name string) uint32 {
		if at, ok := slices.BinarySearch(list, name); ok {
			return uint32(at + 1)
		}
		return 0
	}
	own := map[string][]line{}
	for _, l := range lines {
		own[l.customer] = append(own[l.customer], l)
	}
	var out []*orders.Histories
	for p := range parts {
		h := &orders.Histories{Names: names, Start: []int32{0}}
		for _, id := range ids[len(ids)*p/parts : len(ids)*(p+1)/parts] {
			slices.SortStableFunc(own[id], func(a, b line) int { return int(a.day - b.day) })
			for _, l := range own[id] {
				flag, sign := orders.FlagPurchase, 1.0
				if l.isReturn {
					flag, sign = orders.FlagReturn, -1
				}
				quantity := l.quantity
				if quantity == 0 {
					quantity = 1
				}
				h.Time = append(h.Time, l.day.Micros()+3600_000_000)
				h.Order = append(h.Order, l.order)
				h.Amount = append(h.Amount, data.Money(math.Round(sign*l.amount*data.MoneyScale)))
				h.Quantity = append(h.Quantity, data.Money(math.Round(sign*quantity*data.MoneyScale)))
				h.Codes[data.Product], h.Codes[data.Category] = append(h.Codes[data.Product], code(names[data.Product], l.product)), append(h.Codes[data.Category], code(names[data.Category], l.category))
				h.Codes[data.Channel], h.Flags = append(h.Codes[data.Channel], 0), append(h.Flags, flag)
			}
			h.IDs, h.Start = append(h.IDs, id), append(h.Start, int32(len(h.Time)))
		}
		out = append(out, h)
	}
	return out, names
}

// told is all that a diagnosis says.
type told struct {
	d    *Diagnosis
	rows *features.Table
}

func (t told) text(tb testing.TB) string {
	tb.Helper()
	var b bytes.Buffer
	if err := t.d.WriteJSON(&b); err != nil {
		tb.Fatal(err)
	}
	fmt.Fprintf(&b, "%+v\n%+v\n%+v\n%+v\n", t.d.Cycles, t.d.Deadlines, referralsOf(t.d), *t.rows)
	return b.String()
}

// diagnosed makes both walks over partitions, in the order given and from
// several goroutines.
func diagnosed(t testing.TB, s Settings, parts []*orders.Histories, names *orders.Names, first data.Day, order []int) told {
	t.Helper()
	customers := 0
	for _, h := range parts {
		customers += h.Customers()
	}
	c, err := NewCollector(s, History{FirstDay: first, Customers: int64(customers), Lines: int64(customers), Parts: len(parts), Names: names})
	if err != nil {
		t.Fatal(err)
	}
	done := make(chan error, len(order))
	for _, p := range order {
		go func() { c.Add(p, parts[p]); done <- nil }()
	}
	for range order {
		<-done
	}
	var out told
	var tables []*features.Table
	people := c.Learn(func(t *features.Table) error {
		tables = append(tables, features.Concat([]*features.Table{t}))
		return nil
	})
	for _, p := range order {
		go func() { done <- people.Add(p, parts[p]) }()
	}
	for range order {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if out.d, err = people.Diagnosis(nil); err != nil {
		t.Fatal(err)
	}
	out.rows = features.Concat(tables)
	return out
}

// diagnose takes the lines as one partition.
func diagnoseLines(t testing.TB, s Settings, lines []line) told {
	t.Helper()
	parts, names := testShop(lines, 1)
	return diagnosed(t, s, parts, names, firstDay(lines), []int{0})
}

func firstDay(lines []line) data.Day {
	first := data.Day(1 << 30)
	for _, l := range lines {
		first = min(first, l.day)
	}
	return first
}

// randomShop has customers of all kinds over two years and a half.
func randomShop(seed uint64, customers int) (lines []line, asOf data.Day) {
	r := rand.New(rand.NewPCG(seed, 1))
	const from, days = 15000, 900
	for c := range customers {
		day := data.Day(from + r.IntN(days))
		if c == 0 {
			day = from
		}
		pace := 5 + 150*r.ExpFloat64()
		for n := 0; day < from+days+60; n++ {
			for range 1 + r.IntN(3) {
				p := r.IntN(12)
				lines = append(lines, line{customer: fmt.Sprintf("c%05d", c), day: day, product: fmt.Sprintf("p%02d", p), category: fmt.Sprintf("k%d", p/4), quantity: float64(1 + r.IntN(3)),
					amount: float64(r.IntN(20000)) / 100, order: uint64(n*2 + r.IntN(2) + 1), isReturn: r.IntN(25) == 0})
			}
			if r.Float64() < 0.35 {
				break
			}
			day += data.Day(1 + int(pace*r.ExpFloat64()))
		}
	}
	return lines, from + days
}

func settingsAt(asOf data.Day) Settings {
	s := Defaults()
	s.AsOf = asOf
	return s
}

func referralsOf(d *Diagnosis) (rows []tables.Referral) {
	for i := range d.Referrals.Len() {
		row := d.Referrals.Row(i)
		if row.CustomerID != d.Referrals.CustomerID(i) {
			panic("a row of another customer")
		}
		rows = append(rows, row)
	}
	return rows
}
