package models

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"
)

// BoostSettings says how trees are boosted.
type BoostSettings struct {
	Trees        int     // at most so many
	LearningRate float64 // share of a Newton step that a tree takes, above 0 up to 1
	MaxLeaves    int     // of a tree, 2 or more
	MinRows      float64 // rows of a leaf, by weight, as estimated from their hessian; 1 or more
	MinGain      float64 // least gain of a question
	L2           float64 // pulls leaf values towards 0
	MinLevel     float64 // rows of a level in a node to be placed by its own mean; fewer go with the missing
	LevelSmooth  float64 // hessian at the node's mean added to that of a level before levels are ordered
	LevelL2      float64 // added to L2 in questions about categories, which offer more ways to fit noise
	ColumnShare  float64 // share of columns that a tree may ask about, above 0 up to 1
	RowShare     float64 // share of rows that a tree learns from, above 0 up to 1
	MaxBins      int     // of a column, 2 to 255
	Seed         uint64  // draws columns and rows
	Workers      int     // goroutines; 0 for all processors; changes no result
}

// DefaultBoostSettings returns settings for 5,000 to 500,000 rows with 3 to
// 15 % positives: small steps, small trees, leaves of a hundred rows.
func DefaultBoostSettings() BoostSettings {
	return BoostSettings{
		Trees: 300, LearningRate: 0.05, MaxLeaves: 15, MinRows: 100, MinGain: 1e-3, L2: 5,
		MinLevel: 50, LevelSmooth: 10, LevelL2: 10, ColumnShare: 0.7, RowShare: 0.8,
		MaxBins: maxBins, Seed: 1,
	}
}

func (s *BoostSettings) check() error {
	share := func(x float64) bool { return x > 0 && x <= 1 }
	switch {
	case s.Trees < 0 || s.Trees > maxTrees:
		return fmt.Errorf("boost settings: %d trees, want 0 to %d", s.Trees, maxTrees)
	case !share(s.LearningRate) || !share(s.ColumnShare) || !share(s.RowShare):
		return fmt.Errorf("boost settings: learning rate, column share and row share lie above 0 and up to 1")
	case s.MaxLeaves < 2 || s.MaxLeaves > maxNodes/2:
		return fmt.Errorf("boost settings: %d leaves, want 2 to %d", s.MaxLeaves, maxNodes/2)
	case !(s.MinRows >= 1):
		return fmt.Errorf("boost settings: %v rows in a leaf, want 1 or more", s.MinRows)
	case !(s.MinGain >= 0 && s.L2 >= 0 && s.MinLevel >= 0 && s.LevelSmooth >= 0 && s.LevelL2 >= 0):
		return fmt.Errorf("boost settings: gain, L2, level and smoothing are 0 or more")
	}
	return nil
}

// Boost fits gradient boosting with log loss (Friedman 2001; Newton steps and
// leaf-wise histogram trees as in LightGBM, Ke et al. 2017). It returns the
// context's error when that ends first.
func Boost(ctx context.Context, t *Training, s BoostSettings) (*Ensemble, error) {
	b, err := NewBooster(t, s)
	if err != nil {
		return nil, err
	}
	return b.Ensemble, b.Grow(ctx, s.Trees)
}

// Booster grows an Ensemble a few trees at a time, so that growth can end where
// it no longer pays. Trees are the same however the growth is parted.
type Booster struct {
	*Ensemble
	b            *booster // nil: there is nothing to learn
	tree, failed int
}

// NewBooster readies the growth of trees from rows; it does not need their
// columns later on.
func NewBooster(t *Training, s BoostSettings) (*Booster, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	e := &Booster{Ensemble: &Ensemble{Names: t.X.Names, Levels: t.X.Levels, Prior: logit(priorOf(t.Y, t.Weight))}}
	data, err := binColumns(t.X, BinSettings{MaxBins: s.MaxBins, SampleRows: 200_000, Weight: t.Weight, Workers: s.Workers})
	if err == nil && !oneClass(t) {
		e.b = newBooster(t, &s, data, e.Prior)
	}
	return e, err
}

// Grow goes on until so many trees were tried. It returns the context's error
// when that ends first.
func (e *Booster) Grow(ctx context.Context, trees int) error {
	for ; e.b != nil && e.tree < trees && e.failed < emptyTrees; e.tree++ {
		if err := ctx.Err(); err != nil {
			return err
		}
		grown := e.b.grow(uint64(e.tree))
		if len(grown) == 1 {
			e.failed++
			continue
		}
		e.failed = 0
		e.b.learn(grown)
		e.Trees = append(e.Trees, exportNodes(grown, e.b.grower.data, e.b.value))
	}
	return nil
}

// emptyTrees is after how many trees without a question boosting gives up:
// with other columns and rows drawn the next one may find some.
const emptyTrees = 10

// booster is the state between two trees.
type booster struct {
	settings *BoostSettings
	y        []uint8
	rows     []uint32 // rows with weight
	drawn    []uint32 // those that the present tree learns from
	weights  rowWeights
	margin   []float64 // log-odds so far
	chance   []float32 // probability so far, between the passes of gradients
	partly   bool      // trees learn from extracts of the data
	grower   grower
}

// extractBelow is the share of the columns below which a tree costs less on an
// extract than it takes to make one.
const extractBelow = 0.75

