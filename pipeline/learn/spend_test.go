package learn

import (
	"math"
	"math/rand/v2"
	"testing"

	"winback/models"
	"winback/pipeline/snapshots"
)

// spenders are customers whose own mean spend is drawn around the shop's, and
// whose orders scatter around their own mean: the more the scatter, the more
// the shop's mean should count.
func spenders(rng *rand.Rand, n int, between, within float64) *snapshots.Snapshots {
	s := &snapshots.Snapshots{Raw: &models.Matrix{Names: []string{"orders", "mean_order_value"}, Levels: make([][]string, 2), Columns: make([][]float32, 2)}}
	for range n {
		own := 50 * math.Exp(between*rng.NormFloat64())
		orders, sum := 1+rng.IntN(8), 0.0
		order := func() float64 { return own * math.Exp(within*rng.NormFloat64()-within*within/2) }
		for range orders {
			sum += order()
		}
		spend := 0.0
		if rng.IntN(3) == 0 {
			spend = order()
		}
		s.Raw.Columns[0] = append(s.Raw.Columns[0], float32(orders))
		s.Raw.Columns[1] = append(s.Raw.Columns[1], float32(sum/float64(orders)))
		s.Spend = append(s.Spend, spend)
	}
	return s
}

func TestFitSpend_WeighsOwnAndShopByWhatForetells(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	loyal := fitSpend(spenders(rng, 6000, 0.8, 0.1))
	if loyal.Weight != spendWeights[0] {
		t.Errorf("customers who always spend the same: the shop is worth %v orders, want %v", loyal.Weight, spendWeights[0])
	}
	erratic := fitSpend(spenders(rng, 6000, 0.02, 0.8))
	if erratic.Weight != spendWeights[len(spendWeights)-1] {
		t.Errorf("customers who differ by chance alone: the shop is worth %v orders, want %v", erratic.Weight, spendWeights[len(spendWeights)-1])
	}
}

func TestFitSpend_ExpectsWhatIsSpentInAll(t *testing.T) {
	for _, within := range []float64{0.1, 0.5, 1} {
		s := spenders(rand.New(rand.NewPCG(2, 2)), 5000, 0.5, within)
		m := fitSpend(s)
		spent, expected := 0.0, 0.0
		for i, e := range m.Of(s.Raw) {
			if e <= 0 {
				t.Fatalf("row %d: expects %v", i, e)
			}
			if s.Spend[i] > 0 {
				spent, expected = spent+s.Spend[i], expected+e
			}
		}
		if math.Abs(expected/spent-1) > 1e-6 {
			t.Errorf("expects %.2f of those who returned, they spent %.2f", expected, spent)
		}
	}
}

func TestFitSpend_KnowsNothingWithoutReturns(t *testing.T) {
	s := spenders(rand.New(rand.NewPCG(2, 2)), 10, 0.5, 0.5)
	clear(s.Spend)
	for name, s := range map[string]*snapshots.Snapshots{"nobody returned": s, "no snapshots": {}} {
		if m := fitSpend(s); !math.IsNaN(m.expect(3, 40)) {
			t.Errorf("%s: expects %v, want NaN", name, m.expect(3, 40))
		}
	}
}
