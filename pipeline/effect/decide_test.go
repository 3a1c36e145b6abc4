package effect

import (
	"math"
	"testing"
)

// standing is a campaign of four groups, two sent ten days ago, that runs on.
func standing() Standing {
	return Standing{
		Target: Target{TargetReturns, 400}, Returned: 153, SoFar: Estimate{14, -90, 118}, ExtraShare: .4, BreakEvenExtra: 26,
		LikelyReturns: 214, LikelyExtra: -90, Plan: []int32{1, 2, 3, 4}, Sent: 2, DaysSinceSent: 10, Pace: 7,
	}
}

func TestDecide_FirstThatFits(t *testing.T) {
	for _, c := range []struct {
		name string
		with func(s *Standing)
		want Decision
	}{
		{"runs on", func(s *Standing) {}, Decision{SendGroup, 3, "153 returns so far; the target is 400"}},
		{"nothing sent", func(s *Standing) { s.Sent = 0 }, Decision{SendGroup, 1, "nothing was sent yet"}},
		{"stopped although reached", func(s *Standing) { s.Stopped, s.Returned = true, 500 },
			Decision{Stopped, 0, "no list is handed out any more; groups that were sent are measured to the end of their windows"}},
		{"returns counted", func(s *Standing) { s.Returned = 400 }, Decision{Reached, 0, "400 returns so far, the target is 400"}},
		{"extra proved", func(s *Standing) { s.Target, s.SoFar = Target{TargetExtra, 100}, Estimate{150, 100.7, 200} },
			Decision{Reached, 0, "at least 100 extra returns so far, whenever one looks; the target is 100"}},
		{"extra not proved", func(s *Standing) { s.Target, s.SoFar = Target{TargetExtra, 100}, Estimate{150, 99.9, 200} },
			Decision{SendGroup, 3, "150 extra returns so far (100 to 200); the target is 100"}},
		{"does not pay", func(s *Standing) { s.BreakEvenExtra = 296 },
			Decision{DoesNotPay, 0, "at most 118 extra returns so far, whenever one looks; 119 by now and 296 by the end would pay for what was sent"}},
		{"may pay yet", func(s *Standing) { s.BreakEvenExtra = 294 }, Decision{SendGroup, 3, "153 returns so far; the target is 400"}},
		{"costs unknown", func(s *Standing) { s.BreakEvenExtra = math.NaN() }, Decision{SendGroup, 3, "153 returns so far; the target is 400"}},
		{"target in sight", func(s *Standing) { s.LikelyReturns = 412.6 },
			Decision{Wait, 0, "153 returns so far, by the end 412 or more 9 times in 10; the target is 400"}},
		{"extra in sight", func(s *Standing) { s.Target, s.LikelyExtra = Target{TargetExtra, 50}, 61.2 },
			Decision{Wait, 0, "by the end 61 extra returns or more 9 times in 10; the target is 50"}},
		{"pace", func(s *Standing) { s.DaysSinceSent = 1 }, Decision{Wait, 0, "group 2 was sent 1 day ago; groups are sent 7 days apart"}},
		{"all sent", func(s *Standing) { s.Sent, s.DaysSinceSent = 4, 1 }, Decision{Wait, 0, "all groups were sent; 153 returns so far; the target is 400"}},
		{"all closed", func(s *Standing) { s.Sent, s.Closed = 4, true },
			Decision{Finished, 0, "the windows of 4 groups are over: 153 returns so far; the target is 400"}},
		{"no target", func(s *Standing) { s.Target = Target{} }, Decision{SendGroup, 3, "153 returns so far"}},
	} {
		s := standing()
		c.with(&s)
		if got := Decide(s); got != c.want {
			t.Errorf("%s: %+v, want %+v", c.name, got, c.want)
		}
	}
}

// TestDecide_TheFirstNightDoesNotCondemn: what pays by the end need not be there
// on the first night, however narrow the band.
func TestDecide_TheFirstNightDoesNotCondemn(t *testing.T) {
	launched := []Group{{Contacted: 10_000, HeldOut: 2000, Probability: .05}}
	soFar := Anytime([]Group{{Contacted: 10_000, Returned: 12, HeldOut: 2000, HeldOutReturned: 2, Probability: .05}}, PlannedVariance(launched))
	s := Standing{SoFar: soFar, ExtraShare: .03, BreakEvenExtra: 200, Plan: []int32{1}, Sent: 1}
	if soFar.High >= s.BreakEvenExtra {
		t.Fatalf("the case shows nothing: at most %v extra returns", soFar.High)
	}
	if d := Decide(s); d.Name == DoesNotPay {
		t.Errorf("after one day: %+v", d)
	}
	s.ExtraShare = 1
	if d := Decide(s); d.Name != DoesNotPay {
		t.Errorf("when all came: %+v", d)
	}
}

func TestLikely_WithoutAResponseIsWhatIsProved(t *testing.T) {
	anytime := Estimate{50, 12, 88}
	if got := LikelyExtra(Sum{50, 300}, nil, anytime); got != 12 {
		t.Errorf("%v, want the low limit 12", got)
	}
	near(t, "with a response", LikelyExtra(Sum{50, 300}, &Response{.5, 0}, anytime), 100-1.2815515655*math.Sqrt(300/.25), 1e-6)
	near(t, "returns", LikelyReturns(100, Natural{Mean: 10, Size: math.Inf(1)}), 106, 0)
}
