package diagnose

import (
	"encoding/json"
	"math"
	"slices"

	"winback/data"
	"winback/models"
)

// Number is a figure that may be unknown: NaN in Go, null in JSON.
type Number float64

// MarshalJSON writes null for what is not a finite number.
func (n Number) MarshalJSON() ([]byte, error) {
	if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
		return []byte("null"), nil
	}
	return json.Marshal(float64(n))
}

// Days is a number of days from 1 on, 0 where it is not known: null in JSON.
type Days int

// MarshalJSON writes null for what is not known.
func (d Days) MarshalJSON() ([]byte, error) {
	if d == 0 {
		return []byte("null"), nil
	}
	return json.Marshal(int(d))
}

// Known says whether the figure is a number.
func (n Number) Known() bool { return !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) }

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
