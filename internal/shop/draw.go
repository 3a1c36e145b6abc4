package shop

import "math"

// draws is a source of numbers that depend on nothing but its seed and the
// position asked for, so that any part of a shop can be made alone, in any
// order and by any number of workers, and always comes out the same.
type draws uint64

// Steps between neighbouring positions: odd constants with well-mixed bits.
const (
	stepA    = 0x9e3779b97f4a7c15
	stepB    = 0xc2b2ae3d27d4eb4f
	stepSalt = 0xd6e8feb86659fd93
)

// mix is the finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of x
// moves every bit of the result.
func mix(x uint64) uint64 {
	x ^= x >> 30
	x *= 0xbf58476d1ce4e5b9
	x ^= x >> 27
	x *= 0x94d049bb133111eb
	return x ^ x>>31
}

// of returns the source of one thing among many of the same kind, a customer or
// an order.
func (d draws) of(salt, thing uint64) draws {
	return draws(mix(uint64(d) + (salt+1)*stepSalt + thing*stepA))
}

// bits returns 64 random bits at a position.
func (d draws) bits(salt, at uint64) uint64 {
	return mix(uint64(d) + (salt+1)*stepSalt + (at+1)*stepB)
}

// uniform returns a number in [0, 1).
func (d draws) uniform(salt, at uint64) float64 {
	return float64(d.bits(salt, at)>>11) / (1 << 53)
}

// exponential returns a number above or equal to 0 with mean 1.
func (d draws) exponential(salt, at uint64) float64 {
	return -math.Log(1 - d.uniform(salt, at))
}

// normal returns a standard normal number (Box and Muller 1958).
func (d draws) normal(salt, at uint64) float64 {
	radius := math.Sqrt(2 * d.exponential(salt, 2*at))
	return radius * math.Cos(2*math.Pi*d.uniform(salt, 2*at+1))
}

// pick returns an index with probability proportional to its weight.
func pick(u float64, weights []float64) int {
	total := 0.0
	for _, w := range weights {
		total += w
	}
	u *= total
	for i, w := range weights {
		if u < w {
			return i
		}
		u -= w
	}
	return len(weights) - 1
}
