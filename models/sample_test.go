package models

import (
	"math"
	"math/rand/v2"
	"strconv"
)

// sampleShop makes rows with a known truth: columns 0 and 1 and the channel
// drive the chance of a positive, the others are noise. Column 2 is missing in
// a third of the rows.
func sampleShop(rows, columns int, seed uint64) (*Training, []float64) {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &Training{X: &Matrix{}, Y: make([]uint8, rows)}
	for c := range columns {
		t.X.Names = append(t.X.Names, "x"+strconv.Itoa(c))
		t.X.Columns = append(t.X.Columns, make([]float32, rows))
		t.X.Levels = append(t.X.Levels, nil)
	}
	channel := columns - 1
	t.X.Names[channel], t.X.Levels[channel] = "channel", []string{"phone", "shop", "web"}
	truth := make([]float64, rows)
	for i := range rows {
		for c := range columns {
			t.X.Columns[c][i] = float32(r.NormFloat64())
		}
		t.X.Columns[0][i] = float32(r.IntN(365))
		if r.IntN(3) == 0 {
			t.X.Columns[2][i] = float32(math.NaN())
		}
		t.X.Columns[channel][i] = float32(r.IntN(3))
		x := func(c int) float64 { return float64(t.X.Columns[c][i]) }
		z := -2.2 - (x(0)-180)/120 + 0.8*x(1)*x(1)/2
		if x(channel) == 1 {
			z += 0.7
		}
		truth[i] = sigmoid(z)
		if r.Float64() < truth[i] {
			t.Y[i] = 1
		}
	}
	return t, truth
}

func predict(m Model, x *Matrix) []float64 {
	out := make([]float64, x.Rows())
	m.Predict(x, out)
	return out
}
