package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestAnytime_IsCrossedOnceInForty plays Brownian motion in the time of the
// variance until it is four times what was planned: the high line is crossed
// at most with probability 1/40, and not much less.
func TestAnytime_IsCrossedOnceInForty(t *testing.T) {
	draw := rand.New(rand.NewPCG(3, 3))
	const rounds, step, end = 4000, .002, 4.
	crossed := 0
	for range rounds {
		at := 0.0
		for v := step; v < end; v += step {
			at += math.Sqrt(step) * draw.NormFloat64()
			if at > anytimeHalf(v, 1) {
				crossed++
				break
			}
		}
	}
	if share := float64(crossed) / rounds; share < .012 || share > .031 {
		t.Errorf("crossed in %.4f of the paths, want about .025", share)
	}
}

func TestAnytime_IsWiderThanTheClosedInterval(t *testing.T) {
	draw := rand.New(rand.NewPCG(4, 4))
	for range 1000 {
		groups := []Group{randomGroup(draw), randomGroup(draw)}
		e, planned := Anytime(groups, PlannedVariance(groups)), PlannedVariance(groups)
		near(t, "middle", (e.Low+e.High)/2, e.Value, 1e-6)
		if half := e.High - e.Value; half < z*math.Sqrt(VarianceSoFar(groups)) || half < .96*math.Sqrt(planned) {
			t.Fatalf("%+v: half %v", groups, half)
		}
	}
}

func TestAnytime_OfAHoldoutWithoutReturnsIsNotCertain(t *testing.T) {
	if v := VarianceSoFar([]Group{{Contacted: 1000, HeldOut: 50}}); v < 100 {
		t.Errorf("0 of 50 held-out: variance %v of 1,000 contacts", v)
	}
	e := Anytime([]Group{{Contacted: 1000, Returned: 9, HeldOut: 50, Probability: math.NaN()}}, math.NaN())
	if !e.Known() || !math.IsNaN(e.Low) || !math.IsNaN(e.High) {
		t.Errorf("without probabilities: %+v, want a value without limits", e)
	}
}
