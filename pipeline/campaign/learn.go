package campaign

import (
	"maps"
	"math"
	"slices"

	"winback/pipeline/effect"
)

// DoNotContact stands for an arm where none pays.
const DoNotContact = "do not contact"

// learn draws the lifts of the arm's closed groups together, those of this wave and
// of the waves before it, which are summed first.
func (v *measurer) learn(before []*Measured) {
	v.learned = map[int32]effect.Learned{}
	waves := map[int32][]effect.Group{}
	for _, m := range before {
		for number, g := range m.closed[v.name] {
			waves[number] = append(waves[number], g)
		}
	}
	for number, g := range v.closed() {
		waves[number] = append(waves[number], g)
	}
	numbers := slices.Sorted(maps.Keys(waves))
	var groups []effect.Group
	for _, number := range numbers {
		groups = append(groups, effect.Pool(waves[number]))
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

// closed are the groups whose windows are over and of whom somebody was dealt to the
// arm.
func (v *measurer) closed() map[int32]effect.Group {
	groups := map[int32]effect.Group{}
	for _, number := range v.GroupNumbers() {
		if g := v.tally.group(number); g.Contacted > 0 && v.isClosed(number) {
			groups[number] = g
		}
	}
	return groups
}

func (v *measurer) isClosed(number int32) bool {
	state, _ := v.State(number, v.look)
	return state == Closed || state == Settled
}

// candidate is what the arm does to a group, with what it costs and brings.
func (v *measurer) candidate(number int32) effect.Candidate {
	arm, err := v.Plan.Arm(v.name)
	nothing := effect.Learned{Lift: math.NaN(), SD: math.NaN(), Natural: math.NaN()}
	l, known := v.learned[number]
	if err != nil || !known || !v.isClosed(number) {
		l = nothing
	}
	c := effect.Candidate{Margin: math.NaN(), Learned: l}
	if err == nil {
		c.Offer = arm.Offer(&v.Plan)
	}
	if v.look.Amounts && v.tally.margins.Count() > 0 {
		c.Margin = v.tally.margins.Mean()
	}
	return c
}

// next is the arm that a group should get in the next wave; "" where nothing is
// known.
func next(arms []*measurer, number int32) string {
	var profits []float64
	for _, v := range arms {
		profits = append(profits, v.candidate(number).Profit())
	}
	switch best := effect.NextArm(profits); best {
	case effect.NothingKnown:
		return ""
	case effect.DoNotContact:
		return DoNotContact
	default:
		return arms[best].name
	}
}
