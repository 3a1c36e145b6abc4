package policy

import (
	"testing"

	"winback/data"
)

func TestPolicy_FirstReasonThatFits(t *testing.T) {
	p := Policy{CoolDownDays: 30, Caps: Usual(), Events: []data.Event{{Name: "sale", From: 120, To: 125}}, EventLeadDays: 7}
	for name, c := range map[string]struct {
		facts Facts
		want  Hold
	}{
		"free":                         {Facts{LastPurchase: 10, Stage: "silent"}, Hold{}},
		"opted out before all else":    {Facts{OptedOut: true, NoConsent: true, Campaign: "x"}, Hold{Why: OptedOut}},
		"no consent":                   {Facts{NoConsent: true, Universal: true}, Hold{Why: NoConsent}},
		"never contacted":              {Facts{Universal: true, Campaign: "x"}, Hold{Why: NeverContacted}},
		"in a campaign":                {Facts{Campaign: "spring", Until: 140, LastPurchase: 99}, Hold{"in campaign spring", 140}},
		"bought 30 days ago":           {Facts{LastPurchase: 70, Stage: "active"}, Hold{BoughtLately, 101}},
		"bought 31 days ago":           {Facts{LastPurchase: 69, Stage: "active"}, Hold{}},
		"contacted twice":              {Facts{LastPurchase: 10, Stage: "sleeping", Contacts: []data.Day{60, 80, 90}}, Hold{ContactedLately, 111}},
		"twice, one long ago":          {Facts{LastPurchase: 10, Stage: "sleeping", Contacts: []data.Day{69, 90}}, Hold{}},
		"contacts of tonight or later": {Facts{LastPurchase: 10, Stage: "sleeping", Contacts: []data.Day{90, 100}}, Hold{}},
		"lost, long before an event":   {Facts{LastPurchase: -200, Stage: "lost"}, Hold{Sealed, 113}},
	} {
		if got := p.Of(c.facts, 100); got != c.want {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
	if got := p.Of(Facts{LastPurchase: -200, Stage: "lost"}, 113); got != (Hold{}) {
		t.Errorf("lost, 7 days before an event: %v", got)
	}
	p.Events = nil
	if got := p.Of(Facts{LastPurchase: -200, Stage: "lost"}, 100); got != (Hold{}) {
		t.Errorf("lost, without a calendar: %v", got)
	}
}

// TestPolicy_UntilIsTheFirstFreeDay holds where nothing else happens.
func TestPolicy_UntilIsTheFirstFreeDay(t *testing.T) {
	p := Policy{CoolDownDays: 30, Caps: Usual(), Events: []data.Event{{Name: "sale", From: 120, To: 125}}, EventLeadDays: 7}
	for _, f := range []Facts{{LastPurchase: 80, Stage: "active"}, {LastPurchase: 1, Stage: "sleeping", Contacts: []data.Day{75, 90, 99}}, {LastPurchase: -300, Stage: "lost"}} {
		hold := p.Of(f, 100)
		if hold.Until <= 100 || p.Of(f, hold.Until-1).Why != hold.Why || p.Of(f, hold.Until) != (Hold{}) {
			t.Errorf("%+v: %v, the day before %v, on the day %v", f, hold, p.Of(f, hold.Until-1), p.Of(f, hold.Until))
		}
	}
}
