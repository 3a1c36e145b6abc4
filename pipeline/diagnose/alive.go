package diagnose

import (
	"cmp"
	"math"
	"slices"

	"gonum.org/v1/gonum/optimize"
)

// lifetimes is the MBG/NBD model of Batislam, Denizel and Filiztekin (2007): a
// customer buys at random at an own rate, and may drop out after each purchase,
// the first one included, so that one-time buyers are not all taken for alive.
type lifetimes struct{ r, alpha, a, b float64 }

// buying is what the model sees of customers: repeat purchase days, the last of
// them and the age, in days since the first; n customers are alike.
type buying struct {
	repeats, last, age int32
	n                  float64
}

// mostBuying bounds how many customers the model is fitted to.
const mostBuying = 3_000

// fitLifetimes finds the parameters of greatest likelihood; false where there
// is too little to fit or the search goes astray.
//
// start is where the search begins: the parameters of a day nearby.
func fitLifetimes(states []state, asOf int32, start lifetimes) (lifetimes, bool) {
	share := shareFor(mostBuying, int64(len(states)))
	var rows []buying
	for i := range states {
		if s := &states[i]; drawn(mix(uint64(i)+7), share) {
			rows = append(rows, buying{s.days - 1, int32(s.last - s.first), asOf - int32(s.first), 1})
		}
	}
	rows = alike(rows)
	if len(rows) < fewIntervals {
		return lifetimes{}, false
	}
	oldest := slices.MaxFunc(rows, func(x, y buying) int { return cmp.Compare(x.age, y.age) }).age
	logs := make([]float64, oldest+1)
	problem := optimize.Problem{Func: func(x []float64) float64 { return -likelihood(rows, lifetimesOf(x), logs) }}
	from := []float64{math.Log(start.r), math.Log(start.alpha), math.Log(start.a), math.Log(start.b)}
	steps := 160
	if start != usualLifetimes() { // the day nearby is not far
		steps = 40
	}
	result, err := optimize.Minimize(problem, from, &optimize.Settings{FuncEvaluations: steps}, &optimize.NelderMead{})
	if result == nil || (err != nil && result.Status != optimize.FunctionEvaluationLimit) {
		return lifetimes{}, false
	}
	m := lifetimesOf(result.X)
	return m, m.r > 0 && !math.IsInf(m.alpha, 0) && !math.IsNaN(result.F) && !math.IsInf(result.F, 0)
}

// usualLifetimes is where the first search begins.
func usualLifetimes() lifetimes { return lifetimes{0.5, 60, 0.8, 1.5} }

// lifetimesOf keeps the parameters above zero by searching their logarithms.
func lifetimesOf(x []float64) lifetimes {
	e := func(v float64) float64 { return math.Exp(math.Max(-12, math.Min(12, v))) }
	return lifetimes{e(x[0]), e(x[1]), e(x[2]), e(x[3])}
}

// alike counts equal rows once, in a fixed order.
func alike(rows []buying) []buying {
	slices.SortFunc(rows, func(x, y buying) int {
		return cmp.Or(cmp.Compare(x.repeats, y.repeats), cmp.Compare(x.last, y.last), cmp.Compare(x.age, y.age))
	})
	var out []buying
	for _, r := range rows {
		if n := len(out); n > 0 && out[n-1].repeats == r.repeats && out[n-1].last == r.last && out[n-1].age == r.age {
			out[n-1].n++
			continue
		}
		out = append(out, r)
	}
	return out
}

func lgamma(x float64) float64 {
	v, _ := math.Lgamma(x)
	return v
}

func logBeta(a, b float64) float64 { return lgamma(a) + lgamma(b) - lgamma(a+b) }

// likelihood is the log likelihood of all rows. What depends on the repeats
// alone is worked out once for each number of them; rows come in that order.
// logs is scratch space for the logarithms of all ages, from 0 days on.
func likelihood(rows []buying, m lifetimes, logs []float64) (sum float64) {
	for days := range logs {
		logs[days] = math.Log(m.alpha + float64(days))
	}
	last, start := int32(-1), logBeta(m.a, m.b)
	var common, alive, gone float64
	product := 1.0 // of terms whose logarithm is still to be added
	for i := range rows {
		row := &rows[i]
		x := float64(row.repeats)
		if row.repeats != last {
			last = row.repeats
			common = lgamma(m.r+x) - lgamma(m.r) + m.r*logs[0]
			alive = logBeta(m.a, m.b+x+1) - start
			gone = alive + math.Log(m.a/(m.b+x)) // by B(a+1, y) = B(a, y+1)·a/y
		}
		stays := alive - (m.r+x)*logs[row.age]
		left := gone - (m.r+x)*logs[row.last]
		high, low := math.Max(stays, left), math.Min(stays, left)
		sum += row.n * (common + high)
		term := 1 + math.Exp(low-high)
		for range int(row.n) {
			if product *= term; product > 1e200 {
				sum += math.Log(product)
				product = 1
			}
		}
	}
	return sum + math.Log(product)
}

// alive is the chance that a customer has not dropped out.
func (m lifetimes) alive(repeats, last, age float64) float64 {
	odds := m.a / (m.b + repeats) * math.Exp((m.r+repeats)*math.Log((m.alpha+age)/(m.alpha+last)))
	return 1 / (1 + odds)
}
