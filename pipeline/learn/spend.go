package learn

import (
	"math"

	"winback/models"
	"winback/pipeline/snapshots"
)

// spendModel expects, of one who returns, a mean between the customer's own
// mean order value and the shop's mean spend of those who returned: (orders ×
// own + Weight × Shop) ÷ (orders + Weight), times Factor. Unlike Gamma-Gamma
// (Fader and Hardie 2013) it leaves open how value and frequency go together.
type spendModel struct {
	Shop   float64 // currency
	Weight float64 // orders that the shop's mean is worth
	Factor float64
}

var spendWeights = []float64{0.5, 1, 2, 4, 8, 16, 64}

// fitSpend picks the weight with the least gamma deviance on customers who
// returned within past horizons. Without any it knows nothing: NaN.
func fitSpend(s *snapshots.Snapshots) spendModel {
	best := spendModel{Shop: math.NaN(), Factor: 1}
	if s.Raw == nil {
		return best
	}
	orders, value := snapshots.Column(s.Raw, "orders"), snapshots.Column(s.Raw, "mean_order_value")
	var rows []int
	sum := 0.0
	for i, spent := range s.Spend {
		if spent > 0 {
			rows = append(rows, i)
			sum += spent
		}
	}
	if len(rows) == 0 {
		return best
	}
	shop, least := sum/float64(len(rows)), math.Inf(1)
	for _, weight := range spendWeights {
		m := spendModel{Shop: shop, Weight: weight, Factor: 1}
		expected := 0.0
		for _, i := range rows {
			expected += m.expect(float64(orders[i]), float64(value[i]))
		}
		m.Factor = sum / expected
		deviance := 0.0
		for _, i := range rows {
			ratio := s.Spend[i] / m.expect(float64(orders[i]), float64(value[i]))
			deviance += ratio - 1 - math.Log(ratio)
		}
		if deviance < least {
			best, least = m, deviance
		}
	}
	return best
}

func (m spendModel) expect(orders, meanOrderValue float64) float64 {
	return m.Factor * (orders*meanOrderValue + m.Weight*m.Shop) / (orders + m.Weight)
}

// Of expects the spend of every row.
func (m spendModel) Of(x *models.Matrix) []float64 {
	orders, value := snapshots.Column(x, "orders"), snapshots.Column(x, "mean_order_value")
	out := make([]float64, len(orders))
	for i := range out {
		out[i] = m.expect(float64(orders[i]), float64(value[i]))
	}
	return out
}