func newBooster(t *Training, s *BoostSettings, data *Binned, prior float64) *booster {
	n := len(t.Y)
	b := &booster{settings: s, y: t.Y, weights: newRowWeights(t.Weight), margin: make([]float64, n), chance: make([]float32, n), partly: s.ColumnShare < extractBelow}
	b.grower = grower{
		data: data, values: make([]packed, n), weights: b.weights, workers: workersOf(s.Workers),
		limits: limits{
			maxLeaves: s.MaxLeaves, minRows: s.MinRows, minGain: s.MinGain,
			minLevelRows: s.MinLevel, levelSmooth: s.LevelSmooth, levelL2: s.LevelL2,
		},
		crit: criterion{l2: max(s.L2, 1e-9)},
	}
	if !b.partly {
		data.turn(workersOf(s.Workers))
	} else if b.weights.units != nil {
		b.grower.weights.units = make([]uint32, n)
	}
	for i := range n {
		b.margin[i] = prior
		if b.weights.of(i) > 0 {
			b.rows = append(b.rows, uint32(i))
		}
	}
	return b
}

// grow grows the tree of the given number on the columns and rows drawn for it.
func (b *booster) grow(tree uint64) []grownNode {
	g := &b.grower
	columns := drawColumns(allColumns(g.data), b.settings.ColumnShare, b.settings.Seed, 2*tree)
	b.drawn = b.drawRows(b.drawn[:0], tree)
	if b.partly {
		g.extract(b.drawn, columns)
	} else {
		g.columns, g.rows = columns, append(g.rows[:0], b.drawn...)
	}
	b.gradients()
	return g.grow()
}

// drawColumns returns a share of the columns, one or more, in their order: those
// with the smallest draws.
func drawColumns(from []int32, share float64, seed, stream uint64) []int32 {
	if len(from) == 0 || share >= 1 {
		return from
	}
	keys := make([]uint64, len(from))
	for i, c := range from {
		keys[i] = draw(seed, stream, uint64(c))>>32<<32 | uint64(c)
	}
	slices.Sort(keys)
	keys = keys[:max(1, int(math.Round(share*float64(len(from)))))]
	columns := make([]int32, len(keys))
	for i, k := range keys {
		columns[i] = int32(uint32(k))
	}
	slices.Sort(columns)
	return columns
}

// drawRows returns the rows of a tree in ascending order.
func (b *booster) drawRows(into []uint32, tree uint64) []uint32 {
	if b.settings.RowShare >= 1 {
		return append(into, b.rows...)
	}
	threshold := shareThreshold(b.settings.RowShare)
	stream := mix(mix(mix(b.settings.Seed) + 2*tree + 1))
	into = slices.Grow(into, len(b.rows))[:len(b.rows)]
	n := 0
	for _, r := range b.rows { // without a branch, which would be guessed wrong for every fifth row
		into[n] = r
		_, drawn := bits.Sub64(mix(stream+uint64(r)), threshold, 0)
		n += int(drawn)
	}
	return into[:n]
}

// value is what a node adds to the log-odds: a shortened Newton step.
func (b *booster) value(n *grownNode) float64 {
	crit := &b.grower.crit
	return b.settings.LearningRate * crit.value(crit.scale.sums(n.sums), crit.l2)
}

// learn adds the tree to the log-odds of all rows.
func (b *booster) learn(nodes []grownNode) {
	g := &b.grower
	if b.partly || len(b.drawn) < len(b.rows) {
		g.data.addLeaves(nodes, b.value, b.margin, g.workers)
		return
	}
	each(g.workers, len(nodes), func(i int) {
		if n := &nodes[i]; n.left == 0 {
			value := b.value(n)
			for _, r := range g.rows[n.from:n.to] {
				b.margin[r] += value
			}
		}
	})
}

// addLeaves sends every row down a tree and adds the value of its leaf.
func (b *Binned) addLeaves(nodes []grownNode, value func(*grownNode) float64, margin []float64, workers int) {
	if len(nodes) >= 2*mostMasked {
		b.walkLeaves(nodes, value, margin, workers)
		return
	}
	var m leafMasks
	m.set(questionsOf(nodes))
	var values [mostMasked]float64
	for leaf, node := range m.nodes {
		values[leaf] = value(&nodes[node])
	}
	eachBlock(workers, b.rows, func(_, from, to int) {
		m.addValues(b.byColumn, from, &values, margin[from:to])
	})
}

// walkLeaves is addLeaves for trees with many leaves.
func (b *Binned) walkLeaves(nodes []grownNode, value func(*grownNode) float64, margin []float64, workers int) {
	values := make([]float64, len(nodes))
	for i := range nodes {
		values[i] = value(&nodes[i])
	}
	eachBlock(workers, b.rows, func(_, from, to int) {
		for r := from; r < to; r++ {
			at := int32(0)
			for nodes[at].left != 0 {
				n := &nodes[at]
				at = n.left
				if !n.split.left.has(b.byColumn[n.split.column][r]) {
					at++
				}
			}
			margin[r] += values[at]
		}
	})
}

func questionsOf(nodes []grownNode) []binQuestion {
	questions := make([]binQuestion, len(nodes))
	for i := range nodes {
		n := &nodes[i]
		questions[i] = binQuestion{column: -1}
		if n.left != 0 {
			questions[i] = binQuestion{column: n.split.column, goesLeft: n.split.left, left: n.left, right: n.left + 1}
		}
	}
	return questions
}
