package effect

import (
	"cmp"
	"math"
	"slices"
)

// Candidate is an arm that a group's customers can get in the next wave.
type Candidate struct {
	Offer
	Margin  float64 // of an order of the group, in currency
	Learned         // what the arm does to the group
}

// Profit is the learned profit of a contact, lift (m − r d) − r̃₀ r d − c, in
// currency; NaN where nothing is learned.
func (c Candidate) Profit() float64 { return c.Offer.Profit(c.Lift, c.Natural, c.Margin) }

// RankArms are the places of the arms whose learned profit of a contact is known
// (not NaN), the largest first, equal ones as they stand.
func RankArms(profits []float64) (places []int) {
	for i, p := range profits {
		if !math.IsNaN(p) {
			places = append(places, i)
		}
	}
	slices.SortStableFunc(places, func(a, b int) int { return cmp.Compare(profits[b], profits[a]) })
	return places
}

// Answers of NextArm beside the place of an arm.
const (
	DoNotContact = -1
	NothingKnown = -2
)

// NextArm is the arm with the largest learned profit of a contact, as its place
// among the profits; DoNotContact where that is not above 0, NothingKnown where no
// arm has one. Arms are not drawn by their chance to be best (Thompson): over three
// waves that cost more than it learned. What keeps learning is a share of the
// contacts that gets the second of RankArms.
func NextArm(profits []float64) int {
	places := RankArms(profits)
	switch {
	case len(places) == 0:
		return NothingKnown
	case !(profits[places[0]] > 0):
		return DoNotContact
	}
	return places[0]
}

// Rest of a group that NextArm said not to contact: it is left alone for
// RestWaves waves, and then tested again with RetestHoldout held out, since
// what does not pay in one season may in another.
const (
	RestWaves     = 2
	RetestHoldout = .5
)
