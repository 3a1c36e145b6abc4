package pipeline

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"

	"winback/data"
)

// channelShop is a random shop in which channel and category go with the
// customer.
func channelShop(seed uint64, customers, days int) *invented {
	shop := randomShop(rand.New(rand.NewPCG(seed, 2)), customers, days)
	for i := range shop.lines {
		l := &shop.lines[i]
		c := int(l.CustomerID[len(l.CustomerID)-1] + l.CustomerID[len(l.CustomerID)-2])
		l.Channel, l.Category, l.SKU = []string{"phone", "shop", "web"}[c%3], []string{"books", "tea"}[c%2], fmt.Sprintf("p%d", i%50)
	}
	return shop
}

func snapshotsOf(t *testing.T, o *data.Orders, q Question, mostRows int) (*Snapshots, *ReturnRates) {
	t.Helper()
	rates := ratesFor(t, o, q.LapsedAfter, q.Horizon)
	s, err := BuildSnapshots(t.Context(), o, q, q.SnapshotDays(rates), rates, mostRows)
	if err != nil {
		t.Fatal(err)
	}
	return s, rates
}

func TestSnapshotDays_AreThirtyDaysApartBackFromTheTestCut(t *testing.T) {
	o := channelShop(1, 1500, 900).read(t, data.ReadOptions{})
	q := Question{AsOf: firstDay + 850, LapsedAfter: 60, Horizon: 60, Workers: 2}
	days := q.SnapshotDays(ratesFor(t, o, 60, 60))
	if len(days) < 15 || days[0] != q.AsOf-60 {
		t.Fatalf("%d snapshots, the newest %s", len(days), days[0])
	}
	for k, d := range days {
		if d != days[0]-data.Day(30*k) || d < o.FirstDay+60+fillUpDays {
			t.Errorf("snapshot %d is of %s", k, d)
		}
	}
}

// Labels and spend of a snapshot are what a plain look at the lines says.
func TestBuildSnapshots_LabelsAndSpendAreThoseOfTheHorizon(t *testing.T) {
	shop := channelShop(2, 400, 500)
	o := shop.read(t, data.ReadOptions{})
	q := Question{AsOf: firstDay + 450, LapsedAfter: 45, Horizon: 50, Workers: 2}
	s, rates := snapshotsOf(t, o, q, 0)
	type sum struct {
		lapsed, returned int
		spent            int64
	}
	for k, day := range s.Days {
		var want sum
		last, bought := map[string]int32{}, map[string]int64{}
		for _, l := range shop.lines {
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
	o := channelShop(3, 2000, 700).read(t, data.ReadOptions{})
	q := Question{AsOf: firstDay + 690, LapsedAfter: 60, Horizon: 60, Workers: 2}
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

// What happens from the test cut on changes no figure that is given for the
// test cut but those that compare it with what came: neither a model, nor a
// calibration, nor the level.
func TestLearn_PredictionsAtTheTestCutKnowNothingOfWhatFollowed(t *testing.T) {
	shop := channelShop(4, 1500, 420)
	q := Question{AsOf: firstDay + 400, LapsedAfter: 30, Horizon: 60, Workers: 2}
	cut := q.TestCut()
	dropped := 0
	other := shop.change(cut, func(l *soldLine) bool {
		dropped++
		l.Channel, l.Category, l.SKU, l.Amount = "a new one", "zinc", "p999", l.Amount*7
		return dropped%3 > 0
	})
	for c := range 150 { // others come back
		other.buy(fmt.Sprintf("c%05d", 9*c), cut+data.Day(c%60), 4321)
	}
	type foretold struct {
		Choice Choice
		Level  Level
		Raw, P map[string][]float64
	}
	returned := [2]int{}
	tell := func(k int, shop *invented) foretold {
		o := shop.read(t, data.ReadOptions{NamesBefore: q.AsOf})
		s, rates := snapshotsFor(t, o, q, 0)
		for _, y := range s.Returned[:s.Starts[1]] {
			returned[k] += int(y)
		}
		l := newLearner(s, q, 10, 1)
		choice, err := l.choose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if choice.Cuts == 0 {
			t.Fatal("there is nothing to learn from")
		}
		level := ForecastLevel(rates, cut, q.firstUsefulDay(rates.First))
		tested, err := l.test(t.Context(), level, choice.Name)
		if err != nil {
			t.Fatal(err)
		}
		return foretold{choice, level, tested.raw, tested.p}
	}
	a, b := tell(0, shop), tell(1, other)
	if returned[0] == returned[1] {
		t.Fatal("what followed is the same")
	}
	if !reflect.DeepEqual(a.Choice, b.Choice) || !reflect.DeepEqual(a.Level, b.Level) {
		t.Errorf("choice and level are %+v, %+v and %+v, %+v", a.Choice, a.Level, b.Choice, b.Level)
	}
	for name := range a.Raw {
		if !slices.Equal(a.Raw[name], b.Raw[name]) {
			t.Errorf("model %s ranks otherwise", name)
		}
		if !slices.Equal(a.P[name], b.P[name]) {
			t.Errorf("model %s gives other probabilities", name)
		}
	}
}

func ratesFor(t testing.TB, o *data.Orders, lapsedAfter, horizon int) *ReturnRates {
	t.Helper()
	r, err := CountReturns(t.Context(), o, lapsedAfter, horizon, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}
