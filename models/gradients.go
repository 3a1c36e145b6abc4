package models

import "math"

// gradients fills the grower's values with the first and second derivatives of
// the log loss at the present log-odds, weighted and in whole units. The units
// are chosen anew for every tree, as fine as the sums allow, and rounding to
// the nearest depends on a row alone.
func (b *booster) gradients() {
	g := &b.grower
	n := len(b.margin)
	parts := make([][3]float64, blocksOf(n)) // |gradient|, hessian, weight
	eachBlock(g.workers, n, func(block, from, to int) {
		parts[block] = b.chances(from, to)
	})
	var total [3]float64
	for _, p := range parts {
		for k := range total {
			total[k] += p[k]
		}
	}
	slack := total[2] + float64(n)
	unitA, unitB := unitFor(total[0], slack, limitA), unitFor(total[1], slack, limitB)
	g.crit.scale = scale{a: 1 / unitA, b: 1 / unitB}
	if !b.partly {
		eachBlock(g.workers, n, func(_, from, to int) {
			for i := from; i < to; i++ {
				g.values[i] = b.pack(i, unitA, unitB)
			}
		})
		return
	}
	eachBlock(g.workers, len(b.drawn), func(_, from, to int) {
		for i := from; i < to; i++ {
			row := int(b.drawn[i])
			g.values[i] = b.pack(row, unitA, unitB)
			if g.weights.units != nil {
				g.weights.units[i] = b.weights.units[row]
			}
		}
	})
}

// chances turns log-odds into probabilities and returns the sums that the
// units depend on.
func (b *booster) chances(from, to int) (sum [3]float64) {
	for i := from; i < to; i++ {
		p := fastSigmoid(b.margin[i])
		b.chance[i] = float32(p)
		w := b.weights.of(i)
		sum[0] += w * math.Abs(p-float64(b.y[i]))
		sum[1] += w * p * (1 - p)
		sum[2] += w
	}
	return sum
}

func (b *booster) pack(row int, unitA, unitB float64) packed {
	p := float64(b.chance[row])
	gradient := roundToUnits((p - float64(b.y[row])) * unitA)
	hessian := roundToUnits(p * (1 - p) * unitB)
	if b.weights.units != nil {
		w := b.weights.of(row)
		gradient, hessian = roundToUnits(float64(gradient)*w), roundToUnits(float64(hessian)*w)
	}
	return pack(gradient, uint64(hessian))
}
