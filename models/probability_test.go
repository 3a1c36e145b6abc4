package models

import (
	"math"
	"testing"
)

func TestFastSigmoid_StaysWithinItsBound(t *testing.T) {
	worst := 0.0
	for z := -60.0; z <= 60; z += 0.00037 {
		p := fastSigmoid(z)
		worst = math.Max(worst, math.Abs(p/sigmoid(z)-1))
	}
	if worst > 1e-11 {
		t.Errorf("error %g of the value", worst)
	}
	for _, z := range []float64{0, 699.9, -699.9, 701, -701, math.Inf(1), math.Inf(-1)} {
		if p, want := fastSigmoid(z), sigmoid(z); math.Abs(p-want) > 1e-11*want {
			t.Errorf("at %v: %v, want %v", z, p, want)
		}
	}
	if p := fastSigmoid(math.NaN()); p == p {
		t.Errorf("NaN gives %v", p)
	}
}
