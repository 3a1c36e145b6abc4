package backtest

import (
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/baserate"
	"winback/pipeline/snapshots"
)

func countedBacktestRates(t testing.TB, o *orders.Table, lapsedAfter, horizon int) *baserate.Rates {
	t.Helper()
	r, err := baserate.Count(t.Context(), o, lapsedAfter, horizon, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func builtSnapshots(t *testing.T, o *orders.Table, q snapshots.Question, mostRows int) (*snapshots.Snapshots, *baserate.Rates) {
	t.Helper()
	rates := countedBacktestRates(t, o, q.LapsedAfter, q.Horizon)
	shop, err := snapshots.TakeShop(t.Context(), o, q.SnapshotDays(rates), rates, q.Workers)
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshots.Build(t.Context(), o, q, q.SnapshotDays(rates), rates, shop, mostRows)
	if err != nil {
		t.Fatal(err)
	}
	return s, rates
}

// ratesOfSteadyShop has the same rate on every day.
func ratesOfSteadyShop(from, to data.Day, rate float64) *baserate.Rates {
	r := &baserate.Rates{First: from, Horizon: 60}
	for range int(to - from) {
		r.Lapsed = append(r.Lapsed, 10_000)
		r.Returned = append(r.Returned, int64(rate*10_000))
	}
	return r
}

var askedOfSteadyShop = snapshots.Question{AsOf: 15_060, LapsedAfter: 90, Horizon: 60, Workers: 2}
