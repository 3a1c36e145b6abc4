package models

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"strconv"
	"testing"
)

// everyLearner is learners and those whose rows are drawn by number.
func everyLearner() []learner {
	return append(learners(), learner{"boost as at night", false, func(t *Training, workers int) (Saved, error) {
		s := DefaultBoostSettings()
		s.Trees, s.Workers = 60, workers
		return Boost(context.Background(), t, s)
	}})
}

func TestModels_ShuffledLabelsRankNothing(t *testing.T) {
	train, _ := sampleShop(6000, 8, 21)
	later, _ := sampleShop(6000, 8, 22)
	r := rand.New(rand.NewPCG(3, 4))
	for _, set := range []*Training{train, later} {
		r.Shuffle(len(set.Y), func(i, k int) { set.Y[i], set.Y[k] = set.Y[k], set.Y[i] })
	}
	rate := priorOf(later.Y, nil)
	for _, l := range everyLearner() {
		p := predict(mustFit(t, l, train, 0), later.X)
		if auc := AUC(p, later.Y, nil); math.Abs(auc-0.5) > 0.04 {
			t.Errorf("%s: AUC %.3f on shuffled labels", l.name, auc)
		}
		mean := 0.0
		for _, v := range p {
			mean += v / float64(len(p))
		}
		near(t, l.name+": mean probability", mean, rate, 0.03)
	}
	if found, err := Suspects(train, 0.7, 0); err != nil || len(found) > 0 {
		t.Errorf("suspects %v, error %v", found, err)
	}
}

func TestModels_LeakedLabelIsCaughtAndSeenOnNewRows(t *testing.T) {
	train, _ := sampleShop(5000, 6, 23)
	leaks := map[string]func(y uint8, i int) float32{
		"the label":         func(y uint8, i int) float32 { return float32(y) },
		"missing unless 1":  func(y uint8, i int) float32 { return map[uint8]float32{0: float32(math.NaN()), 1: float32(i % 90)}[y] },
		"days until return": func(y uint8, i int) float32 { return map[uint8]float32{0: 999, 1: float32(i % 60)}[y] },
	}
	for name, leak := range leaks {
		spoilt := withColumn(train, "leak", 0)
		for i, y := range train.Y {
			spoilt.X.Columns[6][i] = leak(y, i)
		}
		found, err := Suspects(spoilt, 0.98, 0)
		if err != nil || len(found) != 1 || found[0].Name != "leak" || found[0].AUC < 0.999 {
			t.Errorf("%s: suspects %v, error %v", name, found, err)
		}
		for _, l := range everyLearner() {
			if auc := AUC(predict(mustFit(t, l, spoilt, 0), spoilt.X), train.Y, nil); auc < 0.98 {
				t.Errorf("%s: %s has AUC %.3f, so that nobody would notice", name, l.name, auc)
			}
		}
	}
	if found, err := Suspects(train, 0.98, 0); err != nil || len(found) > 0 {
		t.Errorf("suspects %v among honest columns, error %v", found, err)
	}
}

func TestSuspects_OneClassHasNone(t *testing.T) {
	train, _ := sampleShop(300, 5, 3)
	clear(train.Y)
	if found, err := Suspects(train, 0, 0); err != nil || len(found) > 0 {
		t.Errorf("suspects %v, error %v", found, err)
	}
	if _, err := Suspects(&Training{}, 0.9, 0); err == nil {
		t.Error("no matrix: no error")
	}
}

func TestModels_OnlyUselessColumnsGiveTheRate(t *testing.T) {
	train, _ := sampleShop(3000, 4, 24)
	for c, value := range []float32{1, float32(math.NaN()), 0} {
		train.X.Columns[c] = slices.Repeat([]float32{value}, 3000)
	}
	train.X.Columns[3] = slices.Repeat([]float32{float32(math.NaN())}, 3000)
	for i := range train.Y {
		train.Group = append(train.Group, uint32(i))
	}
	rate := priorOf(train.Y, nil)
	for _, l := range everyLearner() {
		p := predict(mustFit(t, l, train, 0), train.X)
		if slices.Min(p) != slices.Max(p) {
			t.Errorf("%s: probabilities %v to %v", l.name, slices.Min(p), slices.Max(p))
		}
		if l.name != "calibrated" { // it shifts what it is given
			near(t, l.name, p[0], rate, 0.01)
		}
	}
}

