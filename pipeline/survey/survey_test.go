package survey

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

func TestSurvey_EqualsANaiveCount(t *testing.T) {
	shop := ordertest.RandomShop(rand.New(rand.NewPCG(1, 2)), 600, 700)
	shop.Lines = append(shop.Lines, shop.Lines[:40]...) // duplicates
	o := shop.Read(t, orders.Options{})
	got := surveyOf(t, o)

	type customerDay struct {
		id  string
		day int
	}
	bought, seen := map[customerDay]bool{}, map[ordertest.SoldLine]bool{}
	days := int(o.LastDay-o.FirstDay) + 1
	lines, purchases, returns := make([]int64, days), make([]int64, days), make([]int64, days)
	var dropped, used int64
	for _, l := range shop.Lines {
		if seen[l] {
			dropped++
			continue
		}
		seen[l] = true
		used++
		at := int(data.Day(l.OrderDate) - o.FirstDay)
		lines[at]++
		if l.Quantity < 0 {
			returns[at]++
			continue
		}
		purchases[at]++
		bought[customerDay{l.CustomerID, at}] = true
	}
	fresh, again, known, within := make([]int64, days), make([]int64, days), make([]int64, days), make([]int64, days)
	var customers int64
	for id, all := range ordertest.PurchaseDays(shop.Lines, o.FirstDay) {
		if !bought[customerDay{id, all[0]}] {
			t.Fatal("the naive count is wrong")
		}
		customers++
		fresh[all[0]]++
		for _, d := range all[1:] {
			again[d]++
			if d-all[0] >= 7 {
				known[d]++
			}
		}
		if len(all) > 1 && all[1]-all[0] <= 365 {
			within[all[0]]++
		}
	}
	if got.Customers != customers || got.Lines != used || got.Dropped != dropped || dropped != 40 {
		t.Errorf("customers %d, lines %d, dropped %d; want %d, %d, %d", got.Customers, got.Lines, got.Dropped, customers, used, dropped)
	}
	for name, pair := range map[string][2][]int64{"lines": {got.DayLines, lines}, "purchases": {got.PurchaseLines, purchases}, "returns": {got.ReturnLines, returns},
		"new": {got.NewCustomers, fresh}, "returning": {got.ReturningCustomers, again}, "known": {got.KnownCustomers, known}, "second within a year": {got.SecondWithinYear, within}} {
		if !reflect.DeepEqual(pair[0], pair[1]) {
			t.Errorf("%s by day differ from the naive count", name)
		}
	}
}

// intervalShop has customers whose second purchase comes after the given days.
func intervalShop(intervals []int) *ordertest.Invented {
	s := &ordertest.Invented{}
	for c, days := range intervals {
		id := fmt.Sprintf("c%05d", c)
		s.Buy(id, ordertest.FirstDay, 1000)
		s.Buy(id, ordertest.FirstDay+data.Day(days), 1000)
	}
	return s
}

func upToDays(n int) []int {
	var all []int
	for d := 1; d <= n; d++ {
		all = append(all, d)
	}
	return all
}

