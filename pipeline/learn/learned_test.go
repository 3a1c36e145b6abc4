package learn

import (
	"testing"

	"winback/data/orders"
	"winback/pipeline/baserate"
	"winback/pipeline/snapshots"
)

func countedRates(t testing.TB, o *orders.Table, lapsedAfter, horizon int) *baserate.Rates {
	t.Helper()
	r, err := baserate.Count(t.Context(), o, lapsedAfter, horizon, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func snapshotsFor(t *testing.T, o *orders.Table, q snapshots.Question, mostRows int) (*snapshots.Snapshots, *baserate.Rates) {
	t.Helper()
	rates := countedRates(t, o, q.LapsedAfter, q.Horizon)
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
