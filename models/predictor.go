package models

import (
	"fmt"
	"math"
)

// predictor is a list of trees in one flat array, for walking rows of numbers
// fast: the two children of a node stand side by side.
type predictor struct {
	width  int // columns
	nodes  []flatNode
	source []int32 // node of its tree that a flat node was
	roots  []int32
	// numeric says of each tree that it asks about no category.
	numeric []bool
	sets    []levelSet
}

// flatNode asks its question of one column. A leaf asks one that every cell
// answers by staying, so that rows can walk side by side until none moves.
type flatNode struct {
	threshold float32 // categorical: the bits are an index into sets
	next      int32   // left child, the right one follows it; a leaf: itself
	column    uint16
	kind      uint8
}

const (
	missingRight uint8 = 1 << iota
	byLevel
)

// levelSet is the levels that go left, as bits.
type levelSet struct {
	levels int
	bits   []uint64
}

// newPredictor lays out trees whose nodes hold together (see checkNodes).
func newPredictor(levels [][]string, trees [][]Node) *predictor {
	p := &predictor{width: len(levels)}
	for _, nodes := range trees {
		root := int32(len(p.nodes))
		p.roots, p.numeric = append(p.roots, root), append(p.numeric, true)
		p.nodes = append(p.nodes, flatNode{})
		p.source = append(p.source, 0)
		for at := int(root); at < len(p.nodes); at++ {
			p.lay(at, &nodes[p.source[at]], levels)
		}
	}
	return p
}

// lay fills in one flat node and makes room for its children.
func (p *predictor) lay(at int, n *Node, levels [][]string) {
	if n.Feature < 0 {
		p.nodes[at] = flatNode{threshold: float32(math.Inf(1)), next: int32(at)}
		return
	}
	flat := flatNode{threshold: float32(n.Threshold), column: uint16(n.Feature), next: int32(len(p.nodes))}
	if !n.MissingLeft {
		flat.kind |= missingRight
	}
	if l := levels[n.Feature]; l != nil {
		flat.kind |= byLevel
		p.numeric[len(p.numeric)-1] = false
		flat.threshold = math.Float32frombits(uint32(len(p.sets)))
		set := levelSet{levels: len(l), bits: make([]uint64, (len(l)+63)/64)}
		for _, level := range n.LeftLevels {
			set.bits[level>>6] |= 1 << (level & 63)
		}
		p.sets = append(p.sets, set)
	}
	p.nodes[at] = flat
	p.nodes = append(p.nodes, flatNode{}, flatNode{})
	p.source = append(p.source, n.Left, n.Right)
}

// step returns the node after n for a number; from a leaf it is the leaf. It
// has no branch to guess wrong.
func (n *flatNode) step(x float32) int32 {
	var above, missing int32
	if x > n.threshold {
		above = 1
	}
	if x != x {
		missing = 1
	}
	return n.next + (above | missing&int32(n.kind))
}

// stepAny is step for trees that ask about categories too.
func (p *predictor) stepAny(n *flatNode, x float32) int32 {
	if n.kind >= byLevel {
		return n.next + p.sets[math.Float32bits(n.threshold)].right(x, n.kind)
	}
	return n.step(x)
}

func (s *levelSet) right(x float32, kind uint8) int32 {
	level := levelIndex(x, s.levels)
	if level < 0 {
		return int32(kind & missingRight)
	}
	return 1 - int32(s.bits[level>>6]>>(level&63)&1)
}

// leaves finds the leaves of n rows in one tree.
func (p *predictor) leaves(tree int, rows []float32, n int, out *[walkRows]int32) {
	root, done := p.roots[tree], 0
	if p.numeric[tree] {
		done = p.leavesOfNumbers(root, rows, n, out)
	}
	for i := done; i < n; i++ {
		row, at := rows[i*p.width:][:p.width], int32(-1)
		for next := root; next != at; {
			at = next
			node := &p.nodes[at]
			next = p.stepAny(node, row[node.column])
		}
		out[i] = at
	}
}

// leavesOfNumbers walks four rows at a time, so that while one waits for
// memory the others move, and returns how many it did.
func (p *predictor) leavesOfNumbers(root int32, rows []float32, n int, out *[walkRows]int32) int {
	w, nodes := p.width, p.nodes
	for i := 0; i+4 <= n; i += 4 {
		r := rows[i*w : (i+4)*w]
		r0, r1, r2, r3 := r[:w], r[w:2*w], r[2*w:3*w], r[3*w:]
		a0, a1, a2, a3 := root, root, root, root
		for moved := int32(1); moved != 0; {
			n0, n1, n2, n3 := &nodes[a0], &nodes[a1], &nodes[a2], &nodes[a3]
			b0, b1 := n0.step(r0[n0.column]), n1.step(r1[n1.column])
			b2, b3 := n2.step(r2[n2.column]), n3.step(r3[n3.column])
			moved = (a0 ^ b0) | (a1 ^ b1) | (a2 ^ b2) | (a3 ^ b3)
			a0, a1, a2, a3 = b0, b1, b2, b3
		}
		out[i], out[i+1], out[i+2], out[i+3] = a0, a1, a2, a3
	}
	return n &^ 3
}

// walkRows is how many rows are walked together: they and the tree at hand
// stay in the nearest cache.
const walkRows = 256

// eachBlock calls visit with stretches of rows, copied row by row, on several
// goroutines.
func (p *predictor) eachBlock(x *Matrix, workers int, visit func(rows []float32, first, n int)) {
	checkWidth(x, p.width)
	eachBlock(workersOf(workers), x.Rows(), func(_, from, to int) {
		room := make([]float32, walkRows*p.width)
		for first := from; first < to; first += walkRows {
			n := min(walkRows, to-first)
			for c, cells := range x.Columns {
				at := c
				for _, cell := range cells[first : first+n] {
					room[at] = cell
					at += p.width
				}
			}
			visit(room, first, n)
		}
	})
}

// checkWidth panics where a matrix has not the columns of the training: a
// mistake of the program, not of its input.
func checkWidth(x *Matrix, want int) {
	if len(x.Columns) != want {
		panic(fmt.Sprintf("models: predict on %d columns, trained on %d", len(x.Columns), want))
	}
}
