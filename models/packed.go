package models

import "math"

// packed holds two sums in whole units in one word, so that one addition does
// for both: in the upper half, signed, the gradient (or the weighted target),
// in the lower half the hessian (or the weight). As whole numbers the sums are
// exact: they depend neither on the order of rows nor on the workers, and a
// sibling's sums are the parent's minus the other child's.
type packed uint64

func pack(a int64, b uint64) packed { return packed(uint64(a)<<32 + b) }

func (p packed) a() int64  { return int64(p) >> 32 }
func (p packed) b() uint64 { return uint64(uint32(p)) }

// unitFor returns the largest power of two by which n numbers of the given
// total magnitude can be multiplied and rounded without their sum passing
// limit. slack is the weight that is rounded.
func unitFor(total, slack, limit float64) float64 {
	room := limit - 1 - slack
	if total <= 0 || room <= 0 {
		return 1
	}
	return math.Ldexp(1, int(math.Floor(math.Log2(room/total)-1e-9)))
}

const (
	limitA = 1 << 31
	limitB = 1 << 32
)

// roundToUnits rounds x to the nearest whole number; |x| stays below 2^33.
func roundToUnits(x float64) int64 {
	const shift = 1 << 34
	return int64(x+shift+0.5) - shift
}

// scale turns packed sums back into natural units.
type scale struct {
	a, b float64 // size of one unit
}

// sums are two sums in natural units: gradient and hessian, or weighted target
// and weight.
type sums struct{ a, b float64 }

func (s scale) sums(p packed) sums {
	return sums{a: float64(p.a()) * s.a, b: float64(p.b()) * s.b}
}

// rowWeights are the weights of rows in whole units, nil for all 1.
type rowWeights struct {
	units []uint32
	one   float64 // units of weight 1
}

// newRowWeights rounds weights such that the largest keeps 20 bits or more;
// whole weights stay exact.
func newRowWeights(w []float32) rowWeights {
	if w == nil {
		return rowWeights{one: 1}
	}
	heaviest := float32(1)
	for _, x := range w {
		heaviest = max(heaviest, x)
	}
	r := rowWeights{units: make([]uint32, len(w)), one: math.Ldexp(1, 30-int(math.Ceil(math.Log2(float64(heaviest)))))}
	for i, x := range w {
		r.units[i] = uint32(roundToUnits(float64(x) * r.one))
	}
	return r
}

// total returns the weight of some rows.
func (r rowWeights) total(rows []uint32) float64 {
	if r.units == nil {
		return float64(len(rows))
	}
	var sum uint64
	for _, row := range rows {
		sum += uint64(r.units[row])
	}
	return float64(sum) / r.one
}

// of returns the weight of one row.
func (r rowWeights) of(row int) float64 {
	if r.units == nil {
		return 1
	}
	return float64(r.units[row]) / r.one
}
