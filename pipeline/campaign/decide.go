package campaign

import (
	"fmt"
	"math"

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
	pays := 0.0
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
	}
	m.Decision = effect.Decide(s)
	m.stand(s)
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

// stand says how far the target is.
func (m *Measured) stand(s effect.Standing) {
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
		m.Target.SoFar, m.Target.Low, m.Target.High = Figure(s.SoFar.Value), of(wave.ForecastExtraLow), of(wave.ForecastExtraHigh)
		return
	}
	m.Target.SoFar, m.Target.ByTheEnd, m.Target.Low, m.Target.High = Figure(s.Returned), of(wave.ForecastReturns), of(wave.ForecastLow), of(wave.ForecastHigh)
}

// flag says where the experiment is not the one that was planned.
func (m *Measured) flag() {
	var counts []int64
	var shares []float64
	d := effect.Delivery{}
	held, contacted := int64(0), int64(0)
	for number, g := range m.all.heldOut {
		if g.customers+g.excluded > 0 {
			held, contacted = held+g.customers+g.excluded, contacted+m.all.contacted[number].customers+m.all.contacted[number].excluded
		}
		if state, _ := m.State(number, m.Look); state != Waiting {
			c := m.all.contacted[number]
			d.Contacts, d.Sent, d.HeldOut, d.HeldOutContacted = d.Contacts+c.customers, d.Sent+c.sent, d.HeldOut+g.customers, d.HeldOutContacted+g.sent
		}
	}
	if h := float64(m.Plan.Holdout); h > 0 && h < 1 {
		counts, shares = []int64{held, contacted}, []float64{h, 1 - h}
		if chi2, p := effect.SampleRatio(counts, shares); p < effect.NotTheDraw {
			m.Flags = append(m.Flags, fmt.Sprintf("the holdout is not what was drawn: %s of %s held out, the share is %s (chi-squared %.1f)",
				wording.Thousands(held), wording.Counted(held+contacted, "customer"), wording.Prose.Percent(h), chi2))
		}
	}
	m.flagDelivery(d)
}

func (m *Measured) flagDelivery(d effect.Delivery) {
	if d.HeldOutContacted > 0 {
		m.Flags = append(m.Flags, fmt.Sprintf("%s of %s held out were contacted; they stay held out", wording.Thousands(d.HeldOutContacted), wording.Counted(d.HeldOut, "customer")))
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
