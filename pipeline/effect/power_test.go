package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestDetectable_IsSeenFourTimesInFive plays closed campaigns with just that effect.
func TestDetectable_IsSeenFourTimesInFive(t *testing.T) {
	draw := rand.New(rand.NewPCG(11, 11))
	plan := Group{Contacted: 60_000, HeldOut: 20_000, Probability: .06}
	lift := Detectable(PlannedVariance([]Group{plan})) / 60_000
	seen, rounds := 0, 500
	for range rounds {
		g := plan
		g.Returned, g.HeldOutReturned = binomial(draw, 60_000, .06+lift), binomial(draw, 20_000, .06)
		if Extra([]Group{g}).Low > 0 {
			seen++
		}
	}
	if share := float64(seen) / float64(rounds); share < .73 || share > .85 {
		t.Errorf("seen in %.3f of campaigns, want about .8", share)
	}
}

func TestPowerAt_HalfHeldOutTellsMost(t *testing.T) {
	groups := []Planned{{Group{Contacted: 900, HeldOut: 100, Probability: .12}, .01}, {Group{Contacted: 4000, HeldOut: 0, Probability: .02}, .005}}
	last := PowerAt(groups, .01)
	for _, share := range Holdouts {
		p := PowerAt(groups, share)
		if !(p.Detectable < last.Detectable) || p.HeldOut != int64(math.Round(5000*share)) || p.GivenUp <= last.GivenUp {
			t.Errorf("holdout %v: %+v after %+v", share, p, last)
		}
		last = p
	}
	if p := PowerAt(groups, 0); !math.IsNaN(p.Detectable) || p.HeldOut != 0 {
		t.Errorf("nobody held out: %+v", p)
	}
	if w := WavesNeeded(100, 0); !math.IsInf(w, 1) {
		t.Errorf("an effect of nothing is found in %v waves", w)
	}
}

func TestBreakEvenExtra_OfAnOfferThatNeverPays(t *testing.T) {
	never := []Planned{{Group{Contacted: 10}, math.Inf(1)}, {Group{Contacted: 0}, math.Inf(1)}}
	if !math.IsInf(BreakEvenExtra(never), 1) || BreakEvenExtra(never[1:]) != 0 {
		t.Errorf("%v, of no contacts %v", BreakEvenExtra(never), BreakEvenExtra(never[1:]))
	}
}
