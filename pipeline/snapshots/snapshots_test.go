package snapshots

import (
	"math"
	"reflect"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
	"winback/models"
	"winback/pipeline/baserate"
)

func snapshotsOf(t *testing.T, o *orders.Table, q Question, mostRows int) (*Snapshots, *baserate.Rates) {
	t.Helper()
	rates := ratesFor(t, o, q.LapsedAfter, q.Horizon)
	shop, err := TakeShop(t.Context(), o, q.SnapshotDays(rates), rates, q.Workers)
	if err != nil {
		t.Fatal(err)
	}
	s, err := Build(t.Context(), o, q, q.SnapshotDays(rates), rates, shop, mostRows)
	if err != nil {
		t.Fatal(err)
	}
	return s, rates
}

func TestSnapshotDays_AreThirtyDaysApartBackFromTheTestCut(t *testing.T) {
	o := ordertest.ChannelShop(1, 1500, 900).Read(t, orders.Options{})
	q := Question{AsOf: ordertest.FirstDay + 850, LapsedAfter: 60, Horizon: 60, Workers: 2}
	days := q.SnapshotDays(ratesFor(t, o, 60, 60))
	if len(days) < 15 || days[0] != q.AsOf-60 {
		t.Fatalf("%d snapshots, the newest %s", len(days), days[0])
	}
	for k, d := range days {
		if d != days[0]-data.Day(30*k) || d < o.FirstDay+60+FillUpDays {
			t.Errorf("snapshot %d is of %s", k, d)
		}
	}
}

// Labels and spend of a snapshot are what a plain look at the lines says.
func TestBuildSnapshots_LabelsAndSpendAreThoseOfTheHorizon(t *testing.T) {
	shop := ordertest.ChannelShop(2, 400, 500)
	o := shop.Read(t, orders.Options{})
	q := Question{AsOf: ordertest.FirstDay + 450, LapsedAfter: 45, Horizon: 50, Workers: 2}
	s, rates := snapshotsOf(t, o, q, 0)
	type sum struct {
		lapsed, returned int
		spent            int64
	}
	for k, day := range s.Days {
		var want sum
		last, bought := map[string]int32{}, map[string]int64{}
		for _, l := range shop.Lines {
			switch at := data.Day(l.OrderDate); {
			case l.Quantity < 0:
			case at < day:
				last[l.CustomerID] = max(last[l.CustomerID], l.OrderDate)
			case at < day+50:
				bought[l.CustomerID] += l.Amount
			}
		}
		for id, d := range last {
			if int(day)-int(d) >= 45 {
				want.lapsed++
				if bought[id] > 0 {
					want.returned++
					want.spent += bought[id]
				}
			}
		}
		var got sum
		for i := s.Starts[k]; i < s.Starts[k+1]; i++ {
			got.lapsed++
			got.returned += int(s.Returned[i])
			got.spent += int64(100*s.Spend[i] + 0.5)
		}
		if got != want {
			t.Errorf("snapshot of %s: %+v, want %+v", day, got, want)
		}
		if lapsed, returned := rates.At(day); int(lapsed) != got.lapsed || int(returned) != got.returned {
			t.Errorf("snapshot of %s: the daily rates say %d of %d", day, returned, lapsed)
		}
	}
}

func TestBuildSnapshots_SamplesCustomersWhole(t *testing.T) {
	o := ordertest.ChannelShop(3, 2000, 700).Read(t, orders.Options{})
	q := Question{AsOf: ordertest.FirstDay + 690, LapsedAfter: 60, Horizon: 60, Workers: 2}
	all, _ := snapshotsOf(t, o, q, 0)
	some, _ := snapshotsOf(t, o, q, 4000)
	rows := len(some.Returned)
	if all.Share != 1 || some.Share >= 1 || rows < 3000 || rows > 5000 {
		t.Fatalf("%d rows of %d, shares %v and %v", rows, len(all.Returned), some.Share, all.Share)
	}
	drawn := map[uint32]bool{}
	for _, c := range some.Customer {
		drawn[c] = true
	}
	want := 0
	for _, c := range all.Customer {
		if drawn[c] {
			want++
		}
	}
	if rows != want {
		t.Errorf("%d rows of customers who have %d: some are drawn in part", rows, want)
	}
}

func ratesFor(t testing.TB, o *orders.Table, lapsedAfter, horizon int) *baserate.Rates {
	t.Helper()
	r, err := baserate.Count(t.Context(), o, lapsedAfter, horizon, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// A part of the snapshots is what a night of that day would have built.
func TestSnapshotsFrom_AreThoseOfTheEarlierNight(t *testing.T) {
	o := ordertest.ChannelShop(6, 700, 500).Read(t, orders.Options{})
	q := Question{AsOf: ordertest.FirstDay + 480, LapsedAfter: 45, Horizon: 60, Workers: 2}
	all, _ := snapshotsOf(t, o, q, 0)
	for _, k := range []int{0, 1, 4} {
		want, _ := snapshotsOf(t, o, q.NightOf(all.Days[k]), 0)
		got := all.From(k)
		if !reflect.DeepEqual(columnBits(got), columnBits(want)) {
			t.Errorf("from snapshot %d: other rows than those built for that night", k)
		}
		got.Raw, got.Relative, got.Shop, want.Raw, want.Relative, want.Shop = nil, nil, nil, nil, nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("from snapshot %d: other labels than those built for that night", k)
		}
	}
}

// columnBits are the numbers of the matrices, so that missing values equal each other.
func columnBits(s *Snapshots) [][]uint32 {
	var out [][]uint32
	for _, m := range []*models.Matrix{s.Raw, s.Relative} {
		for _, c := range m.Columns {
			column := make([]uint32, len(c))
			for i, v := range c {
				column[i] = math.Float32bits(v)
			}
			out = append(out, column)
		}
	}
	return out
}
