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
