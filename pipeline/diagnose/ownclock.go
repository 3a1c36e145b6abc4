package diagnose

import (
	"fmt"

	"winback/features"
	"winback/pipeline/wording"
)

// ownShares are the shares of returns at which the shop's own clock is cut.
var ownShares = []float64{0.3, 0.6, 0.9}

// Shares are the shares of returns that the cut points stand for.
func (o *OwnClock) Shares() []float64 { return ownShares }

// fewIntervals is how many intervals the own clock wants at least.
const fewIntervals = 30

// ClockFacts are the clocks' settings and what they rest on.
type ClockFacts struct {
	InForce Clock        `json:"in_force"`
	Fixed   FixedClock   `json:"fixed"`
	Own     OwnClock     `json:"own"`
	Product ProductClock `json:"product"`
}

// FixedClock has set edges.
type FixedClock struct {
	Edges features.StageEdges `json:"edges"` // last days of active, silent, sleeping
}

// OwnClock is cut from the shop's own intervals from first to second purchase
// day.
type OwnClock struct {
	Intervals int64 `json:"intervals"`
	// CutPoints are the smallest days by which 30, 60 and 90 % of the intervals
	// had come back; nil, as are their intervals, without intervals.
	CutPoints          []int    `json:"cut_points"`
	CutPointsIntervals [][2]int `json:"cut_points_95"` // 95 %, resampling customers
	// Corrected allows for customers who are too young to have come back: the
	// smallest t with F(t) ≥ q·F(τ), F the curve of Kaplan and Meier; nil, as are
	// their intervals, where nobody came back within τ.
	Corrected          []int    `json:"corrected"`
	CorrectedIntervals [][2]int `json:"corrected_95"`
	Difference         []int    `json:"difference"` // corrected minus plain, days; nil where either is
	// TauDays is τ: the longest time for which enough customers were followed; 0
	// without customers.
	TauDays       int    `json:"tau_days"`
	TauShare      Number `json:"tau_share"`       // of the customers who must have been followed so long
	ReturnedByTau Number `json:"returned_by_tau"` // F(τ)
	// CorrectedLater are the corrected cut points of the customers first seen
	// after the fill-up, with their own τ: where the first months hold survivors,
	// these are the ones to trust. None, and not known, where none of them came
	// back yet.
	CorrectedLater []int  `json:"corrected_after_fill_up"`
	TauLaterDays   Number `json:"tau_after_fill_up_days"`
	// Edges are those of the stages: the plain cut points, or the fixed edges
	// where there are too few intervals.
	Edges     features.StageEdges `json:"edges"`
	Basis     string              `json:"basis"`
	Histogram []DaysCount         `json:"histogram"`
}

// DaysCount counts intervals of [From, To) days.
type DaysCount struct {
	From  int   `json:"from"`
	To    int   `json:"to"`
	Count int64 `json:"count"`
}

func (f *facts) ownClock() OwnClock {
	w := &f.steps[0].wait
	o := OwnClock{Intervals: int64(w.total()), CutPoints: w.plainCuts(ownShares), TauShare: Number(f.s.FollowShare), ReturnedByTau: unknown, TauLaterDays: unknown, Edges: f.s.FixedEdges}
	tau := w.reach(f.s.FollowShare)
	o.TauDays = max(tau, 0)
	o.Corrected = w.correctedCuts(tau, ownShares)
	o.CutPointsIntervals, o.CorrectedIntervals = w.cutIntervals(tau, ownShares, f.s.Seed)
	for k := range o.CutPoints {
		o.Difference = append(o.Difference, o.Corrected[k]-o.CutPoints[k])
	}
	o.Edges, o.Basis = edgesOf(o.CutPoints, o.Intervals, f.s.FixedEdges)
	if tau >= 0 {
		o.ReturnedByTau = Number(w.curve()[tau])
	}
	if o.Intervals == 0 {
		o.CutPoints, o.CutPointsIntervals, o.Difference = nil, nil, nil
	}
	if !(o.ReturnedByTau > 0) {
		o.Corrected, o.CorrectedIntervals, o.Difference = nil, nil, nil
	}
	later := &f.later[0].wait
	if tau := later.reach(f.s.FollowShare); tau >= 0 && later.curve()[tau] > 0 {
		o.TauLaterDays, o.CorrectedLater = Number(tau), later.correctedCuts(tau, ownShares)
	}
	o.Histogram = histogramOf(w.came)
	return o
}

// edgesOf makes the stages' edges from cut points.
func edgesOf(cuts []int, intervals int64, fixed features.StageEdges) (features.StageEdges, string) {
	own := features.StageEdges{cuts[0], cuts[1], cuts[2]}
	switch {
	case intervals < fewIntervals:
		return fixed, wording.Counted(intervals, "interval") + " from first to second purchase: too few to cut stages from; the fixed edges stand in"
	case own[0] < 1 || own[1] <= own[0] || own[2] <= own[1]:
		return fixed, "the intervals from first to second purchase are too alike to cut stages from; the fixed edges stand in"
	}
	return own, fmt.Sprintf("30, 60 and 90 %% of %s intervals from first to second purchase were over by days %d, %d and %d", wording.Thousands(intervals), own[0], own[1], own[2])
}

// histogramOf puts counts by days into about forty bins of a round width.
func histogramOf(counts []float64) []DaysCount {
	last := -1
	for t, n := range counts {
		if n > 0 {
			last = t
		}
	}
	width := 1
	for _, w := range []int{1, 2, 5, 7, 10, 14, 20, 28, 50, 100, 200, 500} {
		if width = w; last/w < 45 {
			break
		}
	}
	var bins []DaysCount
	for t := 0; t <= last; t++ {
		if t%width == 0 {
			bins = append(bins, DaysCount{From: t, To: t + width})
		}
		bins[len(bins)-1].Count += int64(counts[t])
	}
	return bins
}
