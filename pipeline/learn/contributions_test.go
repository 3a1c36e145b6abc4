package learn

import (
	"math"
	"math/rand/v2"
	"testing"

	"winback/models"
	"winback/pipeline/snapshots"
)

// reasonShop has rows in which recency, orders and channel tell who returns.
func reasonShop(t *testing.T, rows int) (raw, relative *models.Matrix, y []uint8) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	raw = &models.Matrix{Names: []string{"recency_days", "interval_mean", "orders", "monetary", "first_channel", "tomorrows_weather", "purchase_days"}, Levels: [][]string{nil, nil, nil, nil, {"phone", "web"}, nil, nil},
		Columns: make([][]float32, 7)}
	for range rows {
		recency, orders, channel := 90+r.IntN(600), 1+r.IntN(6), r.IntN(2)
		interval := float32(math.NaN())
		if orders > 1 {
			interval = float32(20 + r.IntN(200))
		}
		for k, v := range []float32{float32(recency), interval, float32(orders), float32(orders) * 40, float32(channel), r.Float32(), float32(orders)} {
			raw.Columns[k] = append(raw.Columns[k], v)
		}
		odds := 0.5*float64(orders) - float64(recency)/150 + float64(channel)
		back := uint8(0)
		if r.Float64() < 1/(1+math.Exp(-odds)) {
			back = 1
		}
		y = append(y, back)
	}
	return raw, snapshots.RelativeMatrix(raw, []int{0, rows}, 2), y
}

func reasonModels(t *testing.T, raw, relative *models.Matrix, y []uint8) *Learned {
	t.Helper()
	d := &Learned{finals: map[string]model{}, blend: evenly(len(blendParts))}
	for _, c := range Candidates() {
		if c.Name != ModelLogistic && c.Name != ModelBoost && c.Name != ModelBoostRelative {
			continue
		}
		m, err := c.fit(t.Context(), fitting{train: &models.Training{X: c.form.of(raw, relative), Y: y}, trees: 30, seed: 1, workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		d.finals[c.Name] = m
	}
	return d
}

// What is told rests on contributions that differ between two customers as the
// log-odds of the model do.
func TestContributions_AddUpToTheLogOddsOfTheRanker(t *testing.T) {
	raw, relative, y := reasonShop(t, 3000)
	d := reasonModels(t, raw, relative, y)
	for _, name := range []string{ModelLogistic, ModelBoost, ModelBoostRelative, ModelBlend} {
		d.Calibrations = map[string]models.Calibration{ModelBlend: &models.Platt{Slope: 1}}
		p := d.Raw(raw, relative)[name]
		sums, _ := d.Contributions(name, raw, relative, 2)
		logit := func(i int) float64 { return math.Log(p[i] / (1 - p[i])) }
		total := func(i int) (sum float64) {
			for _, v := range sums[i] {
				sum += v
			}
			return sum
		}
		for i := 1; i < 400; i++ {
			if got, want := total(i)-total(0), logit(i)-logit(0); math.Abs(got-want) > 1e-6*math.Max(1, math.Abs(want)) {
				t.Fatalf("%s: contributions of row %d are %v above those of row 0, log-odds %v", name, i, got, want)
			}
		}
	}
	if d.Explains(ModelRecency) || d.Explains(ModelRFM) || !d.Explains(ModelBlend) {
		t.Error("the wrong models explain themselves")
	}
}

func TestImportances_NameWhatMovesEachModel(t *testing.T) {
	raw, relative, y := reasonShop(t, 3000)
	d := reasonModels(t, raw, relative, y)
	all := d.importances(&snapshots.Snapshots{Raw: raw, Relative: relative, Starts: []int{0, 3000}}, 2)
	for _, name := range []string{ModelLogistic, ModelBoost, ModelBoostRelative, ModelBlend} {
		sum, last := 0.0, 1.0
		for _, s := range all[name] {
			sum += float64(s.Share)
			if float64(s.Share) > last {
				t.Errorf("%s: %s stands behind a smaller share", name, s.Feature)
			}
			last = float64(s.Share)
		}
		if math.Abs(sum-1) > 1e-9 || all[name][0].Feature != "recency_days" {
			t.Errorf("%s: shares of %v, %+v", name, sum, all[name])
		}
	}
	if len(all) != 4 {
		t.Errorf("%d models have importances", len(all))
	}
}
