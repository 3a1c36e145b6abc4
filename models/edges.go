package models

import (
	"math"
	"math/bits"
)

// edgeTable finds the bin of a number: how many of its edges lie below it. The
// edges stand in the order of a search tree, the children of edge i at 2i and
// 2i+1, padded to a full one: a search without a branch to guess wrong.
type edgeTable struct {
	edges [256]float32
	steps int // levels of the tree
}

// newEdgeTable takes up to 255 ascending edges.
func newEdgeTable(edges []float32) *edgeTable {
	t := &edgeTable{steps: bits.Len(uint(len(edges)))}
	t.place(edges, 1, 0, 1<<t.steps-1)
	return t
}

// place puts the edges from lo up to hi under node at.
func (t *edgeTable) place(edges []float32, at, lo, hi int) {
	if lo >= hi {
		return
	}
	middle := (lo + hi) / 2
	t.edges[at] = float32(math.Inf(1))
	if middle < len(edges) {
		t.edges[at] = edges[middle]
	}
	t.place(edges, 2*at, lo, middle)
	t.place(edges, 2*at+1, middle+1, hi)
}

// next goes from a node to its left or right child.
func (t *edgeTable) next(at uint32, x float32) uint32 {
	var right uint32
	if t.edges[uint8(at)] < x {
		right = 1
	}
	return 2*at + right
}

// find returns the number of edges below x, 0 for NaN.
func (t *edgeTable) find(x float32) uint8 {
	at := uint32(1)
	for range t.steps {
		at = t.next(at, x)
	}
	return uint8(at - 1<<t.steps)
}

// findFour is four searches side by side: while one waits for memory the others
// move. It is a function of its own to keep their places in registers.
//
//go:noinline
func (t *edgeTable) findFour(w, x, y, z float32) (uint8, uint8, uint8, uint8) {
	a, b, c, d := uint32(1), uint32(1), uint32(1), uint32(1)
	for k := t.steps; k > 0; k-- {
		a, b, c, d = t.next(a, w), t.next(b, x), t.next(c, y), t.next(d, z)
	}
	root := uint8(1 << t.steps & 255)
	return uint8(a) - root, uint8(b) - root, uint8(c) - root, uint8(d) - root
}

// fill writes the number of edges below each cell, or missing where it is NaN,
// and says whether one was.
func (t *edgeTable) fill(cells []float32, missing uint8, out []uint8) bool {
	seen := false
	out = out[:len(cells)]
	i := 0
	for ; i+4 <= len(cells); i += 4 {
		w, x, y, z := cells[i], cells[i+1], cells[i+2], cells[i+3]
		out[i], out[i+1], out[i+2], out[i+3] = t.findFour(w, x, y, z)
		if w != w || x != x || y != y || z != z {
			seen = true
			for k := i; k < i+4; k++ {
				if cells[k] != cells[k] {
					out[k] = missing
				}
			}
		}
	}
	for ; i < len(cells); i++ {
		out[i] = t.find(cells[i])
		if cells[i] != cells[i] {
			out[i], seen = missing, true
		}
	}
	return seen
}
