package campaign

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"

	"winback/data"
	"winback/data/tables"
)

// TestStandings_AreThoseOfAPlainCount adds random waves and logs one by one.
func TestStandings_AreThoseOfAPlainCount(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for range 300 {
		var waves []*Wave
		var all Standings
		kept, days := map[string]Kept{}, map[string][]data.Day{}
		for n := range rng.IntN(4) {
			w := &Wave{Name: "w" + strconv.Itoa(n), Day: 90, Sends: map[int32]Send{}, Plan: Plan{HorizonDays: 60, Groups: []PlannedGroup{{Group: 1}, {Group: 2}}}}
			if rng.IntN(2) == 0 {
				w.Sends[1] = Send{data.Day(30 + rng.IntN(60)), 1, rng.IntN(2) == 0}
			}
			for id := range 40 {
				if rng.IntN(2) == 0 {
					w.Rows = append(w.Rows, tables.AssignmentRow{CustomerID: strconv.Itoa(100 + id), Group: int32(1 + rng.IntN(2)), Arm: []string{"mail", tables.HoldoutArm}[rng.IntN(2)]})
				}
			}
			for _, r := range w.Rows {
				if sent := w.Sends[r.Group]; sent.Declared && r.Arm != tables.HoldoutArm {
					days[r.CustomerID] = append(days[r.CustomerID], sent.Day)
				}
			}
			waves = append(waves, w)
			maps.Copy(kept, Busy(waves[n:], 100))
			all = all.with(w.standings(100), false)
		}
		var log []Standing
		for id := range 40 {
			for range rng.IntN(3) {
				day := data.Day(30 + rng.IntN(60))
				log = append(log, Standing{CustomerID: strconv.Itoa(100 + id), Contacts: []data.Day{day}})
				if key := strconv.Itoa(100 + id); !slices.Contains(days[key], day) {
					days[key] = append(days[key], day)
				}
			}
		}
		all = all.with(log, true)
		walk := all.Walk()
		for id := range 40 {
			key := strconv.Itoa(100 + id)
			slices.Sort(days[key])
			for _, got := range []Standing{all.Of(key), walk(key)} {
				if got.Kept != kept[key] || !slices.Equal(got.Contacts, days[key]) {
					t.Fatalf("customer %s: %+v, want %+v and %v", key, got, kept[key], days[key])
				}
			}
		}
	}
}
