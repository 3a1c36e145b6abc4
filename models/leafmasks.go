package models

import "math/bits"

// leafMasks finds the leaves of rows in one tree without walking it: for every
// column and bin it knows which leaves that answer leaves possible, and the
// leaf of a row is the first that all its columns leave (QuickScorer: Lucchese
// et al. 2015, with a table for each column in place of a list of thresholds).
type leafMasks struct {
	columns []int32       // that the tree asks about; a multiple of four, by repetition
	stays   [][256]uint64 // of each of them, the leaves by bin, as bits from left to right
	nodes   []int32       // of each leaf, from left to right
}

// mostMasked is the number of leaves that fit a mask.
const mostMasked = 64

// binQuestion is a node of a tree over bins. Its children are left and right.
type binQuestion struct {
	column      int32 // -1: a leaf
	goesLeft    binSet
	left, right int32
}

// set takes a tree of at most mostMasked leaves, the root first.
func (m *leafMasks) set(nodes []binQuestion) {
	m.columns, m.stays, m.nodes = m.columns[:0], m.stays[:0], m.nodes[:0]
	m.addLeavesUnder(nodes, 0)
	for k := 0; len(m.columns)%4 != 0; k++ {
		m.columns, m.stays = append(m.columns, m.columns[k]), append(m.stays, m.stays[k])
	}
}

// addLeavesUnder numbers the leaves under a node and rules out those on its left for the
// bins that go right.
func (m *leafMasks) addLeavesUnder(nodes []binQuestion, at int32) {
	n := &nodes[at]
	if n.column < 0 {
		m.nodes = append(m.nodes, at)
		return
	}
	first := len(m.nodes)
	m.addLeavesUnder(nodes, n.left)
	ruledOut := uint64(1)<<len(m.nodes) - uint64(1)<<first
	table := m.table(n.column)
	for word, set := range n.goesLeft {
		for right := ^set; right != 0; right &= right - 1 {
			table[word*64+bits.TrailingZeros64(right)] &^= ruledOut
		}
	}
	m.addLeavesUnder(nodes, n.right)
}

// table returns the leaves by bin of a column, all of them where it is new.
func (m *leafMasks) table(column int32) *[256]uint64 {
	for k, c := range m.columns {
		if c == column {
			return &m.stays[k]
		}
	}
	m.columns = append(m.columns, column)
	if len(m.stays) < cap(m.stays) {
		m.stays = m.stays[:len(m.stays)+1]
	} else {
		m.stays = append(m.stays, [256]uint64{})
	}
	table := &m.stays[len(m.stays)-1]
	for bin := range table {
		table[bin] = ^uint64(0)
	}
	return table
}

// maskRows is how many rows go through a tree together.
const maskRows = 1024

// addValues adds the value of its leaf to each of some rows, whose bins stand
// in bins[column][first:].
func (m *leafMasks) addValues(bins [][]uint8, first int, values *[mostMasked]float64, out []float64) {
	var room [maskRows]uint64
	for len(out) > 0 {
		part := out[:min(maskRows, len(out))]
		left := room[:len(part)]
		m.possible(bins, first, left)
		for i, mask := range left {
			part[i] += values[bits.TrailingZeros64(mask)&(mostMasked-1)]
		}
		first += len(part)
		out = out[len(part):]
	}
}

// possible writes the leaves that all columns leave to each row.
func (m *leafMasks) possible(bins [][]uint8, first int, out []uint64) {
	for i := range out {
		out[i] = ^uint64(0)
	}
	for k := 0; k < len(m.columns); k += 4 {
		c, t := m.columns[k:k+4], m.stays[k:k+4]
		keep(out, bins[c[0]][first:], bins[c[1]][first:], bins[c[2]][first:], bins[c[3]][first:], &t[0], &t[1], &t[2], &t[3])
	}
}

// keep takes from each row the leaves that four of its bins rule out.
func keep(out []uint64, a, b, c, d []uint8, ta, tb, tc, td *[256]uint64) {
	a, b, c, d = a[:len(out)], b[:len(out)], c[:len(out)], d[:len(out)]
	_, _, _, _ = ta[0], tb[0], tc[0], td[0] // here, so that the loop need not look for nil
	for i := range out {
		out[i] &= ta[a[i]] & tb[b[i]] & tc[c[i]] & td[d[i]]
	}
}
