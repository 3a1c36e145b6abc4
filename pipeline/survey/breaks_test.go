package survey

import (
	"flag"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// soldShop is a random shop of so many orders a day: with its weeks and seasons,
// a slow growth, sale weeks, Sundays closed or not, holidays, goods that come and
// go, channels that shift slowly, and 40 % to 80 % of buyers known.
func soldShop(rng *rand.Rand, perDay float64, days int) []ordertest.SoldLine {
	s := &ordertest.Invented{}
	var (
		growth  = 0.5 + rng.Float64()
		peak    = rng.Float64()
		closed  = rng.IntN(3) == 0
		loyal   = 0.4 + 0.4*rng.Float64()
		spread  = 0.3 + 0.7*rng.Float64()
		middle  = 200 * (1 + 40*rng.Float64())
		saleDay = rng.IntN(days)
		goods   = 20 + rng.IntN(300)
		known   = int(60 * perDay)
	)
	for d := range days {
		day := ordertest.FirstDay + data.Day(d)
		at := day.Time()
		rate := perDay * (1 + (growth-1)*float64(d)/float64(days))
		if at.Month() >= 11 {
			rate *= 1 + 2*peak
		}
		if at.YearDay() == 1 || at.YearDay() == 359 || closed && day.Weekend() {
			continue
		}
		for range int(rate*(0.7+0.6*rng.Float64()) + rng.Float64()) {
			c := known
			if rng.Float64() < loyal {
				c = rng.IntN(known)
			} else {
				known++
			}
			var cents []int64
			for range 1 + rng.IntN(2) {
				price := middle * exp(spread*rng.NormFloat64())
				if d >= saleDay && d < saleDay+7 {
					price *= 0.4
				}
				cents = append(cents, int64(price)+1)
			}
			s.Buy(fmt.Sprintf("c%07d", c), day, cents...)
			web := 0.2 + 0.6*float64(d)/float64(days)
			channel := "store"
			if rng.Float64() < web {
				channel = "web"
			}
			for k := range cents {
				l := &s.Lines[len(s.Lines)-1-k]
				g := int(float64(goods)*rng.Float64()*rng.Float64()) + d*goods/(3*days)
				l.SKU, l.Category, l.Channel = fmt.Sprintf("p%05d", g), fmt.Sprintf("k%d", g%7), channel
			}
		}
	}
	return s.Lines
}

func exp(x float64) float64 { // enough for prices
	y := 1 + x/64
	for range 6 {
		y *= y
	}
	return max(y, 0.01)
}

// surveyedLines takes the survey of purchase lines without a file between.
func surveyedLines(lines []ordertest.SoldLine, days int) (*orders.Table, *Survey) {
	names := &orders.Names{}
	text := func(l *ordertest.SoldLine, role data.Role) string {
		switch role {
		case data.Product:
			return l.SKU
		case data.Category:
			return l.Category
		}
		return l.Channel
	}
	codes := [data.RoleCount]map[string]uint32{}
	for _, role := range breakRoles {
		seen := map[string]uint32{}
		for i := range lines {
			seen[text(&lines[i], role)] = 0
		}
		for name := range seen {
			names[role] = append(names[role], name)
		}
		slices.Sort(names[role])
		for k, name := range names[role] {
			seen[name] = uint32(k + 1)
		}
		codes[role] = seen
	}
	sorted := slices.Clone(lines)
	slices.SortStableFunc(sorted, func(a, b ordertest.SoldLine) int {
		if c := strings.Compare(a.CustomerID, b.CustomerID); c != 0 {
			return c
		}
		return int(a.OrderDate - b.OrderDate)
	})
	h := &orders.Histories{Names: names}
	for i := range sorted {
		l := &sorted[i]
		if i == 0 || sorted[i-1].CustomerID != l.CustomerID {
			h.IDs, h.Start = append(h.IDs, l.CustomerID), append(h.Start, int32(i))
		}
		h.Time, h.Amount, h.Flags = append(h.Time, data.Day(l.OrderDate).Micros()), append(h.Amount, data.Money(l.Amount)*100), append(h.Flags, orders.FlagPurchase)
		h.Order, h.Quantity = append(h.Order, 0), append(h.Quantity, data.MoneyScale)
		for _, role := range breakRoles {
			h.Codes[role] = append(h.Codes[role], codes[role][text(l, role)])
		}
	}
	h.Start = append(h.Start, int32(len(sorted)))
	o := &orders.Table{Names: names, FirstDay: ordertest.FirstDay, LastDay: ordertest.FirstDay + data.Day(days) - 1}
	s := newSurvey(Frame{FirstDay: o.FirstDay, Days: days}, o.Names)
	s.count(h)
	return o, s
}

func breaksOf(lines []ordertest.SoldLine, days int) []Finding {
	o, s := surveyedLines(lines, days)
	return inspectBreaks(o, s, ordertest.FirstDay+data.Day(days))
}

// change edits the lines of days [from, to); edit says whether the line stays.
func change(lines []ordertest.SoldLine, from, to int, edit func(*ordertest.SoldLine) bool) []ordertest.SoldLine {
	var changed []ordertest.SoldLine
	for _, l := range lines {
		at := int(data.Day(l.OrderDate) - ordertest.FirstDay)
		if at < from || at >= to || edit(&l) {
			changed = append(changed, l)
		}
	}
	return changed
}

// plantedBreaks are the breaks that must be found; span is how many days they
// last, 0 for all that follow.
var plantedBreaks = []struct {
	name, want string
	span       int
	edit       func(*ordertest.SoldLine) bool
}{
	{"amounts × 100", "about 100 times what they were", 0, func(l *ordertest.SoldLine) bool { l.Amount *= 100; return true }},
	{"amounts ÷ 100", "about 1/100 of what they were", 0, func(l *ordertest.SoldLine) bool { l.Amount = max(l.Amount/100, 1); return true }},
	{"amounts × 1000", "about 1,000 times what they were", 0, func(l *ordertest.SoldLine) bool { l.Amount *= 1000; return true }},
	{"amounts × 10", "about 10 times what they were", 0, func(l *ordertest.SoldLine) bool { l.Amount *= 10; return true }},
	{"ids given out anew", "were the customer ids given out anew?", 0, func(l *ordertest.SoldLine) bool { l.CustomerID = "n" + l.CustomerID; return true }},
	{"a month is missing", "no purchase from", 31, func(*ordertest.SoldLine) bool { return false }},
	{"twelve days are missing", "no purchase from", 12, func(*ordertest.SoldLine) bool { return false }},
	{"a channel ends", `channel "store" ends: since`, 0, func(l *ordertest.SoldLine) bool { return l.Channel != "store" }},
	{"a channel is renamed", "the channel column has other names since", 0, func(l *ordertest.SoldLine) bool { l.Channel += "-2"; return true }},
	{"category codes change", "the category column has other names since", 0, func(l *ordertest.SoldLine) bool { l.Category = "9" + l.Category; return true }},
	{"product codes change", "the product column has other names since", 0, func(l *ordertest.SoldLine) bool { l.SKU = "SKU-" + l.SKU; return true }},
}

// A release looks at 100 shops, every day at 30 of them.
var brokenShops = flag.Int("broken-shops", 30, "random shops in which breaks are planted")

// Power: each break, planted on a random day of random shops of 30 or more orders
// a day, is found in nine of ten, with its day in two of three.
func TestBreaks_AreFoundHoweverLongAgo(t *testing.T) {
	const days = 260
	shops := *brokenShops
	found, exact := make([]int, len(plantedBreaks)), make([]int, len(plantedBreaks))
	for seed := range shops {
		rng := rand.New(rand.NewPCG(uint64(seed), 77))
		lines := soldShop(rng, 36+12*rng.Float64(), days)
		for k, planted := range plantedBreaks {
			day := 60 + rng.IntN(days-120)
			for (ordertest.FirstDay + data.Day(day)).Weekend() || (ordertest.FirstDay+data.Day(day)).Time().YearDay() == 359 { // a day with orders
				day++
			}
			until := days
			if planted.span > 0 {
				until = day + planted.span
			}
			var texts []string
			for _, f := range breaksOf(change(lines, day, until, planted.edit), days) {
				texts = append(texts, f.Text)
			}
			all := strings.Join(texts, "\n")
			if strings.Contains(all, planted.want) {
				found[k]++
				if strings.Contains(all, (ordertest.FirstDay + data.Day(day)).String()) {
					exact[k]++
				}
			} else {
				t.Logf("%s, shop %d, day %d of %d: only %q", planted.name, seed, day, days, all)
			}
		}
	}
	for k, planted := range plantedBreaks {
		t.Logf("%-26s found in %3d of %d shops, on the very day in %d", planted.name, found[k], shops, exact[k])
		if 100*found[k] < 90*shops || 100*exact[k] < 65*shops {
			t.Errorf("%s: found in %d of %d shops, on the very day in %d; want 90 and 65 in 100", planted.name, found[k], shops, exact[k])
		}
	}
}

// Two hundred random shops, small and large, without a break: no warning.
func TestBreaks_AreNotSeenInGoodShops(t *testing.T) {
	const shops = 200
	alarms := 0
	for seed := range shops {
		rng := rand.New(rand.NewPCG(uint64(seed), 5))
		perDay := []float64{0.5, 2, 8, 15, 30}[seed%5]
		days := 400 + rng.IntN(200)
		for _, f := range breaksOf(soldShop(rng, perDay, days), days) {
			alarms++
			t.Errorf("shop %d of %.1f orders a day: %s", seed, perDay, f.Text)
		}
	}
	t.Logf("%d false alarms in %d shops", alarms, shops)
}

// Ids given out anew show in shops of an order a day, too.
func TestBreaks_NewIDsOfSmallShopsAreFound(t *testing.T) {
	const shops, days = 30, 500
	found := 0
	for seed := range shops {
		rng := rand.New(rand.NewPCG(uint64(seed), 78))
		lines, day := soldShop(rng, 1, days), 150+rng.IntN(200)
		for _, f := range breaksOf(change(lines, day, days, func(l *ordertest.SoldLine) bool { l.CustomerID = "n" + l.CustomerID; return true }), days) {
			if strings.Contains(f.Text, "were the customer ids given out anew?") {
				found++
				break
			}
		}
	}
	if 10*found < 9*shops {
		t.Errorf("found in %d of %d shops", found, shops)
	}
}
