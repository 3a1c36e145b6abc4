package models

import "math"

// criterion says what a split gains: the drop of the loss in natural units.
type criterion struct {
	scale
	// entropy: sums are weighted target and weight, and the gain is in log
	// likelihood (nats). Otherwise they are gradient and hessian, and the gain
	// is that of a Newton step (Chen and Guestrin 2016, equation 7, doubled).
	entropy bool
	l2      float64
}

// score is the part of the gain that one side brings.
func (c *criterion) score(s sums, l2 float64) float64 {
	if !c.entropy {
		return s.a * s.a / (s.b + l2)
	}
	return entropyTerm(s.a) + entropyTerm(s.b-s.a) - entropyTerm(s.b)
}

// value is what a leaf with these sums says: a rate, or a Newton step.
func (c *criterion) value(s sums, l2 float64) float64 {
	switch {
	case !c.entropy:
		return -s.a / (s.b + l2)
	case s.b > 0:
		return s.a / s.b
	}
	return 0
}

// entropyTerm is x·ln x, 0 at 0.
func entropyTerm(x float64) float64 {
	if x <= 0 {
		return 0
	}
	return x * math.Log(x)
}

// binSet is a set of bins.
type binSet [4]uint64

func (s *binSet) addBin(bin int)        { s[bin>>6] |= 1 << (bin & 63) }
func (s *binSet) has(bin uint8) bool    { return s[bin>>6]>>(bin&63)&1 != 0 }
func (s *binSet) set(bin int, has bool) { s[bin>>6] = s[bin>>6]&^(1<<(bin&63)) | b2u(has)<<(bin&63) }

func b2u(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// split is a way to part the rows of a node.
type split struct {
	column int32 // of the matrix; -1: none
	edge   int32 // numeric: the last bin that goes left
	left   binSet
	sums   packed // of the left side
	gain   float64
}

// nodeView is what split search needs to know of a node.
type nodeView struct {
	sums    packed
	weight  float64 // rows, by weight
	perUnit float64 // rows per unit of the lower sum
}

// search looks for the best split of one column in one node.
type search struct {
	*criterion
	limits *limits
	node   nodeView
	base   float64 // score of the node itself
}

func newSearch(c *criterion, l *limits, n nodeView) search {
	return search{criterion: c, limits: l, node: n, base: c.score(c.scale.sums(n.sums), c.l2)}
}

// gain returns what a split with the given left side gains, or -Inf where a
// side has too few rows. With gradients, where no rows are counted by bin, the
// rows of a side are taken to be proportional to its hessian.
func (s *search) gain(left packed, extraL2 float64) float64 {
	right := s.node.sums - left
	if float64(left.b())*s.node.perUnit < s.limits.minRows || float64(right.b())*s.node.perUnit < s.limits.minRows {
		return math.Inf(-1)
	}
	l2 := s.l2 + extraL2
	return s.score(s.scale.sums(left), l2) + s.score(s.scale.sums(right), l2) - s.base
}

// best returns the best split of a column, with column -1 where none gains
// more than the least gain.
func (s *search) best(column int32, c *binColumn, h *histogram) split {
	found := split{column: -1, gain: s.limits.minGain}
	if c.binOfLevel != nil {
		s.levels(column, c, h, &found)
	} else {
		s.numbers(column, c, h, &found)
	}
	return found
}

// numbers tries every edge of a numeric column, with missing values on either
// side, and last "missing or not".
func (s *search) numbers(column int32, c *binColumn, h *histogram, found *split) {
	missing := h[c.count]
	var left packed
	missingLeft := false
	take := func(edge int, sums packed, withMissing bool) {
		if gain := s.gain(sums, 0); gain > found.gain {
			*found = split{column: column, edge: int32(edge), sums: sums, gain: gain}
			missingLeft = withMissing
		}
	}
	for bin := range c.count - 1 {
		if h[bin] == 0 {
			continue
		}
		left += h[bin]
		take(bin, left, false)
		if missing != 0 {
			take(bin, left+missing, true)
		}
	}
	if missing != 0 {
		take(c.count-1, s.node.sums-missing, false)
	}
	if found.column < 0 {
		return
	}
	if s.limits.roundTolerance > 0 && int(found.edge) < c.count-1 {
		s.rounder(c, h, missingLeft, found)
	}
	for bin := range int(found.edge) + 1 {
		found.left.addBin(bin)
	}
	if missing == 0 {
		missingLeft = found.sums.b() > (s.node.sums - found.sums).b()
	}
	found.left.set(c.count, missingLeft)
}

// rounder moves the cut to the roundest edge that gains nearly as much. Of
// equally round ones it takes the better.
func (s *search) rounder(c *binColumn, h *histogram, missingLeft bool, found *split) {
	enough := max(found.gain*(1-s.limits.roundTolerance), s.limits.minGain)
	best := *found
	var left packed
	if missingLeft {
		left = h[c.count]
	}
	for edge := range c.count - 1 {
		left += h[edge]
		gain := s.gain(left, 0)
		if gain < enough {
			continue
		}
		step, have := c.steps[edge], c.steps[best.edge]
		if step > have || (step == have && gain > best.gain) {
			best.edge, best.sums, best.gain = int32(edge), left, gain
		}
	}
	*found = best
}
