package learn

import (
	"math"
	"slices"

	"winback/models"

	"winback/pipeline/snapshots"
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
// model does, by the features of a kind of rules: x are their ranks, p the
// model's probabilities. It grows on several targets; of each the leaves are left
// that lose least of the model's order, parted by questions that closed snapshots
// confirm, and the best tree is taken.
func fitSurrogate(x *models.Matrix, p []float64, closed *models.Training, kind GroupRules, maxGroups, workers int) (*SurrogateTree, error) {
	rows := &models.Training{X: snapshots.Pick(x, counted(x, kind.columns())), Y: make([]uint8, len(p))}
	s := groupSettings(grownGroups, workers)
	past := newPastReturns(closed)
	var best *SurrogateTree
	least := math.Inf(1)
	for _, s.Target = range growthTargets(p) {
		grown, err := models.FitTree(rows, s)
		if err != nil {
			return nil, err
		}
		if kind == PlainRules {
			grown = grown.Shallow(plainConditions)
		}
		confirmed := (&SurrogateTree{Tree: grown}).Significant(x, p, past)
		tree := grown.Pruned(maxGroups, orderLoss(grown, rows.X, p), confirmed)
		if loss := leafLoss(tree, orderLoss(tree, rows.X, p)); loss < least {
			best, least = &SurrogateTree{Tree: tree, target: s.Target}, loss
		}
	}
	return best, nil
}

// counted are the columns without those of units where no order line says how many
// it has: they would count lines, under another name.
func counted(x *models.Matrix, columns []string) []string {
	units, lines := slices.Index(x.Names, "units"), slices.Index(x.Names, "lines")
	if units < 0 || lines < 0 || !slices.Equal(x.Columns[units], x.Columns[lines]) {
		return columns
	}
	return slices.DeleteFunc(columns, func(name string) bool { return name == "units" || name == "units_per_order" })
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

// growthTargets are what a tree may grow on: the probabilities, which tell the
// best customers apart, their ranks, which tell the many apart, and between the
// two their square roots and the mean of both.
func growthTargets(p []float64) [][]float64 {
	ranks, roots, means := percentiles(p), make([]float64, len(p)), make([]float64, len(p))
	most := slices.Max(p)
	for i, v := range p {
		roots[i], means[i] = math.Sqrt(v), (v/most+ranks[i])/2
	}
	return [][]float64{p, ranks, roots, means}
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

// LeafOf writes the leaf of every row. A text that the tree does not know goes
// where the missing do.
func (g *SurrogateTree) LeafOf(x *models.Matrix) []int32 {
	out := make([]int32, x.Rows())
	rows := snapshots.Pick(x, g.Tree.Names)
	g.Assign(AlignerTo(g.Tree.Levels, rows.Levels).Of(rows), out)
	return out
}
