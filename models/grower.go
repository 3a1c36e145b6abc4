package models

// limits bound the growth of one tree.
type limits struct {
	maxLeaves      int
	minRows        float64 // rows of a leaf, by weight
	minGain        float64
	minLevelRows   float64 // rows of a level to count as one of its own in a node
	levelSmooth    float64 // pseudo weight of the node's mean in the mean of a level
	levelL2        float64 // added to L2 in categorical splits
	roundTolerance float64 // share of a split's gain that a rounder cut may cost
}

// grower grows one tree over binned data, best split first. It keeps the rows
// of a node together and in ascending order, and finds the histograms of the
// larger child by subtraction.
type grower struct {
	data    *Binned
	columns []int32 // that may be split on, ascending
	crit    criterion
	limits  limits
	values  []packed // per row of data
	weights rowWeights
	workers int

	// bins are those of the rows, stride of them for each; the bin of a column
	// stands at its number, or where place says, and so does its histogram.
	bins    []uint8
	stride  int
	place   []int32  // nil: all columns of the data, at their numbers
	binRoom []uint8  // for bins
	drawn   []uint32 // with place: the rows of the data that rows are numbers into

	groups  []int32  // places of the groups of columns that have to be added up
	rows    []uint32 // of the tree; a node's are rows[from:to]
	scratch [2][]uint32
	spare   [][]histogram
	nodes   []grownNode
}

// grownNode is a node of a tree over bins. Its children are left and left+1.
type grownNode struct {
	split    split // column -1: a leaf
	left     int32 // 0: a leaf
	from, to int
	sums     packed
	weight   float64

	hist []histogram // while it may still be split
}

// grow returns the nodes of the tree, the root first.
func (g *grower) grow() []grownNode {
	g.chooseGroups()
	root := grownNode{to: len(g.rows), weight: g.weights.total(g.rows)}
	for _, r := range g.rows {
		root.sums += g.values[r]
	}
	g.nodes = append(g.nodes[:0], root)
	g.prepare(0)
	for leaves := 1; leaves < g.limits.maxLeaves; leaves++ {
		best := g.bestLeaf()
		if best < 0 {
			break
		}
		g.splitLeaf(best, leaves+1 < g.limits.maxLeaves)
	}
	for i := range g.nodes {
		g.release(&g.nodes[i])
	}
	return g.nodes
}

// chooseGroups lists the groups of columns that have to be added up.
func (g *grower) chooseGroups() {
	if g.place == nil {
		g.bins, g.stride = g.data.byRow, g.data.stride
	}
	g.groups = g.groups[:0]
	for _, c := range g.columns {
		if first := g.at(c) / groupColumns * groupColumns; len(g.groups) == 0 || g.groups[len(g.groups)-1] != first {
			g.groups = append(g.groups, first)
		}
	}
}

// at is the place of a column.
func (g *grower) at(column int32) int32 {
	if g.place == nil {
		return column
	}
	return g.place[column]
}

// bestLeaf returns the leaf that is split next, the first of equal ones, or -1.
func (g *grower) bestLeaf() int {
	best := -1
	for i := range g.nodes {
		n := &g.nodes[i]
		if n.left == 0 && n.split.column >= 0 && (best < 0 || n.split.gain > g.nodes[best].split.gain) {
			best = i
		}
	}
	return best
}

// prepare fills the histograms of a leaf and finds its best split.
func (g *grower) prepare(i int) {
	n := &g.nodes[i]
	n.split.column = -1
	if !g.splittable(n) {
		return
	}
	n.hist = g.take()
	g.histograms(g.rows[n.from:n.to], n.hist)
	g.findSplit(i)
}

func (g *grower) splittable(n *grownNode) bool {
	return n.weight >= 2*g.limits.minRows && n.to-n.from >= 2 && len(g.columns) > 0
}

// findSplit searches all columns of a node. Of equal gains the first column
// wins.
func (g *grower) findSplit(i int) {
	n := &g.nodes[i]
	view := nodeView{sums: n.sums, weight: n.weight}
	if n.sums.b() > 0 {
		view.perUnit = n.weight / float64(n.sums.b())
	}
	found := make([]split, len(g.columns))
	workers := g.workers
	if n.to-n.from < smallNode {
		workers = 1
	}
	each(workers, len(g.columns), func(k int) {
		s := newSearch(&g.crit, &g.limits, view)
		c := g.columns[k]
		found[k] = s.best(c, &g.data.columns[c], &n.hist[g.at(c)])
	})
	n.split = split{column: -1}
	for _, f := range found {
		if f.column >= 0 && (n.split.column < 0 || f.gain > n.split.gain) {
			n.split = f
		}
	}
	if n.split.column < 0 {
		g.release(n)
	}
}

// splitLeaf parts a leaf into two. Where growth goes on, the children get
// their best splits: the smaller one's histograms are filled, the larger one's
// are what is left of the parent's.
func (g *grower) splitLeaf(i int, goOn bool) {
	left := len(g.nodes)
	g.nodes[i].left = int32(left)
	parent := g.nodes[i]
	middle := g.partition(&parent)
	l := grownNode{from: parent.from, to: middle, sums: parent.split.sums}
	r := grownNode{from: middle, to: parent.to, sums: parent.sums - parent.split.sums}
	l.weight = g.weights.total(g.rows[l.from:l.to])
	r.weight = parent.weight - l.weight
	l.split.column, r.split.column = -1, -1
	g.nodes = append(g.nodes, l, r)
	if !goOn {
		return
	}
	small, large := left, left+1
	if l.to-l.from > r.to-r.from {
		small, large = large, small
	}
	if !g.splittable(&g.nodes[large]) {
		g.release(&g.nodes[i])
		g.prepare(small)
		return
	}
	s := &g.nodes[small]
	s.hist = g.take()
	g.histograms(g.rows[s.from:s.to], s.hist)
	g.nodes[large].hist, g.nodes[i].hist = parent.hist, nil
	g.subtract(g.nodes[large].hist, s.hist)
	g.findSplit(large)
	if g.splittable(s) {
		g.findSplit(small)
	} else {
		g.release(s)
	}
}

// take returns room for the histograms of a node, release gives it back.
func (g *grower) take() []histogram {
	if n := len(g.spare); n > 0 {
		h := g.spare[n-1]
		g.spare = g.spare[:n-1]
		return h
	}
	return make([]histogram, g.stride)
}

func (g *grower) release(n *grownNode) {
	if n.hist != nil {
		g.spare = append(g.spare, n.hist)
		n.hist = nil
	}
}
