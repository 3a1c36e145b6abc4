package diagnose

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"winback/data"
	"winback/pipeline/report"
)

// Report is the diagnosis as the report shows it.
func (d *Diagnosis) Report() report.Diagnosis {
	asOf, err := data.ParseDay(d.AsOf)
	if err != nil {
		asOf = 0
	}
	r := report.Diagnosis{AsOf: asOf, HorizonDays: d.HorizonDays, Customers: d.Customers, Headlines: d.headlines(), Warnings: d.warnings(),
		Intervals: d.intervalPicture(), Ladder: d.reportLadder(), LadderNote: sentence(d.LadderFacts.Words), Clocks: d.reportClocks(), ClockNote: d.clockNote(),
		ClassNote: sentence(d.FirstTree.Words), MonthNote: sentence(d.ShopType.Why), GoodsNote: sentence(d.Clocks.Product.Words), RuleNote: sentence(d.RuleFacts.Words),
		RecencyNote: sentence(d.RuleFacts.Recency.Words), RFMNote: sentence(d.RFM.Basis), ValueNote: sentence(d.Pareto.Words()), BandNote: sentence(d.Interpurchase.Words),
		TypeNote: sentence(d.Types.Words), LeverNote: sentence(d.WhatIf.Note)}
	r.Classes, r.ByStage = d.reportClasses()
	r.Goods = d.reportGoods()
	r.RFM = d.reportRFM()
	for _, m := range d.Months {
		bar := report.MonthBar{Month: m.Month, Complete: m.Complete, NewBuyers: m.NewBuyers, OldBuyers: m.OldBuyers, NewSales: float64(m.NewSales), OldSales: float64(m.OldSales),
			Retained: m.Retained, Regained: m.Regained, Lost: -1}
		if m.Lost != nil {
			bar.Lost = *m.Lost
		}
		r.Months = append(r.Months, bar)
	}
	for _, l := range d.LapsedRules {
		r.Rules = append(r.Rules, report.RuleRow{Rule: l.Rule, Share: float64(l.LapsedShare), RateLapsed: float64(l.RateLapsed), RateOthers: float64(l.RateOthers), FalseAlarms: l.FalseAlarms})
	}
	r.SeparatorDays = d.RuleFacts.Days
	for _, s := range d.RuleFacts.EqualShare {
		r.Separators = append(r.Separators, report.SeparatorRow{Name: "rule: " + s.Family, AUC: float64(s.AUC), RateLapsed: float64(s.RateLapsed), RateOthers: float64(s.RateOthers), ByDay: floats(s.ByDay)})
	}
	for _, c := range d.RuleFacts.Clocks {
		if c.AUC.Known() {
			r.Separators = append(r.Separators, report.SeparatorRow{Name: "stages of the " + string(c.Clock) + " clock", AUC: float64(c.AUC), RateLapsed: math.NaN(), RateOthers: math.NaN(), ByDay: floats(c.ByDay)})
		}
	}
	for _, b := range d.RuleFacts.Recency.Bands {
		r.Recency = append(r.Recency, report.ValueRate{Name: fmt.Sprintf("%d–%d", b.FromDays, b.ToDays), Customers: b.Customers, Rate: float64(b.Rate), Low: float64(b.Low), High: float64(b.High)})
	}
	for k, c := range slices.Concat(d.Value.ABC, d.Value.Classes) {
		if !d.Pareto.Top20Share.Known() {
			break
		}
		r.Value = append(r.Value, report.ClassRow{Name: classWords[k], From: moneyWords(float64(c.FromValue)), Customers: c.Customers, Share: float64(c.Share), Value: float64(c.Value), ValueShare: float64(c.ValueShare)})
	}
	for _, b := range d.Interpurchase.Bands {
		r.Bands = append(r.Bands, report.BandRow{Days: fmt.Sprintf("%.0f to %.0f", float64(b.FromDays), float64(b.ToDays)), Customers: b.Customers, Tenure: float64(b.MeanTenure),
			PurchaseDays: float64(b.MeanDays), Value: float64(b.MeanValue), Here: float64(b.StillHere)})
	}
	for _, t := range d.Types.Types {
		r.Types = append(r.Types, report.TypeRow{Name: t.Type, Rule: t.Rule, Advice: t.Advice, Customers: t.Customers, Value: float64(t.Value)})
	}
	for _, l := range d.WhatIf.Moves {
		r.Levers = append(r.Levers, report.LeverRow{Name: l.Lever, NetSales: float64(l.NetSales), Change: float64(l.NetSalesChange), Margin: float64(l.Margin), MarginChange: float64(l.MarginChange)})
	}
	return r
}

