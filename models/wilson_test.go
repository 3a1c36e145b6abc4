package models

import (
	"math"
	"testing"
)

func TestWilson_IsThePublishedInterval(t *testing.T) {
	// Newcombe (1998), table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29.
	for _, c := range []struct {
		hits, n   int64
		low, high float64
	}{{81, 263, 0.2553, 0.3662}, {15, 148, 0.0624, 0.1605}, {0, 20, 0, 0.1611}, {1, 29, 0.0061, 0.1718}} {
		low, high := WilsonInterval(c.hits, c.n)
		if math.Abs(low-c.low) > 5e-5 || math.Abs(high-c.high) > 5e-5 {
			t.Errorf("%d of %d: %.4f to %.4f, want %.4f to %.4f", c.hits, c.n, low, high, c.low, c.high)
		}
	}
	if low, high := WilsonInterval(0, 0); !math.IsNaN(low) || !math.IsNaN(high) {
		t.Errorf("of nobody: %v to %v", low, high)
	}
}
