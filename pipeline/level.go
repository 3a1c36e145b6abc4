package pipeline

import (
	"math"

	"winback/data"
)

// Level is a forecast of the share of the lapsed who will return within the
// horizon, with how far such forecasts were off before.
type Level struct {
	Rate  float64
	Sigma float64 // standard deviation of the log of observed over forecast
	Tests int     // past days that the forecast was tried on
}

// levelRule forecasts the log of the rate at day t from rates of days whose
// horizon is over at t; NaN where the history does not reach back.
type levelRule func(rates *ReturnRates, t data.Day, first data.Day) float64

const seasonDays = 364 // a year of whole weeks

// levelRules are the newest rate, the mean of the last year, the same weeks of
// last year, and those corrected for the trend since: rate(T−H) × rate(T−364) ÷
// rate(T−364−H).
var levelRules = []levelRule{
	func(r *ReturnRates, t, first data.Day) float64 { return logRate(r, t-data.Day(r.Horizon), first) },
	meanLogRate,
	func(r *ReturnRates, t, first data.Day) float64 { return logRate(r, t-seasonDays, first) },
	func(r *ReturnRates, t, first data.Day) float64 {
		h := data.Day(r.Horizon)
		return logRate(r, t-h, first) + logRate(r, t-seasonDays, first) - logRate(r, t-seasonDays-h, first)
	},
}

func logRate(r *ReturnRates, t, first data.Day) float64 {
	if t < first {
		return math.NaN()
	}
	rate, _ := r.Rate(t)
	return math.Log(rate)
}

// meanLogRate is the log of the mean rate of the year before, by months.
func meanLogRate(r *ReturnRates, t, first data.Day) float64 {
	sum, n := 0.0, 0
	for d := t - data.Day(r.Horizon); d > t-data.Day(r.Horizon)-seasonDays && d >= first; d -= 28 {
		if rate, _ := r.Rate(d); !math.IsNaN(rate) {
			sum += rate
			n++
		}
	}
	if n == 0 {
		return math.NaN()
	}
	return math.Log(sum / float64(n))
}

const (
	leastLevelTests  = 4
	levelTestSpacing = 14    // days
	levelTestSpan    = 728   // days back from which forecasts are tried
	levelNoise       = 0.10  // added to each rule's error, so that none takes all by luck
	priorLevelSigma  = 0.25  // of a forecast that was never tried
	priorLevelTests  = 4.0   // how many tests that is worth
	startLevelRule   = 1     // the mean of the last year: what is forecast without any test
	leastLapsedRate  = 1e-06 // bounds the forecast away from 0
)

// ForecastLevel combines the rules in logs, weighted by how small their errors
// were on past days whose horizon is over at asOf. Days before first do not
// count: the history still fills up there. It is NaN where nothing is known.
func ForecastLevel(r *ReturnRates, asOf, first data.Day) Level {
	weights, tests := ruleWeights(r, asOf, first)
	level := Level{Rate: math.Exp(combineRules(r, asOf, first, weights)), Tests: tests}
	sumSquares, n := priorLevelSigma*priorLevelSigma*priorLevelTests, priorLevelTests
	for t := asOf - data.Day(r.Horizon); t >= first && t > asOf-levelTestSpan; t -= levelTestSpacing {
		actual, forecast := logRate(r, t, first), combineRules(r, t, first, weights)
		if e := actual - forecast; !math.IsNaN(e) {
			sumSquares += e * e
			n++
		}
	}
	level.Sigma = math.Sqrt(sumSquares / n)
	if !math.IsNaN(level.Rate) {
		level.Rate = min(max(level.Rate, leastLapsedRate), 1-leastLapsedRate)
	}
	return level
}

// ruleWeights tries each rule on past days. The first rule to fall back on
// carries a weight of its own, so that few tests change little.
func ruleWeights(r *ReturnRates, asOf, first data.Day) (weights []float64, tests int) {
	weights = make([]float64, len(levelRules))
	most := 0
	for k, rule := range levelRules {
		var squares float64
		n := 0
		for t := asOf - data.Day(r.Horizon); t >= first && t > asOf-levelTestSpan; t -= levelTestSpacing {
			if e := logRate(r, t, first) - rule(r, t, first); !math.IsNaN(e) {
				squares += e * e
				n++
			}
		}
		if n >= leastLevelTests {
			weights[k] = shrunk(n) / (squares/float64(n) + levelNoise*levelNoise)
			most = max(most, n)
		}
	}
	weights[startLevelRule] += (1 - shrunk(most)) / (priorLevelSigma * priorLevelSigma)
	return weights, most
}

// shrunk is how far tests are trusted, near 0 for few and near 1 for many.
func shrunk(tests int) float64 { return float64(tests) / (float64(tests) + priorLevelTests) }

func combineRules(r *ReturnRates, t, first data.Day, weights []float64) float64 {
	sum, total := 0.0, 0.0
	for k, w := range weights {
		if x := levelRules[k](r, t, first); w > 0 && !math.IsNaN(x) && !math.IsInf(x, 0) {
			sum += w * x
			total += w
		}
	}
	if total == 0 {
		return math.NaN()
	}
	return sum / total
}
