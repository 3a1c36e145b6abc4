package plan

import (
	"cmp"
	"iter"
	"math"
	"slices"

	"winback/pipeline/scoring"
)

// Ranking is the ranking of all customers who are not suppressed: group after
// group, inside a group by probability (or score), highest first, then by
// customer id in byte order; contacts and held-out are ranked together. It is merged
// from the parts of the store, each ranked by itself.
type Ranking struct {
	store  *scoring.Store
	parts  []rankedPart
	start  []int   // group g (1 first) has the ranks start[g-1]+1 to start[g]
	ofLeaf []int32 // group of each leaf; 0: the leaf is empty
}

// rankedPart is a part of the store in rank order, in memory or on disk.
type rankedPart struct {
	lapsed *scoring.Lapsed
	order  [][]int32         // rows of lapsed by group
	blocks [][]scoring.Block // by group
}

// Ranked is a customer of a group: a row of some customers, valid until the next.
type Ranked struct {
	*scoring.Lapsed
	Row   int32
	Place int // how many customers of the group are before it
}

// IsHeldOut says whether the holdout has the customer.
func (r Ranked) IsHeldOut() bool { return r.Lapsed.IsHeldOut(r.Row) }

// Groups returns the number of groups.
func (o *Ranking) Groups() int { return len(o.start) - 1 }

// Len is how many customers are ranked.
func (o *Ranking) Len() int { return o.start[len(o.start)-1] }

// GroupOfLeaf returns the group (1 first) that a leaf has become, 0 where it
// is empty. Of a suppressed customer too it gives the group.
func (o *Ranking) GroupOfLeaf(leaf int32) int32 { return o.ofLeaf[leaf] }

// rankOf is the rank of a customer of a group by its place there.
func (o *Ranking) rankOf(group, place int) int64 { return int64(o.start[group-1] + place + 1) }

// rankCustomers ranks the customers of the leaves in the order given.
func rankCustomers(store *scoring.Store, order []int, sums []leafSums) (Ranking, error) {
	o := Ranking{store: store, start: make([]int, len(order)+1), ofLeaf: make([]int32, len(sums))}
	for i, leaf := range order {
		o.ofLeaf[leaf] = int32(i + 1)
		o.start[i+1] = o.start[i] + int(sums[leaf].contacts+sums[leaf].heldOut)
	}
	var s sorter
	err := store.EachPart(func(l *scoring.Lapsed, kept bool) error {
		r := rankedPart{order: s.sort(l, &o)}
		if kept {
			r.lapsed = l
			o.parts = append(o.parts, r)
			return nil
		}
		for _, rows := range r.order {
			blocks, err := store.Keep(l, rows)
			if err != nil {
				return err
			}
			r.blocks = append(r.blocks, blocks)
		}
		o.parts = append(o.parts, rankedPart{blocks: r.blocks})
		return nil
	})
	return o, err
}

type keyed struct {
	key uint64 // ascending is the order wanted
	row int32
}

// sorter keeps its scratch space from one part to the next.
type sorter struct{ keys []keyed }

// sort returns the rows of each group in rank order.
func (s *sorter) sort(l *scoring.Lapsed, o *Ranking) [][]int32 {
	start := make([]int, o.Groups()+1)
	for i := range int32(l.Len()) {
		if !l.IsOut(i) {
			start[o.ofLeaf[l.Leaf[i]]]++
		}
	}
	for g := 1; g < len(start); g++ {
		start[g] += start[g-1]
	}
	s.keys = slices.Grow(s.keys[:0], start[o.Groups()])[:start[o.Groups()]]
	next := slices.Clone(start)
	for i := range int32(l.Len()) {
		if !l.IsOut(i) {
			at := &next[o.ofLeaf[l.Leaf[i]]-1]
			s.keys[*at] = keyed{descending(l.InsideKey(i)), i}
			*at++
		}
	}
	rows, order := make([]int32, len(s.keys)), make([][]int32, o.Groups())
	for g := range order {
		part := s.keys[start[g]:start[g+1]]
		// Rows ascend with the ids.
		slices.SortFunc(part, func(a, b keyed) int {
			return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.row, b.row))
		})
		order[g] = rows[start[g]:start[g+1]:start[g+1]]
		for i, k := range part {
			order[g][i] = k.row
		}
	}
	return order
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

// cursor goes through the customers of a group in one part.
type cursor struct {
	next   func() (*scoring.Lapsed, []int32, error) // some customers, and their rows in rank order (nil: as they come); without customers there are no more
	alone  bool                                     // in the group: nobody asks for the key
	lapsed *scoring.Lapsed
	rows   []int32
	at     int // in rows
	row    int32
	key    uint64
}

// advance takes the next customer; false behind the last.
func (c *cursor) advance() (more bool, err error) {
	if c.at++; c.lapsed == nil || c.rows != nil && c.at == len(c.rows) || c.rows == nil && c.at == c.lapsed.Len() {
		if c.lapsed, c.rows, err = c.next(); c.lapsed == nil || err != nil {
			return false, err
		}
		c.at = 0
	}
	c.row = int32(c.at)
	if c.rows != nil {
		c.row = c.rows[c.at]
	}
	if !c.alone {
		c.key = descending(c.lapsed.InsideKey(c.row))
	}
	return true, nil
}

// once gives what is in memory as it lies there.
func once(l *scoring.Lapsed, rows []int32) func() (*scoring.Lapsed, []int32, error) {
	return func() (*scoring.Lapsed, []int32, error) {
		now := l
		l = nil
		return now, rows, nil
	}
}

// cursors stand before the customers of a group in each part that has any; gathered says
// that nearly all their columns will be read.
func (o *Ranking) cursors(group int, gathered bool) (all []*cursor) {
	for _, r := range o.parts {
		switch {
		case r.lapsed == nil && len(r.blocks[group-1]) > 0:
			all = append(all, &cursor{next: o.store.NewReader().Each(r.blocks[group-1])})
		case r.lapsed == nil || len(r.order[group-1]) == 0:
		case gathered:
			all = append(all, &cursor{next: scoring.InOrder(r.lapsed, r.order[group-1])})
		default:
			all = append(all, &cursor{next: once(r.lapsed, r.order[group-1])})
		}
	}
	if len(all) == 1 {
		all[0].alone = true
	}
	return all
}

// Group yields the customers of group g (1 first) in rank order, without the
// suppressed. An error of the disk ends it.
func (o *Ranking) Group(g int) iter.Seq2[Ranked, error] { return merged(o.cursors(g, false)) }

// listed is Group for who reads what a list shows of nearly each customer.
func (o *Ranking) listed(g int) iter.Seq2[Ranked, error] { return merged(o.cursors(g, true)) }

func merged(cursors []*cursor) iter.Seq2[Ranked, error] {
	return func(yield func(Ranked, error) bool) {
		for i := range cursors {
			if _, err := cursors[i].advance(); err != nil {
				yield(Ranked{}, err)
				return
			}
		}
		for place := 0; len(cursors) > 0; place++ {
			first := 0 // of equal ones that of the earliest part, whose ids are lower
			for i := range cursors {
				if cursors[i].key < cursors[first].key {
					first = i
				}
			}
			c := cursors[first]
			if !yield(Ranked{c.lapsed, c.row, place}, nil) {
				return
			}
			more, err := c.advance()
			if err != nil {
				yield(Ranked{}, err)
				return
			}
			if !more {
				cursors = slices.Delete(cursors, first, first+1)
			}
		}
	}
}
