package diagnose

import (
	"math/rand/v2"
	"testing"

	"winback/models"
)

// TestOutcomes_AgreeWithTheModelsMetrics holds the counts by figure against the
// metrics of single rows.
func TestOutcomes_AgreeWithTheModelsMetrics(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	for range 20 {
		states := make([]state, 50+r.IntN(500))
		figures, y := make([]float64, len(states)), make([]uint8, len(states))
		back := 0.0
		for i := range states {
			figures[i] = float64(r.IntN(40)) / 8
			if states[i].returned = r.Float64() < 0.3; states[i].returned {
				y[i], back = 1, back+1
			}
		}
		all, n := outcomesOf(states, func(i int) float64 { return figures[i] }), float64(len(states))
		same(t, "AUC", all.auc(), 1-models.AUC(figures, y, nil))
		lapsed, others := all.rates(0.37)
		captured := models.Capture(figures, y, nil, 0.37)
		same(t, "rate of the lapsed", lapsed, captured*back/(0.37*n))
		same(t, "rate of the others", others, (1-captured)*back/(0.63*n))
		var tally tally
		for i, v := range figures {
			switch {
			case v >= 2 && states[i].returned:
				tally.lapsed, tally.back = tally.lapsed+1, tally.back+1
			case v >= 2:
				tally.lapsed++
			case states[i].returned:
				tally.others, tally.othersBack = tally.others+1, tally.othersBack+1
			default:
				tally.others++
			}
		}
		if got := all.from(2); got != tally {
			t.Errorf("from 2 on: %+v, want %+v", got, tally)
		}
	}
}
