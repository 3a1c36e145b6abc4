package buyers

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/diff/fd"
	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// bound is how far from 1 the logarithm of a parameter may go, in units of the
// mean age: no data distinguishes what lies beyond from the bound.
const bound = 8

// How many histories the search from several starts looks at, and the
// curvature that guides the last steps is taken from.
const (
	forSearch    = 500
	forCurvature = 20_000
)

// likelihood is the log likelihood of histories under some parameters.
type likelihood func(parameters []float64, histories []History) float64

// maximise returns the parameters, all positive, with the largest log
// likelihood. It searches their logarithms: with the simplex of Nelder and Mead
// (1965) from several starts on some of the histories, and from the best of
// these with Newton's method on all.
func maximise(histories []History, starts [][]float64, f likelihood) ([]float64, error) {
	some := thin(histories, forSearch)
	best, least := []float64(nil), math.Inf(1)
	for _, start := range starts {
		if x, loss := search(logsOf(start), 1e-4, lossOf(f, some)); loss < least {
			best, least = x, loss
		}
	}
	if best == nil {
		return nil, fmt.Errorf("the likelihood is nowhere finite")
	}
	x, ok := newton(best, histories, f)
	if !ok { // a flat or bent place, which the simplex minds less
		for range 3 {
			x, _ = search(x, 1e-8, lossOf(f, histories))
		}
	}
	return parametersOf(x), nil
}

// parametersOf and logsOf go between parameters and what is searched, which
// stays within the bound.
func parametersOf(x []float64) []float64 {
	p := make([]float64, len(x))
	for i, v := range x {
		p[i] = math.Exp(math.Min(math.Max(v, -bound), bound))
	}
	return p
}

func logsOf(p []float64) []float64 {
	x := make([]float64, len(p))
	for i, v := range p {
		x[i] = math.Log(v)
	}
	return x
}

// lossOf is what the search makes small. Beyond the bound it rises, so that the
// search comes back.
func lossOf(f likelihood, histories []History) func(x []float64) float64 {
	return func(x []float64) float64 {
		loss := -f(parametersOf(x), histories)
		for _, v := range x {
			loss += 100 * math.Max(math.Abs(v)-bound, 0)
		}
		if math.IsNaN(loss) || math.IsInf(loss, 0) {
			return 1e300
		}
		return loss
	}
}

// search minimises a loss to the given tolerance with a simplex. The loss that
// it returns is infinite where nothing was found.
func search(start []float64, tolerance float64, loss func([]float64) float64) ([]float64, float64) {
	settings := &optimize.Settings{
		FuncEvaluations: 2000,
		Converger:       &optimize.FunctionConverge{Absolute: tolerance, Relative: 1e-12, Iterations: 15 * len(start)},
	}
	result, _ := optimize.Minimize(optimize.Problem{Func: loss}, start, settings, &optimize.NelderMead{SimplexSize: 0.3})
	if result == nil || result.F >= 1e299 {
		return start, math.Inf(1)
	}
	return result.X, result.F
}

// newton goes from near the maximum to it; derivatives are finite differences,
// the second ones those of some of the histories. ok is false where it does
// not get there, and x is how far it came.
func newton(start []float64, histories []History, f likelihood) (x []float64, ok bool) {
	loss, some := lossOf(f, histories), thin(histories, forCurvature)
	n := len(start)
	hessian := mat.NewSymDense(n, nil)
	fd.Hessian(hessian, lossOf(f, some), start, &fd.Settings{Formula: fd.Central, Step: 1e-3})
	hessian.ScaleSym(customersOf(histories)/customersOf(some), hessian)
	var cholesky mat.Cholesky
	if !cholesky.Factorize(hessian) || cholesky.Cond() > 1e8 {
		return start, false
	}
	x = slices.Clone(start)
	now := loss(x)
	gradient, step := mat.NewVecDense(n, nil), mat.NewVecDense(n, nil)
	for range 20 {
		fd.Gradient(gradient.RawVector().Data, loss, x, &fd.Settings{Formula: fd.Central, Step: 1e-4})
		if err := cholesky.SolveVecTo(step, gradient); err != nil {
			return x, false
		}
		if mat.Dot(gradient, step) < 2e-8 { // twice what is left to gain
			return x, true
		}
		next, halvings := math.Inf(1), 0
		candidate := make([]float64, n)
		for ; !(next < now) && halvings < 20; halvings++ {
			for i := range candidate {
				candidate[i] = x[i] - step.AtVec(i)*math.Ldexp(1, -halvings)
			}
			next = loss(candidate)
		}
		if !(next < now) {
			return x, mat.Dot(gradient, step) < 1e-5
		}
		x, now = candidate, next
	}
	return x, false
}

// thin returns some of the histories, evenly spread, which stand for all.
func thin(histories []History, most int) []History {
	if len(histories) <= most {
		return histories
	}
	some := make([]History, most)
	for i := range some {
		some[i] = histories[i*len(histories)/most]
	}
	return some
}

func customersOf(histories []History) float64 {
	total := 0.0
	for _, h := range histories {
		total += h.Customers
	}
	return total
}

// unit is the mean age, in which searches measure time, and reports what keeps
// a model of repeat purchases from being fitted.
func unit(histories []History) (float64, error) {
	var customers, ages, repeats float64
	for _, h := range histories {
		if err := h.check(); err != nil {
			return 0, err
		}
		customers += h.Customers
		ages += h.Customers * h.Age
		repeats += h.Customers * h.Frequency
	}
	if repeats == 0 || ages == 0 {
		return 0, fmt.Errorf("%v customers without a repeat purchase: nothing tells how often they buy", customers)
	}
	return ages / customers, nil
}

// scaled returns the histories with time in units.
func scaled(histories []History, unit float64) []History {
	out := make([]History, len(histories))
	for i, h := range histories {
		out[i] = History{h.Frequency, h.Recency / unit, h.Age / unit, h.Customers}
	}
	return out
}