// classWords name the classes by value as the report shows them, ABC first.
var classWords = []string{"A: the first 80 % of the value", "B: the next 15 %", "C: the rest", "high: the best 20 % of customers", "medium: the next 30 %", "low: the rest"}

func floats(values []Number) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

// headlines are the answers in words.
func (d *Diagnosis) headlines() []report.Headline {
	var all []report.Headline
	add := func(question, answer string) {
		if answer != "" {
			all = append(all, report.Headline{Question: question, Answer: sentence(answer)})
		}
	}
	add("What kind of shop?", d.ShopType.Type+": "+d.ShopType.Why)
	add("When do they return?", d.Clocks.Own.Basis)
	add("Where does it break?", d.LadderFacts.Words)
	add("What does the first order tell?", d.FirstTree.Words)
	add("Who brings the value?", d.Pareto.Words())
	add("Longer ago, less likely?", d.RuleFacts.Recency.Words)
	add("Which clock, which rule?", d.RuleFacts.Words)
	add("When does lapsed begin?", d.smallestWords())
	add("Do goods have a rhythm?", d.Clocks.Product.Words)
	add("Who leaves a stage soon?", d.DeadlineWords())
	return all
}

// DeadlineWords says how many one-time buyers are on the deadline list.
func (d *Diagnosis) DeadlineWords() string {
	return fmt.Sprintf("%s their stage by the %s clock within %s", report.Plural(d.DeadlineCustomers, "customer who bought once leaves", "customers who bought once leave"), d.Clocks.InForce,
		report.Plural(int64(d.DeadlineDays), "day", "days"))
}

func (d *Diagnosis) smallestWords() string {
	f := &d.RuleFacts
	switch {
	case len(f.Days) == 0:
		return ""
	case f.SmallestDays == 1:
		return fmt.Sprintf("even of all customers at most %s come back by themselves within %d days (%s)", percentWords(f.MostFalseAlarms), f.HorizonDays, percentWords(f.SmallestShare))
	case !f.SmallestDays.Known():
		return fmt.Sprintf("at no number of silent days do at most %s of the silent come back by themselves within %d days", percentWords(f.MostFalseAlarms), f.HorizonDays)
	}
	return fmt.Sprintf("from %.0f silent days on at most %s come back by themselves within %d days (%s)", f.SmallestDays, percentWords(f.MostFalseAlarms), f.HorizonDays, percentWords(f.SmallestShare))
}

func (d *Diagnosis) warnings() []string {
	var all []string
	if d.LadderFacts.After.Survivors {
		all = append(all, sentence(d.LadderFacts.After.Words))
	}
	return all
}

// correctedCuts are those to trust: of customers seen after the fill-up where
// the first months hold survivors.
func (d *Diagnosis) correctedCuts() (cuts []int, tau int, of string) {
	own := &d.Clocks.Own
	if d.LadderFacts.After.Survivors && len(own.CorrectedLater) > 0 {
		return own.CorrectedLater, int(own.TauLaterDays), "customers first seen after the fill-up"
	}
	return own.Corrected, own.TauDays, "all customers"
}

func (d *Diagnosis) intervalPicture() report.IntervalPicture {
	own := &d.Clocks.Own
	cuts, tau, of := d.correctedCuts()
	p := report.IntervalPicture{Shares: ownShares, Cuts: own.CutPoints, Corrected: cuts}
	for _, b := range own.Histogram {
		p.Bins = append(p.Bins, report.Bin{FromDays: b.From, ToDays: b.To, Customers: b.Count})
	}
	if len(own.CutPoints) > 0 {
		p.Note = fmt.Sprintf("Resampling customers, the cut points lie in %s (95 %%).", rangesWords(own.CutPointsIntervals))
	}
	if len(cuts) > 0 {
		p.Note += fmt.Sprintf(" Allowing for those too young to have come back (%s, followed for up to %s days) they are %s.", of, thousands(int64(tau)), listWords(cuts))
	}
	return p
}

