package models

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// squared makes probabilities that are too small: the truth is their root.
func squared(n int) (p []float64, y []uint8) {
	r := rand.New(rand.NewPCG(6, 6))
	for range n {
		x := r.Float64() * 0.5
		p = append(p, x*x)
		y = append(y, uint8(b2u(r.Float64() < x)))
	}
	return p, y
}

func TestPlatt_FallsBackToTheLevel(t *testing.T) {
	// Ranks the wrong way round: only the level may be taken from it.
	c := FitPlatt([]float64{0.1, 0.1, 0.5, 0.5}, []uint8{1, 1, 1, 0}, nil)
	if c.Slope != 1 {
		t.Errorf("slope %v", c.Slope)
	}
	mean := 0.0
	for _, p := range applied(c, []float64{0.1, 0.1, 0.5, 0.5}) {
		mean += p / 4
	}
	near(t, "mean", mean, 0.75, 1e-9)
}

func TestShiftTo_MovesTheMeanAndNothingElse(t *testing.T) {
	p, _ := squared(1000)
	w := make([]float32, len(p))
	for i := range w {
		w[i] = float32(i % 3)
	}
	shift := &Shift{Logit: ShiftTo(p, w, 0.07)}
	var sum, weight float64
	for i, v := range applied(shift, p) {
		sum += float64(w[i]) * v
		weight += float64(w[i])
	}
	near(t, "mean", sum/weight, 0.07, 1e-12)
	near(t, "logit difference", logit(shift.Apply(0.2))-logit(0.2), shift.Logit, 1e-12)
	near(t, "no rows", ShiftTo(nil, nil, 0.5), 0, 0)
	if s := ShiftTo(p, nil, 0); math.IsInf(s, 0) || s > -5 {
		t.Errorf("shift to 0 is %v", s)
	}
}

func TestCalibrations_NeverTurnAnOrderRound(t *testing.T) {
	p, y := squared(3000)
	grid := make([]float64, 1001)
	for i := range grid {
		grid[i] = float64(i) / 1000
	}
	for _, c := range []Calibration{FitPlatt(p, y, nil), &Shift{Logit: -3}} {
		if !slices.IsSorted(applied(c, grid)) {
			t.Errorf("%T turns an order round", c)
		}
	}
}
