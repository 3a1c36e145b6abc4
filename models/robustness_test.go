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
	return append(learners(), learner{"boost as at night", false, func(t *Training, workers int) (Model, error) {
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
		if f, ok := a.(*Forest); ok && len(f.Trees) > 0 {
			continue // its draws here are named by the content of rows
		}
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
		if l.name == "boost depth-wise monotone" || l.name == "forest" { // they name columns by number
			continue
		}
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
		if l.name == "boost depth-wise monotone" || l.name == "calibrated" { // a column falls in both, a shift goes up in both
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

func TestMonotone_HoldsEverywhere(t *testing.T) {
	train := gappyShop(8000, 6, 28)
	monotone := []int8{-1, 1, 0, 1, 0, 0} // column 1 wants to fall first: its effect is a square
	boost := func(growth Growth) (Model, error) {
		s := DefaultBoostSettings()
		s.Trees, s.MinRows, s.MaxLeaves, s.LearningRate, s.Monotone, s.Growth = 60, 5, 31, 0.3, monotone, growth
		return Boost(context.Background(), train, s)
	}
	fits := map[string]func() (Model, error){
		"leaf-wise":  func() (Model, error) { return boost(LeafWise) },
		"depth-wise": func() (Model, error) { return boost(DepthWise) },
		"tree": func() (Model, error) {
			s := DefaultTreeSettings()
			s.MaxLeaves, s.MinRows, s.MinShare, s.MinGain, s.Monotone = 60, 20, 0, 0.5, monotone
			return FitTree(train, s)
		},
		"forest": func() (Model, error) {
			s := DefaultForestSettings()
			s.Trees, s.MinRows, s.MinGain, s.Monotone = 20, 5, 0.1, monotone
			return FitForest(context.Background(), train, s)
		},
	}
	for name, fit := range fits {
		m, err := fit()
		if err != nil {
			t.Fatal(err)
		}
		for c, direction := range monotone {
			if direction != 0 && !moves(m, train.X, c, direction) {
				t.Errorf("%s: column %d does not keep its direction", name, c)
			}
		}
		if auc := AUC(predict(m, train.X), train.Y, nil); auc < 0.6 {
			t.Errorf("%s: AUC %.3f", name, auc)
		}
	}
}

// moves says whether probabilities of rows only move in the given direction as
// one of their columns rises.
func moves(m Model, x *Matrix, column int, direction int8) bool {
	values := slices.Clone(x.Columns[column][:100])
	values = slices.DeleteFunc(values, func(v float32) bool { return v != v })
	slices.Sort(values)
	few := &Matrix{Names: x.Names, Levels: x.Levels}
	for _, cells := range x.Columns {
		few.Columns = append(few.Columns, cells[:200])
	}
	last := predict(m, filled(few, column, values[0]))
	for _, v := range values[1:] {
		p := predict(m, filled(few, column, v))
		for i := range p {
			if float64(direction)*(p[i]-last[i]) < -1e-12 {
				return false
			}
		}
		last = p
	}
	return true
}

func TestMonotone_RefusesWhatHasNoDirection(t *testing.T) {
	train, _ := sampleShop(300, 5, 3)
	for i, monotone := range [][]int8{{1}, {2, 0, 0, 0, 0}, {0, 0, 0, 0, 1}} {
		boost := DefaultBoostSettings()
		boost.Monotone = monotone
		tree := DefaultTreeSettings()
		tree.Monotone = monotone
		forest := DefaultForestSettings()
		forest.Monotone = monotone
		_, a := Boost(t.Context(), train, boost)
		_, b := FitTree(train, tree)
		_, c := FitForest(t.Context(), train, forest)
		if a == nil || b == nil || c == nil {
			t.Errorf("directions %d: errors %v, %v, %v", i, a, b, c)
		}
	}
}

func TestGrowth_DepthWiseFillsLevelByLevel(t *testing.T) {
	train, _ := sampleShop(8000, 6, 29)
	grow := func(growth Growth) (deepest int) {
		tree := mustTree(t, train, func(s *TreeSettings) { s.MaxLeaves, s.MinRows, s.MinGain, s.Growth = 16, 5, 0, growth })
		for leaf := range tree.Leaves() {
			deepest = max(deepest, questionsTo(tree, leaf))
		}
		return deepest
	}
	if leafWise, depthWise := grow(LeafWise), grow(DepthWise); depthWise > 5 || leafWise <= depthWise {
		t.Errorf("depth %d leaf-wise, %d depth-wise", leafWise, depthWise)
	}
}

// questionsTo counts the questions on the way to a leaf.
func questionsTo(t *Tree, leaf int) int {
	depth := make([]int, len(t.Nodes))
	for i, n := range t.Nodes {
		if n.Feature >= 0 {
			depth[n.Left], depth[n.Right] = depth[i]+1, depth[i]+1
		}
	}
	return depth[t.leafNodes()[leaf]]
}

func TestForest_RanksNearTheTruth(t *testing.T) {
	train, _ := sampleShop(15_000, 8, 31)
	later, truth := sampleShop(15_000, 8, 32)
	s := DefaultForestSettings()
	s.Trees = 100
	f, err := FitForest(t.Context(), train, s)
	if err != nil {
		t.Fatal(err)
	}
	auc, best := AUC(predict(f, later.X), later.Y, nil), AUC(truth, later.Y, nil)
	if auc < best-0.015 {
		t.Errorf("AUC %.4f, of the truth %.4f", auc, best)
	}
	if i := f.Importance(); i[3] > i[0] || i[3] > i[1] {
		t.Errorf("noise seems important: %v", i)
	}
}

func TestForest_DrawsCustomersTogether(t *testing.T) {
	train, _ := sampleShop(2000, 5, 33)
	train.Group = make([]uint32, 2000)
	for i := range train.Group {
		train.Group[i] = uint32(i % 2) // two customers: a tree sees both, one or none of them
	}
	s := DefaultForestSettings()
	s.Trees = 50
	f, err := FitForest(t.Context(), train, s)
	if err != nil {
		t.Fatal(err)
	}
	for i, nodes := range f.Trees {
		if rows := nodes[0].Rows; math.Mod(rows, 1000) != 0 {
			t.Errorf("tree %d saw %v rows", i, rows)
		}
	}
}

func TestForest_RefusesWrongSettingsAndStops(t *testing.T) {
	train, _ := sampleShop(100, 4, 1)
	for i, change := range []func(s *ForestSettings){
		func(s *ForestSettings) { s.Trees = 0 },
		func(s *ForestSettings) { s.ColumnShare = 0 },
		func(s *ForestSettings) { s.MinRows = 0 },
		func(s *ForestSettings) { s.MaxBins = 1 },
	} {
		s := DefaultForestSettings()
		change(&s)
		if _, err := FitForest(t.Context(), train, s); err == nil {
			t.Errorf("settings %d: no error", i)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := FitForest(ctx, train, DefaultForestSettings()); err != context.Canceled {
		t.Errorf("error %v", err)
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
