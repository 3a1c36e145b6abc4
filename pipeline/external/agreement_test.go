package external

import (
	"math"
	"math/rand/v2"
	"testing"

	"winback/data"
	"winback/models"
)

// scoredBy is a day of customers with two features and a column of scores made of them.
func scoredBy(seed uint64, customers int, score func(recency, orders, noise float64) float64) (*Scores, *models.Matrix) {
	r := rand.New(rand.NewPCG(seed, 9))
	m := &models.Matrix{Names: []string{"recency", "orders", "channel", "score"}, Levels: [][]string{nil, nil, {"web", "shop"}, nil}, Columns: make([][]float32, 4)}
	least := float32(math.Inf(1))
	for range customers {
		recency, orders := r.ExpFloat64(), r.ExpFloat64()
		value := float32(score(recency, orders, r.NormFloat64()))
		least = min(least, value)
		for c, v := range []float32{float32(recency), float32(orders), float32(r.IntN(2)), value} {
			m.Columns[c] = append(m.Columns[c], v)
		}
	}
	m.Columns[1][0] = float32(math.NaN())
	return &Scores{days: map[data.Day]*ofDay{1: {least: least}}}, m
}

func profile(seed uint64, customers int, score func(recency, orders, noise float64) float64) Profile {
	s, m := scoredBy(seed, customers, score)
	return s.Profile(1, m, 0, customers)
}

func TestAgreement_TellsASignThatTurnedTonight(t *testing.T) {
	usual := func(recency, orders, noise float64) float64 { return orders - recency + noise }
	past := []Profile{profile(1, 3000, usual), profile(2, 9000, usual)}
	for name, c := range map[string]struct {
		score     func(recency, orders, noise float64) float64
		low, high float64
	}{
		"as ever":        {usual, .9, 1.1},
		"other scale":    {func(r, o, n float64) float64 { return math.Exp(usual(r, o, n)) }, .9, 1.1},
		"sign turned":    {func(r, o, n float64) float64 { return -usual(r, o, n) }, -1.1, -.9},
		"of other rows":  {func(_, _, n float64) float64 { return n }, -.2, .2},
		"another model":  {func(r, _, n float64) float64 { return -r + n/2 }, .5, 1},
		"a rival's sign": {func(r, o, n float64) float64 { return r - o + n/4 }, -1.6, -1},
	} {
		if got, known := Agreement(profile(3, 2000, c.score), past); !known || got < c.low || got > c.high {
			t.Errorf("%s: %.2f, %v", name, got, known)
		}
	}
}

func TestAgreement_IsNotKnownWherePastDaysSayNothing(t *testing.T) {
	noise := func(_, _, n float64) float64 { return n }
	recency := func(r, _, n float64) float64 { return n - r }
	turned := func(r, _, n float64) float64 { return n + r }
	for name, past := range map[string][]Profile{
		"no days":      nil,
		"noise":        {profile(1, 3000, noise), profile(2, 3000, noise)},
		"disagreement": {profile(1, 3000, recency), profile(2, 3000, recency), profile(4, 3000, turned)},
		"few":          {profile(1, 3000, recency), profile(2, fewestCompared/2, recency)},
	} {
		if got, known := Agreement(profile(3, 2000, recency), past); known {
			t.Errorf("%s: %.2f", name, got)
		}
	}
	if _, known := Agreement(nil, []Profile{profile(1, 3000, recency)}); known {
		t.Error("known without scores of tonight")
	}
}
