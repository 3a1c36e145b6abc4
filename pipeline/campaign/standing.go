package campaign

import (
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/ledger"
)

// Standing is what campaigns and contact logs tell of a customer when a day begins.
type Standing struct {
	CustomerID string
	Kept       Kept       // by a campaign; the zero value by none
	Contacts   []data.Day // before the day, of any kind, ascending
}

// StandingsOf are those of all customers of whom anything is told, by customer id.
// Several rows of a log of a customer and day are what became of one message.
func StandingsOf(l *ledger.Ledger, waves []*Wave, asOf data.Day) (Standings, error) {
	var all Standings
	for _, w := range waves {
		all = all.with(w.standings(asOf), false)
	}
	var log Standings
	err := eachContact(l, asOf, func(r *tables.LoggedContact) {
		if day := data.DayOfMicros(r.SentAt); day < asOf {
			log = append(log, Standing{CustomerID: r.CustomerID, Contacts: []data.Day{day}})
		}
	})
	if err != nil || len(log) == 0 {
		return all, err
	}
	slices.SortStableFunc(log, func(a, b Standing) int { return strings.Compare(a.CustomerID, b.CustomerID) })
	return all.with(log, true), nil
}

// standings are those that the wave alone tells; contacts are what was declared.
func (w *Wave) standings(asOf data.Day) (list Standings) {
	until, declared := map[int32]data.Day{}, map[int32][]data.Day{} // the days are shared by the customers of a group
	for _, g := range w.Plan.Groups {
		until[g.Group] = w.keepsUntil(g.Group)
	}
	for group, s := range w.Sends {
		if s.Declared {
			declared[group] = []data.Day{s.Day}
		}
	}
	for i := range w.Rows {
		r := &w.Rows[i]
		s := Standing{CustomerID: r.CustomerID}
		if free := until[r.Group]; asOf < free {
			s.Kept = Kept{w.Name, free}
		}
		if r.Arm != tables.HoldoutArm {
			s.Contacts = declared[r.Group]
		}
		if s.Kept.Campaign != "" || s.Contacts != nil {
			list = append(list, s)
		}
	}
	return list
}

// Standings are by customer id, each once.
type Standings []Standing

// with adds what more tells, by customer id, where what comes later keeps a customer
// before what came earlier. The days of a log count once.
func (s Standings) with(more []Standing, log bool) Standings {
	merged := make(Standings, 0, len(s)+len(more))
	i := 0
	for j := range more {
		m := &more[j]
		for i < len(s) && s[i].CustomerID < m.CustomerID {
			merged = append(merged, s[i])
			i++
		}
		if i < len(s) && s[i].CustomerID == m.CustomerID {
			merged = append(merged, s[i])
			i++
		}
		if n := len(merged); n > 0 && merged[n-1].CustomerID == m.CustomerID {
			merged[n-1].add(m, log)
			continue
		}
		merged = append(merged, *m)
	}
	return append(merged, s[i:]...)
}

func (s *Standing) add(m *Standing, log bool) {
	if m.Kept.Campaign != "" {
		s.Kept = m.Kept
	}
	for _, day := range m.Contacts {
		at, known := slices.BinarySearch(s.Contacts, day)
		if !known || !log {
			s.Contacts = slices.Insert(slices.Clip(s.Contacts), at, day)
		}
	}
}

// Of is what is told of a customer.
func (s Standings) Of(id string) Standing {
	at, known := slices.BinarySearchFunc(s, id, func(t Standing, id string) int { return strings.Compare(t.CustomerID, id) })
	if !known {
		return Standing{CustomerID: id}
	}
	return s[at]
}

// Walk is Of for customers in ascending order of their ids.
func (s Standings) Walk() func(id string) Standing {
	at := 0
	return func(id string) Standing {
		for at < len(s) && s[at].CustomerID < id {
			at++
		}
		if at == len(s) || s[at].CustomerID != id {
			return Standing{CustomerID: id}
		}
		return s[at]
	}
}
