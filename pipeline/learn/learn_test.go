package learn

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
)

// inventedSnapshots are snapshots of customers whose chance to return depends
// on recency and orders as signal says; 0 is pure noise.
func inventedSnapshots(days, rowsPerDay int, signal float64, seed uint64) *snapshots.Snapshots {
	rng := rand.New(rand.NewPCG(seed, 1))
	s := &snapshots.Snapshots{Starts: []int{0}, Share: 1}
	names := []string{"recency_days", "orders", "monetary", "mean_order_value", "tenure_days", "top_channel"}
	s.Raw = &models.Matrix{Names: names, Levels: [][]string{nil, nil, nil, nil, nil, {"app", "web"}}, Columns: make([][]float32, len(names))}
	for k := range days {
		s.Days = append(s.Days, data.Day(15_000-30*k))
		for i := range rowsPerDay {
			recency, orders := 90+rng.Float64()*400, 1+math.Floor(rng.ExpFloat64()*1.5)
			value := 10 + rng.ExpFloat64()*40
			channel := float64(rng.IntN(2))
			z := -2.2 + signal*(1.2*(orders-2)-(recency-290)/120+channel)
			row := []float64{recency, orders, orders * value, value, recency + 100*orders, channel}
			for c, v := range row {
				s.Raw.Columns[c] = append(s.Raw.Columns[c], float32(v))
			}
			returned := uint8(0)
			if rng.Float64() < 1/(1+math.Exp(-z)) {
				returned = 1
			}
			s.Returned = append(s.Returned, returned)
			s.Spend = append(s.Spend, float64(returned)*value)
			s.Customer = append(s.Customer, uint32(i))
		}
		s.Starts = append(s.Starts, len(s.Returned))
	}
	s.Relative = snapshots.RelativeMatrix(s.Raw, s.Starts, 2)
	return s
}

var testQuestion = snapshots.Question{AsOf: 15_060, LapsedAfter: 90, Horizon: 60, Workers: 2}

// steadyRates has the same rate on every day.
func steadyRates(from, to data.Day, rate float64) *baserate.Rates {
	r := &baserate.Rates{First: from, Horizon: 60}
	for range int(to - from) {
		r.Lapsed = append(r.Lapsed, 10_000)
		r.Returned = append(r.Returned, int64(rate*10_000))
	}
	return r
}

