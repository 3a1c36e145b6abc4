package models

import (
	"fmt"
	"math"
)

// Node is one node of a tree, a leaf or a question with two answers.
type Node struct {
	Feature    int32   // column of the question; -1: a leaf
	Threshold  float64 // numeric column: x <= Threshold goes left; +Inf parts known from missing
	LeftLevels []int32 // categorical column: levels that go left, ascending
	// MissingLeft says where missing values go: to the side that they gained
	// more on, or to the one with more rows where none were seen.
	MissingLeft bool
	Left, Right int32 // nodes of the answers yes and no; 0 in a leaf
	Leaf        int32 // ordinal of the leaf from left to right, -1 inside
	// Value is the probability in a Tree, and in an Ensemble what the
	// leaf adds to the log-odds; inside it is what a leaf there would say.
	Value     float64
	Rows      float64 // training rows, by weight
	Positives float64 // positive ones of them, by weight; 0 but in a Tree
	Gain      float64 // drop of the training loss by the question; 0 in a leaf
}

// goesLeft answers the question of a node for one cell.
func (n *Node) goesLeft(cell float32, levels []string) bool {
	if levels == nil {
		return float64(cell) <= n.Threshold || cell != cell && n.MissingLeft
	}
	level := levelIndex(cell, len(levels))
	if level < 0 {
		return n.MissingLeft
	}
	for _, l := range n.LeftLevels {
		if int(l) == level {
			return true
		}
	}
	return false
}

// exportNodes turns a grown tree into nodes; value gives each node its value.
func exportNodes(grown []grownNode, data *Binned, value func(*grownNode) float64) []Node {
	nodes := make([]Node, len(grown))
	for i := range grown {
		n := &grown[i]
		nodes[i] = Node{Feature: -1, Leaf: -1, Value: value(n), Rows: n.weight}
		if n.left == 0 {
			continue
		}
		nodes[i].Feature, nodes[i].Left, nodes[i].Right = n.split.column, n.left, n.left+1
		nodes[i].Gain = n.split.gain
		c := &data.columns[n.split.column]
		nodes[i].MissingLeft = n.split.left.has(uint8(c.count))
		switch {
		case c.binOfLevel != nil:
			for level, bin := range c.binOfLevel {
				if n.split.left.has(bin) {
					nodes[i].LeftLevels = append(nodes[i].LeftLevels, int32(level))
				}
			}
		case int(n.split.edge) < len(c.edges):
			nodes[i].Threshold = float64(c.edges[n.split.edge])
		default:
			nodes[i].Threshold = math.Inf(1)
		}
	}
	numberLeaves(nodes)
	return nodes
}

// numberLeaves gives the leaves their ordinals from left to right.
func numberLeaves(nodes []Node) {
	next := int32(0)
	stack := []int32{0}
	for len(stack) > 0 {
		n := &nodes[stack[len(stack)-1]]
		stack = stack[:len(stack)-1]
		if n.Feature < 0 {
			n.Leaf = next
			next++
			continue
		}
		stack = append(stack, n.Right, n.Left)
	}
}

// countLeaves returns the number of leaves.
func countLeaves(nodes []Node) int {
	leaves := 0
	for i := range nodes {
		if nodes[i].Feature < 0 {
			leaves++
		}
	}
	return leaves
}

// checkNodes holds nodes to the shape of a tree over columns with the given
// levels, so that walking it ends and stays inside.
func checkNodes(nodes []Node, levels [][]string) error {
	if len(nodes) == 0 {
		return fmt.Errorf("tree without nodes")
	}
	parents := make([]int8, len(nodes))
	for i := range nodes {
		if err := checkNode(&nodes[i], i, len(nodes), levels); err != nil {
			return fmt.Errorf("node %d: %w", i, err)
		}
		if nodes[i].Feature < 0 {
			continue
		}
		for _, child := range [2]int32{nodes[i].Left, nodes[i].Right} {
			if parents[child]++; parents[child] > 1 {
				return fmt.Errorf("node %d has two parents", child)
			}
		}
	}
	for i := 1; i < len(nodes); i++ {
		if parents[i] == 0 {
			return fmt.Errorf("node %d has no parent", i)
		}
	}
	return nil
}

func checkNode(n *Node, i, count int, levels [][]string) error {
	for _, x := range [4]float64{n.Value, n.Rows, n.Positives, n.Gain} {
		if math.IsNaN(x) || math.IsInf(x, 0) {
			return fmt.Errorf("value, rows, positives or gain is %v, want a finite number", x)
		}
	}
	if n.Feature < 0 {
		return nil
	}
	if int(n.Feature) >= len(levels) {
		return fmt.Errorf("feature %d of %d columns", n.Feature, len(levels))
	}
	for _, child := range [2]int32{n.Left, n.Right} {
		if int(child) <= i || int(child) >= count {
			return fmt.Errorf("child %d, want %d to %d", child, i+1, count-1)
		}
	}
	if levels[n.Feature] == nil {
		if len(n.LeftLevels) > 0 {
			return fmt.Errorf("levels for a numeric column")
		}
		if math.IsNaN(n.Threshold) || float64(float32(n.Threshold)) != n.Threshold {
			return fmt.Errorf("threshold %v, want a 32-bit number", n.Threshold)
		}
		return nil
	}
	for k, level := range n.LeftLevels {
		if level < 0 || int(level) >= len(levels[n.Feature]) || (k > 0 && n.LeftLevels[k-1] >= level) {
			return fmt.Errorf("level %d of %d, want ascending", level, len(levels[n.Feature]))
		}
	}
	return nil
}
