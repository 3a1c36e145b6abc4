package plan

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ExpectedMargin is what a customer brings within the horizon, contacted or
// not: probability × expected spend × margin rate, in currency. It is NaN
// where the spend is unknown or the margin rate is not set.
func ExpectedMargin(probability, expectedSpend float64, margin *float64) float64 {
	if margin == nil {
		return math.NaN()
	}
	return probability * expectedSpend * *margin
}

// BreakEvenLift is the extra return rate that a contact must cause to pay for
// itself: contact cost ÷ (margin rate × expected spend of one who returns). It
// is NaN where one of them is unknown, and +Inf where a return brings nothing.
func BreakEvenLift(expectedSpend float64, margin, contactCost *float64) float64 {
	if margin == nil || contactCost == nil {
		return math.NaN()
	}
	if *contactCost == 0 {
		return 0
	}
	return *contactCost / (*margin * max(0, expectedSpend))
}

// DetectableLift is the smallest rise of the return rate, from probability p
// among the held-out to p + lift among the contacted, that a two-sided test of
// two proportions at 5 % finds with a power of 80 %. The sample size formula
// is that of Fleiss, Statistical Methods for Rates and Proportions, 1981,
// section 3.2, without continuity correction, for groups of unequal size:
//
//	lift = z(.975) √(P(1−P)(1/n + 1/m)) + z(.8) √(p₁(1−p₁)/n + p(1−p)/m)
//
// with n contacted, m held out, p₁ = p + lift and P = (n p₁ + m p)/(n + m). It
// is NaN where nobody is held out or contacted, or where even a rise to 1
// would stay unnoticed.
func DetectableLift(p float64, contacted, heldOut int64) float64 {
	return detectableLift(p, float64(contacted), float64(heldOut), .8)
}

func detectableLift(p, n, m, power float64) float64 {
	if n < 1 || m < 1 || !(p >= 0 && p < 1) {
		return math.NaN()
	}
	za, zb := distuv.UnitNormal.Quantile(.975), distuv.UnitNormal.Quantile(power)
	noticed := func(lift float64) bool {
		p1 := p + lift
		pooled := (n*p1 + m*p) / (n + m)
		need := za*math.Sqrt(pooled*(1-pooled)*(1/n+1/m)) + zb*math.Sqrt(p1*(1-p1)/n+p*(1-p)/m)
		return lift >= need
	}
	low, high := 0.0, 1-p
	if !noticed(high) {
		return math.NaN()
	}
	for range 60 {
		if mid := (low + high) / 2; noticed(mid) {
			high = mid
		} else {
			low = mid
		}
	}
	return high
}
