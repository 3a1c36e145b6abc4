package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

// TestExtra_IsNewcombesMethod10 on examples of Newcombe (1998), table II.
func TestExtra_IsNewcombesMethod10(t *testing.T) {
	for _, c := range []struct {
		y1, n1, y0, n0 int64
		low, high      float64
	}{
		{56, 70, 48, 80, .0524, .3339}, {9, 10, 3, 10, .1705, .8090}, {6, 7, 2, 7, .0582, .8062},
		{5, 56, 0, 29, -.0381, .1926}, {0, 10, 0, 20, -.1611, .2775}, {0, 10, 0, 10, -.2775, .2775},
		{10, 10, 0, 20, .6791, 1}, {10, 10, 0, 10, .6075, 1},
	} {
		lift := Extra([]Group{{Contacted: c.n1, Returned: c.y1, HeldOut: c.n0, HeldOutReturned: c.y0}}).Over(float64(c.n1))
		near(t, "low", lift.Low, c.low, 6e-5)
		near(t, "high", lift.High, c.high, 6e-5)
	}
}

func TestExtra_OfNoReturnsIsNotCertain(t *testing.T) {
	e := Extra([]Group{{Contacted: 40, HeldOut: 10}})
	if e.Value != 0 || e.Low > -5 || e.High < 2 {
		t.Errorf("0 of 40 against 0 of 10: %+v", e)
	}
}

// randomGroup draws counts of either side, now and then none or all.
func randomGroup(draw *rand.Rand) Group {
	g := Group{Contacted: 1 + draw.Int64N(2000), HeldOut: 1 + draw.Int64N(300), Probability: draw.Float64() / 4}
	g.Returned = int64(draw.Float64() * draw.Float64() * float64(g.Contacted+1))
	g.HeldOutReturned = int64(draw.Float64() * draw.Float64() * float64(g.HeldOut+1))
	return g
}

func TestExtra_LimitsHoldTheEstimateAndTurnWithTheSides(t *testing.T) {
	draw := rand.New(rand.NewPCG(1, 1))
	for range 2000 {
		g, h := randomGroup(draw), randomGroup(draw)
		both, alone := Extra([]Group{g, h}), Extra([]Group{g})
		if !(both.Low <= both.Value && both.Value <= both.High) {
			t.Fatalf("%+v %+v: %+v", g, h, both)
		}
		if both.High-both.Low < alone.High-alone.Low-1e-9 {
			t.Fatalf("a second group makes the sum of %+v more certain", g)
		}
		// Per customer the sides swapped are the same with the sign turned.
		turned := Extra([]Group{{Contacted: g.HeldOut, Returned: g.HeldOutReturned, HeldOut: g.Contacted, HeldOutReturned: g.Returned}})
		a, b := alone.Over(float64(g.Contacted)), turned.Over(float64(g.HeldOut))
		near(t, "value", a.Value, -b.Value, 1e-12)
		near(t, "low", a.Low, -b.High, 1e-12)
		near(t, "high", a.High, -b.Low, 1e-12)
	}
}

func TestExtra_WithoutHoldoutIsNotMeasurable(t *testing.T) {
	lone := Group{Contacted: 100, Returned: 20, Probability: .1}
	if e := Extra([]Group{lone}); e.Known() || !math.IsNaN(e.Low) || !math.IsNaN(e.High) {
		t.Errorf("without a holdout: %+v", e)
	}
	if e := Anytime([]Group{lone}, PlannedVariance([]Group{lone})); e.Known() {
		t.Errorf("any night: %+v", e)
	}
	with := Group{Contacted: 50, Returned: 5, HeldOut: 50, HeldOutReturned: 4}
	if a, b := Extra([]Group{with}), Extra([]Group{lone, with}); a != b {
		t.Errorf("a group without holdout moves the sum: %+v, %+v", a, b)
	}
	if n := Contacted([]Group{lone, with}); n != 50 {
		t.Errorf("%d contacts are measurable, want 50", n)
	}
}

// TestExtra_CoversAtSmallRates: closed windows of a small shop hold the truth 95
// times in 100.
func TestExtra_CoversAtSmallRates(t *testing.T) {
	draw := rand.New(rand.NewPCG(2, 2))
	truth := 1000*.02 + 3000*.004
	held, rounds := 0, 2000
	for range rounds {
		e := Extra([]Group{
			{Contacted: 1000, Returned: binomial(draw, 1000, .08), HeldOut: 120, HeldOutReturned: binomial(draw, 120, .06)},
			{Contacted: 3000, Returned: binomial(draw, 3000, .012), HeldOut: 330, HeldOutReturned: binomial(draw, 330, .008)},
		})
		if e.Low <= truth && truth <= e.High {
			held++
		}
	}
	if cover := float64(held) / float64(rounds); cover < .93 || cover > .975 {
		t.Errorf("%.3f of intervals hold the truth, want about .95", cover)
	}
}

func binomial(draw *rand.Rand, n int, p float64) (hits int64) {
	for range n {
		if draw.Float64() < p {
			hits++
		}
	}
	return hits
}
