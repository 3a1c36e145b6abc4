package effect

import "math"

// Snapshot is who had lapsed on a past day and came back within the horizon.
type Snapshot struct {
	Day int // days since any fixed day
	// Returned counts them by the day of their first purchase since: entry d is d
	// days after Day. Its length is the horizon, the same for all snapshots.
	Returned []int64
}

// Curve says how natural returns spread over the window: entry t − 1 of Share is
// F(t), the part of them that came within the first t days, and of Spread how
// far the log-odds of F(t) are off (ς).
type Curve struct {
	Share, Spread []float64
	Tests         int // closed snapshots that the spread was measured on
}

// UntestedSpread stands where no closed snapshot could be foretold from those
// before it, MinSpread is the least that is believed.
const (
	UntestedSpread = .35
	MinSpread      = .1
	yearDays       = 365
	nearDays       = 15 // snapshots are 30 days apart: how near to a year ago one may be
)

// NaturalCurve is the curve as known on a day: the mean log-odds of the closed
// snapshots of the last 365 days pooled, and of the one nearest to a year ago
// where there is one within 15 days. Its spread is the root mean square of how
// far curves made in the same way were off on the closed snapshots. ok is false
// where no snapshot of the year is closed.
func NaturalCurve(snapshots []Snapshot, day int) (c Curve, ok bool) {
	odds := curveOdds(snapshots, day)
	if odds == nil {
		return Curve{}, false
	}
	sums := make([]float64, len(odds))
	for _, s := range snapshots {
		if s.Day+len(s.Returned) > day {
			continue
		}
		if foretold := curveOdds(snapshots, s.Day); foretold != nil && s.total() > 0 {
			c.Tests++
			for t, l := range logOdds(s.Returned) {
				sums[t] += square(l - foretold[t])
			}
		}
	}
	for t, l := range odds {
		spread := UntestedSpread
		if c.Tests > 0 {
			spread = max(MinSpread, math.Sqrt(sums[t]/float64(c.Tests)))
		}
		c.Share, c.Spread = append(c.Share, 1/(1+math.Exp(-l))), append(c.Spread, spread)
	}
	last := len(odds) - 1 // all have come by then
	c.Share[last], c.Spread[last] = 1, MinSpread
	return c, true
}

// curveOdds are the log-odds of F as known on a day; nil where nothing is closed.
func curveOdds(snapshots []Snapshot, day int) []float64 {
	var pooled []int64
	var yearAgo *Snapshot
	for i, s := range snapshots {
		if s.Day+len(s.Returned) > day || s.total() == 0 {
			continue
		}
		if s.Day >= day-yearDays {
			if pooled == nil {
				pooled = make([]int64, len(s.Returned))
			}
			for d, n := range s.Returned {
				pooled[d] += n
			}
		}
		if off := fromYearAgo(s, day); off <= nearDays && (yearAgo == nil || off < fromYearAgo(*yearAgo, day)) {
			yearAgo = &snapshots[i]
		}
	}
	if pooled == nil {
		return nil
	}
	odds := logOdds(pooled)
	if yearAgo != nil {
		for t, l := range logOdds(yearAgo.Returned) {
			odds[t] = (odds[t] + l) / 2
		}
	}
	return odds
}

func fromYearAgo(s Snapshot, day int) int {
	off := s.Day - (day - yearDays)
	return max(off, -off)
}

func (s Snapshot) total() int64 {
	sum := int64(0)
	for _, n := range s.Returned {
		sum += n
	}
	return sum
}

// logOdds are those of the running share, with half a return added to what came
// and to what did not, so that they are finite.
func logOdds(returned []int64) []float64 {
	odds := make([]float64, len(returned))
	all, sum := Snapshot{Returned: returned}.total(), int64(0)
	for d, n := range returned {
		sum += n
		odds[d] = math.Log((float64(sum) + .5) / (float64(all-sum) + .5))
	}
	return odds
}

// At is F and its spread on day t of a window: 0 before the first full day, 1
// from the last on.
func (c Curve) At(t int) (share, spread float64) {
	if t <= 0 {
		return 0, c.Spread[0]
	}
	t = min(t, len(c.Share))
	return c.Share[t-1], c.Spread[t-1]
}
