package models

import (
	"math"
	"slices"
)

// coding turns the cells of the columns that an ensemble asks about into
// bytes: between which of its thresholds a number lies, which level a category
// has. Every question of the ensemble is then one about bytes, and leafMasks
// answers all questions of a tree at once.
type coding struct {
	edges  [][]float32  // [column] ascending thresholds, +Inf left out
	tables []*edgeTable // [column] nil: never asked about, or a category
	levels []int        // [column] of a category that is asked about
	trees  []maskedTree
}

// maskedTree is one tree with what its leaves add to the log-odds.
type maskedTree struct {
	leafMasks
	values [mostMasked]float64
}

// codeOfMissing is the byte of a missing cell. The others are smaller.
const codeOfMissing = 255

// newCoding returns nil where the ensemble has too large trees or too many
// thresholds or levels of one column for a byte.
func newCoding(levels [][]string, trees [][]Node) *coding {
	c := &coding{edges: make([][]float32, len(levels)), tables: make([]*edgeTable, len(levels)), levels: make([]int, len(levels))}
	for _, nodes := range trees {
		if len(nodes) >= 2*mostMasked || !c.collect(nodes, levels) {
			return nil
		}
	}
	for column, edges := range c.edges {
		slices.Sort(edges)
		c.edges[column] = slices.Compact(edges)
		if len(c.edges[column]) >= codeOfMissing {
			return nil
		}
		if edges != nil {
			c.tables[column] = newEdgeTable(c.edges[column])
		}
	}
	c.trees = make([]maskedTree, len(trees))
	for i, nodes := range trees {
		tree := &c.trees[i]
		tree.set(c.questions(nodes, levels))
		for leaf, node := range tree.nodes {
			tree.values[leaf] = nodes[node].Value
		}
	}
	return c
}

// collect notes what a tree asks about.
func (c *coding) collect(nodes []Node, levels [][]string) bool {
	for i := range nodes {
		n := &nodes[i]
		switch {
		case n.Feature < 0:
		case levels[n.Feature] != nil:
			if c.levels[n.Feature] = len(levels[n.Feature]); c.levels[n.Feature] > codeOfMissing {
				return false
			}
		default:
			if c.edges[n.Feature] == nil {
				c.edges[n.Feature] = []float32{}
			}
			if !math.IsInf(n.Threshold, 1) {
				c.edges[n.Feature] = append(c.edges[n.Feature], float32(n.Threshold))
			}
		}
	}
	return true
}

// questions rewrites the questions of a tree for codes.
func (c *coding) questions(nodes []Node, levels [][]string) []binQuestion {
	questions := make([]binQuestion, len(nodes))
	for i := range nodes {
		n, q := &nodes[i], &questions[i]
		q.column, q.left, q.right = n.Feature, n.Left, n.Right
		switch {
		case n.Feature < 0:
			continue
		case levels[n.Feature] != nil:
			for _, level := range n.LeftLevels {
				q.goesLeft.addBin(int(level))
			}
		default:
			last, _ := slices.BinarySearch(c.edges[n.Feature], float32(n.Threshold)) // +Inf: beyond all
			for code := range last + 1 {
				q.goesLeft.addBin(code)
			}
		}
		q.goesLeft.set(codeOfMissing, n.MissingLeft)
	}
	return questions
}

// codes writes the codes of a stretch of rows into out[column]. Columns that
// are not asked about stay as they are.
func (c *coding) codes(x *Matrix, from, to int, out [][]uint8) {
	for column, cells := range x.Columns {
		switch {
		case c.tables[column] != nil:
			c.tables[column].fill(cells[from:to], codeOfMissing, out[column])
		case c.levels[column] > 0:
			for i, cell := range cells[from:to] {
				level := levelIndex(cell, c.levels[column])
				if level < 0 {
					level = codeOfMissing
				}
				out[column][i] = uint8(level)
			}
		}
	}
}

// codesOf are the codes of the first n rows, by column.
func (c *coding) codesOf(x *Matrix, n, workers int) [][]uint8 {
	out := make([][]uint8, len(x.Columns))
	for column := range out {
		out[column] = make([]uint8, n)
	}
	eachBlock(workers, n, func(_, from, to int) {
		part := make([][]uint8, len(out))
		for column := range part {
			part[column] = out[column][from:to]
		}
		c.codes(x, from, to, part)
	})
	return out
}

// margins adds the leaves of all trees to what out holds.
func (c *coding) margins(x *Matrix, out []float64) {
	eachBlock(workersOf(0), x.Rows(), func(_, from, to int) {
		room := make([]uint8, len(x.Columns)*(to-from))
		codes := make([][]uint8, len(x.Columns))
		for column := range codes {
			codes[column], room = room[:to-from], room[to-from:]
		}
		c.codes(x, from, to, codes)
		for i := range c.trees {
			c.trees[i].addValues(codes, 0, &c.trees[i].values, out[from:to])
		}
	})
}
