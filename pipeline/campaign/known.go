package campaign

import (
	"fmt"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
)

// Names are the campaigns that were launched, in byte order.
func Names(l *ledger.Ledger) (names []string) {
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Kind == ledger.Launch && !l.Voided(e.Number) {
			names = append(names, e.Campaign)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// CheckKnown refuses a campaign that was never launched.
func CheckKnown(l *ledger.Ledger, name string) error {
	if err := CheckName(name); err != nil {
		return err
	}
	names := Names(l)
	switch {
	case slices.Contains(names, name):
		return nil
	case len(names) == 0:
		return fmt.Errorf("there is no campaign %q: none was launched yet", name)
	}
	return fmt.Errorf("there is no campaign %q; launched: %s", name, strings.Join(names, ", "))
}

// HighestWave is the number of the newest wave of a campaign, taken back or not; 0
// for none.
func HighestWave(l *ledger.Ledger, name string) (highest int) {
	for i := range l.Entries {
		if e := &l.Entries[i]; e.Kind == ledger.Launch && e.Campaign == name {
			highest = max(highest, e.Wave)
		}
	}
	return highest
}

// OptedOut are the customers who opted out or complained in any contact log known
// on a day, in whatever campaign. Ids are compared as those of a suppression list.
func OptedOut(l *ledger.Ledger, asOf data.Day) (*plan.Suppressions, error) {
	var ids []string
	err := eachContact(l, asOf, func(r *tables.LoggedContact) {
		if OptsOut(r.Status) && data.DayOfMicros(r.SentAt) <= asOf {
			ids = append(ids, r.CustomerID)
		}
	})
	if err != nil {
		return nil, err
	}
	return plan.NewSuppressions(ids), nil
}

// Kept is a customer whom a campaign keeps from others.
type Kept struct {
	Campaign string
	Until    data.Day // first day on which it does not, as known now
}

// Busy are the customers whom a wave keeps from others on a day, contacted or held
// out: their group's window is open, or the group waits to be sent.
func Busy(waves []*Wave, asOf data.Day) map[string]Kept {
	busy := map[string]Kept{}
	for _, w := range waves {
		for i := range w.Rows {
			r := &w.Rows[i]
			if until := w.keepsUntil(r.Group); asOf < until {
				busy[r.CustomerID] = Kept{w.Name, until}
			}
		}
	}
	return busy
}

func (w *Wave) keepsUntil(group int32) data.Day {
	if sent, ok := w.Sends[group]; ok {
		return sent.Day + data.Day(w.Plan.HorizonDays)
	}
	if w.StoppedBy != nil {
		return w.Day
	}
	return w.Day + DaysToSend + 1
}

// eachContact hands over the contacts of all logs that are in force on a day.
func eachContact(l *ledger.Ledger, asOf data.Day, use func(*tables.LoggedContact)) error {
	for _, e := range l.InForce(asOf.String(), ledger.Sent) {
		if !e.Has(ContactsFile) {
			continue
		}
		rows, err := ReadContacts(e)
		if err != nil {
			return err
		}
		for i := range rows {
			use(&rows[i])
		}
	}
	return nil
}
