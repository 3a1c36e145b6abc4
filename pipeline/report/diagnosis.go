package report

import (
	"slices"

	"winback/data"
	"winback/pipeline/diagnose"
)

// Diagnosis is the part of a report that says where the customers stand, when
// they come back, and whether the shop is healthy. Shares are in [0, 1], money
// is in units of the shop's currency; a float that is not known is NaN. A part
// that is empty is not drawn.
type Diagnosis struct {
	AsOf        data.Day
	HorizonDays int
	Customers   int64
	Headlines   []diagnose.Headline // the answers in words, the most important first
	Warnings    []string            // sentences

	Intervals  IntervalPicture
	Ladder     []Rung
	LadderNote string
	Clocks     []ClockStages
	ClockNote  string
	Classes    []ValueRate // first buyers by the value of the first order
	ClassNote  string
	ByStage    []ClassStages
	Months     []diagnose.Month
	MonthNote  string
	Goods      []diagnose.GoodsWindow
	GoodsNote  string
	Rules      []diagnose.RuleTrial
	RuleNote   string
	// Separators say how well each way to look at a customer parts those who came
	// back, on each of SeparatorDays.
	Separators    []SeparatorRow
	SeparatorDays []string
	Recency       []ValueRate // rate of return by days since the last purchase
	RecencyNote   string
	RFM           diagnose.RFMPicture
	RFMNote       string
	Value         []ClassRow
	ValueNote     string
	Bands         []diagnose.Band
	BandNote      string
	Types         []diagnose.TypeRow
	TypeNote      string
	Levers        []diagnose.LeverRow
	LeverNote     string
}

// IntervalPicture is the histogram of the days from the first to the second
// purchase with its cut points.
type IntervalPicture struct {
	Bins      []Bin
	Shares    []float64 // that the cut points stand for
	Cuts      []int
	Corrected []int // allowing for customers who are too young
	Note      string
}

// Rung is a step of the repurchase ladder.
type Rung struct {
	K                       int
	Customers               int64
	Share, Corrected, Later float64 // Later: of customers first seen after the fill-up
	MeanValue, MeanUnits    float64
	MedianDays              float64
	Worth                   float64 // of one percentage point more, a year
}

// ClockStages are the stages by one clock.
type ClockStages struct {
	Name   string
	Words  string
	Stages []diagnose.StageRow
}

// ValueRate is a rate with its interval.
type ValueRate struct {
	Name            string
	Customers       int64
	Rate, Low, High float64
}

// ClassStages are the one-time buyers of a class of first orders, by stage.
type ClassStages struct {
	Class string
	Cells []diagnose.FirstOrderStage
}

// SeparatorRow is a family of lapsed rules, at the same share of lapsed
// customers for all, or the stages of a clock.
type SeparatorRow struct {
	Name                        string
	AUC, RateLapsed, RateOthers float64
	ByDay                       []float64 // AUC
}

// ClassRow is a class by value.
type ClassRow struct {
	Name, From               string
	Customers                int64
	Share, Value, ValueShare float64
}

// cleanedDiagnosis returns d with every text cleaned. What d points to is not
// touched.
func cleanedDiagnosis(d Diagnosis) Diagnosis {
	for _, text := range []*string{&d.LadderNote, &d.ClockNote, &d.ClassNote, &d.MonthNote, &d.GoodsNote, &d.RuleNote, &d.RecencyNote, &d.RFMNote, &d.ValueNote, &d.BandNote, &d.TypeNote,
		&d.LeverNote, &d.Intervals.Note} {
		*text = clean(*text)
	}
	d.Warnings = cleanAll(d.Warnings)
	d.Headlines = cleanEach(d.Headlines, func(h *diagnose.Headline) []*string { return []*string{&h.Question, &h.Answer} })
	d.Clocks = cleanEach(d.Clocks, func(c *ClockStages) []*string {
		c.Stages = cleanEach(c.Stages, func(s *diagnose.StageRow) []*string { return []*string{&s.Stage, &s.Asset} })
		return []*string{&c.Name, &c.Words}
	})
	d.Classes = cleanEach(d.Classes, func(v *ValueRate) []*string { return []*string{&v.Name} })
	d.Recency = cleanEach(d.Recency, func(v *ValueRate) []*string { return []*string{&v.Name} })
	d.ByStage = cleanEach(d.ByStage, func(v *ClassStages) []*string {
		v.Cells = cleanEach(v.Cells, func(s *diagnose.FirstOrderStage) []*string { return []*string{&s.Stage} })
		return []*string{&v.Class}
	})
	d.Months = cleanEach(d.Months, func(m *diagnose.Month) []*string { return []*string{&m.Month} })
	d.Goods = cleanEach(d.Goods, func(g *diagnose.GoodsWindow) []*string { return []*string{&g.Name, &g.Kind, &g.Weights, &g.Why} })
	d.Rules = cleanEach(d.Rules, func(r *diagnose.RuleTrial) []*string { return []*string{&r.Rule} })
	d.Separators = cleanEach(d.Separators, func(r *SeparatorRow) []*string { return []*string{&r.Name} })
	d.SeparatorDays = cleanAll(d.SeparatorDays)
	d.RFM.Recency, d.RFM.Frequency = cleanAll(d.RFM.Recency), cleanAll(d.RFM.Frequency)
	d.Value = cleanEach(d.Value, func(r *ClassRow) []*string { return []*string{&r.Name, &r.From} })
	d.Types = cleanEach(d.Types, func(r *diagnose.TypeRow) []*string { return []*string{&r.Type, &r.Rule, &r.Advice} })
	d.Levers = cleanEach(d.Levers, func(r *diagnose.LeverRow) []*string { return []*string{&r.Lever} })
	return d
}

// cleanEach cleans the texts of copies of rows.
func cleanEach[T any](rows []T, texts func(*T) []*string) []T {
	rows = slices.Clone(rows)
	for i := range rows {
		for _, text := range texts(&rows[i]) {
			*text = clean(*text)
		}
	}
	return rows
}
