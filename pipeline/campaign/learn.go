package campaign

import (
	"math"

	"winback/pipeline/effect"
)

// DoNotContact stands for an arm where none pays.
const DoNotContact = "do not contact"

// learn draws the lifts of the arm's closed groups together, the waves before it
// summed first.
func (v *measurer) learn(before []*Measured) {
	v.learned = map[int32]effect.Learned{}
	var numbers []int32
	var groups []effect.Group
	closed := v.closed()
	for _, number := range v.GroupNumbers() {
		g, ok := closed[number]
		if !ok {
			continue
		}
		for _, m := range before {
			if earlier, ok := m.closed[v.name][number]; ok {
				g = earlier.Plus(g)
			}
		}
		numbers, groups = append(numbers, number), append(groups, g)
	}
	tau := float64(v.Plan.Tau)
	if math.IsNaN(tau) {
		tau = effect.UntestedTau
	}
	if len(groups) == 0 {
		return
	}
	for i, l := range effect.Learn(groups, tau) {
		if !math.IsNaN(l.Lift) {
			v.learned[numbers[i]] = l
		}
	}
}

// closed are the groups of the arm whose windows are over.
func (v *measurer) closed() map[int32]effect.Group {
	groups := map[int32]effect.Group{}
	for _, number := range v.GroupNumbers() {
		if state, _ := v.State(number, v.look); state == Closed || state == Settled {
			groups[number] = v.tally.group(number)
		}
	}
	return groups
}

// candidate is what the arm does to a group, with what it costs and brings.
func (v *measurer) candidate(number int32) effect.Candidate {
	arm, err := v.Plan.Arm(v.name)
	nothing := effect.Learned{Lift: math.NaN(), SD: math.NaN(), Natural: math.NaN()}
	l, known := v.learned[number]
	if err != nil || !known {
		l = nothing
	}
	c := effect.Candidate{Margin: math.NaN(), Learned: l}
	if err == nil {
		c.Offer = arm.Offer(&v.Plan)
	}
	if v.look.Amounts {
		c.Margin = v.tally.margins.Mean()
	}
	return c
}

// next is the arm that a group should get in the next wave; "" where nothing is
// known.
func next(w *Wave, arms []*measurer, number int32) string {
	var candidates []effect.Candidate
	for _, v := range arms {
		candidates = append(candidates, v.candidate(number))
	}
	switch best, _ := effect.NextArm(candidates); best {
	case effect.NothingKnown:
		return ""
	case effect.DoNotContact:
		return DoNotContact
	default:
		return arms[best].name
	}
}
