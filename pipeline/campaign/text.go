package campaign

import (
	"fmt"
	"math"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/effect"
	"winback/pipeline/wording"
)

// Lines say for people what came of a wave: "so far" is counted, "by the end" is a
// forecast, and nothing is called profit before it was measured.
// where goes into the commands that are suggested: " --out DIR", or "".
func (m *Measured) Lines(where string) []string {
	lines := []string{m.headline()}
	lines = append(lines, fmt.Sprintf("%-5s  %-10s  %3s  %7s  %7s  %8s  %7s  %-29s  %6s  %s", "Group", "Sent", "Day", "Contact", "Returns", "Held out", "Returns", "Lift so far (95 %, any night)", "Extra", "By the end"))
	var closed []string
	for _, row := range m.Rows {
		if row.Group == nil || row.Arm != AllArms {
			continue
		}
		if row.State == string(Waiting) {
			continue
		}
		line := m.groupLine(&row)
		if row.State == string(Open) {
			lines = append(lines, line)
		} else {
			closed = append(closed, line)
		}
	}
	if len(lines) == 2 { // nothing open
		lines = lines[:1]
	}
	if len(closed) > 0 {
		lines = append(lines, fmt.Sprintf("%-5s  %-10s  %3s  %7s  %7s  %8s  %7s  %-29s  %6s", "Group", "Sent", "Day", "Contact", "Returns", "Held out", "Returns", "Lift (95 %, window closed)", "Extra"))
		lines = append(lines, closed...)
	}
	for _, words := range []string{m.TargetWords(), m.MoneyWords(), m.AgainWords()} {
		if words != "" {
			lines = append(lines, words)
		}
	}
	lines = append(lines, "Next: "+m.NextStep(where)+".")
	for _, flag := range m.Flags {
		lines = append(lines, "Note: "+flag+".")
	}
	return append(lines, m.powerLine()...)
}

func (m *Measured) headline() string {
	return fmt.Sprintf("Campaign %s, wave %d, as of %s: %s", m.Name, m.Number, m.Look.AsOf, m.sentSoFar())
}

// Summary says what was sent as a sentence.
func (m *Measured) Summary() string {
	return fmt.Sprintf("Launched as of %s: %s.", m.Day, m.sentSoFar())
}

// sentSoFar says how many groups were sent, of how many of them the orders tell
// nothing yet, and how much is held out.
func (m *Measured) sentSoFar() string {
	sent, unseen := 0, 0
	for _, g := range m.Plan.Groups {
		s, known := m.Sends[g.Group]
		if !known || s.Day > m.Look.AsOf {
			continue
		}
		sent++
		if state, _ := m.State(g.Group, m.Look); state == Waiting {
			unseen++
		}
	}
	held := ""
	if unseen > 0 {
		held = fmt.Sprintf(" (%d of them after the newest order, %s)", unseen, m.Look.Newest)
	}
	if all := m.Plan.All.Customers + m.Plan.All.HeldOut; all > 0 {
		held += ", " + percent(float64(m.Plan.All.HeldOut)/float64(all)) + " held out"
	}
	return fmt.Sprintf("%d of %s sent%s", sent, wording.Counted(len(m.Plan.Groups), "group"), held)
}

func (m *Measured) groupLine(row *tables.ResultRow) string {
	lift := "not measurable"
	if row.Lift != nil {
		lift = signedPercent(*row.Lift)
		if row.LiftLow != nil {
			lift = fmt.Sprintf("%s (%s to %s)", lift, signedFixed(100**row.LiftLow), signedPercent(*row.LiftHigh))
		}
	}
	end := ""
	if row.ForecastLow != nil {
		end = fmt.Sprintf("%s to %s", whole(*row.ForecastLow), whole(*row.ForecastHigh))
	}
	return strings.TrimRight(fmt.Sprintf("%5d  %-10s  %3d  %7s  %7s  %8s  %7s  %-29s  %6s  %s", *row.Group, data.Day(*row.SendDay), *row.Day, wording.Thousands(*row.Customers), wording.Thousands(*row.Returns),
		wording.Thousands(*row.HeldOut), wording.Thousands(*row.HeldOutReturns), lift, orDash(row.ExtraReturns), end), " ")
}

func signedFixed(x float64) string {
	sign := ""
	if x > 0 {
		sign = "+"
	}
	return sign + wording.Prose.Fixed(x, 1)
}

func whole(x float64) string { return wording.Screen.Fixed(x, 0) }

func orDash(x *float64) string {
	if x == nil {
		return "-"
	}
	return whole(*x)
}

// TargetWords says how far the target is; "" where there is none.
func (m *Measured) TargetWords() string {
	t := m.Target
	if t.Kind == "" {
		return ""
	}
	what := "returns"
	if t.Kind == TargetExtra {
		what = "extra returns"
	}
	line := fmt.Sprintf("Target %s %s: %s so far", whole(float64(t.Value)), what, whole(float64(t.SoFar)))
	if t.Low.Known() {
		line += fmt.Sprintf(", %s to %s by the end", whole(float64(t.Low)), whole(float64(t.High)))
		if len(m.Plan.ResponseCurve) == 0 {
			line += " (first campaign: how fast extra returns come is not known yet)"
		}
	}
	return line + "."
}

