package models

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

func mustBoost(t *testing.T, train *Training, change func(s *BoostSettings)) *Ensemble {
	t.Helper()
	s := DefaultBoostSettings()
	if change != nil {
		change(&s)
	}
	e, err := Boost(context.Background(), train, s)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestBoost_ComesCloseToThePlantedTruthOnNewRows(t *testing.T) {
	train, _ := sampleShop(30_000, 8, 1)
	later, truth := sampleShop(20_000, 8, 2)
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees = 200 })
	p := predict(e, later.X)
	auc, best := AUC(p, later.Y, nil), AUC(truth, later.Y, nil)
	if auc < best-0.01 {
		t.Errorf("AUC %.4f, of the truth %.4f", auc, best)
	}
	loss, bestLoss := Evaluate(p, later.Y, nil).LogLoss, Evaluate(truth, later.Y, nil).LogLoss
	if loss > bestLoss+0.005 {
		t.Errorf("log loss %.4f, of the truth %.4f", loss, bestLoss)
	}
}

// The size of a model is settled after it has grown: what is left of it has to
// be the model that would have grown so far.
func TestBooster_GrowsInPartsAsAtOnce(t *testing.T) {
	train, _ := sampleShop(3000, 8, 1)
	s := DefaultBoostSettings()
	parts, err := NewBooster(train, s)
	if err != nil {
		t.Fatal(err)
	}
	sum, part := make([]float64, 3000), make([]float64, 3000)
	from := 0
	for _, size := range []int{7, 30, 40} {
		if err := parts.Grow(t.Context(), size); err != nil {
			t.Fatal(err)
		}
		parts.Part(from, size).Margin(train.X, part)
		for i, z := range part {
			sum[i] += z
		}
		margin := make([]float64, 3000)
		mustBoost(t, train, func(s *BoostSettings) { s.Trees = size }).Margin(train.X, margin)
		if d := largestDifference(margin, sum); d > 1e-12 {
			t.Errorf("after %d trees: log-odds differ by %g", size, d)
		}
		from = size
	}
	if short := parts.Part(0, 99); len(short.Trees) != len(parts.Trees) {
		t.Errorf("%d trees of %d", len(short.Trees), len(parts.Trees))
	}
}

func TestBoost_ShuffledLabelsLearnNothing(t *testing.T) {
	train, _ := sampleShop(8000, 8, 1)
	valid, _ := sampleShop(8000, 8, 2)
	for i := range train.Y {
		train.Y[i] = uint8(b2u(mix(uint64(i))%8 == 0))
		valid.Y[i] = uint8(b2u(mix(uint64(i)+1e9)%8 == 0))
	}
	e := mustBoost(t, train, func(s *BoostSettings) { s.Trees = 20 })
	if auc := AUC(predict(e, valid.X), valid.Y, nil); math.Abs(auc-0.5) > 0.03 {
		t.Errorf("AUC %.3f on noise", auc)
	}
}

func TestBoost_MarginsInTrainingAreThoseOfPrediction(t *testing.T) {
	train, _ := sampleShop(5000, 6, 1)
	for _, rows := range []float64{1, 0.6} {
		s := DefaultBoostSettings()
		s.RowShare, s.Trees = rows, 5
		data := mustBin(t, train.X, DefaultBinSettings())
		b := newBooster(train, &s, data, -2)
		e := &Ensemble{Names: train.X.Names, Levels: train.X.Levels, Prior: -2}
		for tree := range 5 {
			grown := b.grow(uint64(tree))
			b.learn(grown)
			e.Trees = append(e.Trees, exportNodes(grown, data, b.value))
		}
		margin := make([]float64, 5000)
		e.Margin(train.X, margin)
		if !slices.Equal(margin, b.margin) {
			t.Errorf("row share %v: margins differ", rows)
		}
	}
}

func TestBoost_SumsOfUnitsAreThoseOfDerivatives(t *testing.T) {
	train, _ := sampleShop(5000, 6, 1)
	s := DefaultBoostSettings()
	s.RowShare, s.ColumnShare = 1, 1
	b := newBooster(train, &s, mustBin(t, train.X, DefaultBinSettings()), -1.7)
	for _, n := range b.grow(0) {
		var want sums
		for _, r := range b.grower.rows[n.from:n.to] {
			p := sigmoid(-1.7)
			want.a += p - float64(train.Y[r])
			want.b += p * (1 - p)
		}
		got := b.grower.crit.scale.sums(n.sums)
		near(t, "gradient", got.a, want.a, 0.005)
		near(t, "hessian", got.b, want.b, 0.005)
	}
}

func TestBoost_SubtractionGivesTheSameTreeAsCounting(t *testing.T) {
	train, _ := sampleShop(5000, 6, 1)
	s := DefaultBoostSettings()
	s.MinRows = 10
	b := newBooster(train, &s, mustBin(t, train.X, DefaultBinSettings()), -1.7)
	for i, n := range slices.Clone(b.grow(0)) {
		if n.left == 0 {
			continue
		}
		again := &b.grower.nodes[i]
		again.hist = b.grower.take()
		b.grower.histograms(b.grower.rows[n.from:n.to], again.hist)
		b.grower.findSplit(i)
		if again.split.column != n.split.column || again.split.left != n.split.left || again.split.gain != n.split.gain {
			t.Errorf("split %+v, counted again %+v", n.split, again.split)
		}
	}
}

func TestBoost_StopsWithItsContext(t *testing.T) {
	train, _ := sampleShop(1000, 6, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Boost(ctx, train, DefaultBoostSettings()); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}

func TestBoost_RefusesWrongSettings(t *testing.T) {
	train, _ := sampleShop(100, 4, 1)
	for i, change := range []func(s *BoostSettings){
		func(s *BoostSettings) { s.Trees = -1 },
		func(s *BoostSettings) { s.LearningRate = 0 },
		func(s *BoostSettings) { s.ColumnShare = 1.1 },
		func(s *BoostSettings) { s.RowShare = math.NaN() },
		func(s *BoostSettings) { s.MaxLeaves = 1 },
		func(s *BoostSettings) { s.MinRows = 0 },
		func(s *BoostSettings) { s.L2 = -1 },
		func(s *BoostSettings) { s.MaxBins = 1 },
	} {
		s := DefaultBoostSettings()
		change(&s)
		if _, err := Boost(context.Background(), train, s); err == nil {
			t.Errorf("settings %d: no error", i)
		}
	}
}
