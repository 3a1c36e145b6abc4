package campaign

import (
	"math"
	"slices"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/effect"
)

// AllArms stands for all arms together, where an arm has its name.
const AllArms = "all"

// State is how far the window of a group is.
type State string

// The states.
const (
	Waiting State = "waiting" // not sent yet, or the orders end before
	Open    State = "open"
	Closed  State = "closed"  // the window is over
	Settled State = "settled" // and what was sent back is known
)

// Look is what is known on the day on which a wave is looked at.
type Look struct {
	AsOf    data.Day // everything before is known, nothing else
	Newest  data.Day // newest day of the orders or responses
	Amounts bool     // they say what was spent
	// Redeemed says that offers paid are known, not assumed.
	Redeemed bool
}

// State is that of a group; day counts the full days of its window.
func (w *Wave) State(group int32, look Look) (state State, day int) {
	sent, ok := w.Sends[group]
	if !ok || look.AsOf < sent.Day || look.Newest < sent.Day {
		return Waiting, 0
	}
	day = min(w.Plan.HorizonDays, int(look.AsOf-sent.Day))
	switch {
	case day < w.Plan.HorizonDays:
		return Open, day
	case look.AsOf < sent.Day+data.Day(w.Plan.HorizonDays)+TailDays:
		return Closed, day
	}
	return Settled, day
}

// againKnown says whether all who returned had the time to buy again.
func (w *Wave) againKnown(group int32, look Look) bool {
	sent, ok := w.Sends[group]
	return ok && w.Plan.LapsedAfterDays > 0 && look.AsOf >= sent.Day+data.Day(w.Plan.HorizonDays+w.Plan.LapsedAfterDays)
}

// tally are the counts of a wave for one arm, or all of them.
type tally struct {
	contacted, heldOut map[int32]*side
	probability        map[int32]float64
	// values are what single returns in closed windows brought, before offers: in
	// margin and in revenue.
	margins, revenues effect.Values
}

// view is the arm with a name, or all of them.
func (w *Wave) view(name string) (arms []string) {
	for _, a := range w.Plan.Arms {
		if name == AllArms || a.Name == name {
			arms = append(arms, a.Name)
		}
	}
	return arms
}

// count goes through the customers of a view, by id. Held-out customers of a stage
// that none of its arms takes are not what its contacts are compared with.
func (w *Wave) count(outcomes Outcomes, arms []string, look Look) *tally {
	t := &tally{contacted: map[int32]*side{}, heldOut: map[int32]*side{}, probability: map[int32]float64{}}
	for _, g := range w.Plan.Groups {
		t.contacted[g.Group], t.heldOut[g.Group] = w.newSide(), w.newSide()
		t.probability[g.Group] = float64(g.Probability)
	}
	for i := range w.Rows {
		r := &w.Rows[i]
		s := t.contacted[r.Group]
		switch {
		case r.Arm != tables.HoldoutArm && !slices.Contains(arms, r.Arm), r.Arm == tables.HoldoutArm && !w.takes(arms, r.Stage):
			continue
		case r.Arm == tables.HoldoutArm:
			s = t.heldOut[r.Group]
		}
		if s != nil {
			w.add(t, s, i, outcomes[i], look)
		}
	}
	return t
}

// takes says whether customers of a stage may get one of the arms.
func (w *Wave) takes(arms []string, stage string) bool {
	return slices.ContainsFunc(w.Plan.Arms, func(a Arm) bool { return a.Takes(stage) && slices.Contains(arms, a.Name) })
}

func (w *Wave) add(t *tally, s *side, row int, o Outcome, look Look) {
	r := &w.Rows[row]
	state, _ := w.State(r.Group, look)
	if state != Waiting && o.Excluded {
		s.excluded++
		return
	}
	s.customers++
	arm, err := w.Plan.Arm(r.Arm)
	heldOut := err != nil
	if !heldOut {
		s.cost += w.contactCost(row, arm.Offer(&w.Plan).ContactCost)
	}
	if state == Waiting {
		return
	}
	if w.wasSent(row, w.Sends[r.Group].Day) {
		s.sent++
	}
	s.moments.Add(o.Returned, r.Probability)
	if !o.Returned {
		return
	}
	s.returned++
	s.byDay[o.Day]++
	if o.Net > 0 {
		s.kept++
	}
	if o.Again {
		s.again++
	}
	w.addMoney(t, s, arm, o, state, look.Redeemed)
}

// addMoney counts what a return brought.
func (w *Wave) addMoney(t *tally, s *side, arm *Arm, o Outcome, state State, redeemed bool) {
	net := o.Net
	if cap := float64(w.Plan.ValueCap); !math.IsNaN(cap) {
		net = min(net, cap)
	}
	margin := float64(w.Plan.Margin) * net
	if state != Open {
		t.margins.Add(margin)
		t.revenues.Add(net)
	}
	s.revenue += o.Net
	s.capped += net
	s.value += margin
	s.uncapped += float64(w.Plan.Margin) * o.Net
	if arm != nil {
		offer := arm.Offer(&w.Plan)
		paid := offer.Discount * offer.Redemption
		if redeemed {
			paid = o.Offer
		}
		s.offers += paid
		s.value -= paid
		s.uncapped -= paid
	}
}

// group is a group as the statistics want it.
func (t *tally) group(number int32) effect.Group {
	c, h := t.contacted[number], t.heldOut[number]
	return effect.Group{Contacted: c.customers, Returned: c.returned, HeldOut: h.customers, HeldOutReturned: h.returned, Probability: t.probability[number]}
}

// until is the group as it was on a day of the window.
func (t *tally) until(number int32, day int) effect.Group {
	g := t.group(number)
	g.Returned, g.HeldOutReturned = 0, 0
	for d := range day {
		g.Returned += t.contacted[number].byDay[d]
		g.HeldOutReturned += t.heldOut[number].byDay[d]
	}
	return g
}

// again counts those who bought again as returns.
func (t *tally) again(number int32) effect.Group {
	g := t.group(number)
	g.Returned, g.HeldOutReturned = t.contacted[number].again, t.heldOut[number].again
	return g
}
