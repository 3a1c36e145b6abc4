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
	told     campaign.Standings
}

// Know reads what a ledger, and its waves as known then, tell of customers as of a
// day.
func Know(l *ledger.Ledger, waves []*campaign.Wave, lists Lists, asOf data.Day) (*Known, error) {
	k := &Known{Lists: lists, AsOf: asOf}
	var err error
	if k.optedOut, err = campaign.OptedOut(l, asOf); err != nil {
		return nil, err
	}
	k.told, err = campaign.StandingsOf(l, waves, asOf)
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
	return k.facts(k.told.Of(id), stage, lastPurchase)
}

// Walk is Facts for customers in ascending order of their ids.
func (k *Known) Walk() func(id, stage string, lastPurchase data.Day) Facts {
	of := k.told.Walk()
	return func(id, stage string, lastPurchase data.Day) Facts { return k.facts(of(id), stage, lastPurchase) }
}

func (k *Known) facts(told campaign.Standing, stage string, lastPurchase data.Day) Facts {
	id := told.CustomerID
	return Facts{
		OptedOut: k.Suppressed.Has(id) || k.optedOut.Has(id), NoConsent: k.Consent != nil && !k.Consent.Has(id),
		Universal: k.Universal != nil && k.Universal.Held(id), Campaign: told.Kept.Campaign, Until: told.Kept.Until,
		LastPurchase: lastPurchase, Contacts: told.Contacts, Stage: stage,
	}
}