func TestModels_ScalingByPowersOfTwoChangesNothing(t *testing.T) {
	train, _ := sampleShop(4000, 6, 25)
	scaled := pick(train, sequence(4000))
	for c := range 5 {
		for i := range scaled.X.Columns[c] {
			scaled.X.Columns[c][i] *= 8
		}
	}
	for _, l := range everyLearner() {
		if l.name == "logistic" || l.name == "tree" { // logarithms and round cut points are not those of the scaled
			continue
		}
		a, b := mustFit(t, l, train, 0), mustFit(t, l, scaled, 0)
		if d := largestDifference(predict(a, train.X), predict(b, scaled.X)); d > 1e-12 {
			t.Errorf("%s: predictions differ by %g", l.name, d)
		}
	}
}

func TestModels_OrderOfColumnsChangesNothing(t *testing.T) {
	train, _ := sampleShop(4000, 6, 26)
	order := []int{5, 3, 1, 0, 2, 4}
	turned := &Training{X: &Matrix{}, Y: train.Y}
	for _, c := range order {
		turned.X.Names = append(turned.X.Names, train.X.Names[c])
		turned.X.Columns = append(turned.X.Columns, train.X.Columns[c])
		turned.X.Levels = append(turned.X.Levels, train.X.Levels[c])
	}
	for _, l := range learners() {
		a, b := predict(mustFit(t, l, train, 0), train.X), predict(mustFit(t, l, turned, 0), turned.X)
		if d := largestDifference(a, b); d > 1e-5 {
			t.Errorf("%s: predictions differ by %g", l.name, d)
		}
	}
}

func TestModels_ExchangedLabelsExchangeProbabilities(t *testing.T) {
	train, _ := sampleShop(4000, 6, 27)
	other := *train
	other.Y = make([]uint8, 4000)
	for i, y := range train.Y {
		other.Y[i] = 1 - y
	}
	for _, l := range learners() {
		if l.name == "calibrated" { // a shift goes up in both
			continue
		}
		a, b := predict(mustFit(t, l, train, 0), train.X), predict(mustFit(t, l, &other, 0), train.X)
		mean := 0.0
		for i := range a {
			mean += math.Abs(a[i]-(1-b[i])) / float64(len(a))
		}
		if mean > 2e-3 { // units round half up, and ties of gains fall the other way
			t.Errorf("%s: probabilities differ by %g on average", l.name, mean)
		}
	}
}

func TestPredict_MasksAndWalksAgree(t *testing.T) {
	train := manyLevels(gappyShop(9000, 7, 34))
	x := pick(train, sequence(9000)).X
	for i := range x.Columns[1] {
		switch i % 50 {
		case 0:
			x.Columns[1][i] = float32(math.Inf(1))
		case 1:
			x.Columns[1][i] = float32(math.Inf(-1))
		case 2:
			x.Columns[6][i] = -1
		}
	}
	for _, leaves := range []int{2, 31, 64, 65, 300} {
		t.Run(strconv.Itoa(leaves), func(t *testing.T) {
			e := mustBoost(t, train, func(s *BoostSettings) { s.Trees, s.MaxLeaves, s.MinRows, s.MinLevel, s.MinGain = 12, leaves, 3, 3, 0 })
			e.Trees[0][0].Threshold = math.Inf(-1)
			masked, walked := make([]float64, 9000), slices.Repeat([]float64{e.Prior}, 9000)
			e.Margin(x, masked)
			e.walk(x, walked)
			if !slices.Equal(masked, walked) {
				t.Errorf("margins differ by %g", largestDifference(masked, walked))
			}
			if (newCoding(e.Levels, e.Trees) == nil) != (leaves > 64) {
				t.Error("masks are not used as they should be")
			}
		})
	}
}
