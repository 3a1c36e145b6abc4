package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestShrink_OfTheEightSchools is table 5.2 of Bayesian Data Analysis: with
// effects of 28 to −3 points, all lie near 8 with a spread of about 6.5.
func TestShrink_OfTheEightSchools(t *testing.T) {
	effects, errors := []float64{28, 8, -3, 7, -1, 1, 18, 12}, []float64{15, 10, 16, 11, 9, 11, 10, 18}
	var lifts []Learned
	scale := make([]float64, 8)
	for i := range effects {
		lifts, scale[i] = append(lifts, Learned{Lift: effects[i], SD: errors[i]}), 1
	}
	s := Shrink(lifts, scale)
	near(t, "mean", s.Mean, 7.8, .3)
	near(t, "school A", s.Groups[0].Lift, 11.4, .3)
	near(t, "school E", s.Groups[4].Lift, 5.1, .3)
	for i, g := range s.Groups {
		if (g.Lift-effects[i])*(s.Mean-effects[i]) < 0 || g.SD >= errors[i] {
			t.Errorf("school %d: %v of %v, sd %v of %v", i, g.Lift, effects[i], g.SD, errors[i])
		}
	}
}

func TestShrink_OfTwoGroupsIsTheirMean(t *testing.T) {
	s := Shrink([]Learned{{Lift: .02, SD: .01}, {Lift: .004, SD: .005}}, []float64{.1, .02})
	near(t, "equal errors per scale: group 1", s.Groups[0].Lift, (.2*(1/.01)+.2*(1/.0625))/(1/.01+1/.0625)*.1, 1e-12)
	near(t, "the same share of the probability", s.Groups[1].Lift/.02, s.Groups[0].Lift/.1, 1e-12)
	if got := Shrink(nil, nil); got.Groups != nil {
		t.Errorf("of nothing: %+v", got)
	}
}

func TestLearn_WithoutProbabilitiesShrinksPlainLifts(t *testing.T) {
	groups := []Group{{1000, 100, 1000, 50, math.NaN()}, {1000, 60, 1000, 50, .05}, {1000, 50, 1000, 50, .05}, {Contacted: 10, Returned: 9}}
	learned := Learn(groups, .3)
	if !(learned[0].Lift < .05 && learned[0].Lift > learned[1].Lift && learned[1].Lift > learned[2].Lift && learned[2].Lift > 0) {
		t.Errorf("lifts %+v", learned)
	}
	if learned[0].Natural != .05 {
		t.Errorf("natural rate %v, want that of the held-out", learned[0].Natural)
	}
	if !math.IsNaN(learned[3].Lift) || !math.IsNaN(Candidate{Learned: learned[3]}.Profit()) {
		t.Errorf("without held-out: %+v", learned[3])
	}
}

// TestLearn_IsNearerThanTheRawLifts where lifts are a share of the probability.
func TestLearn_IsNearerThanTheRawLifts(t *testing.T) {
	draw := rand.New(rand.NewPCG(7, 7))
	p := []float64{.12, .05, .03, .015, .008, .004}
	raw, learned, held, rounds := 0.0, 0.0, 0, 400
	for range rounds {
		level := math.Exp(.2 * draw.NormFloat64())
		var groups []Group
		var truth []float64
		for i := range p {
			share := .2 + .1*draw.NormFloat64()
			natural := p[i] * level * math.Exp(.2*draw.NormFloat64())
			n, m := int64(2000+1000*i), int64(250+100*i)
			groups = append(groups, Group{n, binomial(draw, int(n), natural*(1+share)), m, binomial(draw, int(m), natural), p[i]})
			truth = append(truth, natural*share)
		}
		for i, l := range Learn(groups, .3) {
			raw += square((groups[i].Rate() - groups[i].HeldOutRate() - truth[i]) / p[i])
			learned += square((l.Lift - truth[i]) / p[i])
			if math.Abs(l.Lift-truth[i]) <= z*l.SD {
				held++
			}
		}
	}
	if learned > .5*raw {
		t.Errorf("squared error %.3f of the raw one, want less than half", learned/raw)
	}
	if cover := float64(held) / float64(rounds*len(p)); cover < .9 {
		t.Errorf("%.3f of the learned intervals hold the truth", cover)
	}
}

func TestPool_SumsWaves(t *testing.T) {
	a, b := Group{90, 9, 10, 1, .1}, Group{180, 30, 20, 5, .25}
	if got := Pool([]Group{a, b}); got != (Group{270, 39, 30, 6, .2}) {
		t.Errorf("waves that were dealt alike: %+v", got)
	}
	if got := Pool([]Group{{Contacted: 50, Returned: 3}, a, {HeldOut: 5}}); got != a {
		t.Errorf("waves without both sides move the sum: %+v", got)
	}
	if got := Pool([]Group{{90, 9, 10, 0, .1}, {90, 9, 30, 0, .1}}); got != (Group{180, 18, 40, 0, .1}) {
		t.Errorf("nobody held out returned: %+v", got)
	}
}

// TestPool_DoesNotTakeTheSeasonForAnEffect: an arm that does nothing gets most of a
// wave in which more come back anyway.
func TestPool_DoesNotTakeTheSeasonForAnEffect(t *testing.T) {
	g := Pool([]Group{{1000, 50, 1000, 50, .05}, {9000, 900, 1000, 100, .1}})
	near(t, "lift", g.Rate()-g.HeldOutRate(), 0, .0001)
	near(t, "forecast", g.Probability, .095, 1e-12)
}
