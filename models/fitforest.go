package models

import (
	"context"
	"fmt"
)

// ForestSettings says how a forest is grown. Fields that TreeSettings has mean
// the same here.
type ForestSettings struct {
	Trees       int // 1 or more
	MaxLeaves   int // of a tree
	MaxDepth    int
	Growth      Growth
	MinRows     float64 // of a leaf, by the weight that its rows were drawn with
	MinGain     float64
	MinLevel    float64
	LevelSmooth float64
	Shrink      float64
	// ColumnShare is the share of the columns, drawn anew for every question,
	// that it may be about: above 0 up to 1.
	ColumnShare float64
	Monotone    []int8
	MaxBins     int
	Seed        uint64 // draws rows and columns
	Workers     int    // goroutines; 0 for all processors; changes no result
}

// DefaultForestSettings returns two hundred trees with leaves of thirty rows:
// probabilities, not votes, are wanted of them.
func DefaultForestSettings() ForestSettings {
	return ForestSettings{
		Trees: 200, MaxLeaves: 256, MinRows: 30, MinGain: 0.5, MinLevel: 30, LevelSmooth: 20, Shrink: 5,
		ColumnShare: 0.3, MaxBins: maxBins, Seed: 1,
	}
}

// tree is what the settings say of each tree.
func (s *ForestSettings) tree() TreeSettings {
	return TreeSettings{
		MaxLeaves: s.MaxLeaves, MaxDepth: s.MaxDepth, Growth: s.Growth, MinRows: s.MinRows, MinGain: s.MinGain,
		MinLevel: s.MinLevel, LevelSmooth: s.LevelSmooth, Shrink: s.Shrink, Monotone: s.Monotone, MaxBins: s.MaxBins, Workers: 1,
	}
}

// FitForest grows a random forest (Breiman 2001): every tree on a bootstrap of
// the customers (rows of equal Group are drawn together), every question on
// columns drawn for it. It returns the context's error when that ends first.
func FitForest(ctx context.Context, t *Training, s ForestSettings) (*Forest, error) {
	if err := t.Check(); err != nil {
		return nil, err
	}
	tree := s.tree()
	if err := tree.check(len(t.Y)); err != nil {
		return nil, fmt.Errorf("forest: %w", err)
	}
	if s.Trees < 1 || s.Trees > maxTrees || !(s.ColumnShare > 0 && s.ColumnShare <= 1) {
		return nil, fmt.Errorf("forest settings: want 1 to %d trees and a column share above 0 up to 1, have %d and %v", maxTrees, s.Trees, s.ColumnShare)
	}
	if err := checkMonotone(s.Monotone, t.X); err != nil {
		return nil, err
	}
	data, err := Bin(t.X, BinSettings{MaxBins: s.MaxBins, SampleRows: 200_000, Weight: t.Weight, Workers: s.Workers})
	if err != nil {
		return nil, err
	}
	f := &Forest{Names: t.X.Names, Levels: t.X.Levels, Trees: make([][]Node, s.Trees)}
	counts := newPoissonTable()
	each(workersOf(s.Workers), s.Trees, func(i int) {
		if ctx.Err() == nil {
			f.Trees[i] = bagTree(t, &s, data, counts, uint64(i))
		}
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return f, nil
}

// bagTree grows one tree on rows drawn for it.
func bagTree(t *Training, s *ForestSettings, data *Binned, counts *poissonTable, tree uint64) []Node {
	drawn := *t
	drawn.Weight = make([]float32, len(t.Y))
	for i := range drawn.Weight {
		who := uint64(i)
		if t.Group != nil {
			who = uint64(t.Group[i])
		}
		count := counts[draw(s.Seed, 2*tree+1, who)>>(64-poissonBits)]
		drawn.Weight[i] = float32(weightOf(t.Weight, i)) * float32(count)
	}
	settings := s.tree()
	g := treeGrower(&drawn, &settings, data)
	g.limits.nodeShare, g.seed = s.ColumnShare, mix(s.Seed)+2*tree
	grown := g.grow()
	totals := make([]sums, len(grown))
	for i := range grown {
		totals[i] = g.crit.scale.sums(grown[i].sums)
	}
	nodes := exportNodes(grown, data, func(*grownNode) float64 { return 0 })
	shrinkDown(nodes, totals, s.Shrink)
	for i := range nodes {
		nodes[i].Value = clampProbability(grown[i].bounds.clamp(nodes[i].Value))
	}
	return nodes
}
