package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// drawSides draws a group whose customers return with their own probability x,
// the contacted with lift on top, where x is as spread as predictive of y.
func drawSides(draw *rand.Rand, n, m int, predictive bool) Sides {
	var s Sides
	customer := func(into *Moments) {
		x := draw.Float64() * .6
		p := .3
		if predictive {
			p = x
		}
		into.Add(draw.Float64() < p, x)
	}
	for range n {
		customer(&s.Contacted)
	}
	for range m {
		customer(&s.HeldOut)
	}
	return s
}

func TestAdjust_IsNeverWiderAndNarrowsByAGoodScore(t *testing.T) {
	draw := rand.New(rand.NewPCG(5, 5))
	for _, predictive := range []bool{false, true} {
		a := Adjust([]Sides{drawSides(draw, 4000, 1000, predictive), drawSides(draw, 2000, 2000, predictive)})
		if a.AdjustedSE > a.SE {
			t.Errorf("adjusted %v, counted %v", a.AdjustedSE, a.SE)
		}
		if gain := 1 - a.AdjustedSE/a.SE; predictive != (gain > .05) {
			t.Errorf("predictive %v: narrower by %.3f", predictive, gain)
		}
	}
}

func TestAdjust_OfEqualProbabilitiesIsWhatWasCounted(t *testing.T) {
	var s Sides
	for i := range 300 {
		s.Contacted.Add(i%3 == 0, .1)
		s.HeldOut.Add(i%4 == 0, .1)
	}
	a := Adjust([]Sides{s})
	if a.Theta != 0 || a.Adjusted != a.Extra || a.AdjustedSE != a.SE {
		t.Errorf("%+v", a)
	}
	counted := Estimate{25, 1, 44}
	if got := a.Limits(counted); math.Abs(got.Low-1) > 1e-9 || math.Abs(got.High-44) > 1e-9 {
		t.Errorf("limits %+v, want %+v", got, counted)
	}
}

func TestAdjust_OfOneCustomerASideIsUnknown(t *testing.T) {
	var one Sides
	one.Contacted.Add(true, .2)
	one.HeldOut.Add(false, .1)
	if a := Adjust([]Sides{one}); !math.IsNaN(a.Adjusted) || !math.IsNaN(a.AdjustedSE) {
		t.Errorf("%+v", a)
	}
}
