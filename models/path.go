package models

import "math"

// Condition is what a leaf asks of one column, all questions on its path
// merged.
type Condition struct {
	Feature   int
	Name      string
	Low, High float64  // numeric: Low < x <= High, ±Inf where open
	Levels    []string // categorical: x is one of these, in order
	Missing   bool     // missing values are included
	// OnlyMissing: nothing but missing values fits (Missing is set too).
	OnlyMissing bool
}

// Path returns the conditions of a leaf by its ordinal, one per column that
// its path asks about, in the order in which they are first asked. It panics
// where there is no such leaf.
func (t *Tree) Path(leaf int) []Condition {
	target := t.leafNodes()[leaf]
	parent := make([]int, len(t.Nodes))
	for i := range t.Nodes {
		if n := &t.Nodes[i]; n.Feature >= 0 {
			parent[n.Left], parent[n.Right] = i, i
		}
	}
	var way []int
	for at := target; at != 0; at = parent[at] {
		way = append(way, at)
	}
	var conditions []Condition
	for i := len(way) - 1; i >= 0; i-- {
		n := &t.Nodes[parent[way[i]]]
		conditions = t.merge(conditions, n, int(n.Left) == way[i])
	}
	return t.closed(conditions)
}

// Branch returns what the question of an inner node asks of those who go to
// one side of it.
func (t *Tree) Branch(n *Node, left bool) Condition {
	return t.closed(t.merge(nil, n, left))[0]
}

// closed marks conditions that only missing values fit.
func (t *Tree) closed(conditions []Condition) []Condition {
	for i := range conditions {
		c := &conditions[i]
		empty := c.Low >= c.High
		if t.Levels[c.Feature] != nil {
			empty = len(c.Levels) == 0
		}
		c.OnlyMissing = empty && c.Missing
	}
	return conditions
}

// merge narrows the condition on a column by one more answer.
func (t *Tree) merge(conditions []Condition, n *Node, left bool) []Condition {
	at := -1
	for i := range conditions {
		if conditions[i].Feature == int(n.Feature) {
			at = i
		}
	}
	if at < 0 {
		at = len(conditions)
		conditions = append(conditions, Condition{
			Feature: int(n.Feature), Name: t.Names[n.Feature], Low: math.Inf(-1), High: math.Inf(1),
			Levels: t.Levels[n.Feature], Missing: true,
		})
	}
	c := &conditions[at]
	c.Missing = c.Missing && n.MissingLeft == left
	switch {
	case t.Levels[n.Feature] != nil:
		c.Levels = t.levelsOf(c.Levels, n, left)
	case left:
		c.High = math.Min(c.High, n.Threshold)
	default:
		c.Low = math.Max(c.Low, n.Threshold)
	}
	return conditions
}

// levelsOf keeps the levels that go the given way.
func (t *Tree) levelsOf(levels []string, n *Node, left bool) []string {
	goesLeft := make(map[string]bool, len(n.LeftLevels))
	for _, level := range n.LeftLevels {
		goesLeft[t.Levels[n.Feature][level]] = true
	}
	var kept []string
	for _, name := range levels {
		if goesLeft[name] == left {
			kept = append(kept, name)
		}
	}
	return kept
}
