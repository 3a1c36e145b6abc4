package buyers

import (
	"fmt"
	"math"
)

// BGBB is the model of Fader, Hardie and Shang (2010) for purchases at fixed
// occasions, such as once a year: at each a customer who is there buys with a
// probability that is beta distributed among them, and before each may stop
// with another. In a History time counts occasions: Frequency is how many of
// the Age occasions saw a purchase, and Recency which was the last one.
type BGBB struct {
	Alpha, Beta  float64 // beta distribution of the probability to buy
	Gamma, Delta float64 // beta distribution of the probability to stop
}

// FitBGBB fits by maximum likelihood. It checks that occasions are whole and
// that no more purchases are told than fit before the last one.
func FitBGBB(histories []History) (*BGBB, error) {
	for i, h := range histories {
		whole := h.Recency == math.Trunc(h.Recency) && h.Age == math.Trunc(h.Age)
		if err := h.check(); err != nil || !whole || h.Frequency > h.Recency || h.Age > 10_000 {
			return nil, fmt.Errorf("bg/bb: history %d: %v of %v occasions, last at %v", i, h.Frequency, h.Age, h.Recency)
		}
	}
	if _, err := unit(histories); err != nil {
		return nil, fmt.Errorf("bg/bb: %w", err)
	}
	starts := [][]float64{{1, 1, 0.7, 3}, {0.5, 2, 0.3, 5}, {3, 3, 1, 1}}
	p, err := maximise(histories, starts, func(p []float64, h []History) float64 {
		return (&BGBB{p[0], p[1], p[2], p[3]}).LogLikelihood(h)
	})
	if err != nil {
		return nil, fmt.Errorf("bg/bb: %w", err)
	}
	return &BGBB{p[0], p[1], p[2], p[3]}, nil
}

// LogLikelihood is that of the occasions of purchases, see Model (equation 5).
func (m *BGBB) LogLikelihood(histories []History) float64 {
	return sum(histories, func(part []History) float64 {
		total := 0.0
		for _, h := range part {
			total += h.Customers * m.log(h)
		}
		return total
	})
}

// logAlive is the part of the likelihood of those who are there at the end.
func (m *BGBB) logAlive(h History) float64 {
	return lbeta(m.Alpha+h.Frequency, m.Beta+h.Age-h.Frequency) - lbeta(m.Alpha, m.Beta) +
		lbeta(m.Gamma, m.Delta+h.Age) - lbeta(m.Gamma, m.Delta)
}

func (m *BGBB) log(h History) float64 {
	total := m.logAlive(h)
	for k := h.Recency; k < h.Age; k++ { // stopped after occasion k
		total = logSum(total, lbeta(m.Alpha+h.Frequency, m.Beta+k-h.Frequency)-lbeta(m.Alpha, m.Beta)+
			lbeta(m.Gamma+1, m.Delta+k)-lbeta(m.Gamma, m.Delta))
	}
	return total
}

// Alive is the probability to be there at the last occasion, see Model.
func (m *BGBB) Alive(h History) float64 { return math.Exp(m.logAlive(h) - m.log(h)) }

// Expected is the mean number of purchases at the first t occasions.
func (m *BGBB) Expected(t float64) float64 {
	return m.Alpha / (m.Alpha + m.Beta) * m.stay(0, t)
}

// ExpectedGiven is the mean number of purchases at the next t occasions.
func (m *BGBB) ExpectedGiven(h History, t float64) float64 {
	rate := (m.Alpha + h.Frequency) / (m.Alpha + m.Beta + h.Age)
	return m.Alive(h) * rate * m.stay(h.Age, t)
}

// stay is at how many of the t occasions after n a customer is there who was
// there at n: the sum of the probabilities to have survived each.
func (m *BGBB) stay(n, t float64) float64 {
	total, survives := 0.0, 1.0
	for k := 0.0; k < t; k++ {
		survives *= (m.Delta + n + k) / (m.Gamma + m.Delta + n + k)
		total += survives
	}
	return total
}

// AnyGiven is the probability of a purchase at one of the next t occasions.
func (m *BGBB) AnyGiven(h History, t float64) float64 {
	later := BGBB{m.Alpha + h.Frequency, m.Beta + h.Age - h.Frequency, m.Gamma, m.Delta + h.Age}
	return m.Alive(h) * math.Max(-math.Expm1(later.log(History{Age: math.Trunc(t)})), 0)
}
