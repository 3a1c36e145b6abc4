package effect

import "math"

// Sum is a sum of extra returns with its variance, as Extra and VarianceSoFar
// have it.
type Sum struct{ Extra, Variance float64 }

// Response is the share of all extra returns that had come by some day of the
// window, in waves that are settled, with its variance. It may exceed 1: a
// contact also brings forward what would have come.
type Response struct{ Share, Variance float64 }

// ResponseShare divides the extra returns by that day by those of the whole
// window, both summed over the shop's settled waves:
//
//	G = A/B, var G = (var A (1 − 2G) + G² var B)/B²
//
// since what came by the day is part of the whole (the chain ladder of
// insurers, Mack, ASTIN Bulletin 23 (1993) 213). ok is false where the waves do
// not show that there is an effect at all (B − z √var B not above 0), or too
// little of it had come (G below .05).
func ResponseShare(byDay, whole Sum) (r Response, ok bool) {
	if !(whole.Extra-z*math.Sqrt(whole.Variance) > 0) {
		return Response{}, false
	}
	g := byDay.Extra / whole.Extra
	v := (byDay.Variance*(1-2*g) + g*g*whole.Variance) / square(whole.Extra)
	return Response{g, max(0, v)}, g >= .05
}

// Final is the forecast of the extra returns by the end of the window with its
// standard error, from those so far: I/G and √(V/G² + I² var G/G⁴).
func (r Response) Final(soFar Sum) (extra, se float64) {
	g := r.Share
	return soFar.Extra / g, math.Sqrt(soFar.Variance/square(g) + square(soFar.Extra)*r.Variance/square(g*g))
}

// FinalRange is what can be said without a Response: the extra returns by the
// end if contacting is over as a cause, and if it goes on as returns do by
// themselves, of which share has come (above 0).
func FinalRange(soFar, share float64) (ifOver, ifGoesOn float64) { return soFar, soFar / share }

// FinalReturns forecasts how many of the contacted will have returned by the end
// of their windows, y1 of whom did. Without a response (nil) it reaches from
// what comes if all extra returns were only brought forward to what comes if
// they go on at the pace of natural ones:
//
//	y₁ + M; from y₁ + q₂.₅ − min(max(0, I), M) to y₁ + q₉₇.₅ + max(0, I/F − I)
//
// with M, q, F of natural. With one, f = y₁ + M + I/G − I,
//
//	f − √((M − q₂.₅)² + (z s)²) to f + √((q₉₇.₅ − M)² + (z s)²)
//	s² = V (1/G − 1)² + I² var G/G⁴
func FinalReturns(y1 int64, soFar Sum, natural Natural, response *Response) Estimate {
	low, high := natural.Quantile(.025), natural.Quantile(.975)
	middle, i := float64(y1)+natural.Mean, soFar.Extra
	if response == nil {
		forward, on := min(max(0, i), natural.Mean), 0.0
		if i > 0 {
			on = max(0, i/natural.Share-i)
		}
		return Estimate{middle, float64(y1) + low - forward, float64(y1) + high + on}
	}
	g := response.Share
	s := math.Sqrt(soFar.Variance*square(1/g-1) + i*i*response.Variance/square(g*g))
	f := middle + i/g - i
	return Estimate{f, f - math.Hypot(natural.Mean-low, z*s), f + math.Hypot(high-natural.Mean, z*s)}
}
