package brief

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"winback/data"
	"winback/features"
	"winback/pipeline/plan"
)

// crowded is a page with all that may be on it, and the most groups.
func crowded() Data {
	asOf, _ := data.ParseDay("2007-11-15")
	d := Data{AsOf: asOf, HorizonDays: 60, Currency: "EUR", Lapsed: 76_176, Warnings: 2,
		Campaigns: []Campaign{{"autumn", 2, "Send group 3 on 2007-11-20: what is known so far pays.", "85 of 200 extra returns."}, {"spring", 1, "Wait until 2007-12-01.", ""}, {"old", 4, "Wait.", ""}},
		Record:    Record{Settled: 4, Ratio: 1.04, Low: 0.97, High: 1.12, InsideOfGroups: 0.92}}
	for i := range 10 {
		g := Group{Number: i + 1, Name: "Spent lately, infrequent, baby +4", Contacts: int64(1000 * (i + 1)), Holdout: int64(100 * (i + 1)), Probability: 0.2 / float64(i+1), Lift: 8 / float64(i+1),
			Low: 0.15 / float64(i+1), High: 0.25 / float64(i+1), Spend: 80, Note: "contact all 1,000; pays for itself if a contact raises returns by 0.5 percentage points",
			Rule:  "spent over 140 in the last 365 days, over 450 days between purchases on average (or bought on one day only), first bought via phone, store or web, mostly bought from baby, coffee, pet food, skin care or vitamins",
			Facts: plan.Facts{Stage: features.Stage(i % 4), StageShare: 0.8, Once: 0.3, RecencyMid: 217, Spent: 341.5, MeanOrder: 85.25}, Show: []string{"COF-16", "PET-20", "COF-25"}}
		if i < 6 {
			g.Take = g.Contacts
		} else {
			g.Note = "reached: 1,200 of 1,200 expected returns after group 6; not needed"
		}
		g.Returns = g.Probability * float64(g.Contacts)
		g.MoneyKnown, g.Cost, g.BreakEven = true, 0.1, 0.1/48
		g.Coupon = plan.CouponShares{0, 0.1, 0.2, 0.2}.Of(g.Stage, g.MeanOrder, 0.6)
		g.CouponBreak = g.Coupon.BreakEvenLift(g.Probability, g.Spend, 0.6, 0.1)
		d.Groups = append(d.Groups, g)
	}
	return d
}

