package buyers

import "math"

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

func lbeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }

// logSum is ln(e^a + e^b).
func logSum(a, b float64) float64 {
	if a < b {
		a, b = b, a
	}
	if math.IsInf(b, -1) {
		return a
	}
	return a + math.Log1p(math.Exp(b-a))
}

// logDifference is ln(e^a − e^b), −Inf where b is not below a.
func logDifference(a, b float64) float64 {
	if !(b < a) {
		return math.Inf(-1)
	}
	return a + math.Log(-math.Expm1(b-a))
}

// mostTerms bounds the hypergeometric series; its terms shrink like those of a
// geometric series with ratio z.
const mostTerms = 2_000_000

// dampedHypergeometric is (1−z)^a × 2F1(a, b; c; z) for 0 <= z < 1 by its series
// (Abramowitz and Stegun 15.1.1). Where a is large the two factors are far out
// of range, and their product is not.
func dampedHypergeometric(a, b, c, z float64) float64 {
	term, total, log := 1.0, 1.0, a*math.Log1p(-z)
	for n := range mostTerms {
		k := float64(n)
		term *= (a + k) * (b + k) / ((c + k) * (k + 1)) * z
		total += term
		if math.Abs(term) <= 1e-16*(1-z)*math.Abs(total) && k > math.Abs(c) {
			break
		}
		if math.Abs(total) > 1e200 {
			term, total, log = term*1e-200, total*1e-200, log+200*math.Ln10
		}
	}
	return math.Copysign(math.Exp(math.Log(math.Abs(total))+log), total)
}

// logHypergeometric is ln 2F1(a, b; a+1; z) for positive a and b and
// 0 <= z < 1, after Euler's transformation (Abramowitz and Stegun 15.3.3)
//
//	2F1(a, b; a+1; z) = (1−z)^(1−b) × 2F1(1, a+1−b; a+1; z),
//
// which neither cancels nor overflows.
func logHypergeometric(a, b, z float64) float64 {
	f := 0.0
	if z < 0.5 {
		f = unitSeries(a+1-b, a+1, z)
	} else {
		f = unitFraction(a+1-b, a+1, z)
	}
	return math.Log(f) + (1-b)*math.Log1p(-z)
}

// unitSeries is 2F1(1, b; c; z) by its series, for 0 < b <= c.
func unitSeries(b, c, z float64) float64 {
	term, total := 1.0, 1.0
	for k := 0.0; term > 1e-16*(1-z)*total; k++ {
		term *= (b + k) / (c + k) * z
		total += term
	}
	return total
}

// unitFraction is 2F1(1, b; c; z) by Gauss's continued fraction
// 1/(1 − d1 z/(1 − d2 z/(1 − …))), which needs some 18/√(1−z) terms where the
// series needs 36/(1−z). It is taken forwards (Lentz 1976).
func unitFraction(b, c, z float64) float64 {
	value, numerator, denominator := 1.0, 1.0, 0.0
	for k := range mostTerms {
		h := float64(k / 2)
		d := (b + h) * (c - 1 + h) / ((c + 2*h - 1) * (c + 2*h))
		if k%2 == 1 {
			d = (h + 1) * (c - b + h) / ((c + 2*h) * (c + 2*h + 1))
		}
		denominator = 1 / (1 - d*z*denominator)
		numerator = 1 - d*z/numerator
		value *= numerator * denominator
		if math.Abs(numerator*denominator-1) < 1e-15 {
			break
		}
	}
	return 1 / value
}
