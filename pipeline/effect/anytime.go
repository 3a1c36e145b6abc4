package effect

import "math"

// PlannedVariance is the variance that the extra returns of all launched groups
// will have by the end if nobody is moved by a contact, from the probabilities
// frozen at launch:
//
//	V* = Σ n₁ (n₁ + n₀)/n₀ · p (1 − p)
//
// It is settled at launch and never changed. NaN without a measurable group, or
// where the probability of one is unknown.
func PlannedVariance(launched []Group) float64 {
	if len(measurable(launched)) == 0 {
		return math.NaN()
	}
	sum := 0.0
	for _, g := range measurable(launched) {
		n, m := float64(g.Contacted), float64(g.HeldOut)
		sum += n * (n + m) / m * g.Probability * (1 - g.Probability)
	}
	return sum
}

// VarianceSoFar is the variance of the extra returns counted until tonight,
//
//	V = Σ n₁ r₁ (1 − r₁) + n₁² q (1 − q)/n₀,  q = (y₀ + ½)/(n₀ + 1)
//
// with half a return added to the held-out, so that a small holdout that had no
// return by luck does not look certain as well.
func VarianceSoFar(sent []Group) float64 {
	sum := 0.0
	for _, g := range measurable(sent) {
		n, m := float64(g.Contacted), float64(g.HeldOut)
		r, q := g.Rate(), (float64(g.HeldOutReturned)+.5)/(m+1)
		sum += n*r*(1-r) + n*n*q*(1-q)/m
	}
	return sum
}

// Anytime is how many returns contacting caused so far, with limits that hold on
// all nights at once: whoever looks every night, and stops when it suits, is
// misled in at most one campaign of twenty.
//
//	I ± a (√T + V/√T),  a = √(ln 40 / 2),  T = V*/2
//
// Brownian motion in V crosses the line a√T + (a/√T) V with probability
// exp(−2a²) = 1/40 (Robbins, Annals of Mathematical Statistics 41 (1970) 1397;
// the line boundary of Howard, Ramdas, McAuliffe and Sekhon, Annals of
// Statistics 49 (2021) 1055, here in the time of the variance). planned is that
// of PlannedVariance; limits are NaN where it is not above 0.
func Anytime(sent []Group, planned float64) Estimate {
	if len(measurable(sent)) == 0 {
		return unknown()
	}
	sum := 0.0
	for _, g := range measurable(sent) {
		sum += float64(g.Contacted) * (g.Rate() - g.HeldOutRate())
	}
	if !(planned > 0) {
		return Estimate{sum, math.NaN(), math.NaN()}
	}
	half := anytimeHalf(VarianceSoFar(sent), planned)
	return Estimate{sum, sum - half, sum + half}
}

// anytimeHalf is half the width of the interval at variance v.
func anytimeHalf(v, planned float64) float64 {
	root := math.Sqrt(planned / 2)
	return math.Sqrt(math.Log(40)/2) * (root + v/root)
}
