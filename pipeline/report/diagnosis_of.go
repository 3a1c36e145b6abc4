package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/pipeline/diagnose"
	"winback/pipeline/wording"
)

// DiagnosisOf is a diagnosis as the report shows it.
func DiagnosisOf(d *diagnose.Diagnosis) Diagnosis {
	asOf, err := data.ParseDay(d.AsOf)
	if err != nil {
		asOf = 0
	}
	r := Diagnosis{AsOf: asOf, HorizonDays: d.HorizonDays, Customers: d.Customers, Headlines: d.Headlines(), Warnings: d.Warnings(),
		Intervals: intervalPicture(d), Ladder: rungs(d), LadderNote: wording.Sentence(d.LadderFacts.Words), Clocks: clockStages(d), ClockNote: clockNote(d),
		ClassNote: wording.Sentence(d.FirstTree.Words), MonthNote: wording.Sentence(d.ShopType.Why), GoodsNote: wording.Sentence(d.Clocks.Product.Words), RuleNote: wording.Sentence(d.RuleFacts.Words),
		RecencyNote: wording.Sentence(d.RuleFacts.Recency.Words), RFMNote: wording.Sentence(d.RFM.Basis), ValueNote: wording.Sentence(d.Pareto.Words()), BandNote: wording.Sentence(d.Interpurchase.Words),
		TypeNote: wording.Sentence(d.Types.Words), LeverNote: wording.Sentence(d.WhatIf.Note),
		ByStage: stagesByClass(d), Months: d.Months, Goods: d.Goods(), Rules: d.LapsedRules, RFM: d.RFMPicture(), Bands: d.Interpurchase.Bands, Types: d.Types.Types, Levers: d.WhatIf.Moves}
	for k := range d.FirstOrder {
		c := &d.FirstOrder[k]
		r.Classes = append(r.Classes, ValueRate{Name: c.ClassName(), Customers: c.Customers, Rate: float64(c.Rate), Low: float64(c.Low), High: float64(c.High)})
	}
	r.SeparatorDays = d.RuleFacts.Days
	for _, s := range d.RuleFacts.EqualShare {
		r.Separators = append(r.Separators, SeparatorRow{Name: "rule: " + s.Family, AUC: float64(s.AUC), RateLapsed: float64(s.RateLapsed), RateOthers: float64(s.RateOthers), ByDay: floats(s.ByDay)})
	}
	for _, c := range d.RuleFacts.Clocks {
		if c.AUC.Known() {
			r.Separators = append(r.Separators, SeparatorRow{Name: "stages of the " + string(c.Clock) + " clock", AUC: float64(c.AUC), RateLapsed: math.NaN(), RateOthers: math.NaN(), ByDay: floats(c.ByDay)})
		}
	}
	for _, b := range d.RuleFacts.Recency.Bands {
		r.Recency = append(r.Recency, ValueRate{Name: fmt.Sprintf("%d–%d", b.FromDays, b.ToDays), Customers: b.Customers, Rate: float64(b.Rate), Low: float64(b.Low), High: float64(b.High)})
	}
	for k, c := range slices.Concat(d.Value.ABC, d.Value.Classes) {
		if !d.Pareto.Top20Share.Known() {
			break
		}
		r.Value = append(r.Value, ClassRow{Name: classWords[k], From: wording.Prose.Money(float64(c.FromValue)), Customers: c.Customers, Share: float64(c.Share), Value: float64(c.Value), ValueShare: float64(c.ValueShare)})
	}
	return r
}

// classWords name the classes by value as the report shows them, ABC first.
var classWords = []string{"A: the first 80 % of the value", "B: the next 15 %", "C: the rest", "high: the best 20 % of customers", "medium: the next 30 %", "low: the rest"}

func floats(values []diagnose.Number) []float64 {
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = float64(v)
	}
	return out
}

func intervalPicture(d *diagnose.Diagnosis) IntervalPicture {
	own := &d.Clocks.Own
	cuts, tau, of := d.CorrectedCuts()
	p := IntervalPicture{Shares: own.Shares(), Cuts: own.CutPoints, Corrected: cuts}
	for _, b := range own.Histogram {
		p.Bins = append(p.Bins, Bin{FromDays: b.From, ToDays: b.To, Customers: b.Count})
	}
	if len(own.CutPoints) > 0 {
		p.Note = fmt.Sprintf("Resampling customers, the cut points lie in %s (95 %%).", rangesWords(own.CutPointsIntervals))
	}
	if len(cuts) > 0 {
		p.Note += fmt.Sprintf(" Allowing for those too young to have come back (%s, followed for up to %s days) they are %s.", of, wording.Thousands(int64(tau)), listWords(cuts))
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

func rungs(d *diagnose.Diagnosis) []Rung {
	var steps []Rung
	for k, r := range d.Ladder {
		later := math.NaN()
		if after := d.LadderFacts.After.Rungs; k < len(after) {
			later = float64(after[k].Share)
		}
		r.ShareCorrected = d.TrustedCorrected(k)
		steps = append(steps, Rung{K: r.K, Customers: r.Customers, Share: float64(r.Share), Corrected: float64(r.ShareCorrected), Later: later, MeanValue: float64(r.MeanValue),
			MeanUnits: float64(r.MeanUnits), MedianDays: float64(r.MedianDays), Worth: float64(r.OnePointWorth)})
	}
	return steps
}

func clockNote(d *diagnose.Diagnosis) string {
	return fmt.Sprintf("In force is the %s clock: its stages stand in the lists.", d.Clocks.InForce)
}

func clockStages(d *diagnose.Diagnosis) []ClockStages {
	words := map[diagnose.Clock]string{
		diagnose.ClockFixed:   fmt.Sprintf("Set edges: %d, %d and %d days since the last purchase.", d.Clocks.Fixed.Edges[0], d.Clocks.Fixed.Edges[1], d.Clocks.Fixed.Edges[2]),
		diagnose.ClockOwn:     wording.Sentence(d.Clocks.Own.Basis),
		diagnose.ClockProduct: wording.Sentence(fmt.Sprintf("by the cycle of what was bought, for %s; the own clock stands in for the others", wording.Counted(d.Clocks.Product.Customers, "customer"))),
	}
	names := map[diagnose.Clock]string{diagnose.ClockFixed: "Fixed clock", diagnose.ClockOwn: "Own clock", diagnose.ClockProduct: "Product clock"}
	var out []ClockStages
	for _, clock := range diagnose.Clocks() {
		c := ClockStages{Name: names[clock], Words: words[clock]}
		if clock == diagnose.ClockProduct && d.Clocks.Product.Customers == 0 {
			c.Words = wording.Sentence(d.Clocks.Product.Words + "; the own clock stands in for all customers")
			out = append(out, c)
			continue
		}
		for _, s := range d.Stages {
			if s.Clock != clock {
				continue
			}
			c.Stages = append(c.Stages, s)
		}
		out = append(out, c)
	}
	return out
}

// stagesByClass are the one-time buyers of each class of first orders, by stage.
func stagesByClass(d *diagnose.Diagnosis) []ClassStages {
	var classes []ClassStages
	for _, s := range d.FirstTree.ByStage {
		if len(classes) < s.Class {
			classes = append(classes, ClassStages{Class: d.FirstOrder[s.Class-1].ClassName()})
		}
		cells := &classes[s.Class-1].Cells
		*cells = append(*cells, s)
	}
	return classes
}
