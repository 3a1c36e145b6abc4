package campaign

import (
	"math"

	"winback/data/tables"
	"winback/pipeline/effect"
)

// ahead is what groups will come to by the end of their windows.
type ahead struct {
	natural  effect.Natural   // of the contacts, still to come
	response *effect.Response // nil where no settled wave showed how fast extra returns come
	soFar    effect.Sum
}

// lookAhead makes the forecast of groups that were sent.
func (v *measurer) lookAhead(numbers []int32) ahead {
	var open []effect.Open
	var groups []effect.Group
	spread, weight := 0.0, 0.0
	share, variance, weights := 0.0, 0.0, 0.0
	for _, number := range numbers {
		_, day := v.State(number, v.look)
		g := v.tally.group(number)
		o := effect.Open{Group: g, Share: curveAt(v.Plan.NaturalCurve, day, 0)}
		if day == v.Plan.HorizonDays {
			o.Share = 1
		}
		open, groups = append(open, o), append(groups, g)
		// The error of the curve counts where returns are still to come.
		rest := float64(g.Contacted) * g.Probability * (1 - o.Share)
		spread, weight = spread+rest*curveAt(v.Plan.NaturalSpread, day, first(v.Plan.NaturalSpread)), weight+rest
		due := float64(g.Contacted) * g.Probability
		share, variance, weights = share+due*curveAt(v.Plan.ResponseCurve, day, 0), variance+due*curveAt(v.Plan.ResponseVariance, day, 0), weights+due
	}
	if weight > 0 {
		spread /= weight
	}
	a := ahead{natural: effect.StillToCome(open, float64(v.Plan.LevelSigma), spread), soFar: sumOf(groups)}
	if g := share / weights; g >= leastResponse {
		a.response = &effect.Response{Share: g, Variance: variance / weights}
	}
	return a
}

// leastResponse is the share of the extra returns below which nothing is concluded
// from those so far.
const leastResponse = .05

func first(curve []Figure) float64 {
	if len(curve) == 0 {
		return math.NaN()
	}
	return float64(curve[0])
}

// sumOf are the extra returns so far with their variance.
func sumOf(groups []effect.Group) effect.Sum {
	return effect.Sum{Extra: effect.Extra(groups).Value, Variance: effect.VarianceSoFar(groups)}
}

// fillForecast says what open groups will come to.
func (v *measurer) fillForecast(row *tables.ResultRow, numbers []int32, c *side) {
	a := v.lookAhead(numbers)
	if math.IsNaN(a.natural.Mean) {
		return
	}
	row.ForecastReturns, row.ForecastLow, row.ForecastHigh = limits(effect.FinalReturns(c.returned, a.soFar, a.natural, a.response))
	if a.response != nil {
		extra, se := a.response.Final(a.soFar)
		row.ForecastExtraLow, row.ForecastExtraHigh = number64(extra-z*se), number64(extra+z*se)
		return
	}
	over, on := effect.FinalRange(a.soFar.Extra, a.natural.Share)
	row.ForecastExtraLow, row.ForecastExtraHigh = number64(min(over, on)), number64(max(over, on))
}

// z is the 97.5 % quantile of the normal distribution.
const z = 1.959963984540054

// CurvePoint is a day of the window of a settled wave: extra returns that had come
// by then, with their variance.
type CurvePoint struct {
	Extra    Figure `json:"extra"`
	Variance Figure `json:"variance"`
}

// Curve are the extra returns of a wave by day of the window, all groups sent: entry
// t−1 is what had come within t days.
func (m *Measured) Curve() (points []CurvePoint) {
	for day := 1; day <= m.Plan.HorizonDays; day++ {
		var groups []effect.Group
		for number := range m.Sends {
			if m.Plan.group(number) != nil {
				groups = append(groups, m.all.until(number, day))
			}
		}
		sum := sumOf(groups)
		points = append(points, CurvePoint{Figure(sum.Extra), Figure(sum.Variance)})
	}
	return points
}

// ResponseOf is the share of the extra returns by day of the window, and its
// variance, from the curves of settled waves; nil where they do not show it.
func ResponseOf(curves [][]CurvePoint, horizon int) (share, variance []Figure) {
	total := make([]effect.Sum, horizon)
	for _, curve := range curves {
		if len(curve) != horizon {
			continue
		}
		for t, p := range curve {
			if p.Extra.Known() {
				total[t].Extra += float64(p.Extra)
				total[t].Variance += float64(p.Variance)
			}
		}
	}
	shown := false
	for t := range total {
		g, ok := effect.ResponseShare(total[t], total[horizon-1])
		shown = shown || ok
		share, variance = append(share, Figure(g.Share)), append(variance, Figure(g.Variance))
	}
	if !shown {
		return nil, nil
	}
	return share, variance
}
