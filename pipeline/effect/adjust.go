package effect

import "math"

// Moments gathers the customers of one side of a group for Adjust: y is 1 for
// who returned, x the probability frozen at launch. The zero value is empty. It
// keeps means and sums of squares about them (Welford 1962), so that equal
// values have no spread at all.
type Moments struct {
	n            int64
	meanX, meanY float64
	xx, xy, yy   float64 // sums of products about the means
}

// Add counts one customer. Sums depend on the order in the last digits: add
// customers by id.
func (m *Moments) Add(returned bool, x float64) {
	y := 0.0
	if returned {
		y = 1
	}
	m.n++
	n := float64(m.n)
	dx, dy := x-m.meanX, y-m.meanY
	m.meanX += dx / n
	m.meanY += dy / n
	m.xx += dx * (x - m.meanX)
	m.xy += dx * (y - m.meanY)
	m.yy += dy * (y - m.meanY)
}

// Sides are the two sides of a group.
type Sides struct{ Contacted, HeldOut Moments }

// MinHeldOutReturns is the number of returns among the held-out from which on
// the adjusted figures may be shown.
const MinHeldOutReturns = 30

// Adjustment is what Adjust finds: extra returns as counted and adjusted, with
// standard errors, and the slope.
type Adjustment struct {
	Extra, Adjusted, SE, AdjustedSE, Theta float64
}

// Adjust takes out of the extra returns of closed windows what chance dealt the
// two sides in probability before anything was sent: r is replaced by the mean
// of y − θx, with one θ for the wave, that which makes the variance least,
//
//	θ = Σ n₁² (c₀/n₀ + c₁/n₁) ÷ Σ n₁² (v₀/n₀ + v₁/n₁)
//
// c the covariance of x and y and v the variance of x inside a side (Deng, Xu,
// Kohavi and Walker, WSDM 2013; Lin, Annals of Applied Statistics 7 (2013)
// 295). Groups with fewer than two customers on a side have no variance and are
// left out; all fields are NaN where that is all of them.
func Adjust(groups []Sides) Adjustment {
	num, den, used := 0.0, 0.0, 0
	for _, g := range groups {
		if g.Contacted.n < 2 || g.HeldOut.n < 2 {
			continue
		}
		used++
		num += g.variance(func(m Moments) float64 { return m.xy })
		den += g.variance(func(m Moments) float64 { return m.xx })
	}
	if used == 0 {
		nan := math.NaN()
		return Adjustment{nan, nan, nan, nan, nan}
	}
	a, v, va := Adjustment{}, 0.0, 0.0
	if den > 0 {
		a.Theta = num / den
	}
	for _, g := range groups {
		if g.Contacted.n < 2 || g.HeldOut.n < 2 {
			continue
		}
		n, d := float64(g.Contacted.n), g.Contacted.meanY-g.HeldOut.meanY
		a.Extra += n * d
		a.Adjusted += n * (d - a.Theta*(g.Contacted.meanX-g.HeldOut.meanX))
		v += g.variance(func(m Moments) float64 { return m.yy })
		va += g.variance(func(m Moments) float64 { return m.yy - 2*a.Theta*m.xy + a.Theta*a.Theta*m.xx })
	}
	a.SE, a.AdjustedSE = math.Sqrt(v), math.Sqrt(max(0, va))
	return a
}

// variance is n₁² times the sum over the sides of a sum of products made a
// variance of the mean.
func (g Sides) variance(sum func(Moments) float64) float64 {
	of := func(m Moments) float64 { return sum(m) / float64(m.n-1) / float64(m.n) }
	return square(float64(g.Contacted.n)) * (of(g.Contacted) + of(g.HeldOut))
}

// Limits moves the limits of Extra to the adjusted figure and scales them by
// how much narrower it is. counted must be of the groups that were adjusted.
func (a Adjustment) Limits(counted Estimate) Estimate {
	if !(a.SE > 0) {
		return counted
	}
	scale := a.AdjustedSE / a.SE
	return Estimate{a.Adjusted, a.Adjusted - scale*(counted.Value-counted.Low), a.Adjusted + scale*(counted.High-counted.Value)}
}