func TestLapsedAfter_IsTheSmallestDayThatHoldsSixtyPercent(t *testing.T) {
	repeated := func(days, n int) []int {
		all := make([]int, n)
		for i := range all {
			all[i] = days
		}
		return all
	}
	for name, c := range map[string]struct {
		intervals []int
		asOf      data.Day // days after the first purchases
		days      int
		known     int64
		basis     string
	}{
		"exactly 60 % at day 60":              {upToDays(100), 1000, 60, 100, "60 % of 100 intervals"},
		"60 % lies between two intervals":     {upToDays(99), 1000, 60, 99, "60 % of 99 intervals"},
		"a jump over 60 %":                    {append(repeated(40, 59), repeated(77, 41)...), 1000, 77, 100, "60 %"},
		"30 days are the least":               {repeated(12, 50), 1000, 30, 50, "30 days are the least"},
		"exactly 30 is no bound":              {repeated(30, 50), 1000, 30, 50, "were over by then"},
		"29 intervals are too few":            {repeated(70, 29), 1000, 90, 29, "too few"},
		"30 intervals are enough":             {repeated(70, 30), 1000, 70, 30, "60 %"},
		"none at all":                         {nil, 1000, 90, 0, "too few"},
		"a second purchase on the as-of day":  {upToDays(100), 50, 30, 49, "60 % of 49 intervals"},
		"a second purchase the day before it": {upToDays(100), 51, 30, 50, "60 % of 50 intervals"},
	} {
		t.Run(name, func(t *testing.T) {
			shop := intervalShop(c.intervals)
			if len(c.intervals) == 0 {
				shop.Buy("alone", ordertest.FirstDay, 100)
			}
			rule := surveyOf(t, shop.Read(t, orders.Options{})).LapsedAfter(ordertest.FirstDay + c.asOf)
			if rule.Days != c.days || rule.Intervals != c.known || !rule.Auto || !strings.Contains(rule.Basis, c.basis) {
				t.Errorf("got %+v, want %d days from %d intervals (%s)", rule, c.days, c.known, c.basis)
			}
		})
	}
}

func TestLapsedAfter_CountsDaysNotOrders(t *testing.T) {
	s := &ordertest.Invented{}
	for c := range 40 {
		id := fmt.Sprintf("c%d", c)
		s.Buy(id, ordertest.FirstDay, 100)
		s.Buy(id, ordertest.FirstDay, 200) // the same day is no interval
		s.GiveBack(id, ordertest.FirstDay+5, 100)
		s.Buy(id, ordertest.FirstDay+44, 300)
		s.Buy(id, ordertest.FirstDay+300, 300)
	}
	if rule := surveyOf(t, s.Read(t, orders.Options{})).LapsedAfter(ordertest.FirstDay + 1000); rule.Days != 44 || rule.Intervals != 40 {
		t.Errorf("got %+v, want 44 days from 40 intervals", rule)
	}
}

func TestIntervalCuts_GrowWithTheShare(t *testing.T) {
	s := surveyOf(t, intervalShop(upToDays(200)).Read(t, orders.Options{}))
	cuts, n := s.IntervalCuts(ordertest.FirstDay+1000, 0.3, 0.6, 0.9, 1)
	if want := []int{60, 120, 180, 200}; n != 200 || !reflect.DeepEqual(cuts, want) {
		t.Errorf("cuts %v of %d intervals, want %v", cuts, n, want)
	}
	if cuts, n := s.IntervalCuts(ordertest.FirstDay, 0.5); n != 0 || cuts[0] != 0 {
		t.Errorf("before any purchase: %v of %d", cuts, n)
	}
}

func TestAmountSize_RisesWithTheAmountInHalvesOfPowersOfTwo(t *testing.T) {
	last := 0
	for m := data.Money(0); m < 1<<20; m++ {
		size := amountSize(m)
		if size < last || size > last+1 {
			t.Fatalf("size of %d is %d after %d, want it or one more", m, size, last)
		}
		last = size
	}
	for shift := 20; shift < 63; shift++ {
		for _, m := range []data.Money{1 << shift, 3 << (shift - 1)} {
			size := amountSize(m)
			if size < last || size >= amountSizes {
				t.Fatalf("size of %d is %d after %d, want at most %d", m, size, last, amountSizes-1)
			}
			last = size
		}
	}
	// A hundredfold is 13 or 14 halves of a power of two, from a cent to a
	// hundred thousand.
	for m := data.Money(100); m < 100_000*data.MoneyScale; m = m*9/8 + 1 {
		if up := amountSize(100*m) - amountSize(m); up < 13 || up > 14 {
			t.Errorf("%s times 100 is %d halves larger, want 13 or 14", m, up)
		}
	}
}

