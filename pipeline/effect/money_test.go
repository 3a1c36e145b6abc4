package effect

import (
	"math"
	"math/rand/v2"
	"testing"
)

func TestNet_IsNeverNegative(t *testing.T) {
	if Net(80, 30) != 50 || Net(80, 200) != 0 {
		t.Error("what was sent back is not taken off, or more than it")
	}
}

func TestExtraMoney_OfEqualValuesIsExtraTimesTheValue(t *testing.T) {
	draw := rand.New(rand.NewPCG(8, 8))
	for range 200 {
		g, h := randomGroup(draw), randomGroup(draw)
		earned := func(g Group) Earned { return Earned{g, 12 * float64(g.Returned), 12 * float64(g.HeldOutReturned), .5} }
		e, counts := ExtraMoney([]Earned{earned(g), earned(h)}, 12, 12, 0), Extra([]Group{g, h})
		cost := .5 * float64(g.Contacted+h.Contacted)
		near(t, "value", e.Value, 12*counts.Value-cost, 1e-6)
		near(t, "low", e.Low, 12*counts.Low-cost, 1e-6)
		near(t, "high", e.High, 12*counts.High-cost, 1e-6)
	}
	if e := ExtraMoney([]Earned{{Group: Group{Contacted: 9}}}, 1, 1, 1); e.Known() {
		t.Errorf("without held-out: %+v", e)
	}
}

// TestExtraMoney_CoversHeavyTails: orders are log-normal, a few of them large.
func TestExtraMoney_CoversHeavyTails(t *testing.T) {
	draw := rand.New(rand.NewPCG(9, 9))
	order := func() float64 { return 20 * math.Exp(1.2*draw.NormFloat64()-.72) }
	held, rounds := 0, 1500
	for range rounds {
		var values Values
		e := Earned{Group: Group{Contacted: 4000, HeldOut: 450}, ContactCost: .1}
		e.Returned, e.HeldOutReturned = binomial(draw, 4000, .05), binomial(draw, 450, .04)
		for i := range e.Returned + e.HeldOutReturned {
			v := order()
			values.Add(v)
			if i < e.Returned {
				e.Sum += v
			} else {
				e.HeldOutSum += v
			}
		}
		m := ExtraMoney([]Earned{e}, values.Mean(), values.Mean(), values.Variance())
		if truth := 4000 * (.01*20 - .1); m.Low <= truth && truth <= m.High {
			held++
		}
	}
	if cover := float64(held) / float64(rounds); cover < .93 || cover > .975 {
		t.Errorf("%.3f of the intervals hold the profit", cover)
	}
}

func TestCostPerExtra_IsNotBoundedWithoutAnEffect(t *testing.T) {
	c := CostPerExtra(100, Estimate{-4, -20, 12})
	if !math.IsInf(c.Value, 1) || !math.IsInf(c.High, 1) || c.Low != 100./12 {
		t.Errorf("%+v", c)
	}
	if c := CostPerExtra(100, unknown()); c.Known() {
		t.Errorf("of what is not measurable: %+v", c)
	}
}

func TestBreakEvenLift_IsWhereTheProfitIsZero(t *testing.T) {
	draw := rand.New(rand.NewPCG(10, 10))
	for range 500 {
		o := Offer{draw.Float64(), 10 * draw.Float64(), draw.Float64()}
		natural, margin := draw.Float64()/5, 12+20*draw.Float64()
		near(t, "profit", o.Profit(o.BreakEvenLift(natural, margin), natural, margin), 0, 1e-9)
	}
	if lift := (Offer{Discount: 10, Redemption: 1}).BreakEvenLift(.1, 10); !math.IsInf(lift, 1) {
		t.Errorf("a discount of the whole margin pays from %v", lift)
	}
}
