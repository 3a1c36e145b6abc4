package report

import (
	"bytes"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"winback/pipeline/diagnose"
)

// sampleDiagnosis has every part filled.
func sampleDiagnosis() Diagnosis {
	nan, unknown := math.NaN(), diagnose.Number(math.NaN())
	d := Diagnosis{AsOf: 13832, HorizonDays: 60, Customers: 109_436,
		Headlines: []diagnose.Headline{{Question: "What kind of shop?", Answer: "Fading."}}, Warnings: []string{"The first months hold survivors."},
		Intervals:  IntervalPicture{Shares: []float64{0.3, 0.6, 0.9}, Cuts: []int{45, 133, 366}, Corrected: []int{60, 186, 502}, Note: "Resampled."},
		LadderNote: "From order 1 to 2.", ClockNote: "Fixed.", ClassNote: "Higher value is better.", MonthNote: "Both fall.", GoodsNote: "Two goods.", RuleNote: "Recency.",
		RecencyNote: "Not always.", RFMNote: "Fifths.", ValueNote: "Best fifth.", BandNote: "Middle.", TypeNote: "Types.", LeverNote: "Arithmetic.",
		Classes: []ValueRate{{"below 149", 2000, 0.124, 0.11, 0.14}, {"from 412", 900, 0.262, 0.23, 0.29}},
		ByStage: []ClassStages{{"below 149", []diagnose.FirstOrderStage{{Stage: "active", Customers: 10, ReturnRate: unknown, Low: unknown, High: unknown}, {Stage: "lost", Customers: 900, ReturnRate: 0.05, Low: 0.04, High: 0.06}}}},
		Goods: []diagnose.GoodsWindow{{Name: "coffee", Kind: "cycle", Use: 20, Typical: 30, End: 60, Repeaters: 400, Weights: "own 90 %", Why: "regular"},
			{Name: "tree", Kind: "yearly", Use: nan, Typical: nan, End: nan, Repeaters: 40, SeasonMonth: 11, Why: "season"}},
		Rules:      []diagnose.RuleTrial{{Rule: "90 days", LapsedShare: 0.8, RateLapsed: 0.05, RateOthers: 0.13, FalseAlarms: 1200}},
		Separators: []SeparatorRow{{"rule: recency", 0.66, 0.04, 0.13, []float64{0.66, nan}}}, SeparatorDays: []string{"2007-11-16", "2007-09-17"},
		RFM:   diagnose.RFMPicture{Recency: []string{"200 or more", "100–199 days", "50–99 days", "20–49 days", "1–19 days"}, Frequency: []string{"1 time", "", "2 times", "3 times", "4 or more"}},
		Value: []ClassRow{{"A", "88.00", 400, 0.4, 1000, 0.8}}, Bands: []diagnose.Band{{FromDays: 1, ToDays: 50, Customers: 100, MeanTenure: 80, MeanDays: 3.5, MeanValue: 250, StillHere: 0.1}},
		Types: []diagnose.TypeRow{{Type: "loyal", Rule: "two days", Advice: "keep", Customers: 10, Value: 100}}, Levers: []diagnose.LeverRow{{Lever: "returns -10%", NetSales: 100, NetSalesChange: 5, Margin: unknown, MarginChange: unknown}}}
	for i := range 20 {
		d.Intervals.Bins = append(d.Intervals.Bins, Bin{i * 30, (i + 1) * 30, int64(5000 - 200*i)})
		d.Recency = append(d.Recency, ValueRate{fmt.Sprintf("%d–%d", 30*i+1, 30*i+30), 900, 0.2 / float64(i+1), 0.1 / float64(i+1), 0.3 / float64(i+1)})
	}
	for k := 1; k <= 10; k++ {
		d.Ladder = append(d.Ladder, Rung{k, int64(100_000 / k), 0.3 + 0.03*float64(k), 0.5, 0.25, 60, 2.1, 40, 1000})
	}
	for _, name := range []string{"Fixed clock", "Own clock", "Product clock"} {
		c := ClockStages{Name: name, Words: "Words."}
		for k, stage := range []string{"active", "silent", "sleeping", "lost"} {
			c.Stages = append(c.Stages, diagnose.StageRow{Stage: stage, Asset: "current", FromDays: 1, ToDays: 45, Customers: int64(100 * (k + 1)), OneTime: 50, Repeat: 50,
				PastValue: 1e6, ExpectedValue: unknown, ReturnRate: 0.1, ReturnLow: 0.09, ReturnHigh: 0.11})
		}
		d.Clocks = append(d.Clocks, c)
	}
	for m := range 40 {
		month := diagnose.Month{Month: fmt.Sprintf("20%02d-%02d", 5+m/12, m%12+1), Complete: m < 39, NewBuyers: 2000, OldBuyers: int64(50 * m), NewSales: 1e5, OldSales: 2e5, Retained: 900, Regained: int64(20 * m)}
		if lost := int64(30 * m); m > 0 {
			month.Lost = &lost
		}
		d.Months = append(d.Months, month)
	}
	for r := 1; r <= 5; r++ {
		for f := 1; f <= 5; f++ {
			d.RFM.Squares = append(d.RFM.Squares, diagnose.RFMSquare{R: r, F: f, Customers: int64(100 * r), Rate: 0.05 * float64(r)})
		}
	}
	return d
}

