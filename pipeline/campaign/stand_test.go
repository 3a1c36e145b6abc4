package campaign

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"winback/data"
	"winback/data/tables"
)

// playedWave is one group of 600, a third held out, sent on day 100: of the contacted
// every fifth returns on the fifth day, of the held-out every tenth; who returned buys again ten days
// later.
func playedWave(change func(*Plan)) (*Wave, Outcomes) {
	p := Plan{AsOf: data.Day(100).String(), HorizonDays: 60, LapsedAfterDays: 90, Holdout: Figure(math.NaN()), Margin: .5, ContactCost: .1, Arms: OneArm(), LevelSigma: .25, Tau: .3,
		ValueCap: 40, Groups: []PlannedGroup{{Group: 1}}, Target: &Target{Kind: TargetExtra, Value: 70}}
	for d := range 60 {
		p.NaturalCurve, p.NaturalSpread = append(p.NaturalCurve, Figure(d+1)/60), append(p.NaturalSpread, .1)
	}
	change(&p)
	w := &Wave{Name: "spring", Number: 1, Day: 100, Plan: p, Sends: map[int32]Send{1: {Day: 100, Declared: true}}}
	for i := range 600 {
		arm := "contact"
		if i%3 == 0 {
			arm = tables.HoldoutArm
		}
		w.Rows = append(w.Rows, tables.AssignmentRow{CustomerID: fmt.Sprintf("c%03d", i), Group: 1, Arm: arm, Probability: .1})
	}
	w.Plan.Fill(w.Rows)
	outcomes := w.NewOutcomes()
	for i, r := range w.Rows {
		var bought []Happening
		if every := map[bool]int{true: 10, false: 5}[r.Arm == tables.HoldoutArm]; i/3%every == 0 {
			bought = []Happening{{At: data.Day(105).Micros(), Amount: 300_000}, {At: data.Day(115).Micros(), Amount: 300_000}}
		}
		outcomes.Set(w, i, bought, nil)
	}
	return w, outcomes
}

func TestTarget_OfExtraReturnsByTheEnd(t *testing.T) {
	for _, c := range []struct {
		share Figure // of the extra returns that have come; 0: not known
		want  float64
	}{{.5, 80}, {1.25, 32}, {0, math.NaN()}} {
		w, outcomes := playedWave(func(p *Plan) {
			for range 60 {
				if c.share > 0 {
					p.ResponseCurve, p.ResponseVariance = append(p.ResponseCurve, c.share), append(p.ResponseVariance, .0001)
				}
			}
		})
		m := w.Measure(outcomes, Look{AsOf: 110, Newest: 110, Amounts: true}, nil)
		end := float64(m.Target.ByTheEnd)
		if m.Target.SoFar != 40 || math.IsNaN(end) != math.IsNaN(c.want) || math.Abs(end-c.want) > 1e-9 || !(m.Target.Low < m.Target.High) || end < float64(m.Target.Low) || end > float64(m.Target.High) {
			t.Errorf("share %v: %+v, want %v", c.share, m.Target, c.want)
		}
		if closed := w.Measure(outcomes, Look{AsOf: 160, Newest: 160, Amounts: true}, nil); closed.Target.ByTheEnd.Known() {
			t.Errorf("closed: %+v", closed.Target)
		}
	}
}

// TestWords_SayTheUncappedSumAndWhoBoughtAgain: each return brought 60, of which the
// cap lets 40 count.
func TestWords_SayTheUncappedSumAndWhoBoughtAgain(t *testing.T) {
	w, outcomes := playedWave(func(*Plan) {})
	m := w.Measure(outcomes, Look{AsOf: 110, Newest: 110, Amounts: true}, nil)
	if !math.IsNaN(m.UncappedProfit) || m.AgainWords() != "" {
		t.Errorf("open: %v, %q", m.UncappedProfit, m.AgainWords())
	}
	m = w.Measure(outcomes, Look{AsOf: 250, Newest: 250, Amounts: true}, nil)
	// 40 extra returns at 20 and at 30 each, less 400 contacts.
	if wave := m.Rows[len(m.Rows)-1]; math.Abs(*wave.ExtraProfit-760) > 1e-9 || math.Abs(m.UncappedProfit-1160) > 1e-9 || !strings.Contains(m.MoneyWords(), "; 1,160 with no cap on single returns") {
		t.Errorf("profit %v, uncapped %v: %s", *wave.ExtraProfit, m.UncappedProfit, m.MoneyWords())
	}
	if words := m.AgainWords(); !strings.HasPrefix(words, "Bought again within 90 days: 80 of 80 who returned (100.0 %), of the held-out 20 of 20 who returned (100.0 %); of all assigned, contacting makes +10.0 % (+") {
		t.Errorf("again: %s", words)
	}
}
