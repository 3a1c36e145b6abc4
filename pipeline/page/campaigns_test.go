package page

import (
	"math"
	"strings"
	"testing"

	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/offers"
)

// The record tells the newest forecast first, of whom it was, and what did not come true
// as what did.
func TestSettled_TellsEveryForecastGoodOrBad(t *testing.T) {
	got := settled(campaign.ForecastRecord{ObservedOverExpected: .81, Low: .75, High: .87, Judged: []campaign.Judged{
		{AsOf: 20453, HeldOutOf: "demo, wave 1", Customers: 11_939, Low: 164, High: 267, Returned: 192, Inside: true, Groups: 5, GroupsInside: 3},
		{AsOf: 20534, Customers: 23_652, Low: 245, High: 530, Returned: 187, Groups: 5, GroupsInside: 1},
	}})
	if want := "Of 2 lists whose time is over, 1 came out as foretold. For each 100 returns foretold 81 came (75 to 87)."; got.Summary != want {
		t.Errorf("%q, want %q", got.Summary, want)
	}
	if len(got.Forecasts) != 2 {
		t.Fatalf("%+v", got.Forecasts)
	}
	newest, oldest := got.Forecasts[0], got.Forecasts[1]
	if newest.AsOf != 20534 || newest.Of != "lapsed, not contacted" || newest.Inside || newest.Returned != 187 || newest.GroupsInside != 1 {
		t.Errorf("the newest: %+v", newest)
	}
	if oldest.Of != "held out of demo, wave 1" || !oldest.Inside || oldest.Low != 164 || oldest.High != 267 || oldest.Customers != 11_939 || oldest.Groups != 5 {
		t.Errorf("the oldest: %+v", oldest)
	}
	if none := settled(campaign.ForecastRecord{ObservedOverExpected: campaign.Figure(math.NaN())}); none.Summary != "" || len(none.Forecasts) != 0 {
		t.Errorf("without a forecast: %+v", none)
	}
}

func TestShownNotes_CautionThatShownIsNotCaused(t *testing.T) {
	notes := shownNotes(&learn.Evaluation{Shows: &offers.Record{Test: "of 710 customers who came back 28.5 % bought one of the first three products", Chosen: "R", Why: "nothing is better"}})
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "Shown products at the test cut: of 710 customers") || !strings.HasSuffix(notes[0], "three products. Products are shown in the order of own purchases: nothing is better. "+offers.Caution) {
		t.Errorf("%q", notes)
	}
	if notes := shownNotes(&learn.Evaluation{}); notes != nil {
		t.Errorf("nothing is shown, said %q", notes)
	}
}
