package diagnose

import (
	"math/rand/v2"
	"slices"
	"testing"
)

func TestSortKeys_AgreesWithComparing(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 50 {
		keys := make([]uint64, r.IntN(3000))
		shift := r.IntN(64)
		for i := range keys {
			keys[i] = r.Uint64() >> shift
		}
		want := slices.Sorted(slices.Values(keys))
		if sortKeys(keys); !slices.Equal(keys, want) {
			t.Fatalf("%d keys of %d bits are out of order", len(keys), 64-shift)
		}
	}
}

func TestSortFigures_AgreesWithComparing(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	values := []float64{0, -1, 1e-300, -1e300, 2.5}
	for range 2000 {
		values = append(values, r.NormFloat64()*1000)
	}
	want := slices.Sorted(slices.Values(values))
	if sortFigures(values); !slices.Equal(values, want) {
		t.Error("figures are out of order")
	}
}
