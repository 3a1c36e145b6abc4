package learn

import (
	"math"
	"slices"

	"winback/data/tables"
	"winback/models"
	"winback/pipeline/rules"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// Absolute returns the tree with cut points in the features' own units that
// part the rows of one snapshot nearly as the ranks do: the roundest numbers
// that move next to nobody to the other side, with no more digits than a rule
// prints.
func (g *SurrogateTree) Absolute(raw, relative *models.Matrix) *SurrogateTree {
	tree := *g.Tree
	tree.Nodes = slices.Clone(g.Tree.Nodes)
	for i := range tree.Nodes {
		n := &tree.Nodes[i]
		if n.Feature < 0 || tree.Levels[n.Feature] != nil || math.IsInf(n.Threshold, 0) {
			continue
		}
		name := tree.Names[n.Feature]
		values := snapshots.Column(raw, name)
		n.Threshold = printable(wording.Of(name), values, cutBetween(values, snapshots.Column(relative, name), n.Threshold, g.leeway(n.Feature, n.Threshold)))
		if wording.Of(name).Unknown == wording.OneDay && !n.MissingLeft && !anyBeyond(values, n.Threshold) {
			n.Threshold = math.Inf(1) // it only parts those who bought on one day from the others
		}
	}
	night := &SurrogateTree{Tree: &tree}
	for _, name := range tree.Names {
		night.complete = append(night.complete, !slices.ContainsFunc(snapshots.Column(raw, name), func(v float32) bool { return v != v }))
	}
	return night
}

// anyBeyond says whether more than next to nobody lies above a cut point.
func anyBeyond(values []float32, cut float64) bool {
	beyond := 0
	for _, v := range values {
		if float64(v) > cut {
			beyond++
		}
	}
	return float64(beyond) > mostLeeway*float64(len(values))
}

// mostLeeway is how far a cut point may move, as a share of the customers, to
// become a round number.
const mostLeeway = 0.005

// printable is a cut point with no more digits than the column's numbers have
// in print, unless that moves more than a few customers to the other side.
func printable(c wording.Column, values []float32, cut float64) float64 {
	digits := float64(float32(c.Cut(cut)))
	moved := 0
	for _, v := range values {
		if x := float64(v); digits < x && x <= cut {
			moved++
		}
	}
	if math.IsInf(digits, 0) || float64(moved) > mostLeeway*float64(len(values)) {
		return cut
	}
	return digits
}

// leeway is how far a cut point may move without coming near another one of the
// same feature.
func (g *SurrogateTree) leeway(feature int32, threshold float64) float64 {
	leeway := mostLeeway
	for i := range g.Nodes {
		if n := &g.Nodes[i]; n.Feature == feature && n.Threshold != threshold {
			leeway = min(leeway, math.Abs(n.Threshold-threshold)/3)
		}
	}
	return leeway
}

// Rule words the conditions of a leaf; that missing values are included is
// left out where nobody misses them.
func (g *SurrogateTree) Rule(conditions []models.Condition) rules.Rule {
	for i := range conditions {
		c := &conditions[i]
		if g.complete != nil && g.complete[c.Feature] && !c.OnlyMissing {
			c.Missing = false
		}
	}
	return rules.RuleOf(conditions)
}

// cutBetween finds a round number that parts the values whose rank is at most
// the threshold from the others; those whose rank is no further from it than
// the leeway may go to either side, unless they are too many.
func cutBetween(values, ranks []float32, threshold, leeway float64) float64 {
	below, above := float32(math.Inf(-1)), float32(math.Inf(1))
	between := 0
	for i, r := range ranks {
		switch rank := float64(r); {
		case r != r:
		case rank <= threshold-leeway:
			below = max(below, values[i])
		case rank > threshold+leeway:
			above = min(above, values[i])
		default:
			between++
		}
	}
	switch {
	case leeway > 0 && float64(between) > 3*leeway*float64(len(values)): // equal ones
		return cutBetween(values, ranks, threshold, 0)
	case math.IsInf(float64(above), 1): // everybody is below
		return math.MaxFloat32
	case math.IsInf(float64(below), -1): // everybody is above
		return float64(math.Nextafter32(above, float32(math.Inf(-1))))
	}
	return float64(models.RoundBetween(below, above))
}

// LeavesTonight describes the leaves as groups, with rules in the units of the
// night.
func (d *Learned) LeavesTonight(tree *SurrogateTree) []Leaf {
	if tree == nil {
		return []Leaf{{Name: rules.Names(make([]rules.Rule, 1))[0], TestCustomers: tables.Unknown, TestReturned: tables.Unknown}}
	}
	leaves, asked := make([]Leaf, tree.Leaves()), make([]rules.Rule, tree.Leaves())
	for leaf := range leaves {
		asked[leaf] = tree.Rule(tree.Path(leaf))
		leaves[leaf] = Leaf{Rule: asked[leaf], TestCustomers: d.TestLeaves[leaf].Customers, TestReturned: d.TestLeaves[leaf].Returned}
		leaves[leaf].Number, leaves[leaf].Settled = d.numberOf(leaf)
	}
	for leaf, name := range rules.Names(asked) {
		leaves[leaf].Name = name
	}
	return leaves
}

// Leaf is one leaf of the tree that makes the groups.
type Leaf struct {
	Name          string // at most five words, no two leaves alike
	Rule          rules.Rule
	TestCustomers int64 // who met the rule at the test cut; data.Unknown without one
	TestReturned  int64 // how many of them returned; data.Unknown without a test cut
	Number        int   // of the group on the night before; 0: none yet
	Settled       bool  // the number stays, whatever the order of the chances is tonight
}