func learnFrom(t *testing.T, s *snapshots.Snapshots) *Learned {
	t.Helper()
	d, err := Learn(context.Background(), s, steadyRates(14_000, 15_060, 0.12), survey.LapsedRule{Days: 90}, testQuestion, Settings{MaxGroups: 10, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func TestLearn_FindsAPlantedSignalAndSaysSo(t *testing.T) {
	d := learnFrom(t, inventedSnapshots(8, 3000, 1, 1))
	e := d.Evaluation
	if d.Gate.Name == ModelRecency || d.Gate.Nothing != "" || !strings.Contains(e.Verdict, "The ranking beats ") {
		t.Errorf("gate %+v", d.Gate)
	}
	for _, name := range []string{ModelRecency, ModelRFM, ModelTree, e.Chosen} {
		m, ok := e.Models[name]
		if !ok || !(m.AUCLow <= m.AUC && m.AUC <= m.AUCHigh) {
			t.Errorf("%s: %+v", name, m)
		}
	}
	if ranker, tree := e.Models[e.Chosen].AUC, e.Models[ModelTree].AUC; tree > ranker+0.01 || tree < ranker-0.05 {
		t.Errorf("the groups' AUC is %v, the ranker's %v", tree, ranker)
	}
	if n := len(e.Groups); n < 4 || n > 10 {
		t.Errorf("%d groups", n)
	}
}

func TestLearn_FindsNothingInNoise(t *testing.T) {
	for seed := range uint64(3) {
		s := inventedSnapshots(8, 2000, 0, seed+10)
		d := learnFrom(t, s)
		if d.Gate.Nothing == "" && strings.Contains(d.Gate.Verdict, "beats") {
			t.Errorf("seed %d: a signal is claimed in noise: %s", seed, d.Gate.Verdict)
		}
		for name, m := range d.Evaluation.Models {
			if m.AUCLow > 0.55 {
				t.Errorf("seed %d: %s has AUC %v to %v in noise", seed, name, m.AUCLow, m.AUCHigh)
			}
		}
	}
}

func TestLearn_ModelsForACutKnowOnlySnapshotsThatAreOver(t *testing.T) {
	s := inventedSnapshots(9, 600, 1, 3)
	learn := func(s *snapshots.Snapshots) []float64 {
		l := NewLearner(s, testQuestion, Settings{MaxGroups: 10, Seed: 1})
		if _, err := l.choose(context.Background()); err != nil {
			t.Fatal(err)
		}
		p, err := l.at(context.Background(), l.candidate(ModelBlend), 0)
		if err != nil {
			t.Fatal(err)
		}
		return p.p
	}
	before := learn(s)
	for i := range s.Starts[2] { // what came of the two newest snapshots, whose horizons end after the test cut
		s.Returned[i] = 1 - s.Returned[i]
	}
	after := learn(s)
	for i := range before {
		if before[i] != after[i] {
			t.Fatalf("row %d: %v became %v when the future changed", i, before[i], after[i])
		}
	}
	l := NewLearner(s, testQuestion, Settings{MaxGroups: 10, Seed: 1})
	for _, cut := range l.cuts(0, 20) {
		if newest := s.Days[cut+l.Lag]; newest+data.Day(testQuestion.Horizon) > s.Days[cut] {
			t.Errorf("cut %s learns from %s", s.Days[cut], newest)
		}
	}
}

func TestLearn_OneClassIsNoCrash(t *testing.T) {
	s := inventedSnapshots(8, 500, 1, 4)
	for i := s.Starts[1]; i < len(s.Returned); i++ {
		s.Returned[i] = 0
	}
	d := learnFrom(t, s)
	if d.Gate.Name != ModelRecency {
		t.Errorf("models that saw nobody return rank tonight: %+v", d.Gate)
	}
}

func TestLearn_IsTheSameForAnyNumberOfWorkers(t *testing.T) {
	s := inventedSnapshots(7, 800, 1, 5)
	var first string
	for _, workers := range []int{1, 2, 5} {
		q := testQuestion
		q.Workers = workers
		d, err := Learn(context.Background(), s, steadyRates(14_000, 15_060, 0.12), survey.LapsedRule{}, q, Settings{MaxGroups: 10, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		var text strings.Builder
		for _, name := range []string{ModelBoost, ModelLogistic} {
			if err := models.Write(&text, &models.Calibrated{Model: d.finals[name].saved, Steps: []models.Calibration{d.Calibrations[name]}}); err != nil {
				t.Fatal(err)
			}
		}
		if first == "" {
			first = text.String()
		} else if text.String() != first {
			t.Errorf("%d workers learn another model", workers)
		}
	}
}

func TestLearn_TooLittleHistoryOrdersByRecency(t *testing.T) {
	for days := range 3 {
		s := &snapshots.Snapshots{Starts: []int{0}, Share: 1}
		if days > 0 {
			s = inventedSnapshots(days, 300, 1, 6)
		}
		d := learnFrom(t, s)
		if d.Gate.Name != ModelRecency || d.Gate.Nothing == "" || !strings.Contains(d.Evaluation.Why, "too little history") {
			t.Errorf("%d snapshots: %+v", days, d.Gate)
		}
		if math.IsNaN(d.Level.Rate) || d.Level.Rate <= 0 {
			t.Errorf("%d snapshots: level %v", days, d.Level)
		}
	}
}

// Three snapshots leave one to learn from at the test cut and none to choose on.
func TestLearn_UnderAYearLearnsWhatItCan(t *testing.T) {
	for _, days := range []int{3, 4, 6} {
		d := learnFrom(t, inventedSnapshots(days, 3000, 1, 7))
		e := d.Evaluation
		if d.Gate.Name == ModelRecency || d.Gate.Nothing != "" || e.Models[d.Gate.Name].AUC < e.Models[ModelRecency].AUC+0.05 {
			t.Errorf("%d snapshots: %+v", days, d.Gate)
		}
		if p := float64(e.Models[d.Gate.Name].MeanProbability); !(math.Abs(p-0.12) < 0.01) {
			t.Errorf("%d snapshots: a mean probability of %v, the level is 0.12", days, p)
		}
		noise := learnFrom(t, inventedSnapshots(days, 3000, 0, 8))
		if noise.Gate.Name != ModelRecency || noise.Gate.Nothing == "" {
			t.Errorf("%d snapshots of noise: %+v", days, noise.Gate)
		}
	}
}

func TestGate_AsksMoreOfAModelThatNoCutChose(t *testing.T) {
	proofs := map[string]ModelProof{ModelBlend: {AUC: .70, AUCLow: .68, AUCHigh: .72}, ModelRecency: {AUC: .62, AUCLow: .60, AUCHigh: .64}}
	for want, d := range map[string]Difference{ModelBlend: {.08, .05, .11}, ModelRecency: {.01, -.02, .04}} {
		if g := gate(Choice{Name: ModelBlend}, proofs, d, SimpleDifference{ModelRecency, d}); g.Name != want || g.Nothing != "" {
			t.Errorf("%+v: %+v", d, g)
		}
	}
}

func TestGate(t *testing.T) {
	recency := ModelProof{AUC: .62, AUCLow: .60, AUCHigh: .64}
	chance := ModelProof{AUC: .51, AUCLow: .48, AUCHigh: .54}
	good := ModelProof{AUC: .70, AUCLow: .68, AUCHigh: .72}
	rfm := SimpleDifference{ModelRFM, Difference{.02, -.01, .05}}
	for _, c := range []struct {
		name       string
		choice     string
		recency    ModelProof
		difference Difference
		simple     SimpleDifference
		want       string
		verdict    string // "": nothing to rank by
	}{
		{"beats recency", ModelBoost, recency, Difference{.08, .05, .11}, SimpleDifference{ModelRecency, Difference{.08, .05, .11}}, ModelBoost, "The ranking beats sorting by recency at"},
		{"beats recency, not RFM", ModelBoost, recency, Difference{.08, .05, .11}, rfm, ModelBoost, "The ranking is as good as RFM scores at the test cut, the best simple rule: AUC 0.700 against 0.680"},
		{"beats RFM", ModelBoost, recency, Difference{.08, .05, .11}, SimpleDifference{ModelRFM, Difference{.02, .01, .03}}, ModelBoost, "The ranking beats RFM scores at"},
		{"behind RFM", ModelBoost, recency, Difference{.08, .05, .11}, SimpleDifference{ModelRFM, Difference{-.02, -.03, -.01}}, ModelBoost, "The ranking stays behind RFM scores at"},
		{"ties", ModelBoost, recency, Difference{.01, -.02, .04}, rfm, ModelBoost, "The ranking is as good as"},
		{"loses", ModelBoost, recency, Difference{-.05, -.07, -.03}, rfm, ModelRecency, "The order is by recency"},
		{"both chance", ModelBoost, chance, Difference{.01, -.02, .04}, rfm, ModelRecency, ""},
		{"model beats chance recency", ModelBoost, chance, Difference{.19, .15, .22}, rfm, ModelBoost, "The ranking is as good as RFM"},
		{"recency chosen", ModelRecency, recency, Difference{0, 0, 0}, rfm, ModelRecency, "The order is by recency"},
		{"recency chosen and chance", ModelRecency, chance, Difference{0, 0, 0}, rfm, ModelRecency, ""},
	} {
		proofs := map[string]ModelProof{ModelBoost: good, ModelRFM: {AUC: .68}}
		proofs[ModelRecency] = c.recency
		g := gate(Choice{Name: c.choice, Cuts: 4}, proofs, c.difference, c.simple)
		if g.Name != c.want || (g.Nothing != "") != (c.verdict == "") || !strings.HasPrefix(g.Verdict, c.verdict) || g.Verdict == "" {
			t.Errorf("%s: %+v", c.name, g)
		}
	}
}

func TestSane_RefusesModelsThatCannotBe(t *testing.T) {
	d := &Learned{Gate: Gate{Name: ModelBoost}}
	for _, c := range []struct {
		proof ModelProof
		ok    bool
	}{
		{ModelProof{AUC: .7, AUCHigh: .72, MeanProbability: .1}, true},
		{ModelProof{AUC: .9999, AUCHigh: 1, MeanProbability: .1}, false},
		{ModelProof{AUC: .3, AUCHigh: .35, MeanProbability: .1}, false},
		{ModelProof{AUC: Figure(math.NaN()), MeanProbability: .1}, false},
	} {
		if err := d.sane(c.proof); (err == nil) != c.ok {
			t.Errorf("%+v: %v", c.proof, err)
		}
	}
}

// shuffled gives the labels of each snapshot to other customers of it.
func shuffled(s *snapshots.Snapshots, seed uint64) *snapshots.Snapshots {
	rng := rand.New(rand.NewPCG(seed, 9))
	for k := range s.Days {
		part := s.Returned[s.Starts[k]:s.Starts[k+1]]
		rng.Shuffle(len(part), func(i, j int) { part[i], part[j] = part[j], part[i] })
	}
	return s
}

func TestLearn_ShuffledLabelsLeaveNothingToRankBy(t *testing.T) {
	for seed := range uint64(3) {
		d := learnFrom(t, shuffled(inventedSnapshots(8, 1200, 1, seed+60), seed))
		if d.Gate.Nothing == "" || d.Gate.Name != ModelRecency {
			t.Errorf("seed %d: %s ranks by labels that mean nothing: %s", seed, d.Gate.Name, d.Gate.Verdict)
		}
	}
}

// withColumn adds a column to the snapshots.
func withColumn(s *snapshots.Snapshots, name string, value func(row int) float32) *snapshots.Snapshots {
	column := make([]float32, len(s.Returned))
	for i := range column {
		column[i] = value(i)
	}
	s.Raw.Names, s.Raw.Levels, s.Raw.Columns = append(s.Raw.Names, name), append(s.Raw.Levels, nil), append(s.Raw.Columns, column)
	s.Relative = snapshots.RelativeMatrix(s.Raw, s.Starts, 2)
	return s
}

func TestLearn_RefusesAColumnThatGivesTheFutureAway(t *testing.T) {
	s := inventedSnapshots(8, 1500, 0.5, 70)
	rng := rand.New(rand.NewPCG(70, 1))
	withColumn(s, "days_until_next", func(row int) float32 { return float32(s.Returned[row]) + float32(rng.Float64())*0.9 })
	_, err := Learn(context.Background(), s, steadyRates(14_000, 15_060, 0.12), survey.LapsedRule{Days: 90}, testQuestion, Settings{MaxGroups: 10, Seed: 1})
	var broken *BrokenModelError
	if !errors.As(err, &broken) || broken.ExitCode() != 6 || !strings.Contains(err.Error(), `"days_until_next"`) {
		t.Errorf("a leak is answered with %v", err)
	}
}

func TestLearn_ColumnsThatSayNothingAreHarmless(t *testing.T) {
	auc := func(s *snapshots.Snapshots) float64 {
		e := learnFrom(t, s).Evaluation
		return float64(e.Models[e.Chosen].AUC)
	}
	plain := auc(inventedSnapshots(8, 1000, 1, 80))
	for name, value := range map[string]float32{"constant": 7, "all missing": float32(math.NaN())} {
		if got := auc(withColumn(inventedSnapshots(8, 1000, 1, 80), "nothing", func(int) float32 { return value })); math.Abs(got-plain) > 0.01 {
			t.Errorf("%s column: AUC %v, without it %v", name, got, plain)
		}
	}
}

func TestLearn_ShowsEveryCutOfTheChoiceWithIntervals(t *testing.T) {
	e := learnFrom(t, inventedSnapshots(8, 1500, 1, 90)).Evaluation
	if len(e.ChoiceCuts) != mostChoiceCuts {
		t.Fatalf("%d cuts", len(e.ChoiceCuts))
	}
	for name, mean := range e.ChoiceAUC {
		sum := 0.0
		for _, c := range e.ChoiceByCut[name] {
			if !(c.Low < c.AUC && c.AUC < c.High) {
				t.Errorf("%s: %v is not within %v to %v", name, c.AUC, c.Low, c.High)
			}
			sum += float64(c.AUC)
		}
		if n := len(e.ChoiceByCut[name]); n != mostChoiceCuts || math.Abs(sum/mostChoiceCuts-float64(mean)) > 1e-9 {
			t.Errorf("%s: %d cuts with mean %v, want %v", name, n, sum/mostChoiceCuts, mean)
		}
	}
}

// What happens from the test cut on changes no figure that is given for the
// test cut but those that compare it with what came: neither a model, nor a
// calibration, nor the level.
func TestLearn_PredictionsAtTheTestCutKnowNothingOfWhatFollowed(t *testing.T) {
	shop := ordertest.ChannelShop(4, 1500, 420)
	q := snapshots.Question{AsOf: ordertest.FirstDay + 400, LapsedAfter: 30, Horizon: 60, Workers: 2}
	cut := q.TestCut()
	dropped := 0
	other := shop.Change(cut, func(l *ordertest.SoldLine) bool {
		dropped++
		l.Channel, l.Category, l.SKU, l.Amount = "a new one", "zinc", "p999", l.Amount*7
		return dropped%3 > 0
	})
	for c := range 150 { // others come back
		other.Buy(fmt.Sprintf("c%05d", 9*c), cut+data.Day(c%60), 4321)
	}
	type foretold struct {
		Choice Choice
		Level  baserate.Level
		Raw, P map[string][]float64
	}
	returned := [2]int{}
	tell := func(k int, shop *ordertest.Invented) foretold {
		o := shop.Read(t, orders.Options{NamesBefore: q.AsOf})
		s, rates := snapshotsFor(t, o, q, 0)
		for _, y := range s.Returned[:s.Starts[1]] {
			returned[k] += int(y)
		}
		l := NewLearner(s, q, Settings{MaxGroups: 10, Seed: 1})
		choice, err := l.choose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if choice.Cuts == 0 {
			t.Fatal("there is nothing to learn from")
		}
		level := baserate.Forecast(rates, cut, q.FirstUsefulDay(rates.First))
		tested, err := l.test(t.Context(), level, choice.Name)
		if err != nil {
			t.Fatal(err)
		}
		return foretold{choice, level, tested.Raw, tested.P}
	}
	a, b := tell(0, shop), tell(1, other)
	if returned[0] == returned[1] {
		t.Fatal("what followed is the same")
	}
	if !reflect.DeepEqual(a.Choice, b.Choice) || !reflect.DeepEqual(a.Level, b.Level) {
		t.Errorf("choice and level are %+v, %+v and %+v, %+v", a.Choice, a.Level, b.Choice, b.Level)
	}
	for name := range a.Raw {
		if !slices.Equal(a.Raw[name], b.Raw[name]) {
			t.Errorf("model %s ranks otherwise", name)
		}
		if !slices.Equal(a.P[name], b.P[name]) {
			t.Errorf("model %s gives other probabilities", name)
		}
	}
}
