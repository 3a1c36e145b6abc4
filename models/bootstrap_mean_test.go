package models

import (
	"math"
	"testing"
)

func TestBootstrapMean_IsAsWideAsTheStandardError(t *testing.T) {
	values := make([]float64, 4000)
	for i := range values {
		values[i] = float64(i % 4)
	}
	mean, interval := BootstrapMean(values, nil, Resampling{Resamples: 1000, Seed: 1, Workers: 2})
	half := 1.96 * math.Sqrt(1.25/4000)
	if mean != 1.5 || math.Abs(interval.High-1.5-half) > half/7 || math.Abs(1.5-interval.Low-half) > half/7 {
		t.Errorf("mean %v, interval %v, want 1.5 ± %v", mean, interval, half)
	}
	groups := make([]uint32, len(values)) // ten values of each customer, all alike
	for i := range values {
		groups[i], values[i] = uint32(i/10), float64(i/10%4)
	}
	_, wide := BootstrapMean(values, groups, Resampling{Resamples: 1000, Seed: 1, Workers: 1})
	if ratio := (wide.High - wide.Low) / (2 * half); math.Abs(ratio-math.Sqrt(10)) > .4 {
		t.Errorf("ten rows of each customer widen the interval %v times, want %v", ratio, math.Sqrt(10))
	}
	if mean, none := BootstrapMean(nil, nil, Resampling{Resamples: 8, Seed: 1}); !math.IsNaN(mean) || !math.IsNaN(none.Low) {
		t.Errorf("without values %v %v", mean, none)
	}
}
