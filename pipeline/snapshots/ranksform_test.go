package snapshots

import (
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"winback/models"
)

func TestRanksOf_ReadsWhatAppendRanksWroteAndRefusesTheRest(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	odd := []float32{0, float32(math.Copysign(0, -1)), nan32, float32(math.Inf(1)), float32(math.Inf(-1)), 1e-45, -1e-45, math.MaxFloat32, -math.MaxFloat32}
	m := &models.Matrix{Names: []string{"odd", "whole", "text", "none"}, Levels: [][]string{nil, nil, {"a"}, nil}, Columns: make([][]float32, 4)}
	for i := range 2000 {
		v := float32(rng.NormFloat64()) * 1000
		if i < len(odd) {
			v = odd[i]
		}
		for k, x := range []float32{v, float32(rng.IntN(90)), 0, nan32} {
			m.Columns[k] = append(m.Columns[k], x)
		}
	}
	want := RankTables(m, 1)
	b := AppendRanks(nil, want)
	got, err := RanksOf(b, 4)
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Fatalf("other tables came back: %v", err)
	}
	for range 1000 {
		bad := append([]byte{}, b[:rng.IntN(len(b))]...)
		if tables, err := RanksOf(bad, 4); err == nil || tables != nil {
			t.Fatalf("cut at %d of %d: %v", len(bad), len(b), err)
		}
	}
	for range 3000 { // whatever the bytes are, what comes back holds together
		bad := append([]byte{}, b...)
		bad[rng.IntN(len(b))] ^= byte(1 + rng.IntN(255))
		if tables, err := RanksOf(bad, 4); err == nil {
			Ranked(m, tables)
		}
	}
}
