package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestNatural_QuantilesAreThoseOfTheSums adds up the probabilities of a negative
// binomial one by one.
func TestNatural_QuantilesAreThoseOfTheSums(t *testing.T) {
	for _, n := range []Natural{{Mean: 256.7, Size: 12.6}, {Mean: .4, Size: 3}, {Mean: 12, Size: .3}, {Mean: 30000, Size: 90}, {Mean: 80, Size: 1e6}} {
		for _, q := range []float64{.001, .025, .1, .5, .9, .975, .999} {
			p := math.Exp(n.Size * math.Log(n.Size/(n.Size+n.Mean)))
			if p == 0 {
				t.Fatalf("%+v: the sum underflows", n)
			}
			sum, k := p, 0
			for sum < q {
				p *= (n.Size + float64(k)) / float64(k+1) * n.Mean / (n.Size + n.Mean)
				k++
				sum += p
			}
			if got := n.Quantile(q); got != float64(k) {
				t.Errorf("%+v: %v quantile %v, want %d", n, q, got, k)
			}
		}
	}
}

func TestNatural_OfInfiniteSizeIsPoisson(t *testing.T) {
	// Poisson of mean 10: P(X ≤ 4) = .0293, P(X ≤ 3) = .0103; P(X ≤ 17) = .9857, P(X ≤ 16) = .9730.
	n := Natural{Mean: 10, Size: math.Inf(1)}
	if low, high := n.Quantile(.025), n.Quantile(.975); low != 4 || high != 17 {
		t.Errorf("%v to %v, want 4 to 17", low, high)
	}
	if q := (Natural{}).Quantile(.975); q != 0 {
		t.Errorf("nothing to come: %v", q)
	}
	if q := (Natural{Mean: math.NaN()}).Quantile(.5); !math.IsNaN(q) {
		t.Errorf("unknown: %v", q)
	}
}

// TestStillToCome_HoldsWhatComes draws the level and the natural curve's error
// as the method takes them to be.
func TestStillToCome_HoldsWhatComes(t *testing.T) {
	draw := rand.New(rand.NewPCG(6, 6))
	const sigma, spread, rounds = .25, .35, 2000
	held := 0
	for range rounds {
		level := math.Exp(sigma*draw.NormFloat64() - sigma*sigma/2)
		foretold := .1 + .8*draw.Float64()
		share := 1 / (1 + math.Exp(-math.Log(foretold/(1-foretold))-spread*draw.NormFloat64()))
		g := Group{Contacted: 4000, HeldOut: 1500, Probability: .05}
		g.HeldOutReturned = poisson(draw, 1500*.05*level*share)
		n := StillToCome([]Open{{g, foretold}}, sigma, spread)
		if come := float64(poisson(draw, 4000*.05*level*(1-share))); n.Quantile(.025) <= come && come <= n.Quantile(.975) {
			held++
		}
	}
	if cover := float64(held) / rounds; cover < .925 || cover > .985 {
		t.Errorf("%.3f of the forecasts hold what came", cover)
	}
}

func TestStillToCome_LearnsTheLevelFromTheHeldOut(t *testing.T) {
	at := func(returned int64) float64 {
		g := Group{Contacted: 10_000, HeldOut: 10_000, HeldOutReturned: returned, Probability: .1}
		return StillToCome([]Open{{g, .5}}, .3, .1).Mean
	}
	near(t, "as forecast", at(500), 500, 1)
	if few, many := at(250), at(1000); few > 300 || many < 900 {
		t.Errorf("at half and twice the level: %v and %v of 500", few, many)
	}
	if n := StillToCome([]Open{{Group{Contacted: 5}, .5}}, .3, .1); !math.IsNaN(n.Mean) {
		t.Errorf("without held-out: %+v", n)
	}
	closed := StillToCome([]Open{{Group{Contacted: 50, HeldOut: 50, Probability: .1}, 1}}, .3, .1)
	if closed.Mean != 0 || closed.Quantile(.975) != 0 {
		t.Errorf("after the window: %+v", closed)
	}
}

func poisson(draw *rand.Rand, mean float64) (n int64) {
	for t := draw.ExpFloat64(); t < mean; t += draw.ExpFloat64() {
		n++
	}
	return n
}
