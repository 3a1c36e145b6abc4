package models

import (
	"fmt"
	"io"
)

// Read reads a model that Write saved. Whatever the bytes are, it returns a
// model that holds together or an error that names the line: it never panics,
// and it takes memory in proportion to what it has read.
func Read(r io.Reader) (Saved, error) {
	in := newLineReader(r)
	m := in.model(true)
	in.next("end")
	in.end()
	if in.err != nil {
		return nil, in.err
	}
	if in.in.Scan() {
		return nil, fmt.Errorf("model line %d: text after the end", in.line+1)
	}
	if err := in.in.Err(); err != nil {
		return nil, fmt.Errorf("model line %d: %w", in.line+1, err)
	}
	return m, nil
}

// model reads the body of a model; only the outermost may be calibrated.
func (r *lineReader) model(outermost bool) Saved {
	r.next(formatName)
	if v := r.word(); r.err == nil && v != formatVersion {
		r.fail("format version %q, want %s", shorten(v), formatVersion)
	}
	kind := r.word()
	r.end()
	switch {
	case r.err != nil:
	case kind == kindTree:
		return r.tree()
	case kind == kindEnsemble:
		return r.ensemble()
	case kind == kindLogistic:
		return r.logistic()
	case kind == kindCalibrated && outermost:
		c := &Calibrated{Steps: r.steps()}
		c.Model = r.model(false)
		return c
	default:
		r.fail("unknown kind of model %q", shorten(kind))
	}
	return nil
}

// header reads the list of columns.
func (r *lineReader) header() (names []string, levels [][]string, missing []bool) {
	r.next("columns")
	n := r.int(0, maxColumns)
	r.end()
	for i := 0; i < n && r.err == nil; i++ {
		kind := r.next("numeric", "category")
		names = append(names, r.quoted())
		var list []string
		count := 0
		if kind == "category" {
			count = r.int(0, maxLevels)
			list = []string{}
		}
		missing = append(missing, len(r.words) > 0)
		if len(r.words) > 0 {
			r.oneOf("missing", "missing")
		}
		r.end()
		for k := 0; k < count && r.err == nil; k++ {
			r.next("level")
			list = append(list, r.quoted())
			r.end()
		}
		levels = append(levels, list)
	}
	if r.err == nil {
		r.check(checkColumns(names, levels))
	}
	return names, levels, missing
}

func (r *lineReader) check(err error) {
	if err != nil {
		r.fail("%v", err)
	}
}

func (r *lineReader) tree() *Tree {
	t := &Tree{}
	t.Names, t.Levels, t.Missing = r.header()
	t.Nodes = r.nodes(t.Levels)
	r.probabilities(t.Nodes)
	return t
}

func (r *lineReader) probabilities(nodes []Node) {
	for i := range nodes {
		if v := nodes[i].Value; r.err == nil && !(v > 0 && v < 1) {
			r.fail("probability %v of node %d, want one between 0 and 1", v, i)
		}
	}
}

func (r *lineReader) ensemble() *Ensemble {
	e := &Ensemble{}
	e.Names, e.Levels, _ = r.header()
	r.next("prior")
	e.Prior = r.number()
	r.end()
	e.Trees = r.trees(e.Levels)
	return e
}

func (r *lineReader) trees(levels [][]string) [][]Node {
	r.next("trees")
	n := r.int(0, maxTrees)
	r.end()
	var trees [][]Node
	for i := 0; i < n && r.err == nil; i++ {
		trees = append(trees, r.nodes(levels))
	}
	return trees
}

func (r *lineReader) nodes(levels [][]string) []Node {
	r.next("nodes")
	n := r.int(1, maxNodes)
	r.end()
	var nodes []Node
	for i := 0; i < n && r.err == nil; i++ {
		nodes = append(nodes, r.node(levels))
	}
	if r.err == nil {
		r.check(checkNodes(nodes, levels))
	}
	if r.err == nil {
		numberLeaves(nodes)
	}
	return nodes
}

func (r *lineReader) node(levels [][]string) Node {
	n := Node{Feature: -1, Leaf: -1}
	if kind := r.next("leaf", "number", "levels"); kind == "number" || kind == "levels" {
		n.Feature = int32(r.int(0, len(levels)-1))
		n.Left, n.Right = int32(r.int(1, maxNodes)), int32(r.int(1, maxNodes))
		n.MissingLeft = r.oneOf("left", "right")
		n.Gain = r.number()
		if r.err == nil && (kind == "number") != (levels[n.Feature] == nil) {
			r.fail("question of kind %s does not fit column %d", kind, n.Feature)
		}
		if kind == "number" {
			n.Threshold = r.anyNumber()
		} else {
			for count := r.int(0, maxLevels); count > 0 && r.err == nil; count-- {
				n.LeftLevels = append(n.LeftLevels, int32(r.int(0, maxLevels)))
			}
		}
	}
	n.Value, n.Rows, n.Positives = r.number(), r.number(), r.number()
	r.end()
	return n
}

func (r *lineReader) logistic() *Logistic {
	l := &Logistic{}
	l.Names, l.Levels, _ = r.header()
	r.next("intercept")
	l.Intercept = r.number()
	r.end()
	for i := 0; i < len(l.Levels) && r.err == nil; i++ {
		l.Terms = append(l.Terms, r.term(l.Levels[i]))
	}
	return l
}

func (r *lineReader) term(levels []string) Term {
	r.next("term")
	t := Term{Missing: r.number()}
	if levels == nil {
		t.Log = r.oneOf("log", "plain")
		t.Low, t.High, t.Mean, t.Weight = r.number(), r.number(), r.number(), r.number()
		if r.err == nil && (t.Low > t.High || (t.Log && t.Low < 0)) {
			r.fail("bounds %v and %v of a term", t.Low, t.High)
		}
		r.end()
		return t
	}
	r.end()
	t.LevelWeights = []float64{}
	for i := 0; i < len(levels) && r.err == nil; i++ {
		r.next("weight")
		t.LevelWeights = append(t.LevelWeights, r.number())
		r.end()
	}
	return t
}

func (r *lineReader) steps() []Calibration {
	r.next("steps")
	n := r.int(0, maxSteps)
	r.end()
	var steps []Calibration
	for i := 0; i < n && r.err == nil; i++ {
		switch r.next("platt", "shift") {
		case "platt":
			c := &Platt{Intercept: r.number(), Slope: r.number()}
			if r.err == nil && c.Slope <= 0 {
				r.fail("slope %v, want above 0", c.Slope)
			}
			r.end()
			steps = append(steps, c)
		case "shift":
			steps = append(steps, &Shift{Logit: r.number()})
			r.end()
		}
	}
	return steps
}
