package models

import (
	"cmp"
	"slices"
)

// levels orders the bins of a categorical column by their mean (smoothed, so
// that a level with few rows stands in the middle) and tries every cut of that
// order (Fisher 1958). Levels with too few rows here go with the missing, to
// the side that gains more.
func (s *search) levels(column int32, c *binColumn, h *histogram, found *split) {
	order := s.levelOrder(c, h)
	if len(order) == 0 {
		return
	}
	var known packed
	for _, bin := range order {
		known += h[bin]
	}
	rest := s.node.sums - known
	var left packed
	taken, restLeft := 0, false
	take := func(n int, sums packed, withRest bool) {
		if gain := s.gain(sums, s.limits.levelL2); gain > found.gain {
			*found = split{column: column, sums: sums, gain: gain}
			taken, restLeft = n, withRest
		}
	}
	for i, bin := range order[:len(order)-1] {
		left += h[bin]
		take(i+1, left, false)
		if rest != 0 {
			take(i+1, left+rest, true)
		}
	}
	if rest != 0 {
		take(len(order), known, false)
	}
	if found.column < 0 {
		return
	}
	if rest == 0 {
		restLeft = found.sums.b() > (s.node.sums - found.sums).b()
	}
	for bin := range c.count + 1 {
		found.left.set(bin, restLeft)
	}
	for i, bin := range order {
		found.left.set(bin, i < taken)
	}
}

// levelOrder returns the bins with enough rows in ascending order of their
// smoothed mean, ties by bin.
func (s *search) levelOrder(c *binColumn, h *histogram) []int {
	node := s.scale.sums(s.node.sums)
	mean := 0.0
	if node.b > 0 {
		mean = node.a / node.b
	}
	var order []int
	var means [256]float64
	for bin := range c.count {
		if h[bin].b() == 0 || float64(h[bin].b())*s.node.perUnit < s.limits.minLevelRows {
			continue
		}
		sums := s.scale.sums(h[bin])
		means[bin] = (sums.a + mean*s.limits.levelSmooth) / (sums.b + s.limits.levelSmooth)
		order = append(order, bin)
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(means[a], means[b]), cmp.Compare(a, b))
	})
	return order
}
