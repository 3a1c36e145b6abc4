package models

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// lossOfLeaves adds up what the leaves of a tree cost, by their rows.
func lossOfLeaves(t *Tree, loss map[float64]float64) (sum float64) {
	for i := range t.Nodes {
		if t.Nodes[i].Feature < 0 {
			sum += loss[t.Nodes[i].Rows]
		}
	}
	return sum
}

// allPrunings lists the least loss of every number of leaves by trying all.
func allPrunings(t *Tree, at int32, loss []float64) map[int]float64 {
	least := map[int]float64{1: loss[at]}
	n := &t.Nodes[at]
	if n.Feature < 0 {
		return least
	}
	for l, a := range allPrunings(t, n.Left, loss) {
		for r, b := range allPrunings(t, n.Right, loss) {
			if old, ok := least[l+r]; !ok || a+b < old {
				least[l+r] = a + b
			}
		}
	}
	return least
}

func TestPruned_IsTheBestOfAllSmallerTrees(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 30 {
		tree := &Tree{Names: []string{"x"}, Levels: [][]string{nil}, Missing: []bool{false}}
		var grow func(depth int) int32
		grow = func(depth int) int32 {
			at := int32(len(tree.Nodes))
			// Rows name the node, so that leaves can be found again.
			tree.Nodes = append(tree.Nodes, Node{Feature: -1, Value: 0.5, Rows: float64(at)})
			if depth < 5 && rng.IntN(4) > 0 {
				left := grow(depth + 1)
				right := grow(depth + 1)
				n := &tree.Nodes[at]
				n.Feature, n.Threshold, n.Left, n.Right = 0, 1, left, right
			}
			return at
		}
		grow(0)
		numberLeaves(tree.Nodes)
		loss, byRows := make([]float64, len(tree.Nodes)), map[float64]float64{}
		for i := range loss {
			loss[i] = rng.Float64()
			byRows[float64(i)] = loss[i]
		}
		all := allPrunings(tree, 0, loss)
		for leaves := 1; leaves <= 12; leaves++ {
			want := math.Inf(1)
			for n, l := range all {
				if n <= leaves {
					want = min(want, l)
				}
			}
			pruned := tree.Pruned(leaves, loss, slices.Repeat([]bool{true}, len(loss)))
			if err := checkNodes(pruned.Nodes, pruned.Levels); err != nil {
				t.Fatal(err)
			}
			if got := lossOfLeaves(pruned, byRows); pruned.Leaves() > leaves || math.Abs(got-want) > 1e-9 {
				t.Fatalf("%d leaves with loss %v, want at most %d with %v", pruned.Leaves(), got, leaves, want)
			}
		}
	}
}

func TestPruned_KeepsNoLastQuestionThatItMayNot(t *testing.T) {
	// 0 asks, then 1 (leaves 3 and 4) and 2 (leaves 5 and 6).
	inner := func(left, right int32) Node { return Node{Threshold: 1, Left: left, Right: right} }
	leaf := Node{Feature: -1, Value: 0.5}
	tree := &Tree{Names: []string{"x"}, Levels: [][]string{nil}, Missing: []bool{false},
		Nodes: []Node{inner(1, 2), inner(3, 4), inner(5, 6), leaf, leaf, leaf, leaf}}
	numberLeaves(tree.Nodes)
	loss := []float64{10, 4, 5, 1, 1, 1, 1}
	for _, c := range []struct {
		keep   []bool
		leaves int
	}{
		{[]bool{true, true, true, true, true, true, true}, 4},
		{[]bool{true, false, true, true, true, true, true}, 3},
		{[]bool{false, true, true, true, true, true, true}, 4}, // it parts branches, not leaves
		{[]bool{false, true, false, true, true, true, true}, 3},
		{[]bool{true, false, false, true, true, true, true}, 2},
		{[]bool{false, false, false, true, true, true, true}, 1},
	} {
		pruned := tree.Pruned(4, loss, c.keep)
		if err := checkNodes(pruned.Nodes, pruned.Levels); err != nil || pruned.Leaves() != c.leaves {
			t.Errorf("keeping %v: %d leaves, want %d; %v", c.keep[:3], pruned.Leaves(), c.leaves, err)
		}
	}
}
