package models

// Tree is a single decision tree. Its leaves are the groups that a list is
// made of.
type Tree struct {
	Names  []string
	Levels [][]string
	// Missing says of each column whether training saw missing values.
	Missing []bool
	Nodes   []Node // 0 is the root, parents before children
}

// Leaves returns the number of leaves.
func (t *Tree) Leaves() int { return countLeaves(t.Nodes) }

// Assign writes the ordinal of the leaf of every row of x into out. It panics
// when the number of columns differs from the training's.
func (t *Tree) Assign(x *Matrix, out []int32) {
	t.walk(x, func(row int, leaf *Node) { out[row] = leaf.Leaf })
}

// Predict writes the probability of every row, see Model.
func (t *Tree) Predict(x *Matrix, out []float64) {
	t.walk(x, func(row int, leaf *Node) { out[row] = leaf.Value })
}

// walk calls visit with the leaf of every row, on several goroutines.
func (t *Tree) walk(x *Matrix, visit func(row int, leaf *Node)) {
	p := newPredictor(t.Levels, [][]Node{t.Nodes})
	p.eachBlock(x, 0, func(rows []float32, first, n int) {
		var leaf [walkRows]int32
		p.leaves(0, rows, n, &leaf)
		for i := range n {
			visit(first+i, &t.Nodes[p.source[leaf[i]]])
		}
	})
}

// leafNodes returns the node of each leaf ordinal.
func (t *Tree) leafNodes() []int {
	at := make([]int, t.Leaves())
	for i := range t.Nodes {
		if t.Nodes[i].Feature < 0 {
			at[t.Nodes[i].Leaf] = i
		}
	}
	return at
}
