package plan

import (
	"cmp"
	"math"
	"slices"

	"winback/pipeline/scoring"
)

// Ranking is the ranking of all customers who are not suppressed: group after
// group, inside a group by probability (or score), highest first, then by
// customer id in byte order. The rank of Customers[i] is i+1; contacts and
// held-out are ranked together.
type Ranking struct {
	Customers []int32 // rows of Lapsed
	start     []int   // group g (1 first) is Customers[start[g-1]:start[g]]
	ofLeaf    []int32 // group of each leaf; 0: the leaf is empty
}

// Groups returns the number of groups.
func (o *Ranking) Groups() int { return len(o.start) - 1 }

// Group returns the rows of Lapsed in group g (1 first) in rank order, without
// the suppressed.
func (o *Ranking) Group(g int) []int32 { return o.Customers[o.start[g-1]:o.start[g]] }

// GroupOfLeaf returns the group (1 first) that a leaf has become, 0 where it
// is empty. Of a suppressed customer too it gives the group.
func (o *Ranking) GroupOfLeaf(leaf int32) int32 { return o.ofLeaf[leaf] }

type keyed struct {
	key uint64 // ascending is the order wanted
	row int32
}

// rankCustomers ranks the customers of the leaves in the order given.
func rankCustomers(l *scoring.Lapsed, order []int, leaves int) Ranking {
	o := Ranking{start: make([]int, len(order)+1), ofLeaf: make([]int32, leaves)}
	for i, leaf := range order {
		o.ofLeaf[leaf] = int32(i + 1)
	}
	for i := range int32(len(l.IDs)) {
		if !l.IsOut(i) {
			o.start[o.ofLeaf[l.Leaf[i]]]++
		}
	}
	for g := 1; g < len(o.start); g++ {
		o.start[g] += o.start[g-1]
	}
	keys := make([]keyed, o.start[len(order)])
	next := slices.Clone(o.start)
	for i := range int32(len(l.IDs)) {
		if !l.IsOut(i) {
			at := &next[o.ofLeaf[l.Leaf[i]]-1]
			keys[*at] = keyed{descending(l.InsideKey(i)), i}
			*at++
		}
	}
	o.Customers = make([]int32, len(keys))
	for g := range order {
		part := keys[o.start[g]:o.start[g+1]]
		// Rows ascend with the ids.
		slices.SortFunc(part, func(a, b keyed) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row))
		})
		for i, k := range part {
			o.Customers[o.start[g]+i] = k.row
		}
	}
	return o
}

// descending maps finite numbers to keys that ascend as the numbers fall.
func descending(x float64) uint64 {
	bits := math.Float64bits(x + 0) // −0 + 0 is 0
	if bits>>63 == 0 {
		bits |= 1 << 63
	} else {
		bits = ^bits
	}
	return ^bits
}
