package campaign

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
)

// Wave is one launch of a campaign, with what was sent and said of it until a day.
type Wave struct {
	Name   string
	Number int
	Day    data.Day // of the launch
	Entry  *ledger.Entry
	Plan   Plan
	Rows   []tables.AssignmentRow // by customer id

	Sends     map[int32]Send // by group; none for those that wait
	StoppedBy *ledger.Entry  // nil where nobody stopped the wave
	contacts  []contact      // of its customers, by row and time
	priced    map[int32]bool // groups of whose contacts a log says what they cost
	next      data.Day       // launch of the wave after this one; 0 for none
}

// Send says when anything of a group first went out, and which entry tells it.
type Send struct {
	Day      data.Day
	Entry    int
	Declared bool // by its groups, not by a log
}

// contact is a message that a customer of the wave got.
type contact struct {
	row int32
	day data.Day
	own bool // of the wave, not of something else

	cost float64 // currency; NaN: no log says
}

// DeclaredSend is what the settings of a sent entry say where it has no log.
type DeclaredSend struct {
	Groups []int  `json:"groups"`
	On     string `json:"on"` // YYYY-MM-DD
}

// Row finds a customer; false where the wave has no such one.
func (w *Wave) Row(customerID string) (int, bool) {
	return slices.BinarySearchFunc(w.Rows, customerID, func(r tables.AssignmentRow, id string) int { return strings.Compare(r.CustomerID, id) })
}

// Load makes the waves of a campaign as known on a day, the oldest first; those of
// all campaigns where the name is empty, in the order of their launches.
func Load(l *ledger.Ledger, name string, asOf data.Day) ([]*Wave, error) {
	var waves []*Wave
	last := map[string]*Wave{}
	for _, e := range l.InForce(asOf.String(), ledger.Launch) {
		if name != "" && e.Campaign != name {
			continue
		}
		w, err := open(e)
		if err != nil {
			return nil, err
		}
		if before := last[w.Name]; before != nil {
			before.next = w.Day
		}
		last[w.Name] = w
		waves = append(waves, w)
	}
	if err := attachSends(l, waves, asOf); err != nil {
		return nil, err
	}
	for _, e := range l.InForce(asOf.String(), ledger.Stop) {
		for _, w := range waves {
			if w.Name == e.Campaign && w.Number == e.Wave {
				w.StoppedBy = e
			}
		}
	}
	return waves, nil
}