func rangesWords(ranges [][2]int) string {
	var parts []string
	for _, r := range ranges {
		parts = append(parts, fmt.Sprintf("%d–%d", r[0], r[1]))
	}
	return strings.Join(parts, ", ")
}

func listWords(values []int) string {
	var parts []string
	for _, v := range values {
		parts = append(parts, fmt.Sprint(v))
	}
	return strings.Join(parts, ", ")
}

func (d *Diagnosis) reportLadder() []report.Rung {
	var rungs []report.Rung
	for k, r := range d.Ladder {
		later := math.NaN()
		if after := d.LadderFacts.After.Rungs; k < len(after) {
			later = float64(after[k].Share)
		}
		r.ShareCorrected = d.TrustedCorrected(k)
		rungs = append(rungs, report.Rung{K: r.K, Customers: r.Customers, Share: float64(r.Share), Corrected: float64(r.ShareCorrected), Later: later, MeanValue: float64(r.MeanValue),
			MeanUnits: float64(r.MeanUnits), MedianDays: float64(r.MedianDays), Worth: float64(r.OnePointWorth)})
	}
	return rungs
}

func (d *Diagnosis) clockNote() string {
	return fmt.Sprintf("In force is the %s clock: its stages stand in the lists.", d.Clocks.InForce)
}

func (d *Diagnosis) reportClocks() []report.ClockStages {
	words := map[Clock]string{
		ClockFixed:   fmt.Sprintf("Set edges: %d, %d and %d days since the last purchase.", d.Clocks.Fixed.Edges[0], d.Clocks.Fixed.Edges[1], d.Clocks.Fixed.Edges[2]),
		ClockOwn:     sentence(d.Clocks.Own.Basis),
		ClockProduct: sentence(fmt.Sprintf("by the cycle of what was bought, for %s; the own clock stands in for the others", report.Plural(d.Clocks.Product.Customers, "customer", "customers"))),
	}
	names := map[Clock]string{ClockFixed: "Fixed clock", ClockOwn: "Own clock", ClockProduct: "Product clock"}
	var out []report.ClockStages
	for _, clock := range Clocks() {
		c := report.ClockStages{Name: names[clock], Words: words[clock]}
		if clock == ClockProduct && d.Clocks.Product.Customers == 0 {
			c.Words = sentence(d.Clocks.Product.Words + "; the own clock stands in for all customers")
			out = append(out, c)
			continue
		}
		for _, s := range d.Stages {
			if s.Clock != clock {
				continue
			}
			c.Stages = append(c.Stages, report.ClockStage{Name: s.Stage, Asset: s.Asset, Days: s.daysWords(), Customers: s.Customers, OneTime: s.OneTime, Repeat: s.Repeat,
				PastValue: float64(s.PastValue), ExpectedValue: float64(s.ExpectedValue), ReturnRate: float64(s.ReturnRate), ReturnLow: float64(s.ReturnLow), ReturnHigh: float64(s.ReturnHigh)})
		}
		out = append(out, c)
	}
	return out
}

// TrustedCorrected is the corrected share of the k-th step, k from 0: of the
// customers first seen after the fill-up where the first months hold survivors.
func (d *Diagnosis) TrustedCorrected(k int) Number {
	if after := &d.LadderFacts.After; after.Survivors {
		if k < len(after.Rungs) {
			return after.Rungs[k].ShareCorrected
		}
		return unknown
	}
	return d.Ladder[k].ShareCorrected
}

func (s *StageRow) daysWords() string {
	switch {
	case s.FromDays == 0:
		return "by goods"
	case s.ToDays == 0:
		return fmt.Sprintf("over %d", s.FromDays-1)
	}
	return fmt.Sprintf("%d–%d", s.FromDays, s.ToDays)
}

// ClassName is such as "149 to 412".
func (c *FirstOrderClass) ClassName() string {
	switch {
	case !c.To.Known() && c.From == 0:
		return "any value"
	case !c.To.Known():
		return "from " + plainMoney(float64(c.From))
	case c.From == 0:
		return "below " + plainMoney(float64(c.To))
	}
	return plainMoney(float64(c.From)) + " to " + plainMoney(float64(c.To))
}

