package pipeline

import (
	"testing"
	"winback/data"
)

func countedRates(t testing.TB, o *data.Orders, lapsedAfter, horizon int) *ReturnRates {
	t.Helper()
	r, err := CountReturns(t.Context(), o, lapsedAfter, horizon, 2)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func snapshotsFor(t *testing.T, o *data.Orders, q Question, mostRows int) (*Snapshots, *ReturnRates) {
	t.Helper()
	rates := countedRates(t, o, q.LapsedAfter, q.Horizon)
	s, err := BuildSnapshots(t.Context(), o, q, q.SnapshotDays(rates), rates, mostRows)
	if err != nil {
		t.Fatal(err)
	}
	return s, rates
}
