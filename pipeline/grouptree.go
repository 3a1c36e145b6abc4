package pipeline

import (
	"math"
	"slices"

	"winback/data"
	"winback/models"
)

// readableFeatures are those that a rule may name: what a marketer can check
// in the shop's own system.
var readableFeatures = []string{"recency_days", "tenure_days", "orders", "purchase_days", "monetary", "mean_order_value", "max_order_value",
	"first_order_value", "last_order_value", "orders_365d", "spend_365d",
	"same_season_days", "products", "categories", "units_per_order", "lines_per_order", "returned_amount",
	"first_channel", "last_channel", "top_channel", "top_category"}

// groupTree is the tree of the groups. It asks about ranks within the snapshot,
// which drift less than numbers do; absolute turns it into rules of one night.
type groupTree struct {
	*models.Tree
	complete []bool // by column: no row of the night misses the value; nil: not known
}

// fitGroupTree grows the tree on the relative features of snapshots.
func fitGroupTree(train *models.Training, maxGroups, workers int) (*groupTree, error) {
	s := models.DefaultTreeSettings()
	s.MaxLeaves, s.Workers, s.Round = maxGroups, workers, false
	readable := *train
	readable.X = pick(train.X, readableFeatures)
	tree, err := models.FitTree(&readable, s)
	if err != nil {
		return nil, err
	}
	return &groupTree{Tree: tree}, nil
}

// fewestInGroup is the size of a group worth a list of its own: a share of the
// customers, and at least so many.
const (
	fewestInGroup = 30
	leastShare    = 0.005
)

// pruned drops the questions that part off a leaf of too few rows of x, one by
// one, and estimates the rates again.
func (g *groupTree) pruned(x *models.Matrix, train *models.Training) (*groupTree, error) {
	for g.Leaves() > 1 {
		rows := make([]int, g.Leaves())
		for _, leaf := range g.leaves(x) {
			rows[leaf]++
		}
		smallest := slices.Index(rows, slices.Min(rows))
		if float64(rows[smallest]) >= max(fewestInGroup, leastShare*float64(x.Rows())) {
			break
		}
		readable := *train
		readable.X = pick(train.X, g.Names)
		tree, err := without(g.Tree, int32(smallest)).Refit(&readable, models.DefaultTreeSettings().Shrink)
		if err != nil {
			return nil, err
		}
		g = &groupTree{Tree: tree}
	}
	return g, nil
}

// without returns the tree with the question above a leaf taken out: its rows
// answer the questions of the other side.
func without(t *models.Tree, leaf int32) *models.Tree {
	pruned := *t
	pruned.Nodes = nil
	leaves := int32(0)
	var add func(at int32) int32
	add = func(at int32) int32 {
		n := t.Nodes[at]
		if n.Feature >= 0 {
			left, right := &t.Nodes[n.Left], &t.Nodes[n.Right]
			if left.Feature < 0 && left.Leaf == leaf {
				return add(n.Right)
			}
			if right.Feature < 0 && right.Leaf == leaf {
				return add(n.Left)
			}
		}
		place := int32(len(pruned.Nodes))
		pruned.Nodes = append(pruned.Nodes, n)
		if n.Feature < 0 {
			pruned.Nodes[place].Leaf = leaves
			leaves++
			return place
		}
		left := add(n.Left)
		right := add(n.Right)
		pruned.Nodes[place].Left, pruned.Nodes[place].Right = left, right
		return place
	}
	add(0)
	return &pruned
}

// Predict writes the probability of every row of a matrix of all features.
func (g *groupTree) Predict(x *models.Matrix, out []float64) {
	g.Tree.Predict(pick(x, g.Tree.Names), out)
}

// leaves writes the leaf of every row.
func (g *groupTree) leaves(x *models.Matrix) []int32 {
	out := make([]int32, x.Rows())
	g.Assign(pick(x, g.Tree.Names), out)
	return out
}

// absolute returns the tree with cut points in the features' own units that
// part the rows of one snapshot as the ranks do: the roundest numbers between
// the largest value on the one side and the smallest on the other.
func (g *groupTree) absolute(raw, relative *models.Matrix) *groupTree {
	tree := *g.Tree
	tree.Nodes = slices.Clone(g.Tree.Nodes)
	for i := range tree.Nodes {
		n := &tree.Nodes[i]
		if n.Feature < 0 || tree.Levels[n.Feature] != nil || math.IsInf(n.Threshold, 0) {
			continue
		}
		name := tree.Names[n.Feature]
		n.Threshold = cutBetween(column(raw, name), column(relative, name), n.Threshold)
	}
	night := &groupTree{Tree: &tree}
	for _, name := range tree.Names {
		night.complete = append(night.complete, !slices.ContainsFunc(column(raw, name), func(v float32) bool { return v != v }))
	}
	return night
}

// rule words the conditions of a leaf; that missing values are included is
// left out where nobody misses them.
func (g *groupTree) rule(conditions []models.Condition) Rule {
	for i := range conditions {
		c := &conditions[i]
		if g.complete != nil && g.complete[c.Feature] && !c.OnlyMissing {
			c.Missing = false
		}
	}
	return RuleOf(conditions)
}

// cutBetween finds the number that parts the values whose rank is at most the
// threshold from the others.
func cutBetween(values, ranks []float32, threshold float64) float64 {
	below, above := float32(math.Inf(-1)), float32(math.Inf(1))
	for i, r := range ranks {
		switch {
		case r != r:
		case float64(r) <= threshold:
			below = max(below, values[i])
		default:
			above = min(above, values[i])
		}
	}
	switch {
	case math.IsInf(float64(above), 1): // everybody is below
		return math.MaxFloat32
	case math.IsInf(float64(below), -1): // everybody is above
		return float64(math.Nextafter32(above, float32(math.Inf(-1))))
	}
	return float64(models.RoundBetween(below, above))
}

// leavesTonight describes the leaves as groups, with rules in the units of the
// night.
func (d *Learned) leavesTonight(tree *groupTree) []Leaf {
	if tree == nil {
		return []Leaf{{TestCustomers: data.Unknown, TestReturned: data.Unknown}}
	}
	leaves := make([]Leaf, tree.Leaves())
	for leaf := range leaves {
		leaves[leaf] = Leaf{Rule: tree.rule(tree.Path(leaf)), TestCustomers: d.TestLeaves[leaf].Customers, TestReturned: d.TestLeaves[leaf].Returned}
	}
	return leaves
}
