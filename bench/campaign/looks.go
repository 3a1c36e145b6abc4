package main

import (
	"math"

	"winback/pipeline/effect"
)

const z95 = 1.959963984540054

// looked is what nightly looks at one wave whose groups are all sent by plan have shown.
type looked struct {
	missed, missedFixed   bool // truth outside at any look
	reached, reachedFixed bool // a target just above all that was ever true is called reached
	seen                  bool // the low limit above 0 on some night
	notPaying, notYet     bool // a campaign that brings twice what it must is called "does not pay", and where the share is not looked at
	told                  bool // one that brings half of what it must is
	foretold, inside      int  // forecasts of the final returns, and those that held
}

// look plays the plan and looks every night until all windows are closed.
func (w *wave) look() (looked, []*sent, error) {
	var all []*sent
	for k, g := range w.groups {
		s, err := w.send(g, w.pace*k)
		if err != nil {
			return looked{}, nil, err
		}
		all = append(all, s)
	}
	last := w.pace*(len(w.groups)-1) + horizon
	planned, target, final := effect.PlannedVariance(w.plan), 0.0, 0.0
	for day := 1; day <= last; day++ {
		final = w.nightOf(all, day).truth
		target = max(target, final+1)
	}
	var l looked
	for day := 1; day <= last; day++ {
		n := w.nightOf(all, day)
		e, fixed := effect.Anytime(n.groups, planned), z95*math.Sqrt(effect.VarianceSoFar(n.groups))
		l.missed = l.missed || n.truth < e.Low || n.truth > e.High
		l.missedFixed = l.missedFixed || math.Abs(n.truth-e.Value) > fixed
		l.reached = l.reached || e.Low >= target
		l.reachedFixed = l.reachedFixed || e.Value-fixed >= target
		l.seen = l.seen || e.Low > 0
		l.judge(n, e, final*w.sentShare(n))
		if day%10 == 5 {
			l.foretell(w, n, e, all)
		}
	}
	return l, all, nil
}

// sentShare is the part of the foretold returns that belongs to groups sent.
func (w *wave) sentShare(n night) float64 {
	sum := 0.0
	for _, g := range n.groups {
		sum += float64(g.Contacted) * g.Probability
	}
	return math.Min(1, sum/w.whole)
}

// judge asks whether contacting pays, where it brings twice what it must and
// where it brings half of that; final are the extra returns of the groups sent.
func (l *looked) judge(n night, e effect.Estimate, final float64) {
	if final <= 0 {
		return
	}
	told := func(breakEven, share float64) bool {
		stands := effect.Standing{SoFar: e, BreakEvenExtra: breakEven, ExtraShare: share, Sent: 1, Plan: []int32{1}}
		return effect.Decide(stands).Name == effect.DoesNotPay
	}
	share := shareOf(n.open)
	l.notPaying = l.notPaying || told(final/2, share)
	l.notYet = l.notYet || told(final/2, 1)
	l.told = l.told || told(2*final, share)
}

// shareOf is the part of the natural returns that should have come by now.
func shareOf(open []effect.Open) float64 { return effect.StillToCome(open, 1, 0).Share }

// foretell forecasts the final returns of the contacts of the groups sent.
func (l *looked) foretell(w *wave, n night, e effect.Estimate, all []*sent) {
	natural := effect.StillToCome(n.open, w.sigma, n.spread)
	soFar := effect.Sum{Extra: e.Value, Variance: effect.VarianceSoFar(n.groups)}
	y1, final := int64(0), int64(0)
	for i, g := range n.groups {
		y1 += g.Returned
		final += all[i].y1[horizon]
	}
	f := effect.FinalReturns(y1, soFar, natural, nil)
	l.foretold++
	if f.Low <= float64(final) && float64(final) <= f.High {
		l.inside++
	}
}
