package models

// Ensemble is a sum of trees on the log-odds scale, as Boost fits it.
type Ensemble struct {
	Names  []string
	Levels [][]string
	Prior  float64  // log-odds before the first tree
	Trees  [][]Node // each with 0 as its root, parents before children
}

// Predict writes the probability of every row, see Model.
func (e *Ensemble) Predict(x *Matrix, out []float64) {
	e.Margin(x, out)
	probabilities(out)
}

// probabilities turns log-odds into them.
func probabilities(out []float64) {
	for i, z := range out {
		out[i] = clampProbability(sigmoid(z))
	}
}

// Margin writes the log-odds of every row: the prior plus one leaf of each
// tree, added in the order of the trees.
func (e *Ensemble) Margin(x *Matrix, out []float64) {
	var c *coding
	if x.Rows() >= fewRows {
		c = newCoding(e.Levels, e.Trees)
	}
	e.marginBy(c, x, out)
}

// marginBy is Margin with the codes of the ensemble; nil: the trees are walked.
func (e *Ensemble) marginBy(c *coding, x *Matrix, out []float64) {
	checkWidth(x, len(e.Levels))
	for i := range x.Rows() {
		out[i] = e.Prior
	}
	if c != nil {
		c.margins(x, out)
		return
	}
	e.walk(x, out)
}

// Prepared is an ensemble that is made ready once for many small matrices; it is not
// to be changed meanwhile.
func (e *Ensemble) Prepared() Model { return &preparedEnsemble{e, newCoding(e.Levels, e.Trees)} }

type preparedEnsemble struct {
	*Ensemble
	coding *coding
}

// Predict writes the probability of every row, see Model.
func (p *preparedEnsemble) Predict(x *Matrix, out []float64) {
	p.marginBy(p.coding, x, out)
	probabilities(out)
}

// fewRows is the number of rows below which preparing the masks costs more
// than walking the trees.
const fewRows = 1000

// walk adds the leaves of all trees to what out holds.
func (e *Ensemble) walk(x *Matrix, out []float64) {
	p := newPredictor(e.Levels, e.Trees)
	values := make([]float64, len(p.nodes))
	for i, root := range p.roots {
		end := len(p.nodes)
		if i+1 < len(p.roots) {
			end = int(p.roots[i+1])
		}
		for at := int(root); at < end; at++ {
			values[at] = e.Trees[i][p.source[at]].Value
		}
	}
	p.eachBlock(x, 0, func(rows []float32, first, n int) {
		part := out[first : first+n]
		var leaf [walkRows]int32
		for tree := range p.roots {
			p.leaves(tree, rows, n, &leaf)
			for i := range part {
				part[i] += values[leaf[i]]
			}
		}
	})
}

// Part is the sum of trees [from, to) alone, from the prior on where from is 0. Fewer
// are taken where there are not so many.
func (e *Ensemble) Part(from, to int) *Ensemble {
	part := &Ensemble{Names: e.Names, Levels: e.Levels, Trees: e.Trees[min(from, len(e.Trees)):min(to, len(e.Trees))]}
	if from == 0 {
		part.Prior = e.Prior
	}
	return part
}
