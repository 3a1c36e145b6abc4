package survey

import (
	"fmt"
	"math"

	"winback/data"
)

// lapsedShare is the share of first-to-second intervals that are over once a
// customer counts as lapsed.
const lapsedShare = 0.6

// quantileZ makes an interval of 95 %.
const quantileZ = 1.96

// LapsedInterval is the 95 % interval of the number of days that LapsedAfter
// finds: the order statistics between which a quantile lies by the binomial
// distribution of how many intervals are shorter (Conover 1999, Practical
// Nonparametric Statistics, 3.2). 0 and 0 with fewer intervals than it takes.
func (s *Survey) LapsedInterval(asOf data.Day) (low, high int) {
	_, n := s.IntervalCuts(asOf, lapsedShare)
	if n < fewIntervals {
		return 0, 0
	}
	noise := quantileZ * math.Sqrt(lapsedShare*(1-lapsedShare)/float64(n))
	cuts, _ := s.IntervalCuts(asOf, lapsedShare-noise, min(lapsedShare+noise+1/float64(n), 1))
	return max(cuts[0], leastLapsedDays), max(cuts[1], leastLapsedDays)
}

// Kept is the rule with the number of days of an earlier night, which lies
// within the interval [low, high] of tonight's.
func (r LapsedRule) Kept(days, low, high int) LapsedRule {
	if r.Days == days {
		return r
	}
	r.Basis = fmt.Sprintf("as before: tonight it would be %d days (%d to %d), since %s", r.Days, low, high, r.Basis)
	r.Days = days
	return r
}
