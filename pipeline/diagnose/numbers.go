package diagnose

import (
	"math"
	"slices"

	"winback/data"
	"winback/models"
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

// wilson is the 95 % score interval of a rate; unknown without customers.
func wilson(hits, n int64) (low, high Number) {
	l, h := models.WilsonInterval(hits, n)
	return Number(l), Number(h)
}

// mix spreads a counter over 64 bits (the finaliser of splitmix64, Steele, Lea
// and Flood 2014).
func mix(x uint64) uint64 {
	x += 0x9e3779b97f4a7c15
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
