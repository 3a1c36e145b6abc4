package effect

import (
	"math/rand/v2"
	"testing"
)

func TestQini_OfARankingWithoutSenseIsNothing(t *testing.T) {
	draw := rand.New(rand.NewPCG(14, 14))
	beyond, rounds := 0, 1000
	for range rounds {
		customers, score := make([]Outcome, 500), make([]float64, 500)
		for i := range customers {
			customers[i] = Outcome{draw.Float64() < .8, draw.Float64() < .2, .8, .2}
			score[i] = draw.Float64()
		}
		if q := Qini(customers, score); q.Low > 0 {
			beyond++
		}
	}
	if share := float64(beyond) / float64(rounds); share > .04 {
		t.Errorf("chosen in %.3f, want about .025", share)
	}
}

func TestQini_TiesAndOrder(t *testing.T) {
	customers := []Outcome{{true, true, .5, 0}, {false, false, .5, 0}, {true, false, .5, 0}, {false, true, .5, 0}}
	if q := Qini(customers, []float64{7, 7, 7, 7}); q.Value != 0 {
		t.Errorf("all alike: %+v", q)
	}
	up, down := Qini(customers, []float64{4, 3, 2, 1}), Qini(customers, []float64{1, 2, 3, 4})
	near(t, "turned about", up.Value, -down.Value, 1e-15)
	near(t, "difference", QiniDifference(customers, []float64{4, 3, 2, 1}, []float64{1, 2, 3, 4}).Value, up.Value-down.Value, 1e-15)
	if Qini(customers[:1], []float64{1}).Known() {
		t.Error("a ranking of one customer")
	}
}
