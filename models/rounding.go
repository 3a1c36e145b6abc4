package models

import (
	"math"
	"strconv"
	"strings"
)

// RoundBetween returns the roundest number t with lo ≤ t < hi, so that x ≤ t
// parts lo from hi: the cut point that a person would choose.
func RoundBetween(lo, hi float32) float32 { return between(lo, hi, true) }

// between returns the number that parts lo from hi (lo ≤ t < hi): the middle,
// or the roundest number where round is set. Like the cells of a matrix it is
// a float32, so that x ≤ t means the same before and after saving.
func between(lo, hi float32, round bool) float32 {
	if round {
		if t, ok := roundest(lo, hi); ok {
			return t
		}
	}
	t := float32(lo/2 + hi/2)
	if t < lo || t >= hi {
		return lo
	}
	return t
}

// roundest returns the number t with lo ≤ t < hi that a person would choose:
// the multiple of the largest step among 1, 2, 5 times a power of ten, and of
// those the one nearest to the middle.
func roundest(lo, hi float32) (float32, bool) {
	if lo <= 0 && hi > 0 {
		return 0, true
	}
	a, b := float64(lo), float64(hi)
	top := math.Ceil(math.Log10(math.Max(math.Abs(a), math.Abs(b))))
	bottom := math.Floor(math.Log10(b-a)) - 2
	for exponent := top; exponent >= bottom; exponent-- {
		for _, digit := range [3]float64{5, 2, 1} {
			if t, ok := nearestMultiple(a, b, digit, exponent); ok {
				return t, true
			}
		}
	}
	return 0, false
}

// nearestMultiple returns the multiple of digit × 10^exponent in [a, b) that
// is nearest to the middle, as a float32.
func nearestMultiple(a, b, digit, exponent float64) (float32, bool) {
	scale := math.Pow(10, math.Abs(exponent))
	toUnits := func(x float64) float64 {
		if exponent < 0 {
			return x * scale / digit
		}
		return x / scale / digit
	}
	middle := math.Round(toUnits(a/2 + b/2))
	for _, k := range [3]float64{middle, middle - 1, middle + 1} {
		t := k * digit
		if exponent < 0 {
			t /= scale
		} else {
			t *= scale
		}
		if f := float32(t); float64(f) >= a && float64(f) < b {
			return f, true
		}
	}
	return 0, false
}

// stepOf returns the largest 1, 2 or 5 times a power of ten that x is a
// multiple of: the larger, the rounder. Zero is the roundest number of all.
func stepOf(x float32) float32 {
	if x == 0 || math.IsInf(float64(x), 0) {
		return math.MaxFloat32
	}
	mantissa, exponent, _ := strings.Cut(strconv.FormatFloat(math.Abs(float64(x)), 'e', -1, 32), "e")
	power, _ := strconv.Atoi(exponent)
	digits := strings.Replace(mantissa, ".", "", 1)
	step := math.Pow(10, float64(power-len(digits)+1))
	switch last := digits[len(digits)-1]; {
	case last == '5':
		step *= 5
	case (last-'0')%2 == 0:
		step *= 2
	}
	return float32(step)
}
