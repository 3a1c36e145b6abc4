package models

import "math"

// mix turns a counter into 64 well spread bits (the finaliser of splitmix64,
// Steele, Lea and Flood 2014). Random draws are functions of seed and
// counters, so that they depend on no order of work.
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// draw returns the bits for item i of the stream named by seed and stream.
func draw(seed, stream, i uint64) uint64 {
	return mix(mix(mix(seed)+stream) + i)
}

// shareThreshold is the value below which a uniform draw falls with the given
// probability.
func shareThreshold(share float64) uint64 {
	if share >= 1 {
		return math.MaxUint64
	}
	return uint64(share * (1 << 63) * 2)
}
