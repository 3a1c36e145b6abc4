package report

import (
	_ "embed"
	"html/template"

	"winback/data"
)

//go:embed campaigns.tmpl
var campaignsText string

// withCampaigns adds the campaigns to the page's templates.
func withCampaigns(t *template.Template) *template.Template {
	template.Must(t.New("campaign parts").Parse(campaignsText))
	return t
}

// Campaign is one wave of a campaign, as measured as of the report's day.
type Campaign struct {
	Name    string
	Wave    int
	Newest  bool   // wave of the campaign: what to do next is on top of the page
	Summary string // a sentence: what was sent, how many are held out
	Next    string // sentences: what to do next
	Target  string // a sentence; empty: there is none
	Money   string // a sentence: the profit that was measured; empty: not known yet
	Notes   []string

	Extra   Progress // extra returns, with the limits that hold at any look
	Returns Progress // of the contacts, towards the target; no days: not drawn
	Rows    []CampaignRow
	Learned []LearnedRow // of closed windows, this wave's and those before it
}

// Progress is a number that grows from day to day.
type Progress struct {
	First     data.Day // as of which the first of the days is known
	Days      []ProgressDay
	End       data.Day // the last window is over
	Target    float64  // NaN: none in these units
	Low, High float64  // by the end; NaN: not known, or the windows are over
}

// ProgressDay is the number as of a day; limits are NaN where it is counted.
type ProgressDay struct{ Value, Low, High float64 }

// CampaignRow is a group that was sent, or all of them, all arms together.
type CampaignRow struct {
	Group                         string // number, or "all"
	Sent                          string // day; empty for all
	State                         string // open, closed or settled
	Day                           int    // of the window; -1 for all
	Contacts, Returns             int64
	HeldOut, HeldOutReturns       int64
	Lift, LiftLow, LiftHigh       float64
	Extra, ExtraLow, ExtraHigh    float64
	EndLow, EndHigh               float64 // returns by the end; NaN once closed
	Profit, ProfitLow, ProfitHigh float64 // NaN until closed
}

// LearnedRow is what closed windows teach of a group and arm.
type LearnedRow struct {
	Group     int
	Arm       string
	Lift, SD  float64 // of a contact
	Profit    float64 // of a contact; NaN: not known
	Preferred bool
}

// Record is what came of the forecasts whose time is over, good or bad.
type Record struct {
	Summary   string // a sentence; empty: none is over yet
	Forecasts []RecordRow
}

// RecordRow is one forecast, all its groups together.
type RecordRow struct {
	AsOf                 data.Day
	Of                   string // whose returns were foretold
	Customers            int64
	Low, High            float64 // returns foretold, 95 %
	Returned             int64
	Inside               bool
	Groups, GroupsInside int
}

// cleanRecord returns the record with every text cleaned.
func cleanRecord(r Record) Record {
	r.Summary, r.Forecasts = clean(r.Summary), append([]RecordRow(nil), r.Forecasts...)
	for i := range r.Forecasts {
		r.Forecasts[i].Of = clean(r.Forecasts[i].Of)
	}
	return r
}

// cleanCampaigns returns the campaigns with every text cleaned.
func cleanCampaigns(all []Campaign) []Campaign {
	var cleaned []Campaign
	for _, c := range all {
		for _, text := range []*string{&c.Name, &c.Summary, &c.Next, &c.Target, &c.Money} {
			*text = clean(*text)
		}
		c.Notes = cleanAll(c.Notes)
		learned := append([]LearnedRow(nil), c.Learned...)
		for i := range learned {
			learned[i].Arm = clean(learned[i].Arm)
		}
		c.Learned = learned
		cleaned = append(cleaned, c)
	}
	return cleaned
}

// campaignPart is a campaign with its pictures.
type campaignPart struct {
	Campaign
	ExtraChart, ReturnsChart *chart
}

func campaignParts(all []Campaign) (parts []campaignPart) {
	for _, c := range all {
		parts = append(parts, campaignPart{c, progressChart("Extra returns by day", "extra returns", c.Extra), progressChart("Returns of the contacts by day", "returns of the contacts", c.Returns)})
	}
	return parts
}
