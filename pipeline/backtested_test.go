package pipeline

import (
	"testing"
	"winback/data"
)

func countedBacktestRates(t testing.TB, o *data.Orders, lapsedAfter, horizon int) *ReturnRates {
	t.Helper()
	r, err := CountReturns(t.Context(), o, lapsedAfter, horizon, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func builtSnapshots(t *testing.T, o *data.Orders, q Question, mostRows int) (*Snapshots, *ReturnRates) {
	t.Helper()
	rates := countedBacktestRates(t, o, q.LapsedAfter, q.Horizon)
	s, err := BuildSnapshots(t.Context(), o, q, q.SnapshotDays(rates), rates, mostRows)
	if err != nil {
		t.Fatal(err)
	}
	return s, rates
}

// ratesOfSteadyShop has the same rate on every day.
func ratesOfSteadyShop(from, to data.Day, rate float64) *ReturnRates {
	r := &ReturnRates{First: from, Horizon: 60}
	for range int(to - from) {
		r.Lapsed = append(r.Lapsed, 10_000)
		r.Returned = append(r.Returned, int64(rate*10_000))
	}
	return r
}

var askedOfSteadyShop = Question{AsOf: 15_060, LapsedAfter: 90, Horizon: 60, Workers: 2}