func writtenDiagnosis(t *testing.T, d Diagnosis) string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteDiagnosis(&b, d); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestWriteDiagnosis_ShowsEveryPartAndStaysValid(t *testing.T) {
	page := writtenDiagnosis(t, sampleDiagnosis())
	pageParts(t, page)
	for _, want := range []string{"60 % back by day 133", "From order 1 to 2.", "past value", "below 149", "Buyers by month", "coffee", "90 days", "freq. 5", "4 or more", "rule: recency", "Month by month", "returns -10%", "Sales by month", "Won back and lost"} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	if strings.Contains(page, "frequency 2") {
		t.Error("a score that nobody can have is drawn")
	}
	if strings.Contains(page, "NaN") || strings.Contains(page, "Inf") {
		t.Error("a number that is not known reached the page")
	}
	if page != writtenDiagnosis(t, sampleDiagnosis()) {
		t.Error("two pages of the same data differ")
	}
}

func TestWriteDiagnosis_EmptyPartsAreLeftOut(t *testing.T) {
	page := writtenDiagnosis(t, Diagnosis{AsOf: 13832})
	pageParts(t, page)
	if strings.Contains(page, "<svg") || !strings.Contains(page, "Nobody has bought a second time yet") {
		t.Error("an empty diagnosis draws pictures")
	}
}

func TestWriteDiagnosis_HostileTextAddsNothing(t *testing.T) {
	wantElements, wantAttributes := pageParts(t, writtenDiagnosis(t, sampleDiagnosis()))
	d := sampleDiagnosis()
	for _, text := range []*string{&d.LadderNote, &d.ClockNote, &d.ClassNote, &d.MonthNote, &d.GoodsNote, &d.RuleNote, &d.RecencyNote, &d.RFMNote, &d.ValueNote, &d.BandNote, &d.TypeNote, &d.LeverNote,
		&d.Intervals.Note, &d.Warnings[0], &d.Headlines[0].Question, &d.Headlines[0].Answer, &d.Clocks[0].Name, &d.Clocks[0].Words, &d.Clocks[0].Stages[0].Stage, &d.Clocks[0].Stages[0].Asset,
		&d.Classes[0].Name, &d.ByStage[0].Class, &d.ByStage[0].Cells[0].Stage, &d.Months[0].Month, &d.Goods[0].Name, &d.Goods[0].Kind, &d.Goods[0].Why, &d.Goods[0].Weights,
		&d.Rules[0].Rule, &d.Recency[0].Name, &d.Value[0].Name, &d.Value[0].From, &d.Types[0].Type, &d.Types[0].Rule, &d.Types[0].Advice, &d.Levers[0].Lever} {
		*text = hostileText
	}
	page := writtenDiagnosis(t, d)
	gotElements, gotAttributes := pageParts(t, page)
	if len(gotElements) != len(wantElements) || !slices.Equal(gotElements, wantElements) || !slices.Equal(gotAttributes, wantAttributes) {
		t.Error("hostile text changed the elements of the page")
	}
	if strings.ContainsAny(page, "\x00\u202e") {
		t.Error("control characters reached the page")
	}
}

func TestWrite_HasTheDiagnosisWhereThereIsOne(t *testing.T) {
	d := sample()
	if strings.Contains(written(t, d), "id=\"diagnosis\"") {
		t.Error("a report without a diagnosis shows one")
	}
	part := sampleDiagnosis()
	d.Diagnosis = &part
	page := written(t, d)
	pageParts(t, page)
	if strings.Count(page, "id=\"diagnosis\"") != 1 {
		t.Error("the report lacks its diagnosis")
	}
}

func TestCharts_NothingLeavesThePicture(t *testing.T) {
	p := newDiagnosisPage(sampleDiagnosis())
	for _, c := range []*chart{p.IntervalChart, p.RecencyChart, p.StagesChart, p.LadderChart, p.ClassChart, p.BuyersChart, p.SalesChart, p.FlowChart, p.RFMChart, p.GoodsChart, p.SeasonChart} {
		if c == nil {
			t.Fatal("a chart is missing")
		}
		for _, r := range c.Rects {
			if r.X < 0 || r.Y < -1 || r.X+r.Width > c.Width+1 || r.Y+r.Height > c.Height+1 {
				t.Errorf("%s: a rectangle at %v %v leaves the picture", c.Label, r.X, r.Y)
			}
		}
		for _, w := range c.Words {
			left, width := float64(w.X), textWidth(w.Text)*chartFont*0.85 // the estimate is for a wide font
			switch w.Anchor {
			case "middle":
				left -= width / 2
			case "end":
				left -= width
			}
			if left < -2 || left+width > float64(c.Width)+2 || w.Y > c.Height || w.Y < 8 {
				t.Errorf("%s: %q leaves the picture", c.Label, w.Text)
			}
		}
	}
}
