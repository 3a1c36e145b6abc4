package effect_test

import (
	"fmt"

	"winback/pipeline/effect"
)

// A closed campaign of two groups, one customer in ten held out.
func ExampleExtra() {
	groups := []effect.Group{
		{Contacted: 900, Returned: 120, HeldOut: 100, HeldOutReturned: 9},
		{Contacted: 1800, Returned: 60, HeldOut: 200, HeldOutReturned: 5},
	}
	extra := effect.Extra(groups)
	fmt.Printf("%.0f extra returns (%.0f to %.0f)\n", extra.Value, extra.Low, extra.High)
	lift := extra.Over(float64(effect.Contacted(groups)))
	fmt.Printf("a lift of %.1f %% (%.1f to %.1f)\n", 100*lift.Value, 100*lift.Low, 100*lift.High)
	// Output:
	// 54 extra returns (-36 to 107)
	// a lift of 2.0 % (-1.3 to 4.0)
}

// An open campaign is looked at every night; the limits hold on all of them.
func ExampleAnytime() {
	launched := []effect.Group{{Contacted: 9000, HeldOut: 1000, Probability: .04}}
	planned := effect.PlannedVariance(launched)
	tonight := []effect.Group{{Contacted: 9000, Returned: 260, HeldOut: 1000, HeldOutReturned: 12, Probability: .04}}
	e := effect.Anytime(tonight, planned)
	fmt.Printf("%.0f extra returns so far (%.0f to %.0f)\n", e.Value, e.Low, e.High)
	// Output:
	// 152 extra returns so far (55 to 249)
}

// What comes by itself, forecast from the held-out and from when others came.
func ExampleStillToCome() {
	sent := []effect.Open{{
		Group: effect.Group{Contacted: 9000, Returned: 260, HeldOut: 1000, HeldOutReturned: 12, Probability: .04},
		Share: .4,
	}}
	natural := effect.StillToCome(sent, .25, .35)
	fmt.Printf("%.0f to come (%.0f to %.0f)\n", natural.Mean, natural.Quantile(.025), natural.Quantile(.975))
	soFar := effect.Sum{Extra: 152, Variance: 1200}
	returns := effect.FinalReturns(260, soFar, natural, nil)
	fmt.Printf("%.0f returns by the end (%.0f to %.0f)\n", returns.Value, returns.Low, returns.High)
	// Output:
	// 194 to come (98 to 321)
	// 454 returns by the end (206 to 809)
}

// Lifts of small groups say little by themselves: they are drawn to the
// forecast and to each other.
func ExampleLearn() {
	groups := []effect.Group{
		{Contacted: 1451, Returned: 199, HeldOut: 171, HeldOutReturned: 18, Probability: .12},
		{Contacted: 1866, Returned: 112, HeldOut: 201, HeldOutReturned: 12, Probability: .05},
		{Contacted: 3041, Returned: 101, HeldOut: 363, HeldOutReturned: 10, Probability: .03},
	}
	for i, l := range effect.Learn(groups, effect.UntestedTau) {
		raw := groups[i].Rate() - groups[i].HeldOutRate()
		fmt.Printf("group %d: raw %+.1f %%, learned %+.1f ± %.1f %%\n", i+1, 100*raw, 100*l.Lift, 100*l.SD)
	}
	// Output:
	// group 1: raw +3.2 %, learned +2.5 ± 1.9 %
	// group 2: raw +0.0 %, learned +0.8 ± 1.0 %
	// group 3: raw +0.6 %, learned +0.5 ± 0.6 %
}

// Before a launch: what a holdout of one in ten and of one in two could tell.
func ExamplePowerAt() {
	offer := effect.Offer{ContactCost: .08, Discount: 5, Redemption: .7}
	group := effect.Group{Contacted: 9000, HeldOut: 1000, Probability: .12}
	plan := []effect.Planned{{Group: group, BreakEvenLift: offer.BreakEvenLift(.12, 24)}}
	for _, holdout := range []float64{.1, .5} {
		p := effect.PowerAt(plan, holdout)
		fmt.Printf("%.0f %% held out: shows %.0f extra returns or more, contacting pays from %.0f, waves: %.0f\n",
			100*holdout, p.Detectable, p.BreakEven, p.Waves)
	}
	// Output:
	// 10 % held out: shows 273 extra returns or more, contacting pays from 220, waves: 2
	// 50 % held out: shows 91 extra returns or more, contacting pays from 122, waves: 1
}

// The decision of a night, with its reason in numbers.
func ExampleDecide() {
	d := effect.Decide(effect.Standing{
		Target: effect.Target{Kind: effect.TargetReturns, Count: 400}, Returned: 153, LikelyReturns: 214,
		SoFar: effect.Estimate{Value: 14, Low: -90, High: 118}, BreakEvenExtra: 26, ExtraShare: .4,
		Plan: []int32{1, 2, 3, 4}, Sent: 2, DaysSinceSent: 9, Pace: 7,
	})
	fmt.Println(d.Name, d.Group)
	fmt.Println(d.Why)
	// Output:
	// send group 3
	// 153 returns so far; the target is 400
}
