package effect

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/stat"
)

// UntestedTau is how far (as a share) forecasts of single groups are taken to be
// off beside their level, until Misfit knows it.
const UntestedTau = .3

// Learned is what is believed of a group under one arm: the lift with its
// standard deviation, and the rate of return without a contact.
type Learned struct{ Lift, SD, Natural float64 }

// Pool sums the waves of a group under an arm, those with both sides:
//
//	n₁ = Σ n₁ʷ, y₁ = Σ y₁ʷ, y₀ = Σ y₀ʷ, r₀ = Σ n₁ʷ r₀ʷ ÷ n₁, n₀ = y₀/r₀, p = Σ n₁ʷ pʷ ÷ n₁
//
// The held-out of each wave weigh as its contacts do: where the arm got another
// share of a wave, and more came back in that wave anyway, plain sums of n₀ take the
// season for an effect. Of waves that were dealt alike n₀ is Σ n₀ʷ.
func Pool(waves []Group) (sum Group) {
	r0, p, plain := 0.0, 0.0, int64(0)
	for _, w := range measurable(waves) {
		n := float64(w.Contacted)
		sum.Contacted, sum.Returned, sum.HeldOutReturned, plain = sum.Contacted+w.Contacted, sum.Returned+w.Returned, sum.HeldOutReturned+w.HeldOutReturned, plain+w.HeldOut
		r0, p = r0+n*w.HeldOutRate(), p+n*w.Probability
	}
	sum.HeldOut, sum.Probability = plain, p/float64(sum.Contacted)
	if r0 > 0 {
		sum.HeldOut = max(sum.HeldOutReturned, int64(math.Round(float64(sum.HeldOutReturned)*float64(sum.Contacted)/r0)))
	}
	return sum
}

// Learn is the learned lift of every group of an arm in closed windows, waves
// summed before by Pool: Anchor, then Shrink in units of the probability.
// Without probabilities it shrinks the plain lifts. Groups that are not
// measurable get NaN.
func Learn(groups []Group, tau float64) []Learned {
	with := measurable(groups)
	known := !slices.ContainsFunc(with, func(g Group) bool { return math.IsNaN(g.Probability) })
	lifts, scale := plainLifts(with), make([]float64, len(with))
	for i, g := range with {
		scale[i] = 1
		if known {
			scale[i] = max(g.Probability, 1e-6)
		}
	}
	if known {
		lifts = Anchor(with, tau)
	}
	shrunk := Shrink(lifts, scale)
	all := make([]Learned, len(groups))
	k := 0
	for i, g := range groups {
		if !g.Measurable() {
			all[i] = Learned{math.NaN(), math.NaN(), math.NaN()}
			continue
		}
		all[i] = shrunk.Groups[k]
		k++
	}
	return all
}

// Anchor draws the rates of the held-out, of whom there are few, towards the
// frozen forecast p at the level of the campaign, and returns lifts against
// them, not yet shrunk; groups must be measurable, tau above 0:
//
//	ρ = p (Σy₀ + ½)/(Σn₀p + ½), e = n₀ρ, κ = 1/τ²
//	r̃₀ = ρ (κ + y₀)/(κ + e), variance r̃₀²/(κ + y₀) + (ρκ/(κ + e))²/max(1, Σy₀)
//	lift = r₁ − r̃₀, variance h (1 − h)/n₁ + that of r̃₀, h = (y₁ + ½)/(n₁ + 1)
//
// The first is the mean of a gamma prior of variance τ² about the forecast.
func Anchor(groups []Group, tau float64) []Learned {
	returned, expected := 0.0, 0.0
	for _, g := range groups {
		returned += float64(g.HeldOutReturned)
		expected += float64(g.HeldOut) * g.Probability
	}
	level, k := (returned+.5)/(expected+.5), 1/square(tau)
	lifts := make([]Learned, len(groups))
	for i, g := range groups {
		rho, y := g.Probability*level, float64(g.HeldOutReturned)
		e := float64(g.HeldOut) * rho
		r0 := (k + y) / (k + e) * rho
		v0 := r0*r0/(k+y) + square(rho*k/(k+e))/max(returned, 1)
		lifts[i] = Learned{g.Rate() - r0, math.Sqrt(halfVariance(g.Returned, g.Contacted) + v0), r0}
	}
	return lifts
}

