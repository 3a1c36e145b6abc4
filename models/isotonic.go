package models

import (
	"math"
	"sort"
)

// Isotonic is a rising step curve, made continuous: Y between the points is
// interpolated on the line, and constant before the first and after the last.
type Isotonic struct {
	X []float64 // probabilities that go in, strictly ascending, within [0, 1]
	Y []float64 // probabilities that come out, never falling, within (0, 1)
}

// Apply returns the calibrated probability; p itself where there are no points.
func (c *Isotonic) Apply(p float64) float64 {
	n := len(c.X)
	if n == 0 {
		return clampProbability(p)
	}
	i := sort.SearchFloat64s(c.X, p) // first X >= p
	switch {
	case i == 0:
		return c.Y[0]
	case i == n:
		return c.Y[n-1]
	}
	share := (p - c.X[i-1]) / (c.X[i] - c.X[i-1])
	return math.Min(c.Y[i-1]+share*(c.Y[i]-c.Y[i-1]), c.Y[i])
}

// FitIsotonic fits a rising curve by pooling adjacent violators (Ayer et al.
// 1955), w weighing rows, nil for all 1. Pools lighter than minWeight are joined
// with the neighbour of nearest rate, so that no extreme rests on a handful of
// rows; a pool of one class keeps half a row's distance from 0 and 1.
func FitIsotonic(p []float64, y []uint8, w []float32, minWeight float64) *Isotonic {
	pools := poolViolators(ties(p, y, w))
	pools = joinLight(pools, minWeight)
	c := &Isotonic{}
	for _, pool := range pools {
		rate := pool.rate()
		edge := 0.5 / (pool.weight + 1)
		rate = clampProbability(math.Min(math.Max(rate, edge), 1-edge))
		x := math.Min(math.Max(pool.score/pool.weight, 0), 1)
		n := len(c.X)
		if n > 0 {
			rate = math.Max(rate, c.Y[n-1])
			if x <= c.X[n-1] {
				continue
			}
		}
		c.X, c.Y = append(c.X, x), append(c.Y, rate)
	}
	return c
}

// pool is a run of ties; its score is the weighted sum of theirs.
type pool tie

func (p pool) rate() float64 { return p.positive / p.weight }

func (p pool) join(q pool) pool {
	return pool{score: p.score + q.score, weight: p.weight + q.weight, positive: p.positive + q.positive}
}

// poolViolators joins neighbours until the rates rise strictly.
func poolViolators(runs []tie) []pool {
	var pools []pool
	for _, t := range runs {
		next := pool{score: t.score * t.weight, weight: t.weight, positive: t.positive}
		for n := len(pools); n > 0 && pools[n-1].rate() >= next.rate(); n = len(pools) {
			next = pools[n-1].join(next)
			pools = pools[:n-1]
		}
		pools = append(pools, next)
	}
	return pools
}

// joinLight joins pools that are too light, from below.
func joinLight(pools []pool, minWeight float64) []pool {
	for i := 0; i < len(pools) && len(pools) > 1; {
		if pools[i].weight >= minWeight {
			i++
			continue
		}
		with := i - 1
		if i == 0 || (i+1 < len(pools) && pools[i+1].rate()-pools[i].rate() < pools[i].rate()-pools[i-1].rate()) {
			with = i
		}
		pools[with] = pools[with].join(pools[with+1])
		pools = append(pools[:with+1], pools[with+2:]...)
		i = with
	}
	return pools
}
