package models

import (
	"math"
	"slices"
)

// Pruned returns the part of the tree above some of its questions that has at
// most so many leaves and the least loss; loss is what each node costs as a
// leaf. Of equal ones it is the smallest. Dynamic programming over the nodes
// finds it, where growing question by question only comes near (Breiman et al.
// 1984, chapter 3, prune by a path of such trees). keep says of every node
// whether its question may be the last one of its branch, parting two leaves.
// Leaves must be 1 or more, loss and keep have an entry per node.
func (t *Tree) Pruned(leaves int, loss []float64, keep []bool) *Tree {
	best := t.leastLosses(leaves, loss, keep)
	pruned := *t
	pruned.Nodes = nil
	var add func(at int32, leaves int) int32
	add = func(at int32, leaves int) int32 {
		n := t.Nodes[at]
		place := int32(len(pruned.Nodes))
		left := best[at][leaves].left
		if left == 0 {
			pruned.Nodes = append(pruned.Nodes, n.asLeaf())
			return place
		}
		pruned.Nodes = append(pruned.Nodes, n)
		l := add(n.Left, left)
		r := add(n.Right, leaves-left)
		pruned.Nodes[place].Left, pruned.Nodes[place].Right = l, r
		return place
	}
	add(0, leaves)
	numberLeaves(pruned.Nodes)
	return &pruned
}

// Shallow returns the part of the tree whose leaves ask about at most so many
// columns each.
func (t *Tree) Shallow(columns int) *Tree {
	shallow := *t
	shallow.Nodes = nil
	var add func(at int32, asked []int32) int32
	add = func(at int32, asked []int32) int32 {
		n := t.Nodes[at]
		place := int32(len(shallow.Nodes))
		if n.Feature >= 0 && !slices.Contains(asked, n.Feature) {
			asked = append(slices.Clip(asked), n.Feature)
		}
		if n.Feature < 0 || len(asked) > columns {
			shallow.Nodes = append(shallow.Nodes, n.asLeaf())
			return place
		}
		shallow.Nodes = append(shallow.Nodes, n)
		l := add(n.Left, asked)
		r := add(n.Right, asked)
		shallow.Nodes[place].Left, shallow.Nodes[place].Right = l, r
		return place
	}
	add(0, nil)
	numberLeaves(shallow.Nodes)
	return &shallow
}

// asLeaf is the node without its question.
func (n Node) asLeaf() Node {
	n.Feature, n.LeftLevels, n.Threshold, n.MissingLeft, n.Gain = -1, nil, 0, false, 0
	n.Left, n.Right = 0, 0
	return n
}

// leastLoss is the least loss of a node with at most so many leaves below it,
// and how many of them go to the left; 0: the node itself is a leaf.
type leastLoss struct {
	loss float64
	left int
}

func (t *Tree) leastLosses(leaves int, loss []float64, keep []bool) [][]leastLoss {
	const rounding = 1e-12 // a question must gain more than that
	best := make([][]leastLoss, len(t.Nodes))
	for i := len(t.Nodes) - 1; i >= 0; i-- { // children stand behind their parents
		n := &t.Nodes[i]
		best[i] = make([]leastLoss, leaves+1)
		best[i][0] = leastLoss{loss: math.Inf(1)}
		for most := 1; most <= leaves; most++ {
			least := leastLoss{loss: loss[i]}
			for left := 1; n.Feature >= 0 && left < most; left++ {
				l, r := &best[n.Left][left], &best[n.Right][most-left]
				if l.left == 0 && r.left == 0 && !keep[i] {
					continue
				}
				if sum := l.loss + r.loss; sum < least.loss-rounding*math.Abs(least.loss) {
					least = leastLoss{sum, left}
				}
			}
			best[i][most] = least
		}
	}
	return best
}