// open reads a launch.
func open(e *ledger.Entry) (*Wave, error) {
	w := &Wave{Name: e.Campaign, Number: e.Wave, Day: e.On(), Entry: e, Sends: map[int32]Send{}, priced: map[int32]bool{}}
	if err := e.ReadJSON(PlanFile, &w.Plan); err != nil {
		return nil, err
	}
	file, size, err := e.Open(AssignmentsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for row, err := range tables.ReadAssignments(file, size) {
		if err != nil {
			return nil, &data.InputError{Path: e.Name() + "/" + AssignmentsFile, Err: err}
		}
		w.Rows = append(w.Rows, row)
	}
	return w, nil
}

// attachSends goes through what was sent. A contact belongs to the newest wave of
// its campaign that was launched by then.
func attachSends(l *ledger.Ledger, waves []*Wave, asOf data.Day) error {
	for _, e := range l.InForce(asOf.String(), ledger.Sent) {
		if !e.Has(ContactsFile) {
			declared, err := declaredSend(e)
			if err != nil {
				return err
			}
			attachDeclared(e, declared, waves)
			continue
		}
		contacts, err := ReadContacts(e)
		if err != nil {
			return err
		}
		for _, c := range contacts {
			if day := data.DayOfMicros(c.SentAt); day <= asOf {
				for _, w := range waves {
					w.attach(e, c, day)
				}
			}
		}
	}
	for _, w := range waves {
		slices.SortStableFunc(w.contacts, func(a, b contact) int {
			if a.row != b.row {
				return int(a.row) - int(b.row)
			}
			return int(a.day) - int(b.day)
		})
	}
	return nil
}

func declaredSend(e *ledger.Entry) (d DeclaredSend, err error) {
	if err := json.Unmarshal(e.Settings, &d); err != nil {
		return d, fmt.Errorf("%s: %w: %w", e.Name(), ledger.ErrDamaged, err)
	}
	return d, nil
}

// ReadContacts reads the contact log of an entry of what was sent.
func ReadContacts(e *ledger.Entry) (rows []tables.LoggedContact, err error) {
	file, size, err := e.Open(ContactsFile)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	for row, err := range tables.ReadContactLog(file, size) {
		if err != nil {
			return nil, &data.InputError{Path: run.LedgerFolder + "/" + e.Name() + "/" + ContactsFile, Err: err}
		}
		rows = append(rows, row)
	}
	return rows, nil
}

// attachDeclared takes all contacts of the groups as sent on the day.
func attachDeclared(e *ledger.Entry, d DeclaredSend, waves []*Wave) {
	day, err := data.ParseDay(d.On)
	if err != nil {
		return
	}
	for _, w := range waves {
		if w.Name != e.Campaign || w.Number != e.Wave {
			continue
		}
		for _, group := range d.Groups {
			w.send(int32(group), Send{day, e.Number, true})
		}
		for i := range w.Rows {
			if r := &w.Rows[i]; r.Arm != tables.HoldoutArm && slices.Contains(d.Groups, int(r.Group)) {
				w.contacts = append(w.contacts, contact{int32(i), day, true, math.NaN()})
			}
		}
	}
}

// attach takes a logged contact, if it is of a customer of the wave.
func (w *Wave) attach(e *ledger.Entry, c tables.LoggedContact, day data.Day) {
	i, known := w.Row(c.CustomerID)
	if !known {
		return
	}
	own := w.owns(e, c, day)
	w.contacts = append(w.contacts, contact{int32(i), day, own, c.Cost})
	if own && w.Rows[i].Arm != tables.HoldoutArm {
		w.send(w.Rows[i].Group, Send{day, e.Number, false})
		if !math.IsNaN(c.Cost) {
			w.priced[w.Rows[i].Group] = true
		}
	}
}

// owns says whether a contact of a customer of the wave is one of the wave's.
func (w *Wave) owns(e *ledger.Entry, c tables.LoggedContact, day data.Day) bool {
	return e.Campaign == w.Name && (c.Campaign == "" || c.Campaign == w.Name) && day >= w.Day && (w.next == 0 || day < w.next)
}

// send keeps the first day on which anything of a group went out.
func (w *Wave) send(group int32, s Send) {
	if before, known := w.Sends[group]; !known || s.Day < before.Day {
		w.Sends[group] = s
	}
}

// contactsOf are the contacts of a customer, by time.
func (w *Wave) contactsOf(row int) []contact {
	from, _ := slices.BinarySearchFunc(w.contacts, int32(row), func(c contact, row int32) int { return int(c.row) - int(row) })
	to := from
	for to < len(w.contacts) && w.contacts[to].row == int32(row) {
		to++
	}
	return w.contacts[from:to]
}

// GroupNumbers are the groups in order of sending: those sent by their days, then
// the others as planned.
func (w *Wave) GroupNumbers() (numbers []int32) {
	for _, g := range w.Plan.Groups {
		numbers = append(numbers, g.Group)
	}
	slices.SortStableFunc(numbers, func(a, b int32) int {
		x, sentX := w.Sends[a]
		y, sentY := w.Sends[b]
		switch {
		case sentX && sentY:
			return int(x.Day) - int(y.Day)
		case sentX:
			return -1
		case sentY:
			return 1
		}
		return 0
	})
	return numbers
}

// LastSend is the newest send day of a group; false where nothing was sent.
func (w *Wave) LastSend() (last data.Day, any bool) {
	for _, s := range w.Sends {
		last, any = max(last, s.Day), true
	}
	return last, any
}

// DaysToSend is how long after its launch a group may still be sent.
const DaysToSend = 30

// TailDays is how long after a window returned goods still count.
const TailDays = 30

// Over says whether the wave is settled on a day: every window that was opened is
// over with its tail, and none is opened any more.
func (w *Wave) Over(asOf data.Day) bool {
	if len(w.Sends) == 0 {
		return false
	}
	waiting := len(w.Sends) < len(w.Plan.Groups) && w.StoppedBy == nil && w.next == 0 && asOf <= w.Day+DaysToSend
	last, _ := w.LastSend()
	return !waiting && asOf >= last+data.Day(w.Plan.HorizonDays)+TailDays
}
