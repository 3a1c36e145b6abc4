package buyers

import (
	"fmt"
	"math"
)

// GammaGamma is the model of spend per purchase of Colombo and Jiang (1999), as
// in Fader, Hardie and Lee (2005): a customer's purchases are gamma distributed
// about a mean, and so, inversely, are the means. It takes the spend not to
// depend on how often a customer buys.
type GammaGamma struct {
	P, Q, Gamma float64
}

// FitGammaGamma fits by maximum likelihood to customers with purchases[i] of a
// mean value mean[i]; those without purchases or value are left out.
func FitGammaGamma(purchases, mean []float64) (*GammaGamma, error) {
	if len(purchases) != len(mean) {
		return nil, fmt.Errorf("gamma-gamma: %d purchase counts for %d means", len(purchases), len(mean))
	}
	var spends []spend
	total := 0.0
	for i, x := range purchases {
		if x > 0 && mean[i] > 0 && !math.IsInf(x, 0) && !math.IsInf(mean[i], 0) {
			spends = append(spends, spend{x, mean[i]})
			total += mean[i]
		}
	}
	if len(spends) < 3 {
		return nil, fmt.Errorf("gamma-gamma: %d customers with purchases of some value, want 3 or more", len(spends))
	}
	unit := total / float64(len(spends))
	for i := range spends {
		spends[i].mean /= unit
	}
	loss := func(x []float64) float64 {
		p := parametersOf(x)
		return -(&GammaGamma{p[0], p[1], p[2]}).logLikelihood(spends)
	}
	var best []float64
	least := math.Inf(1)
	for _, start := range [][]float64{{6, 4, 0.5}, {1, 2, 1}, {2, 15, 7}} {
		if x, value := search(logsOf(start), 1e-8, loss); value < least {
			best, least = x, value
		}
	}
	if best == nil {
		return nil, fmt.Errorf("gamma-gamma: the likelihood is nowhere finite")
	}
	best, _ = search(best, 1e-9, loss)
	p := parametersOf(best)
	return &GammaGamma{p[0], p[1], p[2] * unit}, nil
}

// spend is what is known of one customer.
type spend struct{ purchases, mean float64 }

// LogLikelihood is that of the mean values, one customer per entry; customers
// without purchases or value are left out.
func (m *GammaGamma) LogLikelihood(purchases, mean []float64) float64 {
	var spends []spend
	for i, x := range purchases {
		if x > 0 && mean[i] > 0 {
			spends = append(spends, spend{x, mean[i]})
		}
	}
	return m.logLikelihood(spends)
}

func (m *GammaGamma) logLikelihood(spends []spend) float64 {
	total := 0.0
	for _, s := range spends {
		px := m.P * s.purchases
		total += lgamma(px+m.Q) - lgamma(px) - lgamma(m.Q) + m.Q*math.Log(m.Gamma) +
			(px-1)*math.Log(s.mean) + px*math.Log(s.purchases) - (px+m.Q)*math.Log(m.Gamma+s.purchases*s.mean)
	}
	return total
}

// Expected is the mean spend per purchase to come of a customer with some
// purchases of a mean value; without any, that of an unknown customer. It is
// infinite where the fitted means have none.
func (m *GammaGamma) Expected(purchases, mean float64) float64 {
	left := m.P*purchases + m.Q - 1
	if left <= 0 {
		return math.Inf(1)
	}
	return m.P * (m.Gamma + purchases*mean) / left
}
