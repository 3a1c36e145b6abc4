package policy

import (
	"winback/data"
	"winback/pipeline/campaign"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
)

// Lists are what is told beside the ledger; nil is not told.
type Lists struct {
	Suppressed *plan.Suppressions // nobody on it is contacted
	Consent    *plan.Suppressions // nobody else is contacted
	Universal  *plan.Holdout      // whoever it holds is never contacted
}

// Known is what is known of customers when a day begins.
type Known struct {
	Lists
	AsOf     data.Day
	optedOut *plan.Suppressions
	busy     map[string]campaign.Kept
	contacts map[string][]data.Day
}

// Know reads what a ledger, and its waves as known then, tell of customers as of a
// day.
func Know(l *ledger.Ledger, waves []*campaign.Wave, lists Lists, asOf data.Day) (*Known, error) {
	k := &Known{Lists: lists, AsOf: asOf}
	var err error
	if k.optedOut, err = campaign.OptedOut(l, asOf); err != nil {
		return nil, err
	}
	k.busy = campaign.Busy(waves, asOf)
	k.contacts, err = campaign.ContactDays(l, waves, asOf)
	return k, err
}

// Barred says whether a customer is in a campaign, or not to be contacted at all,
// whatever the stage and the last purchase.
func (k *Known) Barred(id string) bool {
	f := k.Facts(id, "", 0)
	return f.OptedOut || f.NoConsent || f.Universal || f.Campaign != ""
}

// Facts are those of a customer with a stage who last bought on a day.
func (k *Known) Facts(id, stage string, lastPurchase data.Day) Facts {
	kept := k.busy[id]
	return Facts{
		OptedOut: k.Suppressed.Has(id) || k.optedOut.Has(id), NoConsent: k.Consent != nil && !k.Consent.Has(id),
		Universal: k.Universal != nil && k.Universal.Held(id), Campaign: kept.Campaign, Until: kept.Until,
		LastPurchase: lastPurchase, Contacts: k.contacts[id], Stage: stage,
	}
}
