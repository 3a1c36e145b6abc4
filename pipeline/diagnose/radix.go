package diagnose

import "math"

// sortKeys sorts ascending, digit by digit: for many keys several times faster
// than comparing them.
func sortKeys(keys []uint64) {
	const bits = 11
	var largest uint64
	for _, k := range keys {
		largest = max(largest, k)
	}
	from, to := keys, make([]uint64, len(keys))
	for shift := 0; largest>>shift > 0; shift += bits {
		var count [1 << bits]int
		for _, k := range from {
			count[k>>shift&(1<<bits-1)]++
		}
		sum := 0
		for i, n := range count {
			count[i] = sum
			sum += n
		}
		for _, k := range from {
			at := &count[k>>shift&(1<<bits-1)]
			to[*at] = k
			*at++
		}
		from, to = to, from
	}
	copy(keys, from)
}

// sortFigures sorts numbers, of which none is NaN, in the same way.
func sortFigures(values []float64) {
	const sign = 1 << 63
	keys := make([]uint64, len(values))
	for i, v := range values {
		if keys[i] = math.Float64bits(v) ^ sign; v < 0 {
			keys[i] = ^math.Float64bits(v)
		}
	}
	sortKeys(keys)
	for i, k := range keys {
		if values[i] = math.Float64frombits(k ^ sign); k&sign == 0 {
			values[i] = math.Float64frombits(^k)
		}
	}
}
