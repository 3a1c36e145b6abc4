package report

import (
	"math"
	"strings"
	"testing"

	"winback/data"
)

// sampleCampaign is a wave with an open group and what was learned.
func sampleCampaign() Campaign {
	nan := math.NaN()
	c := Campaign{Name: "spring", Wave: 2, Newest: true, Summary: "Launched as of 2026-07-01: 1 of 2 groups sent, 10 % held out.", Next: "Send group 2.", Target: "Target 90 extra returns: 40 so far.",
		Extra: Progress{First: 20637, End: 20696, Target: 90, Low: 30, High: 140},
		Rows: []CampaignRow{{Group: "1", Sent: "2026-07-02", State: "open", Day: 3, Contacts: 1451, Returns: 122, HeldOut: 171, HeldOutReturns: 12, Lift: .0139, LiftLow: -.044, LiftHigh: .072,
			Extra: 20, ExtraLow: -64, ExtraHigh: 104, EndLow: 145, EndHigh: 302, Profit: nan, ProfitLow: nan, ProfitHigh: nan}},
		Learned: []LearnedRow{{Group: 1, Arm: "letter", Lift: .02, SD: .01, Profit: -.4}, {Group: 1, Arm: "voucher", Lift: .05, SD: .012, Profit: 1.2, Preferred: true}}}
	for i := range 3 {
		c.Extra.Days = append(c.Extra.Days, ProgressDay{float64(7 * i), float64(7*i - 80), float64(7*i + 80)})
	}
	return c
}

func TestCampaigns_SayOnTopWhatToDoNext(t *testing.T) {
	d := sample()
	older := sampleCampaign()
	older.Wave, older.Newest, older.Next = 1, false, "This was long ago."
	d.Campaigns = []Campaign{older, sampleCampaign()}
	page := written(t, d)
	pageParts(t, page)
	if strings.Contains(page, "This was long ago.") {
		t.Error("the page says what to do next in a wave that is not the newest")
	}
	next := strings.Index(page, "<b>Campaign spring:</b> Send group 2.")
	if plan := strings.Index(page, `class="lead"`); next < 0 || next > plan {
		t.Errorf("the next step stands at %d, the plan of the night at %d", next, plan)
	}
	for _, want := range []string{"Campaign spring, wave 2", "10 % held out", "open, day 3", "1,451", "145 to 302", "What was learned", "this arm", "1.20", "95 %, at any look", ">target<", ">by the end<"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(written(t, sample()), `id="campaigns"`) {
		t.Error("a night without campaigns has a part about them")
	}
}

func TestCampaigns_HostileTextAddsNothing(t *testing.T) {
	calm, hurt := sample(), sample()
	calm.Campaigns, hurt.Campaigns = []Campaign{sampleCampaign()}, []Campaign{sampleCampaign()}
	c := &hurt.Campaigns[0]
	c.Name, c.Summary, c.Next, c.Target, c.Learned[0].Arm = hostileText, hostileText, hostileText, hostileText, hostileText
	want, _ := pageParts(t, written(t, calm))
	if got, _ := pageParts(t, written(t, hurt)); len(got) != len(want) {
		t.Errorf("%d elements, %d without hostile text", len(got), len(want))
	}
	if strings.ContainsAny(written(t, hurt), "\x00\u202e") {
		t.Error("control characters reached the page")
	}
}

// TestProgressChart_HoldsAllThatItShows: every number of a chart lies within its
// frame, and the band lies around the line.
func TestProgressChart_HoldsAllThatItShows(t *testing.T) {
	p := sampleCampaign().Extra
	c := progressChart("x", "y", p)
	bottom := float64(c.Height) - 50
	for _, r := range c.Rects {
		if float64(r.Y) < 0 || float64(r.Y+r.Height) > bottom+.1 || float64(r.X+r.Width) > float64(c.Width) {
			t.Errorf("%+v lies outside of %v x %v", r, c.Width, bottom)
		}
	}
	bands := 0
	for _, r := range c.Rects {
		if r.Fill == inkBand && r.Height > 11 {
			bands++
		}
	}
	if bands != len(p.Days) {
		t.Errorf("the band has %d days, want %d", bands, len(p.Days))
	}
	if progressChart("x", "y", Progress{End: data.Day(5)}) != nil {
		t.Error("a chart without days")
	}
	p.Days = []ProgressDay{{math.NaN(), math.NaN(), math.NaN()}}
	p.Target, p.Low, p.High = math.NaN(), math.NaN(), math.NaN()
	if c := progressChart("x", "y", p); len(c.Lines) == 0 {
		t.Error("no axis where nothing is known")
	}
}

func TestForecastRecord_HasARowForEachForecast(t *testing.T) {
	r := sample()
	r.Record = Record{Summary: "Of 2 lists whose time is over, 1 came out as foretold.", Forecasts: []RecordRow{
		{AsOf: 20534, Of: "held out of <b>demo", Customers: 23_652, Low: 245, High: 530, Returned: 187, Groups: 5, GroupsInside: 1},
		{AsOf: 20453, Of: "lapsed, not contacted", Customers: 11_939, Low: 164, High: 267, Returned: 192, Inside: true, Groups: 5, GroupsInside: 3}}}
	page := written(t, r)
	_, part, _ := strings.Cut(page, "What earlier lists foretold, and what came")
	part, _, _ = strings.Cut(part, "</table>")
	rows := strings.Split(part, "<tr>")
	if len(rows) != 4 {
		t.Fatalf("%d rows, want a heading and two:\n%s", len(rows)-1, part)
	}
	for i, wants := range [][]string{{"2026-03-22", "held out of &lt;b&gt;demo", "23,652", "245 to 530", "187", `tag no">no<`, "1 of 5"}, {"2025-12-31", "lapsed, not contacted", "11,939", "164 to 267", "192", `tag yes">yes<`, "3 of 5"}} {
		for _, want := range wants {
			if !strings.Contains(rows[i+2], want) {
				t.Errorf("row %d lacks %q: %s", i+1, want, rows[i+2])
			}
		}
	}
	if !strings.Contains(page, "1 came out as foretold") {
		t.Error("the summary is missing")
	}
}
