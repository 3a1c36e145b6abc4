package diagnose

import (
	"math"

	"winback/data"
)

// categoryOfProducts is the category in which each product of the sample was
// bought most often, by code; of equally frequent ones the first by name.
func (f *facts) categoryOfProducts() []uint32 {
	pairs := make([]uint64, 0, len(f.lines))
	for i := range f.lines {
		if l := &f.lines[i]; l.product > 0 && l.category > 0 {
			pairs = append(pairs, uint64(l.product)<<32|uint64(l.category))
		}
	}
	sortKeys(pairs)
	best, most := make([]uint32, len(f.history.Names[data.Product])+1), make([]int, len(f.history.Names[data.Product])+1)
	for i := 0; i < len(pairs); {
		j := i
		for j < len(pairs) && pairs[j] == pairs[i] {
			j++
		}
		if product := pairs[i] >> 32; j-i > most[product] {
			best[product], most[product] = uint32(pairs[i]), j-i
		}
		i = j
	}
	return best
}

// quantityPower is how the time to the next purchase grows with the quantity:
// the slope of the logarithms within products that have a cycle, kept within 0
// and 1; 0 where it is not clearly above zero.
func (f *facts) quantityPower(slots []slot, c *cycles) float64 {
	sorted, starts := byCode(slots, len(f.history.Names[data.Product]))
	var xx, xy, yy, n float64
	for k := range c.all {
		cy := &c.all[k]
		if cy.Level != levelProduct || cy.Kind != kindCycle {
			continue
		}
		own := sorted[starts[cy.Code]:starts[cy.Code+1]]
		var sx, sy, sxx, sxy, syy, m float64
		for i := 1; i < len(own); i++ {
			if own[i].customer != own[i-1].customer {
				continue
			}
			x, y := math.Log(math.Max(float64(own[i-1].quantity), 1e-4)), math.Log(math.Max(float64(own[i].day-own[i-1].day), 1))
			sx, sy, sxx, sxy, syy, m = sx+x, sy+y, sxx+x*x, sxy+x*y, syy+y*y, m+1
		}
		if m > 1 {
			xx += sxx - sx*sx/m
			xy += sxy - sx*sy/m
			yy += syy - sy*sy/m
			n += m - 1
		}
	}
	if xx <= 1e-9 || n < fewIntervals {
		return 0
	}
	slope := xy / xx
	residual := math.Max(yy-slope*xy, 0) / math.Max(n-1, 1)
	if slope < 2*math.Sqrt(residual/xx) {
		return 0
	}
	return math.Min(slope, 1)
}
