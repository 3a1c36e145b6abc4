package buyers

import (
	"fmt"
	"math"
)

// MBGNBD is the modified BG/NBD of Batislam, Denizel and Filiztekin (2007; the
// same as the CBG/NBD of Hoppe and Wagner 2007): customers may also stop after
// their very first purchase, so that one-time buyers can be lost.
type MBGNBD struct {
	R, Alpha float64 // gamma distribution of the rates
	A, B     float64 // beta distribution of the probability to stop
}

// FitMBGNBD fits by maximum likelihood.
func FitMBGNBD(histories []History) (*MBGNBD, error) {
	p, err := fitBetaGeometric(histories, func(p []float64, h []History) float64 {
		return (&MBGNBD{p[0], p[1], p[2], p[3]}).LogLikelihood(h)
	})
	if err != nil {
		return nil, fmt.Errorf("mbg/nbd: %w", err)
	}
	return &MBGNBD{p[0], p[1], p[2], p[3]}, nil
}

// LogLikelihood is that of the purchase times, see Model.
func (m *MBGNBD) LogLikelihood(histories []History) float64 {
	return sum(histories, func(part []History) float64 {
		total, x, front, stopped := 0.0, -1.0, 0.0, 0.0
		for _, h := range part {
			if h.Frequency != x {
				x = h.Frequency
				front = logGammaRate(m.R, m.Alpha, x) + lbeta(m.A, m.B+x+1) - lbeta(m.A, m.B)
				stopped = math.Log(m.A / (m.B + x))
			}
			value := logSum(-(m.R+x)*math.Log(m.Alpha+h.Age), stopped-(m.R+x)*math.Log(m.Alpha+h.Recency))
			total += h.Customers * (front + value)
		}
		return total
	})
}

// Alive is the probability not to have stopped, see Model.
func (m *MBGNBD) Alive(h History) float64 {
	x := h.Frequency
	return aliveAfter(m.A/(m.B+x), m.R+x, m.Alpha+h.Age, m.Alpha+h.Recency)
}

// Expected is the mean number of purchases in time t, see Model: that of the
// BG/NBD for those who survive their first purchase.
func (m *MBGNBD) Expected(t float64) float64 {
	return m.B / (m.A + m.B) * expectedBG(m.R, m.Alpha, m.A, m.B+1, t)
}

// ExpectedGiven is the mean number of purchases to come, see Model.
func (m *MBGNBD) ExpectedGiven(h History, t float64) float64 {
	x := h.Frequency
	return m.Alive(h) * expectedBG(m.R+x, m.Alpha+h.Age, m.A, m.B+x+1, t)
}

// AnyGiven is the probability of a purchase to come, see Model.
func (m *MBGNBD) AnyGiven(h History, t float64) float64 {
	return m.Alive(h) * anyAtGammaRate(m.R+h.Frequency, m.Alpha+h.Age, t)
}
