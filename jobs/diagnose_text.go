package jobs

import (
	"fmt"
	"math"
	"strings"

	"winback/jobs/console"
	"winback/pipeline/diagnose"
	"winback/pipeline/run"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// diagnosisText is the diagnosis for a screen of 100 columns. out is the folder
// with its files.
func diagnosisText(d *diagnose.Diagnosis, rule survey.LapsedRule, out string) []string {
	lines := []string{fmt.Sprintf("Diagnosis as of %s: %s", d.AsOf, wording.Counted(d.Customers, "customer")), ""}
	if d.Customers == 0 {
		return append(lines, "Nobody had bought anything before that day.")
	}
	lines = append(lines, paragraph("Shop: "+d.ShopType.Type+". "+wording.Sentence(d.ShopType.Why))...)
	if d.LadderFacts.After.Survivors {
		lines = append(lines, paragraph("Warning: "+d.LadderFacts.After.Words+".")...)
	}
	lines = append(lines, "")
	lines = append(lines, rhythmText(d, rule)...)
	lines = append(lines, stagesText(d)...)
	lines = append(lines, ladderText(d)...)
	lines = append(lines, firstOrderText(d)...)
	lines = append(lines, valueText(d)...)
	lines = append(lines, rulesText(d)...)
	lines = append(lines, goodsText(d)...)
	lines = append(lines, monthsText(d)...)
	lines = append(lines, whatIfText(d)...)
	lines = append(lines, paragraph("Deadlines: "+d.DeadlineWords()+".")...)
	folder := strings.TrimSuffix(out, "/") + "/"
	for i := range lines {
		lines[i] = strings.TrimRight(lines[i], " ")
	}
	return append(lines, "", "Pictures: "+folder+DiagnosisPage, "Tables:   "+folder+"{"+strings.Join([]string{run.DiagnosisFile, run.CustomersFile, run.DeadlinesFile, run.ReferralsFile, run.ProductCyclesFile}, ",")+"}")
}

// paragraph wraps a text to the width of the screen.
// A number is not parted from its percent sign.
func paragraph(text string) []string {
	const joined = "\x01%"
	lines := console.Wrap(strings.ReplaceAll(text, " %", joined), console.Width)
	for i := range lines {
		lines[i] = strings.ReplaceAll(lines[i], joined, " %")
	}
	return lines
}

// rule of a section.
func heading(text string) string {
	return text + "\n" + strings.Repeat("-", min(len(text), console.Width))
}

func rhythmText(d *diagnose.Diagnosis, rule survey.LapsedRule) []string {
	own := &d.Clocks.Own
	lines := strings.Split(heading(fmt.Sprintf("When customers come back: %s from first to second purchase day", wording.Counted(own.Intervals, "interval"))), "\n")
	if own.Intervals > 0 {
		parts := []string{}
		for k, share := range []int{30, 60, 90} {
			parts = append(parts, fmt.Sprintf("%d %% by day %s (%s-%s)", share, wording.Thousands(int64(own.CutPoints[k])), wording.Thousands(int64(own.CutPointsIntervals[k][0])), wording.Thousands(int64(own.CutPointsIntervals[k][1]))))
		}
		lines = append(lines, strings.Join(parts, "   "))
		lines = append(lines, correctedText(own)...)
	}
	lines = append(lines, paragraph(fmt.Sprintf("Lapsed after %d days: %s.", rule.Days, rule.Basis))...)
	if words := d.RuleFacts.Recency.Words; words != "" {
		lines = append(lines, paragraph(wording.Sentence(words))...)
	}
	return append(lines, "")
}

// correctedText says what the cut points are without the young customers' share
// in them.
func correctedText(own *diagnose.OwnClock) []string {
	cuts := func(days []int, tau int) string {
		return fmt.Sprintf("days %s, %s and %s (followed for up to %s days)", wording.Thousands(int64(days[0])), wording.Thousands(int64(days[1])), wording.Thousands(int64(days[2])), wording.Thousands(int64(tau)))
	}
	if len(own.Corrected) == 0 {
		return nil
	}
	text := "Allowing for customers too young to have come back: " + cuts(own.Corrected, own.TauDays)
	if len(own.CorrectedLater) > 0 {
		text += "; the same for those first seen after the fill-up: " + cuts(own.CorrectedLater, int(own.TauLaterDays))
	} else {
		text += "; of those first seen after the fill-up none has come back yet"
	}
	return paragraph(text + ".")
}

// stagesText puts the three clocks side by side.
func stagesText(d *diagnose.Diagnosis) []string {
	lines := []string{
		"Stage     Fixed clock: days, customers,     Own clock: days, customers,       Product clock:",
		"          past value, came back             past value, came back             customers, came back",
		strings.Repeat("-", 94),
	}
	byClock := map[diagnose.Clock][]diagnose.StageRow{}
	for _, s := range d.Stages {
		byClock[s.Clock] = append(byClock[s.Clock], s)
	}
	for k := range byClock[diagnose.ClockFixed] {
		f, o, p := byClock[diagnose.ClockFixed][k], byClock[diagnose.ClockOwn][k], byClock[diagnose.ClockProduct][k]
		product := "like the own clock"
		if d.Clocks.Product.Customers > 0 {
			product = fmt.Sprintf("%8s %7s", short64(p.Customers), wording.Screen.Percent(float64(p.ReturnRate)))
		}
		lines = append(lines, fmt.Sprintf("%-9s %-32s  %-32s  %s", f.Stage, stageCell(f), stageCell(o), product))
	}
	return append(append(lines, paragraph(stageSplit(byClock[d.Clocks.InForce], d.Clocks.InForce))...), "")
}

// stageSplit tells those who bought once apart, by the clock in force.
func stageSplit(rows []diagnose.StageRow, clock diagnose.Clock) string {
	var parts []string
	for _, s := range rows {
		parts = append(parts, fmt.Sprintf("%s (%s) %s and %s", s.Stage, s.Asset, wording.Thousands(s.OneTime), wording.Thousands(s.Repeat)))
	}
	return fmt.Sprintf("In force is the %s clock (--clock). Who bought once and who bought again: %s.", clock, strings.Join(parts, ", "))
}

func stageCell(s diagnose.StageRow) string {
	days := fmt.Sprintf("%d-%d", s.FromDays, s.ToDays)
	if s.ToDays == 0 {
		days = fmt.Sprintf(">%d", s.FromDays-1)
	}
	return fmt.Sprintf("%-7s %7s %7s %7s", days, short64(s.Customers), console.Short(float64(s.PastValue)), wording.Screen.Percent(float64(s.ReturnRate)))
}

// short64 writes a count whole where it has at most six digits.
func short64(n int64) string {
	if n < 1_000_000 {
		return wording.Thousands(n)
	}
	return console.Short(float64(n))
}

func ladderText(d *diagnose.Diagnosis) []string {
	lines := []string{
		"Ladder   Customers  Went on  Had all time  After fill-up   Value  Units  Days to next  1 point worth",
		strings.Repeat("-", 99),
	}
	for k, r := range d.Ladder {
		if k == 6 {
			break
		}
		later := diagnose.Number(math.NaN())
		if after := d.LadderFacts.After.Rungs; k < len(after) {
			later = after[k].Share
		}
		lines = append(lines, fmt.Sprintf("%2d -> %-2d %9s %8s %13s %14s %7.2f %6.2f %13s %14s", r.K, r.K+1, wording.Thousands(r.Customers), wording.Screen.Percent(float64(r.Share)), wording.Screen.Percent(float64(d.TrustedCorrected(k))),
			wording.Screen.Percent(float64(later)), float64(r.MeanValue), float64(r.MeanUnits), wording.Screen.Fixed(float64(r.MedianDays), 0), wording.Screen.Fixed(float64(r.OnePointWorth), 0)))
	}
	lines = append(lines, paragraph(fmt.Sprintf("%s. %s of all have three orders or more, %s five.", wording.Capital(d.LadderFacts.Words), wording.Screen.Percent(float64(d.LadderFacts.ShareWith3)), wording.Screen.Percent(float64(d.LadderFacts.ShareWith5))))...)
	return append(lines, "")
}

func firstOrderText(d *diagnose.Diagnosis) []string {
	lines := []string{
		fmt.Sprintf("First order       First buyers  Second order within %d days  95 %% range      Cut found again in", d.FirstTree.WithinDays),
		strings.Repeat("-", 92),
	}
	for k := range d.FirstOrder {
		c := &d.FirstOrder[k]
		again := "-"
		if k > 0 && k <= len(d.FirstTree.Cuts) {
			again = fmt.Sprintf("%.0f %% of resamples", 100*float64(d.FirstTree.Cuts[k-1].FoundIn))
		}
		lines = append(lines, fmt.Sprintf("%-16s %13s %28s  %-14s  %-20s", c.ClassName(), wording.Thousands(c.Customers), wording.Screen.Percent(float64(c.Rate)), wording.Screen.PercentRange(float64(c.Low), float64(c.High)), again))
	}
	return append(append(lines, paragraph(wording.Sentence(d.FirstTree.Words))...), "")
}

func valueText(d *diagnose.Diagnosis) []string {
	lines := paragraph("Value: " + d.Pareto.Words() + ".")
	var types []string
	for _, t := range d.Types.Types {
		types = append(types, fmt.Sprintf("%s %s", wording.Thousands(t.Customers), t.Type))
	}
	lines = append(lines, paragraph("Types: "+strings.Join(types, ", ")+"; "+d.Types.Words+".")...)
	return append(append(lines, paragraph("Repeat customers: "+d.Interpurchase.Words+".")...), "")
}

func rulesText(d *diagnose.Diagnosis) []string {
	if len(d.LapsedRules) == 0 {
		return nil
	}
	lines := []string{
		fmt.Sprintf("Lapsed is ... (judged on %s)", strings.Join(d.RuleFacts.Days, ", ")),
		"                                   Declared lapsed  Lapsed came back  Others came back  False alarms",
		strings.Repeat("-", 98),
	}
	for _, r := range d.LapsedRules {
		lines = append(lines, fmt.Sprintf("%-34s %15s %17s %17s %13s", r.Rule, wording.Screen.Percent(float64(r.LapsedShare)), wording.Screen.Percent(float64(r.RateLapsed)), wording.Screen.Percent(float64(r.RateOthers)), wording.Thousands(r.FalseAlarms)))
	}
	lines = append(lines, paragraph(smallestText(&d.RuleFacts))...)
	lines = append(append(lines, ""), separatorsText(&d.RuleFacts)...)
	return append(append(lines, paragraph(wording.Sentence(d.RuleFacts.Words))...), "")
}

// smallestText says from which number of silent days on few come back.
func smallestText(r *diagnose.RuleFacts) string {
	most := wording.Screen.Percent(float64(r.MostFalseAlarms))
	switch {
	case !r.SmallestDays.Known():
		return fmt.Sprintf("At no number of silent days do at most %s come back by themselves (--false-alarms).", most)
	case r.SmallestDays == 1:
		return fmt.Sprintf("Even of all customers at most %s come back by themselves within %d days (--false-alarms).", most, r.HorizonDays)
	}
	return fmt.Sprintf("The smallest number of silent days from which at most %s come back by themselves (--false-alarms) is %.0f.", most, r.SmallestDays)
}

// separatorsText puts the families of rules and the clocks side by side.
func separatorsText(r *diagnose.RuleFacts) []string {
	if len(r.EqualShare) == 0 {
		return nil
	}
	row := func(name string, mean diagnose.Number, byDay []diagnose.Number) string {
		text := fmt.Sprintf("%-32s %6s", name, aucText(mean))
		for _, v := range byDay {
			text += fmt.Sprintf("  %10s", aucText(v))
		}
		return text
	}
	heading := fmt.Sprintf("%-32s %6s", "Separates who comes back (AUC)", "Mean")
	for _, day := range r.Days {
		heading += "  " + day
	}
	lines := []string{heading, strings.Repeat("-", len(heading))}
	for _, s := range r.EqualShare {
		lines = append(lines, row(s.Family, s.AUC, s.ByDay))
	}
	for _, c := range r.Clocks {
		if c.AUC.Known() {
			lines = append(lines, row("stages of the "+string(c.Clock)+" clock", c.AUC, c.ByDay))
		}
	}
	return lines
}

func aucText(v diagnose.Number) string {
	if !v.Known() {
		return "-"
	}
	return fmt.Sprintf("%.3f", float64(v))
}

// mostGoodsShown is how many products the screen shows.
const mostGoodsShown = 8

func goodsText(d *diagnose.Diagnosis) []string {
	lines := paragraph("Goods: " + d.Clocks.Product.Words + ".")
	goods := d.Goods()
	if len(goods) == 0 {
		return append(lines, "")
	}
	lines = append(lines, "Goods                    Clock                      In use to  Most usual  Runs out to  Bought again by", strings.Repeat("-", 98))
	for k, g := range goods {
		if k == mostGoodsShown {
			lines = append(lines, fmt.Sprintf("and %d more in %s", len(goods)-k, run.ProductCyclesFile))
			break
		}
		name := []rune(g.Name)
		if len(name) > 23 {
			name = append(name[:22], '…')
		}
		lines = append(lines, fmt.Sprintf("%-24s %-26s %9s %11s %12s %16s", string(name), g.Kind, dayOf(g.Use), dayOf(g.Typical), dayOf(g.End), wording.Thousands(g.Repeaters)))
	}
	return append(lines, "")
}

func dayOf(v float64) string {
	if math.IsNaN(v) {
		return "-"
	}
	return fmt.Sprintf("day %.0f", v)
}

// monthsShown is how many months the screen shows.
const monthsShown = 6

func monthsText(d *diagnose.Diagnosis) []string {
	lines := []string{"Month      New buyers  Old buyers    New sales    Old sales   Retained       Lost   Regained", strings.Repeat("-", 91)}
	var note []string
	for _, m := range d.Months[max(0, len(d.Months)-monthsShown):] {
		lost, name := "-", m.Month
		if m.Lost != nil {
			lost = wording.Thousands(*m.Lost)
		}
		if !m.Complete {
			name += " *"
			note = []string{"* not complete"}
		}
		lines = append(lines, fmt.Sprintf("%-10s %10s %11s %12s %12s %10s %10s %10s", name, wording.Thousands(m.NewBuyers), wording.Thousands(m.OldBuyers), wording.Screen.Fixed(float64(m.NewSales), 0), wording.Screen.Fixed(float64(m.OldSales), 0),
			wording.Thousands(m.Retained), lost, wording.Thousands(m.Regained)))
	}
	return append(append(lines, note...), "")
}

func whatIfText(d *diagnose.Diagnosis) []string {
	y := &d.WhatIf.Year
	lines := paragraph(fmt.Sprintf("The last 365 days: %s, %s with %.2f repeat orders each; net sales %s.", wording.Counted(y.NewBuyers, "new buyer"), wording.Counted(y.ReturningBuyers, "returning one"),
		orZero(float64(y.RepeatDays)), wording.Screen.Fixed(float64(y.NetSales), 0)))
	for _, m := range d.WhatIf.Moves {
		text := fmt.Sprintf("  %-26s net sales %14s (%s)", m.Lever, wording.Screen.Fixed(float64(m.NetSales), 0), wording.Screen.Signed(float64(m.NetSalesChange)))
		if m.Margin.Known() {
			text += fmt.Sprintf("   margin %12s (%s)", wording.Screen.Fixed(float64(m.Margin), 0), wording.Screen.Signed(float64(m.MarginChange)))
		}
		lines = append(lines, text)
	}
	return append(lines, "")
}

func orZero(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return v
}