// plainLifts are those of a wave without probabilities.
func plainLifts(groups []Group) []Learned {
	lifts := make([]Learned, len(groups))
	for i, g := range groups {
		v := halfVariance(g.Returned, g.Contacted) + halfVariance(g.HeldOutReturned, g.HeldOut)
		lifts[i] = Learned{g.Rate() - g.HeldOutRate(), math.Sqrt(v), g.HeldOutRate()}
	}
	return lifts
}

// halfVariance is that of a rate with half a return added: never 0.
func halfVariance(y, n int64) float64 {
	h := (float64(y) + .5) / (float64(n) + 1)
	return h * (1 - h) / float64(n)
}

// Shrunk are lifts that have been drawn to each other: in units of the scale,
// the groups' lifts are normal about Mean with standard deviation Omega (both
// posterior means).
type Shrunk struct {
	Groups      []Learned
	Mean, Omega float64
}

const omegaSteps = 400

// Shrink takes lift ÷ scale of the groups as drawn from one normal distribution
// N(μ, ω²), flat priors on μ and ω, and returns their posterior means and
// standard deviations, integrated over ω at the midpoints of 400 steps of
// [0, 4 max(standard deviation, median error)] (Rubin, Journal of Educational
// Statistics 6 (1981) 377; Gelman et al., Bayesian Data Analysis, 3rd ed.,
// section 5.4). Fewer than three groups cannot tell ω: all get the mean. SD and
// scale must be above 0. Natural is passed on.
func Shrink(lifts []Learned, scale []float64) Shrunk {
	if len(lifts) == 0 {
		return Shrunk{}
	}
	x, e := make([]float64, len(lifts)), make([]float64, len(lifts))
	for i, l := range lifts {
		x[i], e[i] = l.Lift/scale[i], l.SD/scale[i]
	}
	out := Shrunk{Groups: slices.Clone(lifts)}
	if len(x) < 3 {
		var sum float64
		out.Mean, sum, _ = precisionMean(x, e, 0)
		for i := range out.Groups {
			out.Groups[i].Lift, out.Groups[i].SD = out.Mean*scale[i], scale[i]/math.Sqrt(sum)
		}
		return out
	}
	top := 4 * max(stat.StdDev(x, nil), median(e))
	weights := omegaWeights(x, e, top)
	first, second := make([]float64, len(x)), make([]float64, len(x))
	for step, p := range weights {
		omega := (float64(step) + .5) / omegaSteps * top
		mu, sum, _ := precisionMean(x, e, omega)
		out.Omega += p * omega
		out.Mean += p * mu
		for i := range x {
			b := e[i] * e[i] / (e[i]*e[i] + omega*omega) // weight of the mean
			m := b*mu + (1-b)*x[i]
			first[i] += p * m
			second[i] += p * (omega*omega*b + b*b/sum + m*m)
		}
	}
	for i := range x {
		out.Groups[i].Lift = first[i] * scale[i]
		out.Groups[i].SD = math.Sqrt(max(0, second[i]-square(first[i]))) * scale[i]
	}
	return out
}

// precisionMean is the mean of x weighed by w = 1/(e² + ω²), the sum of w, and
// the log of the likelihood of ω with μ integrated out.
func precisionMean(x, e []float64, omega float64) (mean, sum, logLikelihood float64) {
	for i := range x {
		w := 1 / (e[i]*e[i] + omega*omega)
		sum += w
		mean += w * x[i]
		logLikelihood += math.Log(w) / 2
	}
	mean /= sum
	for i := range x {
		logLikelihood -= square(x[i]-mean) / (e[i]*e[i] + omega*omega) / 2
	}
	return mean, sum, logLikelihood - math.Log(sum)/2
}

// omegaWeights is the posterior of ω over the midpoints of the steps up to top.
func omegaWeights(x, e []float64, top float64) []float64 {
	weights, best := make([]float64, omegaSteps), math.Inf(-1)
	for step := range weights {
		_, _, weights[step] = precisionMean(x, e, (float64(step)+.5)/omegaSteps*top)
		best = max(best, weights[step])
	}
	sum := 0.0
	for step := range weights {
		weights[step] = math.Exp(weights[step] - best)
		sum += weights[step]
	}
	for step := range weights {
		weights[step] /= sum
	}
	return weights
}

func median(x []float64) float64 {
	s := slices.Sorted(slices.Values(x))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}
