package main

import (
	"math"

	"winback/pipeline/effect"
)

// tally counts over campaigns, all and by world.
type tally struct {
	worlds [6]counts
	levels [5]counts
	paces  map[int]*counts
	all    counts
	waves  wavesTally
}

// counts of campaigns of one kind.
type counts struct {
	campaigns                                          int
	missed, missedFixed, reached, reachedFixed, seen   int
	notPaying, notYet, told                            int
	foretold, inside                                   int
	closed, adjustedHeld, adjusted, groupsHeld, groups int
	narrower                                           float64
	learned, learnedHeld                               int
	learnedError, rawError                             float64
	targets, feasible, planMet, countedMet, decidedMet int
	best, plan, counted, decided                       int64
}

// play plays one campaign and counts it.
func (t *tally) play(w *wave) error {
	l, closed, err := w.look()
	if err != nil {
		return err
	}
	r, err := w.reachTarget(closed)
	if err != nil {
		return err
	}
	if t.paces == nil {
		t.paces = map[int]*counts{}
	}
	if t.paces[w.pace] == nil {
		t.paces[w.pace] = &counts{}
	}
	for _, c := range []*counts{&t.all, &t.worlds[w.cell], &t.levels[w.level], t.paces[w.pace]} {
		c.looks(l)
		c.close(closed)
		c.reach(r)
	}
	return nil
}

func (c *counts) looks(l looked) {
	c.campaigns++
	add := func(n *int, b bool) {
		if b {
			*n++
		}
	}
	add(&c.missed, l.missed)
	add(&c.missedFixed, l.missedFixed)
	add(&c.reached, l.reached)
	add(&c.reachedFixed, l.reachedFixed)
	add(&c.seen, l.seen)
	add(&c.notPaying, l.notPaying)
	add(&c.notYet, l.notYet)
	add(&c.told, l.told)
	c.foretold += l.foretold
	c.inside += l.inside
}

// close counts whose closed windows hold the truth: the sum, each group, the
// adjusted sum, the learned lifts.
func (c *counts) close(all []*sent) {
	var groups []effect.Group
	var sides []effect.Sides
	truth, heldOutReturns := 0.0, int64(0)
	for _, s := range all {
		g, _ := s.at(s.on + horizon)
		groups, sides = append(groups, g), append(sides, s.sides)
		truth += s.truth[horizon]
		heldOutReturns += g.HeldOutReturned
		c.groups++
		if holds(effect.Extra([]effect.Group{g}), s.truth[horizon]) {
			c.groupsHeld++
		}
	}
	sum := effect.Extra(groups)
	if holds(sum, truth) {
		c.closed++
	}
	if heldOutReturns >= effect.MinHeldOutReturns {
		a := effect.Adjust(sides)
		c.adjusted++
		c.narrower += 1 - a.AdjustedSE/a.SE
		if holds(a.Limits(sum), truth) {
			c.adjustedHeld++
		}
	}
	for i, l := range effect.Learn(groups, effect.UntestedTau) {
		g, lift := groups[i], all[i].truth[horizon]/float64(groups[i].Contacted)
		c.learned++
		c.learnedError += square((l.Lift - lift) / g.Probability)
		c.rawError += square((g.Rate() - g.HeldOutRate() - lift) / g.Probability)
		if math.Abs(l.Lift-lift) <= z95*l.SD {
			c.learnedHeld++
		}
	}
}

func holds(e effect.Estimate, truth float64) bool { return e.Low <= truth && truth <= e.High }

func square(x float64) float64 { return x * x }

// reach counts contacts of the rules where some number of groups would have done.
func (c *counts) reach(r reach) {
	c.targets++
	if !r.feasible {
		return
	}
	c.feasible++
	c.best += r.best.contacts
	for _, rule := range []struct {
		used
		met      *int
		contacts *int64
	}{{r.plan, &c.planMet, &c.plan}, {r.counted, &c.countedMet, &c.counted}, {r.decided, &c.decidedMet, &c.decided}} {
		*rule.contacts += rule.used.contacts
		if rule.used.met {
			*rule.met++
		}
	}
}
