package models

import (
	"fmt"
	"math"
)

// BootstrapMean returns the mean of values and its 95 % interval. group names the
// customer of each value, nil where each is its own; no value is NaN. Without values
// all are NaN.
func BootstrapMean(values []float64, group []uint32, r Resampling) (mean float64, interval Interval) {
	if group != nil && len(group) != len(values) {
		panic(fmt.Sprintf("models: %d groups for %d values", len(group), len(values)))
	}
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	counts := newPoissonTable()
	passes := (r.Resamples + lanes - 1) / lanes
	means := make([]float64, passes*lanes)
	each(workersOf(r.Workers), passes, func(pass int) {
		stream := mix(mix(r.Seed) + uint64(pass))
		var drawn, total [lanes]float64
		for i, v := range values {
			g := uint32(i)
			if group != nil {
				g = group[i]
			}
			bits := mix(stream + uint64(g))
			for l := range lanes {
				count := float64(counts[bits>>(64-poissonBits)])
				drawn[l] += count
				total[l] += count * v
				bits <<= 16
			}
		}
		for l := range lanes {
			means[pass*lanes+l] = total[l] / drawn[l]
		}
	})
	if len(values) == 0 {
		return math.NaN(), IntervalOf(nil)
	}
	return sum / float64(len(values)), IntervalOf(means[:r.Resamples])
}
