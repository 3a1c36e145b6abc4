package effect

import "gonum.org/v1/gonum/stat/distuv"

// SampleRatio compares how many customers each arm has with the shares they were
// drawn at (above 0, sum 1): Pearson's χ² with the probability of as much by
// chance (Fabijan et al., KDD 2019). Below NotTheDraw the arms are not what was
// drawn, and no figure of the campaign is to be trusted.
func SampleRatio(counts []int64, shares []float64) (chi2, p float64) {
	n := 0.0
	for _, c := range counts {
		n += float64(c)
	}
	if n == 0 || len(counts) < 2 {
		return 0, 1
	}
	for i, c := range counts {
		e := n * shares[i]
		chi2 += square(float64(c)-e) / e
	}
	return chi2, distuv.ChiSquared{K: float64(len(counts) - 1)}.Survival(chi2)
}

// NotTheDraw is the probability of SampleRatio below which it is a flag.
const NotTheDraw = .001

// Delivery is whom a campaign reached of those it was to reach, and of those it
// was not.
type Delivery struct{ Contacts, Sent, HeldOut, HeldOutContacted int64 }

// Shares are the parts of contacts that were sent and of held-out who were
// contacted all the same; 0 of nobody.
func (d Delivery) Shares() (sent, heldOut float64) {
	if d.Contacts > 0 {
		sent = float64(d.Sent) / float64(d.Contacts)
	}
	if d.HeldOut > 0 {
		heldOut = float64(d.HeldOutContacted) / float64(d.HeldOut)
	}
	return sent, heldOut
}

// Diluted says that under 80 % of the contacts were sent, or over 5 % of the
// held-out were contacted: the lift of those assigned understates that of being
// contacted, see LiftOfContact.
func (d Delivery) Diluted() bool {
	return 5*d.Sent < 4*d.Contacts || 20*d.HeldOutContacted > d.HeldOut
}

// LiftOfContact is the lift of being contacted, from that of being assigned:
// lift ÷ (share of contacts sent − share of held-out contacted) (Wald, Annals
// of Mathematical Statistics 11 (1940) 284; Bloom, Evaluation Review 8 (1984)
// 225). ±Inf or NaN where both shares are equal.
func (d Delivery) LiftOfContact(lift float64) float64 {
	sent, heldOut := d.Shares()
	return lift / (sent - heldOut)
}
