package learn

import (
	"cmp"
	"slices"
)

// NumberGroups numbers the groups of the test cut as those of the leaves tonight,
// and adds up the share of all returns that they hold in that order. Leaves that
// tonight has no group of, for which it gives 0, follow in the order of what
// was foretold for them.
func (d *Learned) NumberGroups(tonight func(leaf int32) int32) {
	if d.Tested == nil {
		return
	}
	groups := slices.DeleteFunc(slices.Clone(d.TestLeaves), func(g GroupProof) bool { return g.Customers == 0 })
	for i := range groups {
		groups[i].Group = int(tonight(groups[i].Leaf))
	}
	slices.SortStableFunc(groups, func(a, b GroupProof) int {
		return cmp.Or(b2i(a.Group == 0)-b2i(b.Group == 0), cmp.Compare(a.Group, b.Group), cmp.Compare(b.Predicted, a.Predicted))
	})
	e := &d.Evaluation
	e.Groups, e.Captured = groups, nil
	last := 0
	for _, g := range d.TestLeaves {
		last = max(last, int(tonight(g.Leaf)))
	}
	var returned int64
	for i := range groups {
		if groups[i].Group == 0 {
			last++
			groups[i].Group = last
		}
		returned += groups[i].Returned
		e.Captured = append(e.Captured, Figure(float64(returned)/float64(max(e.Returned, 1))))
	}
	e.GroupsOutside, e.GroupsBeyondChance = groupsOutside(groups, d.Tested.level)
}

func b2i(b bool) int {
	if b {
		return 1
	}
	return 0
}
