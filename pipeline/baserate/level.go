package baserate

import (
	"math"

	"gonum.org/v1/gonum/stat/distuv"

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
type levelRule struct {
	forecast func(rates *Rates, t, first data.Day) float64
	// usual is the standard deviation of the rule's errors in logs that five
	// shops showed: what is known of it before it was tried on this one.
	usual float64
}

const seasonDays = 364 // a year of whole weeks

// levelRules are the newest rate, the mean of the last year, the same weeks of
// last year and of the last two, and three of these times what the rate did last
// year from then to now, as the newest: rate(T−H) × rate(T−364) ÷ rate(T−364−H).
// The newest rate is that of a day a horizon ago; two rules bring it up to date by
// the pace at which customers came back in the last weeks. Where waves come at the
// same weeks every year, two years tell their height better than one.
var levelRules = []levelRule{
	{newestLogRate, 0.35},
	{meanLogRate, 0.5},
	{sameWeeks(1), 0.7},
	{sinceLastYears(1, newestLogRate), 0.2},
	{presentLogRate, 0.35},
	{sinceLastYears(1, presentLogRate), 0.2},
	{sameWeeks(2), 0.6},
	{sinceLastYears(1, meanLogRate), 0.4},
	{sinceLastYears(2, meanLogRate), 0.4},
}

// sameWeeks is the mean of the log rates of the same weeks of so many years.
func sameWeeks(years int) func(r *Rates, t, first data.Day) float64 {
	return sinceLastYears(years, func(*Rates, data.Day, data.Day) float64 { return 0 })
}

// newestLogRate is that of the newest day whose horizon is over.
func newestLogRate(r *Rates, t, first data.Day) float64 {
	return logRate(r, t-data.Day(r.Horizon), first)
}

// paceDays are whole weeks, since shops have weekends.
const paceDays = 14

// presentLogRate is the newest rate times the pace of the last weeks over that
// of its whole horizon.
func presentLogRate(r *Rates, t, first data.Day) float64 {
	return newestLogRate(r, t, first) + math.Log(r.Pace(t, paceDays, first)/r.Pace(t, r.Horizon, first))
}

// sinceLastYears corrects a forecast by how far it was off at the same weeks of
// so many years, on average.
func sinceLastYears(years int, forecast func(r *Rates, t, first data.Day) float64) func(r *Rates, t, first data.Day) float64 {
	return func(r *Rates, t, first data.Day) float64 {
		sum := 0.0
		for y := range years {
			then := t - data.Day(seasonDays*(y+1))
			sum += logRate(r, then, first) - forecast(r, then, first)
		}
		return forecast(r, t, first) + sum/float64(years)
	}
}

func logRate(r *Rates, t, first data.Day) float64 {
	if t < first {
		return math.NaN()
	}
	rate, _ := r.Rate(t)
	return math.Log(rate)
}

// meanLogRate is the log of the mean rate of the year before, by months.
func meanLogRate(r *Rates, t, first data.Day) float64 {
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
	levelTestSpacing = 14   // days
	levelTestSpan    = 728  // days back from which forecasts are tried
	levelNoise       = 0.07 // added to each rule's error, so that none takes all by luck
	ruleTests        = 3.0  // independent tests that a rule's usual error is worth
	PriorLevelSigma  = 0.25 // of a forecast that was never tried
	priorLevelTests  = 1.0  // how many independent tests that is worth
	leastLapsedRate  = 1e-06
)

// Forecast combines the rules in logs, weighted by how small their errors
// were on past days whose horizon is over at asOf. Days before first do not
// count: the history still fills up there. It is NaN where nothing is known.
func Forecast(r *Rates, asOf, first data.Day) Level {
	weights := ruleWeights(r, asOf, first)
	squares, tests := testErrors(r, asOf, first, func(t data.Day) float64 { return combineRules(r, t, first, weights) })
	level := Level{Rate: math.Exp(combineRules(r, asOf, first, weights)), Tests: int(tests)}
	level.Sigma = math.Sqrt((squares*tests + PriorLevelSigma*PriorLevelSigma*priorLevelTests) / (tests + priorLevelTests))
	if !math.IsNaN(level.Rate) {
		level.Rate = min(max(level.Rate, leastLapsedRate), 1-leastLapsedRate)
	}
	return level
}

// ruleWeights tries each rule on past days and adds what it usually does.
// Squared precisions tell good rules from bad ones faster than precisions; on
// past shops they were the better weights.
func ruleWeights(r *Rates, asOf, first data.Day) []float64 {
	weights := make([]float64, len(levelRules))
	for k, rule := range levelRules {
		squares, tests := testErrors(r, asOf, first, func(t data.Day) float64 { return rule.forecast(r, t, first) })
		weights[k] = precision((squares*tests + rule.usual*rule.usual*ruleTests) / (tests + ruleTests))
	}
	return weights
}

func precision(squares float64) float64 { return math.Pow(squares+levelNoise*levelNoise, -2) }

// testErrors compares forecasts with what came, on past days whose horizon is
// over at asOf: the mean squared error of the log, and how many independent
// tests the overlapping horizons are worth.
func testErrors(r *Rates, asOf, first data.Day, forecast func(data.Day) float64) (squares, tests float64) {
	n := 0
	for t := asOf - data.Day(r.Horizon); t >= first && t > asOf-levelTestSpan; t -= levelTestSpacing {
		if e := logRate(r, t, first) - forecast(t); !math.IsNaN(e) && !math.IsInf(e, 0) {
			squares += e * e
			n++
		}
	}
	if n == 0 {
		return 0, 0
	}
	return squares / float64(n), float64(n) * levelTestSpacing / float64(max(r.Horizon, levelTestSpacing))
}

func combineRules(r *Rates, t, first data.Day, weights []float64) float64 {
	sum, total := 0.0, 0.0
	for k, w := range weights {
		if x := levelRules[k].forecast(r, t, first); w > 0 && !math.IsNaN(x) && !math.IsInf(x, 0) {
			sum += w * x
			total += w
		}
	}
	if total == 0 {
		return math.NaN()
	}
	return sum / total
}

// levelSteps is how finely the spread of the level is cut: equally likely
// levels, at the middle of each step.
const levelSteps = 64

// ObservedInterval is the 95 % interval of the return rate that may be
// observed among n customers whose predicted probability is p. Two things move
// the observed rate: chance, and a level of the whole period that differs from
// the forecast. The number of returns is taken as binomial with n and
// min(1, p·exp(σZ)), Z standard normal: sigma is the standard deviation of the
// error of the log rate, as found on past periods; 0 leaves chance alone. low
// and high are the 2.5 % and 97.5 % quantiles of that mixture, divided by n;
// both are NaN where n is 0.
func ObservedInterval(p float64, n int64, sigma float64) (low, high float64) {
	if n < 1 || !(p >= 0 && p <= 1) {
		return math.NaN(), math.NaN()
	}
	var levels []float64
	if sigma == 0 {
		levels = []float64{p}
	} else {
		for i := range levelSteps {
			z := distuv.UnitNormal.Quantile((float64(i) + .5) / levelSteps)
			levels = append(levels, min(1, p*math.Exp(sigma*z)))
		}
	}
	return quantileRate(levels, n, .025), quantileRate(levels, n, .975)
}

// quantileRate is the smallest k/n whose probability of at most k returns
// reaches q.
func quantileRate(levels []float64, n int64, q float64) float64 {
	below := func(k int64) float64 {
		sum := 0.0
		for _, p := range levels {
			sum += atMost(k, n, p)
		}
		return sum / float64(len(levels))
	}
	low, high := int64(0), n
	for low < high {
		if mid := (low + high) / 2; below(mid) >= q {
			high = mid
		} else {
			low = mid + 1
		}
	}
	return float64(low) / float64(n)
}

// atMost is the probability of at most k successes in n trials.
func atMost(k, n int64, p float64) float64 {
	switch {
	case k >= n || p <= 0:
		return 1
	case p >= 1:
		return 0
	}
	return distuv.Binomial{N: float64(n), P: p}.CDF(float64(k))
}
