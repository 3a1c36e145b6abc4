package survey

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// busyShop has about 90 buyers a day, most of them known, for so many days;
// weeks and the end of the year show.
func busyShop(days int) *ordertest.Invented {
	rng := rand.New(rand.NewPCG(7, 11))
	s := &ordertest.Invented{}
	known := 400
	for d := range days {
		day := ordertest.FirstDay + data.Day(d)
		buyers := 80 + rng.IntN(20)
		if month := day.Time().Month(); month >= 11 {
			buyers *= 2
		}
		if day.Weekend() {
			buyers = buyers * 3 / 4
		}
		for range buyers {
			c := rng.IntN(known)
			if rng.IntN(3) == 0 {
				c = known
				known++
			}
			cents := 300 + int64(3000*rng.ExpFloat64())
			s.Buy(fmt.Sprintf("c%06d", c), day, cents)
			if rng.IntN(30) == 0 {
				s.GiveBack(fmt.Sprintf("c%06d", c), day, cents)
			}
		}
	}
	return s
}

func findingsOf(t *testing.T, s *ordertest.Invented, asOf data.Day, opts orders.Options) []Finding {
	t.Helper()
	o := s.Read(t, opts)
	return Inspect(o, surveyOf(t, o), asOf)
}

func TestInspectHistory_NamesWhatSpoilsAnExtract(t *testing.T) {
	const days = 220
	shop, end := busyShop(days), ordertest.FirstDay+days
	all := func(*ordertest.SoldLine) bool { return true }
	scaled := func(factor func(int64) int64) func(*ordertest.SoldLine) bool {
		return func(l *ordertest.SoldLine) bool { l.Amount, l.Price = factor(l.Amount), factor(l.Price); return true }
	}
	hundredfold := scaled(func(c int64) int64 { return c * 100 })
	drawn := 0
	gifts := func(from data.Day) func(*ordertest.SoldLine) bool { // four of ten lines, seven of ten later
		return func(l *ordertest.SoldLine) bool {
			drawn++
			if drawn%10 < 4 || drawn%10 < 7 && l.OrderDate >= int32(from) {
				l.Amount, l.Price = 0, 0
			}
			return true
		}
	}
	rekeyed := func(l *ordertest.SoldLine) bool { l.CustomerID = "n" + l.CustomerID; return true }
	kept := 0
	half := func(*ordertest.SoldLine) bool { kept++; return kept%5 == 0 }
	for name, c := range map[string]struct {
		shop  *ordertest.Invented
		opts  orders.Options
		want  string // "" for nothing
		stops bool
	}{
		"a good night":                  {shop.Change(end, all), orders.Options{}, "", false},
		"amounts ×100 on the last day":  {shop.Change(end-1, hundredfold), orders.Options{}, "amounts jump: since 2022-08-17 purchase lines are about 100 times", true},
		"amounts ×100 in the last week": {shop.Change(end-7, hundredfold), orders.Options{}, "amounts jump: since 2022-08-11 purchase lines are about 100 times", true},
		"amounts ÷100 in the last week": {shop.Change(end-7, scaled(func(c int64) int64 { return max(c/100, 1) })), orders.Options{}, "1/100 of what they were before", true},
		"no amounts in the last week":   {shop.Change(end-7, scaled(func(int64) int64 { return 0 })), orders.Options{}, "since 2022-08-11 every purchase line is of no value", true},
		"more gifts in the last week":   {shop.Change(end-97, gifts(end-7)), orders.Options{}, "", false},
		"twice the price":               {shop.Change(end-7, scaled(func(c int64) int64 { return 2 * c })), orders.Options{}, "", false},
		"new ids on the last day":       {shop.Change(end-1, rekeyed), orders.Options{}, "since 2022-08-17 hardly a buyer had been known for a week", true},
		"new ids in the last week":      {shop.Change(end-7, rekeyed), orders.Options{}, "were the customer ids given out anew?", true},
		"a fifth of the last day":       {shop.Change(end-1, half), orders.Options{}, "the last day, 2022-08-17, looks incomplete", false},
		"no line on the last day":       {shop.Change(end-1, func(*ordertest.SoldLine) bool { return false }), orders.Options{}, "looks incomplete: 0 purchase lines against", false},
		"another unit price":            {shop.Change(ordertest.FirstDay+50, func(l *ordertest.SoldLine) bool { l.Price += 7; return true }), orders.Options{}, "the amount differs from unit price × quantity", false},
		"returns by status": {shop.Change(ordertest.FirstDay, func(l *ordertest.SoldLine) bool {
			if l.Amount%40 == 0 {
				l.Status = "returned"
			}
			return true
		}), orders.Options{Returns: orders.ReturnRules{Statuses: []string{"returned"}}}, "are returns by their status alone", false},
		"returns booked on one day": {shop.Change(ordertest.FirstDay, func(l *ordertest.SoldLine) bool {
			if l.Quantity < 0 && l.Amount%2 == 0 {
				l.OrderDate = int32(ordertest.FirstDay + 100)
			}
			return true
		}), orders.Options{}, "a wall of returns:", false},
	} {
		t.Run(name, func(t *testing.T) {
			found := findingsOf(t, c.shop, end, c.opts)
			switch {
			case c.want == "" && len(found) > 0:
				t.Errorf("found %+v in a good history", found)
			case c.want != "" && (len(found) != 1 || !strings.Contains(found[0].Text, c.want) || found[0].Stops != c.stops):
				t.Errorf("found %+v, want only %q, stops %v", found, c.want, c.stops)
			}
		})
	}
}