func written(t *testing.T, d Data) string {
	t.Helper()
	var b bytes.Buffer
	if err := Write(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// text is a page without its tags and style.
func text(page string) string {
	_, page, _ = strings.Cut(page, "</style>")
	var b strings.Builder
	for part := range strings.SplitSeq(page, "<") {
		if _, after, found := strings.Cut(part, ">"); found {
			b.WriteString(after)
		}
	}
	return strings.Join(strings.Fields(b.String()), " ")
}

func TestWrite_SaysWhomWhyWhatAndWhenToStop(t *testing.T) {
	got := text(written(t, crowded()))
	for _, want := range []string{
		"Contact 21,000 customers: groups 1–6 in this order. Then stop, and leave the other 34,000 alone.",
		"Why not group 7: reached: 1,200 of 1,200 expected returns after group 6.",
		"Read 2 warnings in the report before sending.",
		"Will buy again within 60 days1,200 900 to 1,500, contacted or not",
		"They will spend96,000 EUR", "Cost2,100 EUR", "Never contact5,500 held out of all groups (2,100 of those to contact)",
		"Contact all, then stop here", "Leave alone",
		"200 (150 to 250) 200 of 1,000",
		"15 EUR off from 150 EUR on", "No coupon: 30 EUR off from 150 EUR on would not pay",
		"autumn, wave 2: Send group 3 on 2007-11-20", "1 more campaign in the report",
		"Of 4 forecasts whose time is over: for each 100 returns foretold 104 came (97 to 112); 92 of 100 groups came out within their range.",
	} {
		if !strings.Contains(strings.ReplaceAll(got, "\u00a0", " "), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if t.Failed() {
		t.Log(got)
	}
}

func TestWrite_FiguresOfAPartOfAGroupAreOfOneBase(t *testing.T) {
	d := crowded()
	g := &d.Groups[5]
	g.Take, g.Returns = 1170, 38
	for _, want := range []string{"6,000 to contact: first 1,170", "38 (29 to 48) 32 of 1,000 of the first 1,170",
		"WorthOf the first 1,170 by rank, who are to be contacted: 32 of 1,000 buy again within 60 days, contacted or not: about 38 (29 to 48) of these 1,170."} {
		if got := text(written(t, d)); !strings.Contains(got, want) {
			t.Errorf("the page lacks %q:\n%s", want, got)
		}
	}
}

func TestWrite_WhoIsLeftAloneIsOfferedNothing(t *testing.T) {
	d := crowded()
	for i := range d.Groups {
		d.Groups[i].Take = 0
	}
	got := text(written(t, d))
	for _, absent := range []string{"Show", "coupon", "Say and show", "Thank them", "off from"} {
		if strings.Contains(strings.ReplaceAll(got, "What to say and show", ""), absent) {
			t.Errorf("the page says %q to nobody:\n%s", absent, got)
		}
	}
}

func TestWrite_EachGroupHasABriefOfFiveLinesOrOfThreeIfLeftAlone(t *testing.T) {
	d := crowded()
	for i := range d.Groups {
		lines := d.lines(i)
		want := 5
		if d.Groups[i].Take == 0 {
			want = 3
		}
		if len(lines) != want {
			t.Fatalf("%d lines, want %d", len(lines), want)
		}
		for _, l := range lines {
			if l.Text == "" || strings.Contains(l.Text, "NaN") || strings.Contains(l.Text, "unknown") {
				t.Errorf("group %d, %s: %q", i+1, l.Label, l.Text)
			}
		}
	}
	d.Groups[1].Waiting = 1204
	if got := d.lines(1)[2].Text; !strings.Contains(got, "1,204 of them wait for a later day, which the list has (column wait_until).") || strings.Contains(d.lines(0)[2].Text, "later day") {
		t.Errorf("say and show: %q", got)
	}
	if got := d.lines(1)[4].Text; !strings.Contains(got, "Then go on with the next group") || !strings.Contains(got, "Never write to the 200 held out of it until 2008-01-14") {
		t.Errorf("when to stop: %q", got)
	}
}

func TestWrite_SaysNothingOfWhatIsNotKnown(t *testing.T) {
	d := crowded()
	d.Campaigns, d.Record, d.Warnings, d.Currency = nil, Record{Ratio: math.NaN()}, 0, ""
	for i := range d.Groups {
		g := &d.Groups[i]
		g.MoneyKnown, g.Show, g.Spend, g.Low, g.Spent = false, nil, math.NaN(), math.NaN(), 0
	}
	got := text(written(t, d))
	for _, absent := range []string{"NaN", "Inf", "Campaigns", "forecasts come true", "coupon", "EUR", "Show:", "warning", "has spent"} {
		if strings.Contains(got, absent) {
			t.Errorf("the page says %q", absent)
		}
	}
}

func TestWrite_NobodyToContact(t *testing.T) {
	d := crowded()
	d.Why = "the order is no better than chance"
	for i := range d.Groups {
		d.Groups[i].Take = 0
	}
	if got := text(written(t, d)); !strings.Contains(got, "Contact nobody tonight: the order is no better than chance.") || strings.Contains(got, "Contact all") {
		t.Error(got)
	}
	d.Why = "There is too little history."
	if got := text(written(t, d)); strings.Contains(got, "..") {
		t.Errorf("two full stops: %s", got)
	}
	if got := text(written(t, Data{})); !strings.Contains(got, "There are no groups") {
		t.Error(got)
	}
}

func TestWrite_EscapesForeignTextAndFetchesNothing(t *testing.T) {
	d := crowded()
	d.Groups[0].Name, d.Groups[0].Rule, d.Groups[0].Show = `<img src=x>`, `</div><script>`, []string{`"><b onclick=x>`}
	d.Campaigns[0].Name = "<iframe>"
	page := written(t, d)
	for _, trace := range []string{"<img", "<script", "<iframe", "<b onclick", "http:", "https:", "url(", "<link", "@import"} {
		if strings.Contains(page, trace) {
			t.Errorf("the page contains %q", trace)
		}
	}
	if !strings.Contains(page, "default-src 'none'") {
		t.Error("the page does not forbid fetching")
	}
}
