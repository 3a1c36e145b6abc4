package diagnose

import (
	"math"
	"slices"
	"strconv"

	"winback/data"
	"winback/pipeline/run"
)

// Number is a figure of diagnosis.json that may be unknown.
type Number = run.Figure

var unknown = Number(math.NaN())

// ratio is a / b, unknown where b is 0.
func ratio[A, B int | int64 | float64](a A, b B) Number {
	if b == 0 {
		return unknown
	}
	return Number(float64(a) / float64(b))
}

func sumOf[N float64 | data.Money](values []N) (sum N) {
	for _, v := range values {
		sum += v
	}
	return sum
}

// quantilesOf returns two quantiles, linear between neighbours; it sorts the
// values.
func quantilesOf(values []float64, a, b float64) (low, high float64) {
	slices.Sort(values)
	return quantile(values, a), quantile(values, b)
}

func quantile(sorted []float64, q float64) float64 {
	if len(sorted) == 0 {
		return math.NaN()
	}
	at := q * float64(len(sorted)-1)
	i := int(at)
	if i+1 >= len(sorted) {
		return sorted[len(sorted)-1]
	}
	return sorted[i] + (at-float64(i))*(sorted[i+1]-sorted[i])
}

// wilson is the 95 % score interval of a rate (Wilson 1927); unknown without
// customers.
func wilson(hits, n int64) (low, high Number) {
	if n == 0 {
		return unknown, unknown
	}
	const z = 1.959963984540054
	p, m := float64(hits)/float64(n), float64(n)
	centre := (p + z*z/(2*m)) / (1 + z*z/m)
	half := z / (1 + z*z/m) * math.Sqrt(p*(1-p)/m+z*z/(4*m*m))
	return Number(max(centre-half, 0)), Number(min(centre+half, 1))
}

// thousands writes a count with separators: 1,234,567.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(text) - 3; i > start; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// percentWords writes a share with a sensible number of digits: 8.4 %.
func percentWords(share Number) string {
	if !share.Known() {
		return "unknown"
	}
	return strconv.FormatFloat(100*float64(share), 'f', 1, 64) + " %"
}

// mix spreads a counter over 64 bits (the finaliser of splitmix64, Steele, Lea
// and Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