func (d *Diagnosis) reportClasses() (rates []report.ValueRate, crossed []report.ClassStages) {
	for k := range d.FirstOrder {
		c := &d.FirstOrder[k]
		rates = append(rates, report.ValueRate{Name: c.ClassName(), Customers: c.Customers, Rate: float64(c.Rate), Low: float64(c.Low), High: float64(c.High)})
	}
	for _, s := range d.FirstTree.ByStage {
		if len(crossed) < s.Class {
			crossed = append(crossed, report.ClassStages{Class: d.FirstOrder[s.Class-1].ClassName()})
		}
		cells := &crossed[s.Class-1].Cells
		*cells = append(*cells, report.StageRate{Stage: s.Stage, Customers: s.Customers, Rate: float64(s.ReturnRate), Low: float64(s.Low), High: float64(s.High)})
	}
	return rates, crossed
}

// mostGoods is how many products and categories the report shows.
const mostGoods = 24

// reportGoods are the goods with a clock, those bought again by most customers
// first.
func (d *Diagnosis) reportGoods() []report.GoodsWindow {
	var shown []Cycle
	for _, c := range d.Cycles {
		if c.Kind != kindShop && c.Kind != kindNone {
			shown = append(shown, c)
		}
	}
	slices.SortStableFunc(shown, func(a, b Cycle) int { return cmp.Compare(b.Repeaters, a.Repeaters) })
	var out []report.GoodsWindow
	for _, c := range shown[:min(len(shown), mostGoods)] {
		g := report.GoodsWindow{Name: c.name(), Kind: "used up and bought again", Use: c.Use, Typical: c.Typical, End: c.End, Repeaters: c.Repeaters, Why: sentence(c.Why), Weights: c.weightWords()}
		if c.Kind == kindYearly {
			g.Kind, g.Weights, g.SeasonMonth = "yearly, from "+time.Month(c.Season).String()+" on", "", c.Season
			g.Use, g.Typical, g.End = math.NaN(), math.NaN(), math.NaN()
		}
		out = append(out, g)
	}
	return out
}

// weightWords says what the days rest on.
func (c *Cycle) weightWords() string {
	var parts []string
	for _, w := range []struct {
		name  string
		share float64
	}{{"its own intervals", c.WeightProduct}, {"its category", c.WeightCategory}, {"the shop", c.WeightShop}, {"the industry", c.WeightIndustry}} {
		if c.Level == levelCategory && w.name == "its category" {
			w.name = "its own intervals"
		}
		if w.share >= 0.005 {
			parts = append(parts, fmt.Sprintf("%s %.0f %%", w.name, 100*w.share))
		}
	}
	return strings.Join(parts, ", ")
}

// Table is the table of product cycles.
func (d *Diagnosis) Table() []data.ProductCycle {
	var rows []data.ProductCycle
	for i := range d.Cycles {
		c := &d.Cycles[i]
		row := data.ProductCycle{Level: "product", Product: c.Product, Category: c.Category, Clock: c.Kind, Why: c.Why, Buyers: c.Buyers, Repeaters: c.Repeaters, Intervals: c.Intervals,
			Returned: c.Returned, FollowedDays: int32(c.TauDays), UseDays: c.Use, TypicalDays: c.Typical, EndDays: c.End, OwnTypicalDays: c.OwnTypical,
			WeightProduct: c.WeightProduct, WeightCategory: c.WeightCategory, WeightShop: c.WeightShop, WeightIndustry: c.WeightIndustry,
			Norm: c.Norm, Chance: c.P, Regular: c.Regular, UsualQuantity: c.Quantity, SeasonMonth: int32(c.Season)}
		if c.Level == levelCategory {
			row.Level = "category"
		}
		if math.IsNaN(c.P) {
			row.Regular = math.NaN()
		}
		if c.Kind == kindYearly || c.Kind == kindNone {
			for _, v := range []*float64{&row.UseDays, &row.TypicalDays, &row.EndDays, &row.WeightProduct, &row.WeightCategory, &row.WeightShop, &row.WeightIndustry} {
				*v = math.NaN()
			}
		}
		rows = append(rows, row)
	}
	return rows
}

// sentence begins with a capital and ends with a full stop.
func sentence(words string) string {
	if words == "" {
		return ""
	}
	return strings.ToUpper(words[:1]) + words[1:] + "."
}
