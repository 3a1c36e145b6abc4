package diagnose

import (
	"math"
	"slices"

	"winback/data"
)

// level is what a clock is kept for: single products or whole categories.
type level uint8

const (
	levelProduct level = iota
	levelCategory
)

// slot is a day on which a drawn customer bought something of a product or
// category; in order of customer and day.
type slot struct {
	customer uint32
	day      data.Day
	code     uint32 // of the product or category, plus one
	quantity float32
}

// slots puts the sampled lines before a day together by customer, day and
// product or category. Lines without one are left out.
func (f *facts) slots(l level, at data.Day) []slot {
	all := make([]slot, 0, len(f.lines))
	from := 0
	for i := range f.lines {
		line := &f.lines[i]
		code := line.product
		if l == levelCategory {
			code = line.category
		}
		if line.day >= at || code == 0 {
			continue
		}
		if n := len(all); n == 0 || all[n-1].customer != line.customer || all[n-1].day != line.day {
			from = n
		}
		units := float32(line.quantity.Float())
		if k := slices.IndexFunc(all[from:], func(s slot) bool { return s.code == code }); k >= 0 {
			all[from+k].quantity += units
			continue
		}
		all = append(all, slot{line.customer, line.day, code, units})
	}
	return all
}

// byCode sorts slots by product or category; those of one keep their order.
func byCode(slots []slot, codes int) (sorted []slot, starts []int) {
	starts = make([]int, codes+2)
	for i := range slots {
		starts[slots[i].code+1]++
	}
	for k := 1; k < len(starts); k++ {
		starts[k] += starts[k-1]
	}
	next := slices.Clone(starts)
	sorted = make([]slot, len(slots))
	for _, s := range slots {
		sorted[next[s.code]] = s
		next[s.code]++
	}
	return sorted, starts
}

// rhythm is how one product, or one category, or the shop as a whole, is bought
// again.
type rhythm struct {
	buyers    int64 // drawn customers who bought it
	repeaters int64 // of them, more than once
	intervals int64
	wait      waits   // each customer weighs one in all
	quantity  float64 // usual quantity of a purchase: the geometric mean
}

// spells counts the waits from each purchase to the next one of the same
// customer, or to the day at which it is not yet known. The waits of a customer
// weigh one together. into is scratch space.
func spells(slots []slot, at data.Day, into *waits) rhythm {
	r := rhythm{wait: *into}
	r.wait.clear()
	var logs float64
	for i := 0; i < len(slots); {
		j := i
		for j < len(slots) && slots[j].customer == slots[i].customer {
			j++
		}
		weight := 1 / float64(j-i)
		for k := i; k < j; k++ {
			after := -1
			if k+1 < j {
				after = int(slots[k+1].day - slots[k].day)
			}
			r.wait.add(after, int(at-1-slots[k].day), weight)
			if slots[k].quantity != 1 {
				logs += weight * math.Log(math.Max(float64(slots[k].quantity), 1e-4))
			}
		}
		r.buyers++
		if j-i > 1 {
			r.repeaters++
			r.intervals += int64(j - i - 1)
		}
		i = j
	}
	r.quantity = math.Exp(logs / math.Max(float64(r.buyers), 1))
	return r
}

// windows are days after a purchase at which 30, 50, 60 and 90 % of those who
// buy again have done so.
type windows [4]float64

var windowShares = []float64{0.3, 0.5, 0.6, 0.9}

// windows reads the days off the corrected curve; false where nobody bought
// again.
func (r *rhythm) windows(followShare float64) (w windows, returned float64, tau int, ok bool) {
	tau = r.wait.reach(followShare)
	if tau < 0 {
		return w, 0, 0, false
	}
	f := r.wait.curve()[:tau+1]
	if returned = f[tau]; returned <= 0 {
		return w, 0, tau, false
	}
	for k, q := range windowShares {
		w[k] = math.Max(float64(firstAt(f, q*returned)), 1)
	}
	return w, returned, tau, true
}

// shrunk mixes windows by weights, on the scale of logarithms.
func shrunk(parts []windows, weights []float64) (w windows) {
	for k := range w {
		var sum float64
		for p := range parts {
			if weights[p] > 0 {
				sum += weights[p] * math.Log(parts[p][k])
			}
		}
		w[k] = math.Exp(sum)
	}
	return w
}

// normWindows makes windows of an industry's norm: the last day of use and the
// last day by which most have bought again.
func normWindows(use, end int) windows {
	middle := math.Sqrt(float64(use) * float64(end))
	return windows{float64(use), middle, math.Sqrt(middle * math.Sqrt(middle*float64(end))), float64(end)}
}
