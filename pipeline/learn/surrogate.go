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

// SurrogateTree is the tree of the groups. It asks about ranks within the snapshot,
// which drift less than numbers do; absolute turns it into rules of one night.
type SurrogateTree struct {
	*models.Tree
	complete []bool    // by column: no row of the night misses the value; nil: not known
	target   []float64 // of the rows that shaped it
}

// Size of a group worth a list of its own: at least so many customers, and a
// share of all.
const (
	fewestInGroup = 60
	leastShare    = 0.01
)

// grownGroups is how many groups the tree has before it is pruned to the number
// wanted.
const grownGroups = 40

// fitSurrogate is the tree that orders the customers of a snapshot most like a
// model does, by readable features: x are their ranks, p the model's
// probabilities. It grows on the probabilities, which tells the best apart, and
// on their ranks, which tells the many apart; of each the leaves are left that
// lose least of the model's order, parted by questions that closed snapshots
// confirm, and the better tree is taken.
func fitSurrogate(x *models.Matrix, p []float64, closed *models.Training, maxGroups, workers int) (*SurrogateTree, error) {
	rows := &models.Training{X: snapshots.Pick(x, wording.RuleColumns()), Y: make([]uint8, len(p))}
	s := groupSettings(grownGroups, workers)
	past := newPastReturns(closed)
	var best *SurrogateTree
	least := math.Inf(1)
	for _, s.Target = range [][]float64{p, percentiles(p)} {
		grown, err := models.FitTree(rows, s)
		if err != nil {
			return nil, err
		}
		confirmed := (&SurrogateTree{Tree: grown}).Significant(x, p, past)
		tree := grown.Pruned(maxGroups, orderLoss(grown, rows.X, p), confirmed)
		if loss := leafLoss(tree, orderLoss(tree, rows.X, p)); loss < least {
			best, least = &SurrogateTree{Tree: tree, target: s.Target}, loss
		}
	}
	return best, nil
}

// groupSettings are those of the groups' tree, of so many leaves.
func groupSettings(leaves, workers int) models.TreeSettings {
	s := models.DefaultTreeSettings()
	s.MaxLeaves, s.Workers, s.Round, s.MinGain, s.MinRows, s.MinShare = leaves, workers, false, 1, fewestInGroup, leastShare
	return s
}

func leafLoss(t *models.Tree, loss []float64) (sum float64) {
	for i := range t.Nodes {
		if t.Nodes[i].Feature < 0 {
			sum += loss[i]
		}
	}
	return sum
}

// percentiles are the ranks of probabilities as shares.
func percentiles(p []float64) []float64 {
	values, ranks := make([]float32, len(p)), make([]float32, len(p))
	for i, v := range p {
		values[i] = float32(v)
	}
	var sorter snapshots.RankSorter
	sorter.Rank(values, ranks)
	shares := make([]float64, len(p))
	for i, r := range ranks {
		shares[i] = float64(r)
	}
	return shares
}

// orderLoss is, for every node of a tree, the sum of the differences of all
// pairs of its rows' probabilities: what the order of the node's customers is
// worth, which a leaf gives up. Up to a factor it is the AUC lost.
func orderLoss(t *models.Tree, x *models.Matrix, p []float64) []float64 {
	leaf := make([]int32, len(p))
	t.Assign(x, leaf)
	rows := make([][]float64, len(t.Nodes))
	for i := range t.Nodes {
		if n := &t.Nodes[i]; n.Feature < 0 {
			for row, l := range leaf {
				if l == n.Leaf {
					rows[i] = append(rows[i], p[row])
				}
			}
		}
	}
	loss := make([]float64, len(t.Nodes))
	for i := len(t.Nodes) - 1; i >= 0; i-- {
		if n := &t.Nodes[i]; n.Feature >= 0 {
			rows[i] = slices.Concat(rows[n.Left], rows[n.Right])
		}
		slices.Sort(rows[i])
		for k, v := range rows[i] {
			loss[i] += v * float64(2*k-len(rows[i])+1)
		}
	}
	return loss
}

// estimated are the rates of the groups on other snapshots than the one that
// shaped them.
func (g *SurrogateTree) estimated(closed *models.Training) (*SurrogateTree, error) {
	readable := *closed
	readable.X = snapshots.Pick(closed.X, g.Names)
	tree, err := g.Refit(&readable, models.DefaultTreeSettings().Shrink)
	return &SurrogateTree{Tree: tree, target: g.target}, err
}

// Predict writes the probability of every row of a matrix of all features.
func (g *SurrogateTree) Predict(x *models.Matrix, out []float64) {
	g.Tree.Predict(snapshots.Pick(x, g.Tree.Names), out)
}

// LeafOf writes the leaf of every row.
func (g *SurrogateTree) LeafOf(x *models.Matrix) []int32 {
	out := make([]int32, x.Rows())
	g.Assign(snapshots.Pick(x, g.Tree.Names), out)
	return out
}

// Absolute returns the tree with cut points in the features' own units that
// part the rows of one snapshot nearly as the ranks do: the roundest numbers
// that move next to nobody to the other side.
func (g *SurrogateTree) Absolute(raw, relative *models.Matrix) *SurrogateTree {
	tree := *g.Tree
	tree.Nodes = slices.Clone(g.Tree.Nodes)
	for i := range tree.Nodes {
		n := &tree.Nodes[i]
		if n.Feature < 0 || tree.Levels[n.Feature] != nil || math.IsInf(n.Threshold, 0) {
			continue
		}
		name := tree.Names[n.Feature]
		n.Threshold = cutBetween(snapshots.Column(raw, name), snapshots.Column(relative, name), n.Threshold, g.leeway(n.Feature, n.Threshold))
	}
	night := &SurrogateTree{Tree: &tree}
	for _, name := range tree.Names {
		night.complete = append(night.complete, !slices.ContainsFunc(snapshots.Column(raw, name), func(v float32) bool { return v != v }))
	}
	return night
}

// mostLeeway is how far a cut point may move, as a share of the customers, to
// become a round number.
const mostLeeway = 0.005

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
		return []Leaf{{TestCustomers: tables.Unknown, TestReturned: tables.Unknown}}
	}
	leaves := make([]Leaf, tree.Leaves())
	for leaf := range leaves {
		leaves[leaf] = Leaf{Rule: tree.Rule(tree.Path(leaf)), TestCustomers: d.TestLeaves[leaf].Customers, TestReturned: d.TestLeaves[leaf].Returned}
		leaves[leaf].Number, leaves[leaf].Settled = d.numberOf(leaf)
	}
	return leaves
}

// Leaf is one leaf of the tree that makes the groups.
type Leaf struct {
	Rule          rules.Rule
	TestCustomers int64 // who met the rule at the test cut; data.Unknown without one
	TestReturned  int64 // how many of them returned; data.Unknown without a test cut
	Number        int   // of the group on the night before; 0: none yet
	Settled       bool  // the number stays, whatever the order of the chances is tonight
}
