package models

import (
	"cmp"
	"math"
	"slices"
)

// distinctValue is a value of a column and how much weight it has.
type distinctValue struct {
	x      float32
	weight float64
}

// binNumbers cuts a numeric column at quantiles of its sampled values.
func binNumbers(cells []float32, sample []uint32, s BinSettings) binColumn {
	values := distinct(cells, sample, s.Weight)
	var c binColumn
	for _, t := range cutPoints(values, s) {
		if n := len(c.edges); n == 0 || t > c.edges[n-1] {
			c.edges = append(c.edges, t)
			c.steps = append(c.steps, stepOf(t))
		}
	}
	c.count = len(c.edges) + 1
	return c
}

// distinct returns the values of the sampled rows in ascending order, missing
// ones and rows without weight left out. Infinite values count as the largest
// finite ones, whose side they always take.
func distinct(cells []float32, sample []uint32, weight []float32) []distinctValue {
	keys := make([]uint64, 0, len(sample))
	for _, row := range sample {
		x := cells[row]
		if x != x || weightOf(weight, int(row)) == 0 {
			continue
		}
		x = min(max(x, -math.MaxFloat32), math.MaxFloat32) + 0
		keys = append(keys, uint64(sortKey(x))<<32|uint64(row))
	}
	sortByKey(keys)
	different := 0
	for i, key := range keys {
		if i == 0 || key>>32 != keys[i-1]>>32 {
			different++
		}
	}
	values := make([]distinctValue, 0, different)
	for _, key := range keys {
		x := fromSortKey(uint32(key >> 32))
		if n := len(values); n == 0 || values[n-1].x != x {
			values = append(values, distinctValue{x: x})
		}
		values[len(values)-1].weight += weightOf(weight, int(uint32(key)))
	}
	return values
}

// cutPoints returns ascending thresholds between the values: all of them where
// there are few, else such that bins weigh about the same and a value that
// weighs as much as a bin has one to itself.
func cutPoints(values []distinctValue, s BinSettings) []float32 {
	cuts := make([]float32, 0, s.MaxBins)
	if len(values) <= s.MaxBins {
		for i := 1; i < len(values); i++ {
			cuts = append(cuts, between(values[i-1].x, values[i].x, s.Round))
		}
		return cuts
	}
	ends, share := quantileEnds(values, s.MaxBins)
	for _, i := range ends {
		lo, hi := i, i+1
		if s.Round {
			lo, hi = widen(values, i, share/4)
		}
		cuts = append(cuts, between(values[lo].x, values[hi].x, s.Round))
	}
	return cuts
}

// quantileEnds returns the last value of each bin but the last one, and the
// weight of an ordinary bin. The rule is that of LightGBM's GreedyFindBin
// (Ke et al. 2017).
func quantileEnds(values []distinctValue, bins int) (ends []int, share float64) {
	var rest float64
	for _, v := range values {
		rest += v.weight
	}
	heavy, room := rest/float64(bins), bins
	for _, v := range values {
		if v.weight >= heavy {
			rest -= v.weight
			room--
		}
	}
	share = rest / float64(max(room, 1))
	goal, current := share, 0.0
	for i := 0; i < len(values)-1 && len(ends) < bins-1; i++ {
		own := values[i].weight >= heavy
		if !own {
			rest -= values[i].weight
		}
		current += values[i].weight
		if own || current >= goal || (values[i+1].weight >= heavy && current >= goal/2) {
			ends = append(ends, i)
			current = 0
			if !own {
				room--
				goal = rest / float64(max(room, 1))
			}
		}
	}
	return ends, share
}

// widen returns the values between which the cut after value i may move, when
// at most the given weight may change sides.
func widen(values []distinctValue, i int, weight float64) (lo, hi int) {
	lo, hi = i, i+1
	for moved := values[lo].weight; lo > 0 && moved <= weight; moved += values[lo].weight {
		lo--
	}
	for moved := values[hi].weight; hi < len(values)-1 && moved <= weight; moved += values[hi].weight {
		hi++
	}
	return lo, hi
}

// commonest returns the n heaviest levels, in ascending order. Of equal ones
// the earlier is taken.
func commonest(weights []float64, n int) []int {
	order := make([]int, len(weights))
	for i := range order {
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int {
		return cmp.Or(cmp.Compare(weights[b], weights[a]), cmp.Compare(a, b))
	})
	order = order[:min(n, len(order))]
	slices.Sort(order)
	return order
}

// sortKey maps float32 to integers in the same order; NaN is not allowed.
func sortKey(x float32) uint32 {
	bits := math.Float32bits(x)
	if bits>>31 != 0 {
		return ^bits
	}
	return bits | 1<<31
}

func fromSortKey(key uint32) float32 {
	if key>>31 != 0 {
		return math.Float32frombits(key &^ (1 << 31))
	}
	return math.Float32frombits(^key)
}

// sortByKey orders by the upper 32 bits, keeping the order of equal ones: a
// radix sort, several times faster here than a comparison sort.
func sortByKey(keys []uint64) {
	const digit = 11
	other := make([]uint64, len(keys))
	from, to := keys, other
	for shift := 32; shift < 64; shift += digit {
		var count [1 << digit]int
		for _, k := range from {
			count[k>>shift&(1<<digit-1)]++
		}
		if len(from) > 0 && count[from[0]>>shift&(1<<digit-1)] == len(from) {
			continue // as the last bits of whole numbers are
		}
		sum := 0
		for i, n := range count {
			count[i] = sum
			sum += n
		}
		for _, k := range from {
			d := k >> shift & (1<<digit - 1)
			to[count[d]] = k
			count[d]++
		}
		from, to = to, from
	}
	if len(keys) > 0 && &from[0] != &keys[0] {
		copy(keys, from)
	}
}
