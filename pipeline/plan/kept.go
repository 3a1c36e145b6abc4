package plan

import (
	"cmp"
	"slices"

	"winback/pipeline/learn"
)

// keptOrder gives groups that were published before their numbers back, though
// others may have a higher mean probability by now. A group that nobody is in
// any more gives its number up. Leaves without a number keep the given order.
func keptOrder(order []int, leaves []learn.Leaf) []int {
	if slices.ContainsFunc(order, func(leaf int) bool { return leaves[leaf].Number == 0 }) {
		return order
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(leaves[a].Number, leaves[b].Number) })
	return order
}

// NoteNumbers notes the numbers and sizes of groups that are published for the
// first time, so that later nights keep them.
func (g *Groups) NoteNumbers(d *learn.Learned) {
	if d.Tree == nil || d.State.Groups != nil {
		return
	}
	sizes := make([]int64, d.Tree.Leaves())
	for _, leaf := range g.Lapsed.Leaf {
		sizes[leaf]++
	}
	for leaf, size := range sizes {
		d.NoteGroup(int(g.Ranking.GroupOfLeaf(int32(leaf))), float64(size)/float64(len(g.Lapsed.Leaf)))
	}
}
