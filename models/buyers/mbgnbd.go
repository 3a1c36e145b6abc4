package buyers

import (
	"fmt"
	"math"
)

// MBGNBD is the modified BG/NBD of Batislam, Denizel and Filiztekin (2007; the
// same as the CBG/NBD of Hoppe and Wagner 2007): customers buy at random
// (Poisson) at rates that are gamma distributed among them, and after each
// purchase, the first one too, stop with a probability that is beta
// distributed. One-time buyers can thus be lost, which the BG/NBD of Fader,
// Hardie and Lee (2005) does not allow.
type MBGNBD struct {
	R, Alpha float64 // gamma distribution of the rates
	A, B     float64 // beta distribution of the probability to stop
}

// FitMBGNBD fits by maximum likelihood, time in whatever unit the histories
// have. Without a repeat purchase among them it is an error.
func FitMBGNBD(histories []History) (*MBGNBD, error) {
	u, err := unit(histories)
	if err != nil {
		return nil, fmt.Errorf("mbg/nbd: %w", err)
	}
	starts := [][]float64{{0.5, 0.3, 0.5, 1.5}, {1, 1, 1, 3}, {0.2, 0.05, 0.1, 0.5}, {3, 0.5, 2, 10}}
	p, err := maximise(scaled(histories, u), starts, func(p []float64, h []History) float64 {
		return (&MBGNBD{p[0], p[1], p[2], p[3]}).LogLikelihood(h)
	})
	if err != nil {
		return nil, fmt.Errorf("mbg/nbd: %w", err)
	}
	return &MBGNBD{p[0], p[1] * u, p[2], p[3]}, nil
}

// LogLikelihood is that of the purchase times in the histories.
func (m *MBGNBD) LogLikelihood(histories []History) float64 {
	total, x, front, stopped := 0.0, -1.0, 0.0, 0.0
	for _, h := range histories {
		if h.Frequency != x {
			x = h.Frequency
			front = logGammaRate(m.R, m.Alpha, x) + lbeta(m.A, m.B+x+1) - lbeta(m.A, m.B)
			stopped = math.Log(m.A / (m.B + x))
		}
		value := logSum(-(m.R+x)*math.Log(m.Alpha+h.Age), stopped-(m.R+x)*math.Log(m.Alpha+h.Recency))
		total += h.Customers * (front + value)
	}
	return total
}

// Alive is the probability that a customer with this history is still one. The
// power is taken in logarithms since it may be large.
func (m *MBGNBD) Alive(h History) float64 {
	x := h.Frequency
	odds := m.A / (m.B + x)
	return 1 / (1 + math.Exp(math.Log(odds)+(m.R+x)*math.Log((m.Alpha+h.Age)/(m.Alpha+h.Recency))))
}

// ExpectedGiven is the mean number of purchases of a customer with this history
// in the t after its end.
func (m *MBGNBD) ExpectedGiven(h History, t float64) float64 {
	x := h.Frequency
	return m.Alive(h) * expectedBG(m.R+x, m.Alpha+h.Age, m.A, m.B+x+1, t)
}

// expectedBG is the mean number of purchases in time t of customers who are
// there, with rates and probabilities to stop so distributed (Fader, Hardie and
// Lee 2005, equation 9):
//
//	(a+b−1)/(a−1) × (1 − (α/(α+t))^r × 2F1(r, b; a+b−1; t/(α+t))).
//
// It has no value of its own where a or a+b is 1, but no jump either: there it
// is taken between its neighbours.
func expectedBG(r, alpha, a, b, t float64) float64 {
	const near = 1e-4
	if math.Abs(a-1) < near || math.Abs(a+b-1) < near {
		return (expectedBG(r, alpha, a-2*near, b, t) + expectedBG(r, alpha, a+2*near, b, t)) / 2
	}
	return (a + b - 1) / (a - 1) * (1 - dampedHypergeometric(r, b, a+b-1, t/(alpha+t)))
}

// logGammaRate is ln of Γ(r+x) × α^r / Γ(r).
func logGammaRate(r, alpha, x float64) float64 {
	return lgamma(r+x) - lgamma(r) + r*math.Log(alpha)
}
