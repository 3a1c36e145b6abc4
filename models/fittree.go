package models

import "fmt"

// TreeSettings says how a single tree is grown.
type TreeSettings struct {
	MaxLeaves   int     // at most so many leaves; 1 or more
	MinRows     float64 // rows of a leaf, by weight; 1 or more
	MinShare    float64 // rows of a leaf as a share of all, 0 to 0.5; the larger of the two bounds holds
	MinGain     float64 // least gain of a question, in nats of log likelihood over all its rows
	MinLevel    float64 // rows of a level in a node to be placed by its own rate; fewer go with the missing
	LevelSmooth float64 // rows at the node's rate added to those of a level before levels are ordered
	Shrink      float64 // rows at the parent's probability added to those of a leaf
	// Round puts cut points at numbers that a person would choose, giving up
	// at most RoundTolerance of a question's gain.
	Round          bool
	RoundTolerance float64
	MaxBins        int // of a column, 2 to 255
	Workers        int // goroutines; 0 for all processors
	// Target replaces the labels where it is set: a number in [0, 1] per row,
	// for instance a better model's probability.
	Target []float64
}

// DefaultTreeSettings returns ten leaves of at least 200 rows and 2 % of all,
// round cut points, and questions that chance alone would hardly bring.
func DefaultTreeSettings() TreeSettings {
	return TreeSettings{
		MaxLeaves: 10, MinRows: 200, MinShare: 0.02, MinGain: 5, MinLevel: 100, LevelSmooth: 20,
		Shrink: 20, Round: true, RoundTolerance: 0.03, MaxBins: maxBins,
	}
}

func (s *TreeSettings) check(rows int) error {
	switch {
	case s.MaxLeaves < 1 || s.MaxLeaves > maxNodes/2:
		return fmt.Errorf("tree settings: %d leaves, want 1 to %d", s.MaxLeaves, maxNodes/2)
	case !(s.MinRows >= 1):
		return fmt.Errorf("tree settings: %v rows in a leaf, want 1 or more", s.MinRows)
	case !(s.MinShare >= 0 && s.MinShare <= 0.5):
		return fmt.Errorf("tree settings: share %v in a leaf, want 0 to 0.5", s.MinShare)
	case !(s.MinGain >= 0 && s.MinLevel >= 0 && s.LevelSmooth >= 0 && s.Shrink >= 0):
		return fmt.Errorf("tree settings: gain, level, smoothing and shrinkage are 0 or more")
	case !(s.RoundTolerance >= 0 && s.RoundTolerance < 1):
		return fmt.Errorf("tree settings: round tolerance %v, want 0 up to 1", s.RoundTolerance)
	case s.Target != nil && len(s.Target) != rows:
		return fmt.Errorf("tree settings: %d targets for %d rows", len(s.Target), rows)
	}
	for i, t := range s.Target {
		if !(t >= 0 && t <= 1) {
			return fmt.Errorf("tree settings: target of row %d is %v, want 0 to 1", i, t)
		}
	}
	return nil
}

// FitTree grows a tree best-first by the gain in log likelihood, which ranks
// better than Gini. Its probabilities are those of its training rows, shrunk a
// little towards the parent's; Refit estimates them on other rows.
func FitTree(t *Training, s TreeSettings) (*Tree, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	if err := s.check(len(t.Y)); err != nil {
		return nil, err
	}
	bins := BinSettings{MaxBins: s.MaxBins, SampleRows: 200_000, Weight: t.Weight, Round: s.Round, Workers: s.Workers}
	data, err := Bin(t.X, bins)
	if err != nil {
		return nil, err
	}
	return growTree(data, t, &s), nil
}

// RefitTree is FitTree for other weights and targets of rows whose columns are
// in bins already.
func RefitTree(data *Binned, t *Training, s TreeSettings) (*Tree, error) {
	if err := s.check(len(t.Y)); err != nil {
		return nil, err
	}
	if data.rows != len(t.Y) || len(data.columns) != len(t.X.Columns) {
		return nil, fmt.Errorf("tree: %d rows and %d columns in bins, want %d and %d", data.rows, len(data.columns), len(t.Y), len(t.X.Columns))
	}
	return growTree(data, t, &s), nil
}

func growTree(data *Binned, t *Training, s *TreeSettings) *Tree {
	g := treeGrower(t, s, data)
	tree := &Tree{Names: t.X.Names, Levels: t.X.Levels, Missing: make([]bool, len(data.columns))}
	for c := range data.columns {
		tree.Missing[c] = data.columns[c].missing
	}
	grown := g.grow()
	tree.Nodes = exportNodes(grown, data, func(*grownNode) float64 { return 0 })
	estimate(tree, t, s.Target, s.Shrink)
	return tree
}

