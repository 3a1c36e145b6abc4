package pipeline

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"winback/models"
)

// reasonShop has rows in which recency, orders and channel tell who returns.
func reasonShop(t *testing.T, rows int) (raw, relative *models.Matrix, y []uint8) {
	t.Helper()
	r := rand.New(rand.NewPCG(7, 7))
	raw = &models.Matrix{Names: []string{"recency_days", "interval_mean", "orders", "monetary", "first_channel", "tomorrows_weather"}, Levels: [][]string{nil, nil, nil, nil, {"phone", "web"}, nil},
		Columns: make([][]float32, 6)}
	for range rows {
		recency, orders, channel := 90+r.IntN(600), 1+r.IntN(6), r.IntN(2)
		interval := float32(math.NaN())
		if orders > 1 {
			interval = float32(20 + r.IntN(200))
		}
		for k, v := range []float32{float32(recency), interval, float32(orders), float32(orders) * 40, float32(channel), r.Float32()} {
			raw.Columns[k] = append(raw.Columns[k], v)
		}
		odds := 0.5*float64(orders) - float64(recency)/150 + float64(channel)
		back := uint8(0)
		if r.Float64() < 1/(1+math.Exp(-odds)) {
			back = 1
		}
		y = append(y, back)
	}
	return raw, relativeMatrix(raw, []int{0, rows}, 2), y
}

func reasonModels(t *testing.T, raw, relative *models.Matrix, y []uint8) *Learned {
	t.Helper()
	d := &Learned{finals: map[string]models.Model{}, blend: evenly(len(blendParts))}
	for _, c := range candidates() {
		if c.name != ModelLogistic && c.name != ModelBoost && c.name != ModelBoostRelative {
			continue
		}
		m, err := c.fit(t.Context(), fitting{train: &models.Training{X: c.form.of(raw, relative), Y: y}, trees: 30, seed: 1, workers: 2})
		if err != nil {
			t.Fatal(err)
		}
		d.finals[c.name] = m
	}
	return d
}

// What is told rests on contributions that differ between two customers as the
// log-odds of the model do.
func TestContributions_AddUpToTheLogOddsOfTheRanker(t *testing.T) {
	raw, relative, y := reasonShop(t, 3000)
	d := reasonModels(t, raw, relative, y)
	for _, name := range []string{ModelLogistic, ModelBoost, ModelBoostRelative, ModelBlend} {
		d.calibrations = map[string]models.Calibration{ModelBlend: &models.Platt{Slope: 1}}
		p := d.raw(raw, relative)[name]
		sums, _ := d.contributions(name, raw, relative, 2)
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
	if d.explains(ModelRecency) || d.explains(ModelRFM) || !d.explains(ModelBlend) {
		t.Error("the wrong models explain themselves")
	}
}

func TestReasonWords_PointWhereTheProbabilityDoes(t *testing.T) {
	raw, relative, y := reasonShop(t, 3000)
	d := reasonModels(t, raw, relative, y)
	for _, name := range []string{ModelBlend, ModelBoost} {
		sums, columns := d.contributions(name, raw, relative, 2)
		for i := range sums {
			total := 0.0
			for _, v := range sums[i] {
				total += v
			}
			text := reasonWords(raw, i, columns, sums[i])
			first := "For: "
			if total < 0 {
				first = "Against: "
			}
			if !strings.HasPrefix(text, first) || utf8.RuneCountInString(text) > longestReason || strings.Contains(text, "weather") || strings.Contains(text, "_") {
				t.Fatalf("%s, row %d with %v: %q", name, i, total, text)
			}
			if parts := strings.Count(text, ",") + strings.Count(text, "."); parts > mostReasons {
				t.Fatalf("%d reasons: %q", parts, text)
			}
		}
	}
}

func TestReasonWords(t *testing.T) {
	nan := float32(math.NaN())
	x := &models.Matrix{Names: []string{"recency_days", "interval_mean", "orders", "spend_365d", "first_channel", "same_season_days"}, Levels: [][]string{nil, nil, nil, nil, {"phone", "web"}, nil},
		Columns: [][]float32{{97, 412}, {100.2, nan}, {4, 1}, {0, 1234.5}, {0, nan}, {2, 0}}}
	for _, c := range []struct {
		row           int
		contributions []float64
		want          string
	}{
		{0, []float64{0.2, 0.3, 0.5, -0.1, -0.4, 0.05}, "For: 4 orders, usual pace 100 days. Against: first bought via phone."},
		{0, []float64{0.2, 0.1, 0.5, 0, 0, 0.3}, "For: 4 orders, 2 purchase days in this season of earlier years, last purchase 97 days ago."},
		{1, []float64{-0.9, -0.2, 0, 0.6, 0, -0.3}, "Against: last purchase 412 days ago, no purchase in this season of earlier years. For: spent 1,234.50 in the last 365 days."},
		// What outweighs the other side comes first.
		{0, []float64{-0.5, 0.35, -0.6, 0.3, -0.4, 0.9}, "For: 2 purchase days in this season of earlier years. Against: 4 orders, last purchase 97 days ago."},
		{0, []float64{-0.5, 0.45, -0.55, 0.46, -0.48, 0.64}, "For: 2 purchase days in this season of earlier years. Against: 4 orders, last purchase 97 days ago."},
		{0, []float64{-0.5, 0.4, -0.55, 0.49, -0.6, 0.77}, "For: 2 purchase days in this season of earlier years. Against: first bought via phone, 4 orders."},
		{0, []float64{-0.5, 0.45, -0.55, 0.46, -0.6, 0.3}, "Against: first bought via phone, 4 orders, last purchase 97 days ago."},
		{0, make([]float64, 6), ""},
	} {
		if got := reasonWords(x, c.row, x.Names, c.contributions); got != c.want {
			t.Errorf("row %d, %v: %q, want %q", c.row, c.contributions, got, c.want)
		}
	}
}

func TestImportances_NameWhatMovesEachModel(t *testing.T) {
	raw, relative, y := reasonShop(t, 3000)
	d := reasonModels(t, raw, relative, y)
	all := d.importances(&Snapshots{Raw: raw, Relative: relative, Starts: []int{0, 3000}}, 2)
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

func TestFeatureNames_EveryFeatureThatHasWordsHasAName(t *testing.T) {
	for feature := range phrases {
		if _, ok := featureNames[feature]; !ok {
			t.Errorf("%s has no name for pictures", feature)
		}
		if topicOf[feature] == topicNone {
			t.Errorf("%s belongs to no topic", feature)
		}
	}
	for feature := range topicOf {
		if _, ok := phrases[feature]; !ok {
			t.Errorf("%s has no words", feature)
		}
	}
}
