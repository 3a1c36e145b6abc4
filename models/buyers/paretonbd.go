package buyers

import (
	"fmt"
	"math"
)

// ParetoNBD is the model of Schmittlein, Morrison and Colombo (1987): purchases
// as in NBD, and customers stop at random at rates that are gamma distributed
// among them. Formulas follow Fader and Hardie (2005), "A note on deriving the
// Pareto/NBD model and related expressions".
type ParetoNBD struct {
	R, Alpha float64 // gamma distribution of the purchase rates
	S, Beta  float64 // gamma distribution of the rates to stop
}

// FitParetoNBD fits by maximum likelihood.
func FitParetoNBD(histories []History) (*ParetoNBD, error) {
	u, err := unit(histories)
	if err != nil {
		return nil, fmt.Errorf("pareto/nbd: %w", err)
	}
	starts := [][]float64{{0.5, 0.3, 0.5, 0.3}, {1, 1, 1, 1}, {0.2, 0.05, 2, 5}, {3, 0.5, 0.3, 0.1}}
	p, err := maximise(scaled(histories, u), starts, func(p []float64, h []History) float64 {
		return (&ParetoNBD{p[0], p[1], p[2], p[3]}).LogLikelihood(h)
	})
	if err != nil {
		return nil, fmt.Errorf("pareto/nbd: %w", err)
	}
	return &ParetoNBD{p[0], p[1] * u, p[2], p[3] * u}, nil
}

// StandardErrors are those of R, Alpha, S and Beta as estimates from the given
// histories; NaN where the model is not at the maximum.
func (m *ParetoNBD) StandardErrors(histories []History) [4]float64 {
	return [4]float64(standardErrors([]float64{m.R, m.Alpha, m.S, m.Beta}, func(p []float64) float64 {
		return (&ParetoNBD{p[0], p[1], p[2], p[3]}).LogLikelihood(histories)
	}))
}

// LogLikelihood is that of the purchase times, see Model.
func (m *ParetoNBD) LogLikelihood(histories []History) float64 {
	return sum(histories, func(part []History) float64 {
		total, x, front := 0.0, -1.0, 0.0
		for _, h := range part {
			if h.Frequency != x {
				x = h.Frequency
				front = logGammaRate(m.R, m.Alpha, x) + m.S*math.Log(m.Beta)
			}
			total += h.Customers * (front + logSum(m.logAlive(h), m.logStopped(h)))
		}
		return total
	})
}

// logAlive and logStopped are the parts of the likelihood of a customer who is
// there at the end, and of one who stopped since the last purchase, without
// the factor that they share.
func (m *ParetoNBD) logAlive(h History) float64 {
	return -(m.R+h.Frequency)*math.Log(m.Alpha+h.Age) - m.S*math.Log(m.Beta+h.Age)
}

func (m *ParetoNBD) logStopped(h History) float64 {
	power := m.R + m.S + h.Frequency
	larger, apart, b := m.Alpha, m.Alpha-m.Beta, m.S+1
	if apart < 0 {
		larger, apart, b = m.Beta, -apart, m.R+h.Frequency
	}
	at := func(t float64) float64 {
		return logHypergeometric(power, b, apart/(larger+t)) - power*math.Log(larger+t)
	}
	return math.Log(m.S/power) + logDifference(at(h.Recency), at(h.Age))
}

// Alive is the probability not to have stopped, see Model.
func (m *ParetoNBD) Alive(h History) float64 {
	return 1 / (1 + math.Exp(m.logStopped(h)-m.logAlive(h)))
}

// Expected is the mean number of purchases in time t, see Model.
func (m *ParetoNBD) Expected(t float64) float64 {
	return m.R / m.Alpha * expectedStay(m.S, m.Beta, t)
}

// ExpectedGiven is the mean number of purchases to come, see Model.
func (m *ParetoNBD) ExpectedGiven(h History, t float64) float64 {
	return m.Alive(h) * (m.R + h.Frequency) / (m.Alpha + h.Age) * expectedStay(m.S, m.Beta+h.Age, t)
}

// expectedStay is how much of the time t a customer is there who stops at a
// gamma rate: β/(s−1) × (1 − (β/(β+t))^(s−1)), which goes over into
// β × ln(1 + t/β) at s = 1.
func expectedStay(s, beta, t float64) float64 {
	way := math.Log1p(t / beta)
	if k := (s - 1) * way; math.Abs(k) > 1e-12 {
		return beta * way * -math.Expm1(-k) / k
	}
	return beta * way
}

// AnyGiven is the probability of a purchase to come, see Model. Rates of those
// who are there are gamma distributed again, so that no purchase is the
// likelihood of an empty history under them.
func (m *ParetoNBD) AnyGiven(h History, t float64) float64 {
	later := ParetoNBD{m.R + h.Frequency, m.Alpha + h.Age, m.S, m.Beta + h.Age}
	none := History{Age: t}
	log := later.R*math.Log(later.Alpha) + later.S*math.Log(later.Beta) + logSum(later.logAlive(none), later.logStopped(none))
	return m.Alive(h) * math.Max(-math.Expm1(log), 0)
}