func TestSurvey_IsTheSameForAnyNumberOfWorkers(t *testing.T) {
	shop := ordertest.RandomShop(rand.New(rand.NewPCG(5, 5)), 20_000, 900)
	o := shop.Read(t, orders.Options{})
	if o.Partitions() < 2 {
		t.Fatalf("%d partitions prove nothing", o.Partitions())
	}
	first := surveyOf(t, o)
	for _, workers := range []int{1, 3, 8} {
		s, err := Take(t.Context(), o, workers)
		if err != nil {
			t.Fatal(err)
		}
		a, n := first.IntervalCuts(ordertest.FirstDay+800, 0.3, 0.6, 0.9)
		b, m := s.IntervalCuts(ordertest.FirstDay+800, 0.3, 0.6, 0.9)
		if !reflect.DeepEqual(a, b) || n != m || !reflect.DeepEqual(first.AmountSizes, s.AmountSizes) || !reflect.DeepEqual(first.DayLines, s.DayLines) {
			t.Errorf("%d workers see another history", workers)
		}
	}
}

func TestRepeatedTotals_NeedNearlyAllOrders(t *testing.T) {
	shop := func(table, different int) *Survey {
		s := &ordertest.Invented{}
		for k := range table {
			cents := int64(1000 + k)
			if k < different {
				s.Buy(fmt.Sprintf("c%d", k), ordertest.FirstDay+data.Day(k%90), cents, cents+1)
			} else {
				s.Buy(fmt.Sprintf("c%d", k), ordertest.FirstDay+data.Day(k%90), cents, cents, cents)
			}
		}
		return surveyOf(t, s.Read(t, orders.Options{}))
	}
	for _, c := range []struct {
		orders, different int
		want              bool
	}{{100, 0, true}, {100, 5, true}, {100, 6, false}, {100, 100, false}, {29, 0, false}, {30, 0, true}} {
		if s := shop(c.orders, c.different); s.RepeatedTotals() != c.want || s.TotalOrders != int64(c.orders) {
			t.Errorf("%d orders, %d of them with different amounts: %v with %d orders", c.orders, c.different, s.RepeatedTotals(), s.TotalOrders)
		}
	}
}

// surveyOf takes the survey as a run does.
func surveyOf(t testing.TB, o *orders.Table) *Survey {
	t.Helper()
	s, err := Take(context.Background(), o, 2)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// What ranges count elsewhere adds up to the survey of a walk, in every one of its numbers.
func TestCounter_AddsUpToTheSurveyOfAWalk(t *testing.T) {
	shop := ordertest.RandomShop(rand.New(rand.NewPCG(1, 9)), 600, 700)
	shop.Lines = append(shop.Lines, shop.Lines[:40]...) // duplicates
	for i := range shop.Lines[:30] {
		shop.Lines[i].CustomerID = fmt.Sprintf("guest_%d", i)
	}
	shop.Lines[31].CustomerID = "Total Berlin"
	o := shop.Read(t, orders.Options{})
	want, err := Take(context.Background(), o, 2)
	if err != nil {
		t.Fatal(err)
	}
	total := NewCounter(FrameOf(o), o.Names)
	dropped := want.Dropped
	_, err = o.Each(context.Background(), 1, func(_ int, h *orders.Histories) error {
		c := NewCounter(FrameOf(o), o.Names)
		c.Add(h)
		parts, err := c.Parts(dropped)
		dropped = 0
		if err != nil {
			return err
		}
		return total.AddCounted(parts)
	})
	if err != nil {
		t.Fatal(err)
	}
	got := total.Total()
	if want.spelled.nTotal != 1 || want.Dropped == 0 || len(want.spelled.guests) == 0 {
		t.Fatalf("%d totals, %d duplicates, guests %v", want.spelled.nTotal, want.Dropped, want.spelled.guests)
	}
	for _, s := range []*Survey{got, want} { // what order does not matter, and what is scratch
		slices.Sort(s.spelled.hashes)
		slices.SortFunc(s.secondPurchases, func(a, b interval) int {
			return cmp.Or(cmp.Compare(a.second, b.second), cmp.Compare(a.days, b.days))
		})
		s.days = nil
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
}
