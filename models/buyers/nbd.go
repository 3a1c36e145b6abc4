package buyers

import (
	"fmt"
	"math"
)

// NBD is the model of Ehrenberg (1959): customers buy at random (Poisson) at
// rates that are gamma distributed among them, and never stop.
type NBD struct {
	R, Alpha float64 // shape and rate of the gamma distribution
}

// FitNBD fits by maximum likelihood.
func FitNBD(histories []History) (*NBD, error) {
	u, err := unit(histories)
	if err != nil {
		return nil, fmt.Errorf("nbd: %w", err)
	}
	p, err := maximise(scaled(histories, u), [][]float64{{1, 1}, {0.2, 0.2}, {5, 2}}, func(p []float64, h []History) float64 {
		return (&NBD{p[0], p[1]}).LogLikelihood(h)
	})
	if err != nil {
		return nil, fmt.Errorf("nbd: %w", err)
	}
	return &NBD{p[0], p[1] * u}, nil
}

// LogLikelihood is that of the purchase times, see Model.
func (m *NBD) LogLikelihood(histories []History) float64 {
	return sum(histories, func(part []History) float64 {
		total, x, rate := 0.0, -1.0, 0.0
		for _, h := range part {
			if h.Frequency != x {
				x = h.Frequency
				rate = logGammaRate(m.R, m.Alpha, x)
			}
			total += h.Customers * (rate - (m.R+x)*math.Log(m.Alpha+h.Age))
		}
		return total
	})
}

// logGammaRate is ln of Γ(r+x) × α^r / Γ(r), which the likelihoods of all
// models with gamma rates share.
func logGammaRate(r, alpha, x float64) float64 {
	return lgamma(r+x) - lgamma(r) + r*math.Log(alpha)
}

// Alive is 1: nobody stops.
func (m *NBD) Alive(History) float64 { return 1 }

// Expected is the mean number of purchases in time t, see Model.
func (m *NBD) Expected(t float64) float64 { return m.R / m.Alpha * t }

// ExpectedGiven is the mean number of purchases to come, see Model.
func (m *NBD) ExpectedGiven(h History, t float64) float64 {
	return (m.R + h.Frequency) / (m.Alpha + h.Age) * t
}

// AnyGiven is the probability of a purchase to come, see Model.
func (m *NBD) AnyGiven(h History, t float64) float64 {
	return anyAtGammaRate(m.R+h.Frequency, m.Alpha+h.Age, t)
}

// anyAtGammaRate is the chance of a purchase in time t at a gamma rate.
func anyAtGammaRate(r, alpha, t float64) float64 { return -math.Expm1(-r * math.Log1p(t/alpha)) }