func treeGrower(t *Training, s *TreeSettings, data *Binned) *grower {
	g := &grower{data: data, columns: allColumns(data), workers: workersOf(s.Workers), weights: newRowWeights(t.Weight)}
	for i := range t.Y {
		if g.weights.of(i) > 0 {
			g.rows = append(g.rows, uint32(i))
		}
	}
	all := g.weights.total(g.rows)
	g.limits = limits{
		maxLeaves: s.MaxLeaves, minRows: max(s.MinRows, s.MinShare*all), minGain: s.MinGain,
		minLevelRows: s.MinLevel, levelSmooth: s.LevelSmooth,
	}
	if s.Round {
		g.limits.roundTolerance = s.RoundTolerance
	}
	unit := unitFor(all, float64(len(g.rows)), limitA)
	g.crit = criterion{entropy: true, scale: scale{a: 1 / unit, b: 1 / unit}}
	g.values = make([]packed, len(t.Y))
	for _, i := range g.rows {
		w := g.weights.of(int(i)) * unit
		g.values[i] = pack(roundToUnits(w*targetOf(t, s.Target, int(i))), uint64(roundToUnits(w)))
	}
	return g
}

func targetOf(t *Training, target []float64, row int) float64 {
	if target != nil {
		return target[row]
	}
	return float64(t.Y[row])
}

func allColumns(data *Binned) []int32 {
	columns := make([]int32, len(data.columns))
	for i := range columns {
		columns[i] = int32(i)
	}
	return columns
}

// Refit returns a tree with the same questions whose rows, positives and
// probabilities are those of other rows, for instance of other periods than
// the ones that shaped it. shrink is as in TreeSettings.
func (t *Tree) Refit(train *Training, shrink float64) (*Tree, error) {
	if err := train.Check(); err != nil {
		return nil, err
	}
	if len(train.X.Columns) != len(t.Names) {
		return nil, fmt.Errorf("refit: %d columns, want %d", len(train.X.Columns), len(t.Names))
	}
	other := *t
	other.Nodes = append([]Node(nil), t.Nodes...)
	estimate(&other, train, nil, shrink)
	return &other, nil
}

// estimate fills in rows, positives and probabilities of all nodes.
func estimate(tree *Tree, t *Training, target []float64, shrink float64) {
	leaf := make([]int32, len(t.Y))
	tree.Assign(t.X, leaf)
	at := tree.leafNodes()
	weights := newRowWeights(t.Weight)
	totals := make([]sums, len(tree.Nodes)) // weighted target and weight
	for i := range tree.Nodes {
		tree.Nodes[i].Positives = 0
	}
	for i, l := range leaf {
		node, w := at[l], weights.of(i)
		totals[node].a += wholeUnits(w * targetOf(t, target, i))
		totals[node].b += wholeUnits(w)
		tree.Nodes[node].Positives += wholeUnits(w * float64(t.Y[i]))
	}
	for i := len(tree.Nodes) - 1; i >= 0; i-- {
		if n := &tree.Nodes[i]; n.Feature >= 0 {
			totals[i].a = totals[n.Left].a + totals[n.Right].a
			totals[i].b = totals[n.Left].b + totals[n.Right].b
			n.Positives = tree.Nodes[n.Left].Positives + tree.Nodes[n.Right].Positives
		}
		tree.Nodes[i].Rows = totals[i].b
	}
	shrinkDown(tree.Nodes, totals, shrink)
}

// shrinkDown sets the probabilities, parents first. The root keeps half a
// row's distance from 0 and 1 where all its rows are of one class.
func shrinkDown(nodes []Node, totals []sums, shrink float64) {
	root := totals[0]
	prior := (root.a + 0.5) / (root.b + 1)
	if root.a > 0 && root.a < root.b {
		prior = root.a / root.b
	}
	nodes[0].Value = clampProbability(prior)
	for i := range nodes {
		n := &nodes[i]
		if n.Feature < 0 {
			continue
		}
		for _, child := range [2]int32{n.Left, n.Right} {
			s, value := totals[child], n.Value
			if s.b+shrink > 0 {
				value = (s.a + shrink*n.Value) / (s.b + shrink)
			}
			nodes[child].Value = clampProbability(value)
		}
	}
}

// wholeUnits rounds to a multiple of 2^-22, so that sums of up to 2^31 of weight
// are exact in any order.
func wholeUnits(x float64) float64 {
	const units = 1 << 22
	return float64(int64(x*units+0.5)) / units
}
