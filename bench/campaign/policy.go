package main

import (
	"winback/pipeline/effect"
)

// used is how a rule of sending came out for one target.
type used struct {
	contacts int64
	met      bool
}

// reach is a wave with a target of returns and what rules made of it.
type reach struct {
	target                       int64
	best, plan, counted, decided used
	feasible                     bool
}

// reachTarget asks for as many returns as the forecast promised of the first
// groups of the plan, and lets four rules send them: all that the forecast
// called for; until the target is counted; the decision of every night; and
// the fewest groups that would have done in hindsight.
func (w *wave) reachTarget(planned []*sent) (reach, error) {
	var r reach
	first := max(2, len(w.plan)/2)
	promised := 0.0
	for _, g := range w.plan[:first] {
		promised += float64(g.Contacted) * g.Probability
	}
	r.target = int64(promised)
	r.plan = tillEnd(planned[:first], r.target)
	for k := 1; k <= len(planned) && !r.feasible; k++ {
		r.best = tillEnd(planned[:k], r.target)
		r.feasible = r.best.met
	}
	var err error
	if r.counted, err = w.nightly(r.target, false); err != nil {
		return r, err
	}
	r.decided, err = w.nightly(r.target, true)
	return r, err
}

// tillEnd counts contacts, and whether returns reach the target by the end of
// all windows.
func tillEnd(all []*sent, target int64) used {
	var u used
	returned := int64(0)
	for _, s := range all {
		u.contacts += s.n1
		returned += s.y1[horizon]
	}
	u.met = returned >= target
	return u
}

// mostNights bounds a wave: the shop ends.
const mostNights = lastLaunch - 1

// nightly sends by the decision of every night; without forecast it only stops
// when the target is counted.
func (w *wave) nightly(target int64, forecast bool) (used, error) {
	var all []*sent
	plan := make([]int32, len(w.groups))
	for i := range plan {
		plan[i] = int32(i + 1)
	}
	for day := 0; day < mostNights; day++ {
		n := w.nightOf(all, day)
		stands := effect.Standing{Target: effect.Target{Kind: effect.TargetReturns, Count: float64(target)}, Plan: plan, Sent: len(all), Pace: w.pace}
		for _, g := range n.groups {
			stands.Returned += g.Returned
		}
		if len(all) > 0 {
			stands.DaysSinceSent = day - all[len(all)-1].on
			stands.Closed = day >= all[len(all)-1].on+horizon
		}
		if forecast && len(n.open) > 0 {
			stands.LikelyReturns = effect.LikelyReturns(stands.Returned, effect.StillToCome(n.open, w.sigma, n.spread))
		}
		d := effect.Decide(stands)
		if d.Name == effect.Reached || d.Name == effect.Finished {
			break
		}
		if d.Name == effect.SendGroup && day+horizon < mostNights {
			s, err := w.send(w.groups[len(all)], day)
			if err != nil {
				return used{}, err
			}
			all = append(all, s)
		}
	}
	return tillEnd(all, target), nil
}
