package campaign

import (
	"maps"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/ledger"
)

// Attributed is what a contact log tells of a campaign. Counts are of rows.
type Attributed struct {
	Wave     *Wave // the newest that the log speaks of; the first where it speaks of none
	Rows     int
	Own      int // of the campaign's contacts
	HeldOut  int // of customers held out, whatever sent it
	Others   int // of customers whom the campaign does not know
	Early    int // of the campaign by name, before it was launched
	OptedOut int
	First    map[int32]data.Day // first contact of a group of Wave
}

// Groups are those of Wave with a contact, ascending.
func (a *Attributed) Groups() []int32 { return slices.Sorted(maps.Keys(a.First)) }

// Attribute holds a log against the waves of a campaign, the oldest first.
func Attribute(log *Log, waves []*Wave) Attributed {
	a := Attributed{Wave: waves[0], Rows: len(log.Rows), First: map[int32]data.Day{}}
	e := &ledger.Entry{Campaign: waves[0].Name}
	for _, row := range log.Rows {
		day := data.DayOfMicros(row.SentAt)
		if OptsOut(row.Status) {
			a.OptedOut++
		}
		if row.Campaign == waves[0].Name && day < waves[0].Day {
			a.Early++
		}
		known := false
		for _, w := range waves {
			i, in := w.Row(row.CustomerID)
			if known = known || in; in {
				a.count(w, e, row, w.Rows[i], day)
			}
		}
		if !known {
			a.Others++
		}
	}
	return a
}

func (a *Attributed) count(w *Wave, e *ledger.Entry, row tables.LoggedContact, customer tables.AssignmentRow, day data.Day) {
	own := w.owns(e, row, day)
	if customer.Arm == tables.HoldoutArm {
		if day >= w.Day && (w.next == 0 || day < w.next) {
			a.HeldOut++
		}
		return
	}
	if !own {
		return
	}
	a.Own++
	if w.Number > a.Wave.Number {
		a.Wave, a.First = w, map[int32]data.Day{}
	}
	if first, ok := a.First[customer.Group]; w == a.Wave && (!ok || day < first) {
		a.First[customer.Group] = day
	}
}
