package shop

import (
	"math"

	"gonum.org/v1/gonum/interp"
)

// longestInterval is the longest first-to-second interval of the demo, days.
const longestInterval = 900

// returnCurve is the distribution of the first-to-second interval of those who
// come back at all: by[t] is the share within t days, by[0] = 0, the last 1.
type returnCurve struct{ by []float64 }

// newReturnCurve finds the distribution whose observed part has the wanted
// quantiles. An interval of t days is seen only of customers who were followed
// so long, a share followed[t] of all; so what is seen of t is the true share
// times followed[t], and the true share is the wanted one divided by it.
func newReturnCurve(truth Truth, followed []float64) returnCurve {
	seen := observedIntervals(truth)
	by := make([]float64, longestInterval+1)
	for t := 1; t <= longestInterval; t++ {
		by[t] = by[t-1] + (seen(float64(t)+0.5)-seen(float64(t)-0.5))/followed[t]
	}
	for t := range by {
		by[t] /= by[longestInterval]
	}
	return returnCurve{by}
}

// observedIntervals is a smooth curve of the share of the observed intervals
// that are shorter than so many days, through the wanted quantiles. Day t
// stands for [t-0.5, t+0.5), so that the curve crosses a quantile in the middle
// of its day. Fritsch and Butland (1984) keep it rising.
func observedIntervals(truth Truth) func(days float64) float64 {
	stretch := func(days float64) float64 { return math.Log(days + 10) }
	x := []float64{stretch(0.5)}
	y := []float64{0}
	for i, days := range truth.IntervalDays {
		x = append(x, stretch(float64(days)))
		y = append(y, truth.IntervalShares[i])
	}
	x = append(x, stretch(longestInterval+0.5))
	y = append(y, 1)
	var curve interp.FritschButland
	if err := curve.Fit(x, y); err != nil {
		panic("demo interval curve: " + err.Error()) // the points above are constants
	}
	return func(days float64) float64 { return curve.Predict(stretch(days)) }
}

// followedShare returns, for each number of days, the share of the customers
// whose first purchase lies at least so long before the end of the shop.
func followedShare(customers []demoCustomer) []float64 {
	shares := make([]float64, longestInterval+1)
	for i := range customers {
		shares[min(int(demoLast-customers[i].first), longestInterval)]++
	}
	for t := longestInterval - 1; t >= 0; t-- {
		shares[t] += shares[t+1]
	}
	for t := range shares {
		shares[t] /= float64(len(customers))
	}
	return shares
}

// interval returns the interval in days below which the share u of all lies.
func (c returnCurve) interval(u float64) int {
	for t, share := range c.by {
		if u < share {
			return t
		}
	}
	return longestInterval
}

// quantiles returns the smallest days by which these shares had come back.
func (c returnCurve) quantiles(shares [3]float64) (days [3]int) {
	for i, q := range shares {
		for c.by[days[i]] < q {
			days[i]++
		}
	}
	return days
}