func TestInspectHistory_StopsWithoutAnyPurchase(t *testing.T) {
	returnsOnly := &ordertest.Invented{}
	returnsOnly.GiveBack("a", ordertest.FirstDay, 100)
	unusable := &ordertest.Invented{Lines: []ordertest.SoldLine{{CustomerID: "", OrderID: "o", OrderDate: int32(ordertest.FirstDay), Amount: 100, Quantity: 1, Price: 100}}}
	late := &ordertest.Invented{}
	late.Buy("a", ordertest.FirstDay+10, 100)
	for name, c := range map[string]struct {
		shop *ordertest.Invented
		want string
	}{"returns alone": {returnsOnly, "no purchase in 1 row"}, "no usable line": {unusable, "no purchase in 1 row"},
		"all after the as-of day": {late, "no purchase before the as-of day 2022-01-10: the first one in these orders is on 2022-01-20"}} {
		found := findingsOf(t, c.shop, ordertest.FirstDay, orders.Options{})
		if len(found) != 1 || !found[0].Stops || !strings.Contains(found[0].Text, c.want) {
			t.Errorf("%s: %+v, want a stop with %q", name, found, c.want)
		}
	}
}

func TestInspectHistory_FindsSurvivors(t *testing.T) {
	shop := &ordertest.Invented{}
	for d := range 900 {
		for k := range 4 {
			id, day := fmt.Sprintf("c%d-%d", d, k), ordertest.FirstDay+data.Day(d)
			again := d%5 < 2
			if d < 60 { // whoever came back is kept, the others mostly are not
				if again = true; d%10 == 0 {
					again = false
				}
			}
			shop.Buy(id, day, 1000)
			if again && d+100 < 900 {
				shop.Buy(id, day+100, 1000)
			}
		}
	}
	found := findingsOf(t, shop, ordertest.FirstDay+900, orders.Options{})
	if len(found) != 1 || found[0].Stops || !strings.Contains(found[0].Text, "the first month holds mostly survivors: 87 % of its customers bought again within a year, 40 % of later ones") {
		t.Errorf("found %+v", found)
	}
	if found := findingsOf(t, shop, ordertest.FirstDay+480, orders.Options{}); len(found) > 0 {
		t.Errorf("before later customers could be followed for a year: %+v", found)
	}
}

func TestInspectHistory_CountsRepeatedTotals(t *testing.T) {
	shop := &ordertest.Invented{}
	for k := range 60 {
		shop.Buy(fmt.Sprintf("c%d", k), ordertest.FirstDay+data.Day(k), 900+int64(k), 900+int64(k))
	}
	found := findingsOf(t, shop, ordertest.FirstDay+60, orders.Options{})
	if len(found) != 1 || found[0].Stops || !strings.Contains(found[0].Text, "holds the total of the order on each of its lines (in 60 of 60 orders of several products)") {
		t.Errorf("found %+v", found)
	}
}

// A shop with its weeks, holidays without a sale, a discount week, a peak
// season and growth never stops a run in a year of nights.
func TestInspectHistory_LetsAYearOfGoodNightsPass(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	shop := ordertest.RandomShop(rng, 20_000, 900).Change(ordertest.FirstDay, func(l *ordertest.SoldLine) bool {
		day := data.Day(l.OrderDate)
		switch {
		case day.Time().YearDay() == 359 || day.Time().YearDay() == 1: // closed
			return false
		case day.Weekend():
			return rng.IntN(3) > 0
		case day >= ordertest.FirstDay+700 && day < ordertest.FirstDay+707: // everything at 30 %
			l.Amount, l.Price = l.Amount*3/10, l.Price*3/10
		}
		return true
	})
	o := shop.Read(t, orders.Options{})
	s := surveyOf(t, o)
	warned := 0
	for night := range 365 {
		for _, f := range Inspect(o, s, ordertest.FirstDay+535+data.Day(night)) {
			if f.Stops {
				t.Errorf("night %d stops: %s", night, f.Text)
			}
			if !strings.Contains(f.Text, "survivors") {
				warned++
			}
		}
	}
	t.Logf("%d lines; %d warnings beside that of survivors in 365 nights", len(shop.Lines), warned)
	if warned > 4 { // the closed days
		t.Errorf("%d warnings in a year of good nights", warned)
	}
}

func TestInspectHistory_IgnoresLinesAfterAsOf(t *testing.T) {
	shop := busyShop(500)
	for _, asOf := range []data.Day{ordertest.FirstDay + 70, ordertest.FirstDay + 300, ordertest.FirstDay + 499} {
		want := findingsOf(t, shop.Change(asOf, func(*ordertest.SoldLine) bool { return false }), asOf, orders.Options{})
		spoiled := shop.Change(asOf, func(l *ordertest.SoldLine) bool {
			l.Amount, l.Price, l.CustomerID = l.Amount*100, l.Price*100, "n"+l.CustomerID
			return true
		})
		for k := range 5000 {
			spoiled.GiveBack("x", asOf+3, int64(k))
		}
		if got := findingsOf(t, spoiled, asOf, orders.Options{}); !reflect.DeepEqual(got, want) {
			t.Errorf("as of %s: %+v, want %+v as without later lines", asOf, got, want)
		}
	}
}

// Lines on a day that stands for no date are named with the day.
func TestInspectHistory_NamesDaysThatStandForNoDate(t *testing.T) {
	s := busyShop(120)
	for i := range 50 {
		s.Buy(fmt.Sprintf("c%06d", i), 0, 500)
	}
	var texts []string
	for _, f := range findingsOf(t, s, ordertest.FirstDay+120, orders.Options{}) {
		texts = append(texts, f.Text)
	}
	if want := "dated on a day that stands for no date, among them 1970-01-01, which lies far from all other days"; !strings.Contains(strings.Join(texts, "\n"), want) || !strings.HasPrefix(strings.Join(texts, "\n"), "50 of ") {
		t.Errorf("findings %q, want one with: %s", texts, want)
	}
}
