package campaign

import (
	"math"
	"testing"

	"winback/data/tables"
)

// TestContactCost_IsWhatTheLogSays: a message's rows of one day count once, what the
// log leaves open costs as planned, and nobody pays for what did not go out.
func TestContactCost_IsWhatTheLogSays(t *testing.T) {
	nan := math.NaN()
	w := &Wave{Rows: make([]tables.AssignmentRow, 6), priced: map[int32]bool{1: true}}
	for i := range w.Rows {
		w.Rows[i].Group = 1
	}
	w.Rows[5].Group = 2
	w.contacts = []contact{
		{0, 10, true, .3}, {0, 10, true, nan}, {0, 10, true, .2}, // sent, delivered, opened
		{1, 10, true, .3}, {1, 17, true, .4}, // two messages
		{2, 10, true, nan},                   // left open
		{3, 10, false, .5}, {3, 11, true, 0}, // another campaign's; for nothing
	}
	for row, want := range []float64{.3, .7, .9, 0, 0, .9} {
		if got := w.contactCost(row, .9); math.Abs(got-want) > 1e-12 {
			t.Errorf("customer %d: %v, want %v", row, got, want)
		}
	}
}
