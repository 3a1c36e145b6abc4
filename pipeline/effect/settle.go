package effect

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"
)

// ObservedOverExpected sets the returns y that came against the number e that a
// forecast expected (above 0), with the exact Poisson limits of Garwood,
// Biometrika 28 (1936) 437: χ²(.025; 2y)/2e and χ²(.975; 2y + 2)/2e.
func ObservedOverExpected(y int64, e float64) Estimate {
	low := 0.0
	if y > 0 {
		low = distuv.ChiSquared{K: 2 * float64(y)}.Quantile(.025) / 2
	}
	high := distuv.ChiSquared{K: 2*float64(y) + 2}.Quantile(.975) / 2
	return Estimate{float64(y) / e, low / e, high / e}
}

// Settled is a group of a forecast whose horizon is over: returns of customers
// who were not contacted, and how many were expected.
type Settled struct {
	Returned int64
	Expected float64
}

// Misfit is τ, how far (as a share) forecasts of single groups of one run are
// off beside the run's own level: the moments of DerSimonian and Laird,
// Controlled Clinical Trials 7 (1986) 177, on observed over expected, kept
// within .15 and 1. It is UntestedTau where fewer than two groups expected
// returns or nobody returned.
func Misfit(groups []Settled) float64 {
	returned, expected, n := 0.0, 0.0, 0
	for _, g := range groups {
		if g.Expected > 0 {
			returned, expected, n = returned+float64(g.Returned), expected+g.Expected, n+1
		}
	}
	if n < 2 || returned == 0 {
		return UntestedTau
	}
	q, squares := 0.0, 0.0
	for _, g := range groups {
		if g.Expected > 0 {
			e := g.Expected * returned / expected
			q += square(float64(g.Returned)-e) / e
			squares += e * e
		}
	}
	t2 := (q - float64(n-1)) / (returned - squares/returned)
	return min(1, max(.15, math.Sqrt(max(0, t2))))
}
