package snapshots

import (
	"math"
	"reflect"
	"slices"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
	"winback/pipeline/effect"
)

func naturalOf(t *testing.T, o *orders.Table, q Question) NaturalReturns {
	t.Helper()
	c := NewReturnTimes(o.FirstDay, q)
	if _, err := o.Each(t.Context(), q.Workers, func(_ int, h *orders.Histories) error { c.Add(h); return nil }); err != nil {
		t.Fatal(err)
	}
	return c.Natural(q.SnapshotDays(ratesFor(t, o, q.LapsedAfter, q.Horizon)))
}

// TestReturnTimes_AreThoseOfAPlainCount goes through the days that every customer of
// an invented shop bought on.
func TestReturnTimes_AreThoseOfAPlainCount(t *testing.T) {
	shop := ordertest.ChannelShop(7, 1500, 900)
	o := shop.Read(t, orders.Options{})
	for _, q := range []Question{{AsOf: o.FirstDay + 850, LapsedAfter: 60, Horizon: 60, Workers: 2}, {AsOf: o.FirstDay + 701, LapsedAfter: 45, Horizon: 14, Workers: 3}} {
		days := q.SnapshotDays(ratesFor(t, o, q.LapsedAfter, q.Horizon))
		list := make([]effect.Snapshot, len(days))
		var spent []int64
		amounts := map[string]map[int]int64{}
		for _, l := range shop.Lines {
			if l.Quantity > 0 {
				if amounts[l.CustomerID] == nil {
					amounts[l.CustomerID] = map[int]int64{}
				}
				amounts[l.CustomerID][int(l.OrderDate)] += l.Amount
			}
		}
		for k, day := range days {
			list[k] = effect.Snapshot{Day: int(day), Returned: make([]int64, q.Horizon)}
			for _, by := range amounts {
				last, first, sum := math.MinInt32, math.MaxInt32, int64(0)
				for at, amount := range by {
					switch {
					case at < int(day):
						last = max(last, at)
					case at < int(day)+q.Horizon:
						first, sum = min(first, at), sum+amount
					}
				}
				if last == math.MinInt32 || int(day)-last < q.LapsedAfter || first == math.MaxInt32 {
					continue
				}
				list[k].Returned[first-int(day)]++
				if day >= q.AsOf-365 {
					spent = append(spent, sum)
				}
			}
		}
		want, ok := effect.NaturalCurve(list, int(q.AsOf))
		slices.Sort(spent)
		got := naturalOf(t, o, q)
		if !ok || !reflect.DeepEqual(got.Curve, want) || want.Tests == 0 {
			t.Errorf("as of %s the curve is %v, want %v", q.AsOf, got.Curve, want)
		}
		if at := int(math.Ceil(.99 * float64(len(spent)))); got.ValueCap != data.Money(100*spent[at-1]).Float() {
			t.Errorf("value cap %v, want that of %d of %d returns: %v", got.ValueCap, at, len(spent), data.Money(100*spent[at-1]).Float())
		}
		q.Workers = 1
		if alone := naturalOf(t, o, q); !reflect.DeepEqual(alone, got) {
			t.Error("one worker counts otherwise")
		}
	}
}

func TestReturnTimes_TellNothingOfAShopWithoutSnapshots(t *testing.T) {
	o := ordertest.ChannelShop(3, 300, 90).Read(t, orders.Options{})
	n := naturalOf(t, o, Question{AsOf: o.FirstDay + 80, LapsedAfter: 60, Horizon: 60, Workers: 2})
	if n.Curve.Share != nil || !math.IsNaN(n.ValueCap) {
		t.Errorf("%+v of a shop without past days", n)
	}
}
