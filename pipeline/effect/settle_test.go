package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestObservedOverExpected_IsGarwoods on the published exact limits of Poisson
// counts (Ulm, American Journal of Epidemiology 131 (1990) 373).
func TestObservedOverExpected_IsGarwoods(t *testing.T) {
	for _, c := range []struct {
		y         int64
		low, high float64
	}{{0, 0, 3.6889}, {1, .0253, 5.5716}, {2, .2422, 7.2247}, {5, 1.6235, 11.6683}, {10, 4.7954, 18.3904}, {100, 81.3640, 121.6268}} {
		e := ObservedOverExpected(c.y, 1)
		near(t, "low", e.Low, c.low, 1e-4)
		near(t, "high", e.High, c.high, 1e-4)
	}
}

func TestMisfit_FindsTheSpreadOfGroups(t *testing.T) {
	draw := rand.New(rand.NewPCG(12, 12))
	for _, tau := range []float64{.15, .3, .6} {
		sum, rounds := 0.0, 300
		for range rounds {
			var groups []Settled
			for range 10 {
				groups = append(groups, Settled{poisson(draw, 200*max(0, 1+tau*draw.NormFloat64())), 150})
			}
			sum += Misfit(groups)
		}
		near(t, "mean tau", sum/float64(rounds), tau, .05)
	}
}

func TestMisfit_StaysWithinItsBounds(t *testing.T) {
	if tau := Misfit([]Settled{{50, 50}, {100, 100}, {10, 10}}); tau != .15 {
		t.Errorf("forecasts without error: %v", tau)
	}
	if tau := Misfit([]Settled{{500, 10}, {0, 900}}); tau != 1 {
		t.Errorf("forecasts without sense: %v", tau)
	}
	for _, groups := range [][]Settled{nil, {{50, 40}}, {{0, 4}, {0, 3}}, {{5, 4}, {0, 0}}} {
		if tau := Misfit(groups); tau != UntestedTau || math.IsNaN(tau) {
			t.Errorf("%v: %v, want what stands before any test", groups, tau)
		}
	}
}
