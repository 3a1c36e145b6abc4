package campaign

import (
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"winback/data"
	"winback/pipeline/effect"
	"winback/pipeline/wording"
)

// TargetStanding is how far a wave is from its target. Value is 0 and Kind "" where
// it has none; numbers that are not known are NaN.
type TargetStanding struct {
	Kind     string `json:"kind"`
	Value    Figure `json:"value"`
	SoFar    Figure `json:"so_far"`
	ByTheEnd Figure `json:"by_the_end"`
	Low      Figure `json:"low"`
	High     Figure `json:"high"`
}

// decide settles what to do tonight.
func (m *Measured) decide() {
	v := &measurer{Wave: m.Wave, look: m.Look, name: AllArms, tally: m.all}
	s := effect.Standing{Stopped: m.StoppedBy != nil, Plan: m.GroupNumbers(), Pace: m.Plan.PaceDays, Closed: true,
		BreakEvenExtra: math.NaN(), LikelyReturns: math.NaN(), LikelyExtra: math.NaN(), ExtraShare: math.NaN()}
	var seen []int32 // sent, and the orders reach that day
	var groups []effect.Group
	pays, extraByTheEnd := 0.0, math.NaN()
	for _, number := range s.Plan {
		if sent, ok := m.Sends[number]; !ok || sent.Day > m.Look.AsOf {
			continue
		}
		s.Sent++
		pays += float64(m.Plan.group(number).BreakEvenExtra)
		state, _ := m.State(number, m.Look)
		s.Closed = s.Closed && state != Open && state != Waiting
		if state != Waiting {
			seen, groups = append(seen, number), append(groups, m.all.group(number))
			s.Returned += m.all.contacted[number].returned
		}
	}
	if last, any := m.LastSend(); any {
		s.DaysSinceSent = int(m.Look.AsOf - last)
	}
	if m.next != 0 { // what was not sent before the next wave is not sent any more
		s.Plan = s.Plan[:s.Sent]
	}
	if t := m.Plan.Target; t != nil {
		s.Target = effect.Target{Kind: effect.TargetReturns, Count: t.Value}
		if t.Kind == TargetExtra {
			s.Target.Kind = effect.TargetExtra
		}
	}
	s.SoFar = effect.Anytime(groups, v.planned(nil))
	if len(seen) > 0 {
		a := v.lookAhead(seen)
		s.BreakEvenExtra = pays
		s.ExtraShare, s.LikelyReturns = a.natural.Share, effect.LikelyReturns(s.Returned, a.natural)
		if a.response != nil {
			s.ExtraShare = a.response.Share
		}
		s.LikelyExtra = effect.LikelyExtra(a.soFar, a.response, s.SoFar)
		if a.response != nil {
			extraByTheEnd, _ = a.response.Final(a.soFar)
		}
	}
	m.Decision = effect.Decide(s)
	m.stand(s, Figure(extraByTheEnd))
}

// NextOfPlan is what to do on a day as far as the ledger alone tells: whether the
// target is reached or contacting pays, it does not know.
func (w *Wave) NextOfPlan(today data.Day) effect.Decision {
	s := effect.Standing{Stopped: w.StoppedBy != nil, Plan: w.GroupNumbers(), Pace: w.Plan.PaceDays, Sent: len(w.Sends), SoFar: effect.Estimate{Value: math.NaN(), Low: math.NaN(), High: math.NaN()}}
	if last, any := w.LastSend(); any {
		s.DaysSinceSent = int(today - last)
	}
	return effect.Decide(s)
}

// stand says how far the target is; extra are the extra returns by the end, where
// settled waves have shown how fast they come.
func (m *Measured) stand(s effect.Standing, extra Figure) {
	m.Target = TargetStanding{"", unknown, unknown, unknown, unknown, unknown}
	t := m.Plan.Target
	if t == nil {
		return
	}
	m.Target.Kind, m.Target.Value = t.Kind, Figure(t.Value)
	wave := m.Rows[len(m.Rows)-1]
	of := func(x *float64) Figure {
		if x == nil {
			return unknown
		}
		return Figure(*x)
	}
	if t.Kind == TargetExtra {
		if wave.State == string(Open) {
			m.Target.ByTheEnd = extra
		}
		m.Target.SoFar, m.Target.Low, m.Target.High = Figure(s.SoFar.Value), of(wave.ForecastExtraLow), of(wave.ForecastExtraHigh)
		return
	}
	m.Target.SoFar, m.Target.ByTheEnd, m.Target.Low, m.Target.High = Figure(s.Returned), of(wave.ForecastReturns), of(wave.ForecastLow), of(wave.ForecastHigh)
}

// flag says where the experiment is not the one that was planned.
func (m *Measured) flag() {
	d := effect.Delivery{}
	for number, h := range m.all.heldOut {
		if state, _ := m.State(number, m.Look); state != Waiting {
			c := m.all.contacted[number]
			d.Contacts, d.Sent, d.HeldOut, d.HeldOutContacted = d.Contacts+c.customers, d.Sent+c.sent, d.HeldOut+h.customers, d.HeldOutContacted+h.sent
		}
	}
	if m.Plan.Holdout.Known() { // else the wave was drawn elsewhere
		m.flagDraw()
	}
	m.flagDelivery(d)
}

// flagDraw holds the customers of each arm against the shares of the draw. Arms of
// whom fewer than five are to be expected say nothing.
func (m *Measured) flagDraw() {
	there, expected, all := map[string]int64{}, m.expected(), 0.0
	for i := range m.Wave.Rows {
		there[m.Wave.Rows[i].Arm]++
	}
	maps.DeleteFunc(expected, func(_ string, n float64) bool { return n < 5 })
	arms := slices.Sorted(maps.Keys(expected))
	for _, arm := range arms {
		all += expected[arm]
	}
	var counts []int64
	var shares []float64
	var words []string
	for _, arm := range arms {
		counts, shares = append(counts, there[arm]), append(shares, expected[arm]/all)
		words = append(words, fmt.Sprintf("%s %s where %s were to be expected", wording.Thousands(there[arm]), arm, whole(expected[arm])))
	}
	if chi2, p := effect.SampleRatio(counts, shares); p < effect.NotTheDraw {
		m.Flags = append(m.Flags, fmt.Sprintf("the arms are not what was drawn: %s (chi-squared %s)", strings.Join(words, ", "), wording.Prose.Fixed(chi2, 1)))
	}
}

func (m *Measured) flagDelivery(d effect.Delivery) {
	if d.HeldOutContacted > 0 {
		of := "of " + wording.Counted(d.HeldOut, "customer") + " held out"
		m.Flags = append(m.Flags, wording.Plural(int64(d.HeldOutContacted), of+" was", of+" were")+" contacted; they stay held out")
	}
	if d.Contacts == 0 || !d.Diluted() {
		return
	}
	text := fmt.Sprintf("diluted: sent to %s of %s", wording.Thousands(d.Sent), wording.Counted(d.Contacts, "contact"))
	if wave := m.Rows[len(m.Rows)-1]; wave.Lift != nil {
		if lift := d.LiftOfContact(*wave.Lift); wording.Known(lift) {
			text += ", so that the lift of being contacted is " + signedPercent(lift)
		}
	}
	m.Flags = append(m.Flags, text)
}

func signedPercent(x float64) string {
	sign := ""
	if x > 0 {
		sign = "+"
	}
	return sign + wording.Prose.Percent(x)
}
