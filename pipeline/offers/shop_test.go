package offers

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"winback/data"
	"winback/data/orders"
)

// bought is a line of an invented shop.
type bought struct {
	customer string
	day      data.Day
	product  string
	returned bool
}

const asOf data.Day = 14000

// invented puts lines into histories of so many partitions.
func invented(lines []bought, parts int) ([]*orders.Histories, *orders.Names) {
	names := &orders.Names{}
	var ids []string
	for _, l := range lines {
		ids = append(ids, l.customer)
		if l.product != "" {
			names[data.Product] = append(names[data.Product], l.product)
		}
	}
	slices.Sort(ids)
	ids = slices.Compact(ids)
	slices.Sort(names[data.Product])
	names[data.Product] = slices.Compact(names[data.Product])
	own := map[string][]bought{}
	for _, l := range lines {
		own[l.customer] = append(own[l.customer], l)
	}
	var out []*orders.Histories
	for p := range parts {
		h := &orders.Histories{Names: names, Start: []int32{0}}
		for _, id := range ids[len(ids)*p/parts : len(ids)*(p+1)/parts] {
			addLines(h, id, own[id])
		}
		out = append(out, h)
	}
	return out, names
}

func addLines(h *orders.Histories, id string, own []bought) {
	slices.SortStableFunc(own, func(a, b bought) int { return int(a.day - b.day) })
	for _, l := range own {
		code := uint32(0)
		if at, ok := slices.BinarySearch(h.Names[data.Product], l.product); ok {
			code = uint32(at + 1)
		}
		flag := orders.FlagPurchase
		if l.returned {
			flag = orders.FlagReturn
		}
		h.Time, h.Flags = append(h.Time, l.day.Micros()+3_600_000_000), append(h.Flags, flag)
		h.Codes[data.Product] = append(h.Codes[data.Product], code)
		h.Codes[data.Category] = append(h.Codes[data.Category], 0)
	}
	h.IDs, h.Start = append(h.IDs, id), append(h.Start, int32(len(h.Time)))
}

func usual() Settings { return Settings{LapsedAfter: 90, SoldWithin: 28, Kinds: AllKinds} }

// learned is what a shop of these lines knew at the as-of day.
func learned(lines []bought, s Settings, parts, workers int) (*Goods, []*orders.Histories) {
	histories, names := invented(lines, parts)
	c := NewCounter(s, names[data.Product], asOf)
	for _, h := range histories {
		c.Add(h)
	}
	return c.Learn(workers), histories
}

// crowd are customers who bought products once, so many days ago.
func crowd(days data.Day, products map[string]int) (lines []bought) {
	for product, n := range products {
		for i := range n {
			lines = append(lines, bought{fmt.Sprintf("crowd-%s-%03d", product, i), asOf - days, product, false})
		}
	}
	return lines
}

// filler are so many products that one customer each buys now.
func filler(n int) map[string]int {
	products := map[string]int{}
	for i := range n {
		products[fmt.Sprintf("z%02d", i)] = 1
	}
	return products
}

// shownTo words what a customer is shown.
func shownTo(t *testing.T, g *Goods, histories []*orders.Histories, customer string, n int) (list []string) {
	t.Helper()
	for _, h := range histories {
		if at, ok := slices.BinarySearch(h.IDs, customer); ok {
			for _, show := range g.NewScorer().Best(h.Customer(at).Before(g.Day), n) {
				list = append(list, g.names[show.Product-1]+" "+show.Kind.String())
			}
			return list
		}
	}
	t.Fatalf("no customer %s", customer)
	return nil
}

// randomLines are of customers who come and go, some with great baskets.
func randomLines(seed uint64, customers, products int) (lines []bought) {
	r := rand.New(rand.NewPCG(seed, 1))
	for c := range customers {
		id := fmt.Sprintf("c%04d", c)
		day := asOf - data.Day(r.IntN(900))
		for range 1 + r.IntN(8) {
			basket := 1 + r.IntN(4)
			if c%40 == 0 {
				basket = 80
			}
			for range basket {
				product := fmt.Sprintf("p%03d", min(r.IntN(products), r.IntN(products), c%products+r.IntN(9)))
				lines = append(lines, bought{id, day, product, r.IntN(30) == 0})
			}
			day += data.Day(1 + r.IntN(200))
		}
	}
	return lines
}
