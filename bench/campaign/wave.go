package main

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"winback/data"
	"winback/internal/shop"
	"winback/pipeline/effect"
)

// wave is a campaign at launch: groups in order of their forecast.
type wave struct {
	settings
	history *history
	day     data.Day
	curve   effect.Curve
	sigma   float64
	groups  []*group
	plan    []effect.Group // the groups as they were launched
	whole   float64        // returns foretold of all contacts
}

// group is a group of a wave at launch.
type group struct {
	forecast float64 // frozen probability to return without a contact
	caused   float64 // planted chances
	forward  float64
	members  []member
}

type member struct {
	id      string
	next    int // days from launch to the next purchase without a contact, −1 for none
	heldOut bool
	score   float64 // known at launch, tells who returns sooner
}

// launch freezes the groups of the k-th launch day of a shop. The forecast is
// off by the settings' level; lifts differ by group by a third of the mean.
func (h *history) launch(s settings, k int, seed uint64) *wave {
	draw := rand.New(rand.NewPCG(seed, 12))
	w := &wave{settings: s, history: h, day: h.snapshots[k].day, sigma: levelSigma()}
	w.curve = h.curve(w.day)
	rates := h.rates(w.day)
	all := make([]*group, groups)
	for g := range all {
		caused := min(.9, rates[g]*s.caused*max(0, 1+draw.NormFloat64()/3))
		all[g] = &group{forecast: rates[g] / levels[s.level], caused: caused, forward: s.forward}
	}
	for i := range h.customers {
		c := &h.customers[i]
		g, next, lapsed := c.at(w.day)
		if !lapsed {
			continue
		}
		seen, _ := slices.BinarySearch(c.days, w.day)
		score := all[g].forecast * 300 / float64(150+w.day-c.days[seen-1])
		all[g].members = append(all[g].members, member{c.id, next, draw.Float64() < s.holdout, score})
	}
	for _, g := range all {
		if len(g.members) >= 200 {
			w.groups = append(w.groups, g)
		}
	}
	slices.SortFunc(w.groups, func(a, b *group) int { return cmp.Compare(b.forecast, a.forecast) })
	w.freeze()
	return w
}

// freeze writes down the plan.
func (w *wave) freeze() {
	for _, g := range w.groups {
		plan := effect.Group{Probability: g.forecast}
		for _, m := range g.members {
			if m.heldOut {
				plan.HeldOut++
			} else {
				plan.Contacted++
			}
		}
		w.plan = append(w.plan, plan)
		w.whole += float64(plan.Contacted) * plan.Probability
	}
}

// sent is a group from its send day on: counts by day of the window, entry t
// those of the first t days, and the truth.
type sent struct {
	on       int // days from launch
	n1, n0   int64
	y1, y0   [horizon + 1]int64
	truth    [horizon + 1]float64 // extra returns to be expected by day t
	forecast float64
	sides    effect.Sides // customers with their score, of the closed window
}

// send contacts a group so many days after the launch.
func (w *wave) send(g *group, on int) (*sent, error) {
	s := &sent{on: on, forecast: g.forecast}
	var contacts []shop.Contact
	var scores []float64
	var natural [horizon]float64 // of both sides
	day := w.day + data.Day(on)
	for _, m := range g.members {
		if m.next >= 0 && m.next < on {
			continue // bought before sending
		}
		t := m.next - on
		returns := m.next >= 0 && t < horizon
		if returns {
			natural[t]++
		}
		if !m.heldOut {
			contacts, scores = append(contacts, shop.Contact{Customer: m.id, Day: day, Caused: g.caused, Forward: g.forward}), append(scores, m.score)
			continue
		}
		s.n0++
		s.sides.HeldOut.Add(returns, m.score)
		if returns {
			s.y0[t+1]++
		}
	}
	fates, err := w.history.shop.Fates(contacts)
	if err != nil {
		return nil, err
	}
	s.n1 = int64(len(contacts))
	for i, f := range fates {
		s.sides.Contacted.Add(f.Actual != 0, scores[i])
		if f.Actual != 0 {
			s.y1[int(f.Actual-day)+1]++
		}
	}
	for t := range horizon {
		s.y1[t+1] += s.y1[t]
		s.y0[t+1] += s.y0[t]
	}
	s.plant(g, natural)
	return s, nil
}

// plant works out what the contacts are to be expected to have caused by each
// day: chances times who would not return, and who would, but later.
func (s *sent) plant(g *group, natural [horizon]float64) {
	none := float64(s.n1 + s.n0)
	for _, n := range natural {
		none -= n
	}
	for t := 1; t <= horizon; t++ {
		later := 0.0
		for _, n := range natural[t:] {
			later += n
		}
		s.truth[t] = float64(s.n1) / float64(s.n1+s.n0) * shop.ContactShare(t) * (g.caused*none + g.forward*later)
	}
}

// at are the counts of a group on a night, day days after the launch.
func (s *sent) at(night int) (effect.Group, int) {
	t := max(0, min(horizon, night-s.on))
	return effect.Group{Contacted: s.n1, Returned: s.y1[t], HeldOut: s.n0, HeldOutReturned: s.y0[t], Probability: s.forecast}, t
}

// night is what stands on a night of a wave.
type night struct {
	groups []effect.Group
	open   []effect.Open
	truth  float64
	spread float64 // of the natural curve, at the middle group
}

func (w *wave) nightOf(all []*sent, day int) night {
	var n night
	weight := 0.0
	for _, s := range all {
		if s.on >= day {
			continue
		}
		g, t := s.at(day)
		share, spread := w.curve.At(t)
		n.groups, n.open = append(n.groups, g), append(n.open, effect.Open{Group: g, Share: share})
		n.truth += s.truth[t]
		e := float64(g.HeldOut) * g.Probability
		n.spread, weight = n.spread+e*spread, weight+e
	}
	n.spread /= math.Max(weight, 1e-9)
	return n
}
