package effect

import "math"

// Candidate is an arm that a group's customers can get in the next wave.
type Candidate struct {
	Offer
	Margin  float64 // of an order of the group, in currency
	Learned         // what the arm does to the group
}

// Profit is the learned profit of a contact, lift (m − r d) − r̃₀ r d − c, in
// currency; NaN where nothing is learned.
func (c Candidate) Profit() float64 { return c.Offer.Profit(c.Lift, c.Natural, c.Margin) }

// Answers of NextArm beside the number of an arm.
const (
	DoNotContact = -1
	NothingKnown = -2
)

// NextArm is the arm with the largest learned profit, as its place among the
// candidates (the first of equal ones); DoNotContact where that is not above 0,
// NothingKnown where no arm has a learned profit. second is the arm that an
// explored share of the group's contacts gets, DoNotContact for none. Arms are
// not drawn by their chance to be best (Thompson): over three waves that cost
// more than it learned.
func NextArm(arms []Candidate) (best, second int) {
	best, second = NothingKnown, DoNotContact
	for i, arm := range arms {
		p := arm.Profit()
		switch {
		case math.IsNaN(p):
		case best < 0:
			best = i
		case p > arms[best].Profit():
			best, second = i, best
		case second < 0 || p > arms[second].Profit():
			second = i
		}
	}
	if best >= 0 && !(arms[best].Profit() > 0) {
		return DoNotContact, DoNotContact
	}
	return best, second
}

// Rest of a group that NextArm said not to contact: it is left alone for
// RestWaves waves, and then tested again with RetestHoldout held out, since
// what does not pay in one season may in another.
const (
	RestWaves     = 2
	RetestHoldout = .5
)
