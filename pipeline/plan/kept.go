package plan

import (
	"cmp"
	"slices"

	"winback/pipeline/learn"
	"winback/pipeline/scoring"
)

// mostUnordered is how much higher, as a ratio, the mean probability of a group may
// be than that of the group before it, for both to keep their numbers when the
// models are learned anew.
const mostUnordered = 1.1

// keptOrder gives groups that were published before their numbers back: always
// while models and groups are kept, though others may have a higher mean
// probability by now; at a refit where the order by probability nearly allows
// it. A group that nobody is in any more gives its number up. Leaves without a
// number keep the given order.
func keptOrder(order []int, leaves []learn.Leaf, sums []leafSums) []int {
	if slices.ContainsFunc(order, func(leaf int) bool { return leaves[leaf].Number == 0 }) {
		return order
	}
	kept := slices.SortedStableFunc(slices.Values(order), func(a, b int) int { return cmp.Compare(leaves[a].Number, leaves[b].Number) })
	for i := 1; i < len(kept); i++ {
		before, s := sums[kept[i-1]], sums[kept[i]]
		if !leaves[kept[i]].Settled && s.key/float64(s.customers) > mostUnordered*before.key/float64(before.customers) {
			return order
		}
	}
	return kept
}

// NoteNumbers notes the numbers and sizes of groups that are published for the
// first time, so that later nights keep them.
func (g *Groups) NoteNumbers(d *learn.Learned) {
	if d.Tree == nil || d.State.Groups != nil {
		return
	}
	for leaf := range g.sums {
		d.NoteGroup(int(g.Ranking.GroupOfLeaf(int32(leaf))), float64(g.sums[leaf].customers)/float64(g.Lapsed.Len()))
	}
}

// Rank is the ranking of all customers but the suppressed: by the number of their
// group, inside a group by probability, highest first, then by customer id.
func Rank(l *scoring.Store, leaves []learn.Leaf) (Ranking, error) {
	sums, err := sumLeaves(l, len(leaves), 0)
	if err != nil {
		return Ranking{}, err
	}
	return rankCustomers(l, keptOrder(priority(sums, leaves), leaves, sums), sums)
}
