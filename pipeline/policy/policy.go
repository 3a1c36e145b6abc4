// Package policy says who may be contacted on a day, and until when not. It looks at
// what is known before any draw, so that contacts and held-out lose the same people.
package policy

import (
	"fmt"
	"slices"

	"winback/data"
)

// Why a customer is held; that of a campaign is "in campaign NAME".
const (
	OptedOut        = "opted out"
	NoConsent       = "no consent"
	NeverContacted  = "never contacted"
	inCampaign      = "in campaign "
	BoughtLately    = "bought lately"
	ContactedLately = "contacted lately"
	Sealed          = "sealed"
)

// Cap is how often customers of a stage may be contacted; the zero value is no cap.
type Cap struct {
	Contacts int
	Days     int  // of the period
	ByEvent  bool // only before and in an event of the calendar
}

// Policy are the settings.
type Policy struct {
	CoolDownDays  int // after a purchase; 0: none
	Caps          map[string]Cap
	Events        []data.Event
	EventLeadDays int // before an event
}

// Usual are the caps where nobody sets others.
func Usual() map[string]Cap {
	return map[string]Cap{"active": {Contacts: 4, Days: 30}, "silent": {Contacts: 4, Days: 30}, "sleeping": {Contacts: 2, Days: 30}, "lost": {ByEvent: true}}
}

// Facts are what is known of a customer when the day begins.
type Facts struct {
	OptedOut     bool     // on a suppression list, or by any contact log, ever
	NoConsent    bool     // consent was asked for, and is not there
	Universal    bool     // drawn to be never contacted
	Campaign     string   // whose open or waiting group has the customer; "" for none
	Until        data.Day // first day after that campaign; 0: not known
	LastPurchase data.Day
	Contacts     []data.Day // of any kind, ascending
	Stage        string     // active, silent, sleeping or lost
}

// Hold is why a customer may not be contacted; the zero value is that he may.
type Hold struct {
	Why   string
	Until data.Day // first day on which this reason holds no more; 0: not known, or never
}

// Of is the first reason that fits as of a day.
func (p Policy) Of(f Facts, asOf data.Day) Hold {
	switch {
	case f.OptedOut:
		return Hold{Why: OptedOut}
	case f.NoConsent:
		return Hold{Why: NoConsent}
	case f.Universal:
		return Hold{Why: NeverContacted}
	case f.Campaign != "":
		return Hold{inCampaign + f.Campaign, f.Until}
	case p.CoolDownDays > 0 && int(asOf-f.LastPurchase) <= p.CoolDownDays:
		return Hold{BoughtLately, f.LastPurchase + data.Day(p.CoolDownDays) + 1}
	}
	limit := p.Caps[f.Stage]
	if !limit.ByEvent {
		return limit.hold(f.Contacts, asOf)
	}
	if len(p.Events) == 0 || p.nearEvent(asOf) {
		return Hold{}
	}
	return Hold{Sealed, p.release(asOf)}
}

// hold says whether as many contacts as are allowed lie in the period before a day.
func (c Cap) hold(contacts []data.Day, asOf data.Day) Hold {
	if c.Days == 0 || c.Contacts == 0 {
		return Hold{}
	}
	from, _ := slices.BinarySearch(contacts, asOf-data.Day(c.Days))
	to, _ := slices.BinarySearch(contacts, asOf)
	if to-from < c.Contacts {
		return Hold{}
	}
	// When the first of the last so many leaves the period.
	return Hold{ContactedLately, contacts[to-c.Contacts] + data.Day(c.Days) + 1}
}

// nearEvent says whether an event runs, or begins within the lead.
func (p Policy) nearEvent(day data.Day) bool {
	for lead := range data.Day(p.EventLeadDays + 1) {
		for _, e := range p.Events {
			if e.Has(day + lead) {
				return true
			}
		}
	}
	return false
}

const yearDays = 366

// release is the next day near an event; 0 where none comes within a year.
func (p Policy) release(day data.Day) data.Day {
	for d := day + 1; d <= day+yearDays; d++ {
		if p.nearEvent(d) {
			return d
		}
	}
	return 0
}

// String is the reason with its day, for people.
func (h Hold) String() string {
	if h.Until == 0 {
		return h.Why
	}
	return fmt.Sprintf("%s, until %s", h.Why, h.Until)
}
