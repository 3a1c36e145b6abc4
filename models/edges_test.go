package models

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestEdgeTable_CountsTheEdgesBelow(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 4))
	for _, n := range []int{0, 1, 2, 3, 7, 8, 100, 127, 128, 254, 255} {
		edges := make([]float32, n)
		for i := range edges {
			edges[i] = float32(r.NormFloat64())
		}
		slices.Sort(edges)
		cells := append(slices.Clone(edges), float32(math.Inf(1)), float32(math.Inf(-1)), float32(math.NaN()), 0)
		for range 1001 {
			cells = append(cells, float32(r.NormFloat64()))
		}
		bins := make([]uint8, len(cells))
		if !newEdgeTable(edges).fill(cells, 255, bins) {
			t.Error("the missing cell was not seen")
		}
		for i, x := range cells {
			want := 0
			for want < n && edges[want] < x {
				want++
			}
			if x != x {
				want = 255
			}
			if int(bins[i]) != want {
				t.Fatalf("%d edges: %v in bin %d, want %d", n, x, bins[i], want)
			}
		}
	}
}
