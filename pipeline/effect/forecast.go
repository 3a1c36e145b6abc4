package effect

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/mathext"
)

// Open is a group that was sent, with the share of its natural returns that
// should have come by tonight: NaturalCurve's at the group's day, 0 to 1.
type Open struct {
	Group
	Share float64
}

// Natural are the returns still to come among the contacted that would come
// without a contact too: negative binomial with that mean and size, variance
// Mean + Mean²/Size. An infinite size is Poisson.
type Natural struct {
	Mean, Size float64
	// Share is the part of the natural returns that should have come by now, all groups together.
	Share float64
}

// StillToCome forecasts them. The level of the campaign is Gamma(k, k) about
// what the run forecast, sigma the standard deviation of the log of such levels
// (taken as at least .01), and is learned from the held-out so far; spread is the error of
// the log-odds of Share, see NaturalCurve. With F the groups' shares,
//
//	k = 1/(e^{σ²} − 1), e₀ = Σ n₀ p F, R = Σ n₁ p (1 − F), F̄ = e₀ ÷ Σ n₀ p
//	w = 1/(1 + y₀ ς² (1 − F̄)²), a = k + w y₀, mean = R a/(k + w e₀)
//	1/size = 1/a + ς² F̄² + 2 (w y₀/a) ς² F̄ (1 − F̄)
//
// (Bornhuetter and Ferguson 1972; Verrall, North American Actuarial Journal 8
// (2004) 67; that the shares are off, as well as w, was measured on shops.)
// All is NaN without a measurable group or where a probability is unknown.
func StillToCome(sent []Open, sigma, spread float64) Natural {
	y0, e0, all, rest, n := 0.0, 0.0, 0.0, 0.0, 0
	for _, g := range sent {
		if !g.Measurable() {
			continue
		}
		n++
		y0 += float64(g.HeldOutReturned)
		e0 += float64(g.HeldOut) * g.Probability * g.Share
		all += float64(g.HeldOut) * g.Probability
		rest += float64(g.Contacted) * g.Probability * (1 - g.Share)
	}
	if n == 0 {
		return Natural{math.NaN(), math.NaN(), math.NaN()}
	}
	share := 0.0
	if all != 0 {
		share = e0 / all
	}
	return stillToCome(1/math.Expm1(square(max(sigma, .01))), y0, e0, rest, share, spread)
}

func stillToCome(k, y0, e0, rest, share, spread float64) Natural {
	w := 1 / (1 + y0*square(spread*(1-share)))
	a := k + w*y0
	timing := square(spread*share) + 2*w*y0/a*spread*spread*share*(1-share)
	return Natural{Mean: a / (k + w*e0) * rest, Size: 1 / (1/a + timing), Share: share}
}

// Quantile is the smallest number of returns that is not exceeded with
// probability q in (0, 1); NaN where the mean is.
func (n Natural) Quantile(q float64) float64 {
	if math.IsNaN(n.Mean) || math.IsNaN(n.Size) {
		return math.NaN()
	}
	if n.Mean <= 0 {
		return 0
	}
	top := 1
	for n.cumulative(float64(top)) < q {
		top *= 2
	}
	return float64(sort.Search(top, func(k int) bool { return n.cumulative(float64(k)) >= q }))
}

// cumulative is the probability of at most k returns: the regularised incomplete
// beta function I(size/(size + mean); size, k + 1) (Johnson, Kemp and Kotz,
// Univariate Discrete Distributions, 2005, 5.6), of which Poisson is the limit.
func (n Natural) cumulative(k float64) float64 {
	if n.Size > 1e7 {
		return mathext.GammaIncRegComp(k+1, n.Mean)
	}
	return mathext.RegIncBeta(n.Size, k+1, n.Size/(n.Size+n.Mean))
}