// MoneyWords says what the wave earned, once all windows are closed; "" before.
func (m *Measured) MoneyWords() string {
	wave := m.Rows[len(m.Rows)-1]
	if wave.ExtraProfit == nil || wave.ProfitLow == nil {
		return ""
	}
	line := fmt.Sprintf("Measured profit of contacting: %s (%s to %s) on %s extra returns (%s to %s)", whole(*wave.ExtraProfit), whole(*wave.ProfitLow), whole(*wave.ProfitHigh),
		orDash(wave.ExtraReturns), orDash(wave.ExtraLow), orDash(wave.ExtraHigh))
	if u := m.UncappedProfit; wording.Known(u) && whole(u) != whole(*wave.ExtraProfit) {
		line += fmt.Sprintf("; %s with no cap on single returns", whole(u))
	}
	if wave.CostPerExtra != nil {
		line += fmt.Sprintf("; %s for each extra return", wording.Prose.Fixed(*wave.CostPerExtra, 2))
		if m.Plan.AcquisitionCost.Known() {
			line += fmt.Sprintf(", a new customer costs %s", wording.Prose.Fixed(float64(m.Plan.AcquisitionCost), 2))
		}
	}
	return line + "."
}

// AgainWords says who bought again, once all who returned had the time to; "" before.
// The shares among returners are not compared: contacts bring others back.
func (m *Measured) AgainWords() string {
	wave := m.Rows[len(m.Rows)-1]
	if wave.BoughtAgain == nil || wave.AgainLift == nil {
		return ""
	}
	of := func(again, returned int64) string {
		text := fmt.Sprintf("%s of %s who returned", wording.Thousands(again), wording.Thousands(returned))
		if returned > 0 {
			text += " (" + wording.Prose.Percent(float64(again)/float64(returned)) + ")"
		}
		return text
	}
	return fmt.Sprintf("Bought again within %s: %s, of the held-out %s; of all assigned, contacting makes %s (%s to %s).", wording.Counted(m.Plan.LapsedAfterDays, "day"),
		of(*wave.BoughtAgain, *wave.Returns), of(*wave.HeldOutBoughtAgain, *wave.HeldOutReturns), signedPercent(*wave.AgainLift), signedPercent(*wave.AgainLow), signedPercent(*wave.AgainHigh))
}

// NextStep says in words what to do, with the commands for it; where is as in Lines.
func (m *Measured) NextStep(where string) string {
	d := m.Decision
	if d.Name == effect.SendGroup {
		return fmt.Sprintf("send group %d (winback pull --campaign %s --groups %d%s, then winback campaign sent %s --groups %d --on DAY%s)", d.Group, shell(m.Name), d.Group, where, shell(m.Name), d.Group, where)
	}
	if d.Name == effect.DoesNotPay {
		return "stop, do not contact: " + d.Why
	}
	return d.Name + ": " + d.Why
}

// shell writes a name as a shell takes it.
func shell(name string) string {
	if strings.Trim(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == "" {
		return name
	}
	return "'" + strings.ReplaceAll(name, "'", `'\''`) + "'"
}

// powerLine says what a wave of this size can show, before it is over.
func (m *Measured) powerLine() []string {
	if m.Decision.Name == effect.Finished || !m.Plan.All.DetectableExtra.Known() {
		return nil
	}
	return []string{m.Plan.PowerWords(m.Wave.Rows)}
}

// PowerWords says how many extra returns a wave shows, and how many pay for it.
func (p *Plan) PowerWords(rows []tables.AssignmentRow) string {
	text := fmt.Sprintf("All %s would show %s extra returns or more", wording.Counted(len(p.Groups), "group"), whole(math.Ceil(float64(p.All.DetectableExtra))))
	pays := float64(p.All.BreakEvenExtra)
	if !wording.Known(pays) {
		return text + "."
	}
	text += fmt.Sprintf("; contacting pays from %s.", whole(math.Ceil(pays)))
	now := effect.WavesNeeded(float64(p.All.PlannedVariance), pays)
	half := effect.PowerAt(p.Planned(rows), .5)
	if now > 1 && wording.Known(now) && wording.Known(half.Waves) {
		text += fmt.Sprintf(" %s such waves would tell, with half held out %s.", whole(now), whole(half.Waves))
	}
	return text
}

// PowerTable are lines of what a launch could tell at several shares of held-out,
// what its contacts cost, and what each holdout gives up.
func (p *Plan) PowerTable(rows []tables.AssignmentRow) []string {
	lines := []string{fmt.Sprintf("%-8s  %9s  %10s  %10s  %6s  %s", "Held out", "Customers", "Detectable", "Break-even", "Waves", "Given up")}
	planned := p.Planned(rows)
	for _, share := range effect.Holdouts {
		x := effect.PowerAt(planned, share)
		lines = append(lines, fmt.Sprintf("%6s %%  %9s  %10s  %10s  %6s  %s", wording.Screen.Fixed(100*share, 0), wording.Thousands(x.HeldOut), whole(x.Detectable), whole(x.BreakEven), whole(x.Waves), whole(x.GivenUp)))
	}
	lines = append(lines, "Detectable: extra returns found with a power of 80 %. Break-even: extra returns that pay for the contacts. Given up: extra returns of the held-out, were the lift just what pays.")
	return lines
}
