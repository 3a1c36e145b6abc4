package buyers

import (
	"fmt"
	"math"
)

// BGNBD is the model of Fader, Hardie and Lee (2005): purchases as in NBD, and
// after each repeat purchase a customer stops with a probability that is beta
// distributed among them. Customers without a repeat purchase cannot have
// stopped: their Alive is 1.
type BGNBD struct {
	R, Alpha float64 // gamma distribution of the rates
	A, B     float64 // beta distribution of the probability to stop
}

// FitBGNBD fits by maximum likelihood.
func FitBGNBD(histories []History) (*BGNBD, error) {
	p, err := fitBetaGeometric(histories, func(p []float64, h []History) float64 {
		return (&BGNBD{p[0], p[1], p[2], p[3]}).LogLikelihood(h)
	})
	if err != nil {
		return nil, fmt.Errorf("bg/nbd: %w", err)
	}
	return &BGNBD{p[0], p[1], p[2], p[3]}, nil
}

// fitBetaGeometric fits r, α, a and b.
func fitBetaGeometric(histories []History, likelihood func(p []float64, h []History) float64) ([]float64, error) {
	u, err := unit(histories)
	if err != nil {
		return nil, err
	}
	starts := [][]float64{{0.5, 0.3, 0.5, 1.5}, {1, 1, 1, 3}, {0.2, 0.05, 0.1, 0.5}, {3, 0.5, 2, 10}}
	p, err := maximise(scaled(histories, u), starts, likelihood)
	if err != nil {
		return nil, err
	}
	p[1] *= u
	return p, nil
}

// LogLikelihood is that of the purchase times, see Model (equation 6).
func (m *BGNBD) LogLikelihood(histories []History) float64 {
	return sum(histories, func(part []History) float64 {
		total, x, front, stopped := 0.0, -1.0, 0.0, 0.0
		for _, h := range part {
			if h.Frequency != x {
				x = h.Frequency
				front = logGammaRate(m.R, m.Alpha, x) + lbeta(m.A, m.B+x) - lbeta(m.A, m.B)
				stopped = math.Log(m.A / (m.B + x - 1))
			}
			value := -(m.R + x) * math.Log(m.Alpha+h.Age)
			if x > 0 {
				value = logSum(value, stopped-(m.R+x)*math.Log(m.Alpha+h.Recency))
			}
			total += h.Customers * (front + value)
		}
		return total
	})
}

// Alive is the probability not to have stopped, see Model.
func (m *BGNBD) Alive(h History) float64 {
	x := h.Frequency
	if x == 0 {
		return 1
	}
	return aliveAfter(m.A/(m.B+x-1), m.R+x, m.Alpha+h.Age, m.Alpha+h.Recency)
}

// aliveAfter is 1 / (1 + odds × (age / recency)^power), in logarithms since the
// power may be large.
func aliveAfter(odds, power, age, recency float64) float64 {
	return 1 / (1 + math.Exp(math.Log(odds)+power*math.Log(age/recency)))
}

// Expected is the mean number of purchases in time t, see Model (equation 9).
func (m *BGNBD) Expected(t float64) float64 { return expectedBG(m.R, m.Alpha, m.A, m.B, t) }

// ExpectedGiven is the mean number of purchases to come, see Model
// (equation 10).
func (m *BGNBD) ExpectedGiven(h History, t float64) float64 {
	x := h.Frequency
	return m.Alive(h) * expectedBG(m.R+x, m.Alpha+h.Age, m.A, m.B+x, t)
}

// AnyGiven is the probability of a purchase to come, see Model.
func (m *BGNBD) AnyGiven(h History, t float64) float64 {
	return m.Alive(h) * anyAtGammaRate(m.R+h.Frequency, m.Alpha+h.Age, t)
}

// expectedBG is the mean number of purchases in time t of customers who are
// there, with rates and probabilities to stop so distributed:
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
