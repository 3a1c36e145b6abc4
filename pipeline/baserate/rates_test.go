package baserate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

func countedReturns(t testing.TB, o *orders.Table, lapsedAfter, horizon int) *Rates {
	t.Helper()
	r, err := Count(t.Context(), o, lapsedAfter, horizon, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestCountReturns_EqualsANaiveCountOnEveryDay(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	for range 12 {
		days, lapsedAfter, horizon := 30+rng.IntN(400), 1+rng.IntN(120), 1+rng.IntN(90)
		shop := ordertest.RandomShop(rng, 120, days)
		o := shop.Read(t, orders.Options{})
		got := countedReturns(t, o, lapsedAfter, horizon)
		bought := ordertest.PurchaseDays(shop.Lines, o.FirstDay)
		for at := range int(o.LastDay-o.FirstDay) + 1 {
			var lapsed, returned, back int64
			for _, all := range bought {
				next, _ := slices.BinarySearch(all, at) // the first purchase at day at or later
				if next == 0 || at-all[next-1] < lapsedAfter {
					continue
				}
				lapsed++
				if next < len(all) && all[next] < at+horizon {
					returned++
				}
				if next < len(all) && all[next] == at {
					back++
				}
			}
			if got.Back[at] != back {
				t.Fatalf("day %d, lapsed after %d: %d back on it, want %d", at, lapsedAfter, got.Back[at], back)
			}
			if n, r := got.At(o.FirstDay + data.Day(at)); n != lapsed || r != returned {
				t.Fatalf("day %d, lapsed after %d, horizon %d: %d lapsed, %d returned; want %d, %d", at, lapsedAfter, horizon, n, r, lapsed, returned)
			}
		}
	}
}

func TestCountReturns_KnowsNothingOutsideTheHistory(t *testing.T) {
	shop := &ordertest.Invented{}
	shop.Buy("a", ordertest.FirstDay, 100)
	shop.Buy("a", ordertest.FirstDay+50, 100)
	r := countedReturns(t, shop.Read(t, orders.Options{}), 10, 20)
	for _, day := range []data.Day{ordertest.FirstDay - 1, ordertest.FirstDay + 51, ordertest.FirstDay + 5000} {
		if lapsed, returned := r.At(day); lapsed != 0 || returned != 0 {
			t.Errorf("%s: %d lapsed, %d returned, want none", day, lapsed, returned)
		}
	}
	if rate, lapsed := r.Rate(ordertest.FirstDay + 5); !math.IsNaN(rate) || lapsed != 0 {
		t.Errorf("rate %v of %d lapsed before anybody lapsed, want NaN of 0", rate, lapsed)
	}
	if rate, lapsed := r.Rate(ordertest.FirstDay + 34); lapsed != 1 || math.Abs(rate-4.0/7) > 1e-12 { // seen from days 31 to 34 of 28 to 34
		t.Errorf("rate %v of %d lapsed, want 4/7 of 1", rate, lapsed)
	}
}

func TestPace_LooksAtTheDaysBefore(t *testing.T) {
	r := &Rates{First: 100, Horizon: 60, Lapsed: []int64{10, 10, 10, 10, 10}, Back: []int64{1, 2, 3, 4, 9}}
	if pace := r.Pace(104, 2, 100); math.Abs(pace-0.35) > 1e-12 {
		t.Errorf("7 of 20 on days 102 and 103 are a pace of %v", pace)
	}
	for _, unknown := range []float64{r.Pace(104, 5, 100), r.Pace(103, 2, 102), r.Pace(106, 2, 100), (&Rates{First: 100, Lapsed: []int64{9, 9}}).Pace(102, 1, 100)} {
		if !math.IsNaN(unknown) {
			t.Errorf("a pace of %v over days that are not known", unknown)
		}
	}
}

func TestCountReturns_NeedsPurchases(t *testing.T) {
	shop := &ordertest.Invented{}
	shop.GiveBack("a", ordertest.FirstDay, 100)
	r := countedReturns(t, shop.Read(t, orders.Options{}), 10, 20)
	if lapsed, _ := r.At(ordertest.FirstDay); lapsed != 0 {
		t.Errorf("%d lapsed who never bought", lapsed)
	}
	nothing := ordertest.Read(t, []ordertest.SoldLine{{OrderID: "o", OrderDate: int32(ordertest.FirstDay), Amount: 1, Quantity: 1, Price: 1}}, orders.Options{})
	if r := countedReturns(t, nothing, 10, 20); len(r.Lapsed) != 0 {
		t.Errorf("%d days without a used line", len(r.Lapsed))
	}
}
