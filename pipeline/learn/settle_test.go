package learn

import (
	"context"
	"math"
	"slices"
	"testing"

	"winback/pipeline/snapshots"
)

func TestSettleTrees_PredictsAsTheModelOfThatManyTrees(t *testing.T) {
	s := inventedSnapshots(8, 900, 1, 100)
	l := NewLearner(s, testQuestion, Settings{MaxGroups: 10, Seed: 1})
	if _, err := l.choose(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{ModelBoost, ModelBoostRelative} {
		if n := l.trees[name]; !slices.Contains(treesTried, n) {
			t.Errorf("%s: %d trees", name, n)
		}
		for _, cut := range l.choiceCuts() {
			got := l.predicted[name][cut]
			x := s.Training(l.form(l.candidate(name)), cut, cut+1).X
			want := make([]float64, x.Rows())
			again, err := l.fit(t.Context(), l.candidate(name), cut+l.Lag)
			if err != nil {
				t.Fatal(err)
			}
			again.Predict(x, want)
			for i := range want {
				if math.Abs(got.p[i]-want[i]) > 1e-12 {
					t.Fatalf("%s at cut %d, row %d: %v, a model of so many trees says %v", name, cut, i, got.p[i], want[i])
				}
			}
		}
	}
	sum := 0.0
	for _, w := range l.blend {
		sum += w
	}
	if len(l.blend) != len(blendParts) || math.Abs(sum-1) > 1e-12 {
		t.Errorf("weights of the blend: %v", l.blend)
	}
}

func TestSettleBlend_GivesNoWeightToNoise(t *testing.T) {
	s := inventedSnapshots(8, 3000, 1, 101)
	l := NewLearner(s, testQuestion, Settings{MaxGroups: 10, Seed: 1})
	if _, err := l.choose(context.Background()); err != nil {
		t.Fatal(err)
	}
	for cut, m := range l.predicted[ModelBoost] {
		for i := range m.p {
			m.p[i] = 0.5 + 0.4*(snapshots.Draw(uint32(i), uint16(cut))-0.5) // a model that knows nothing
		}
	}
	l.settleBlend(l.choiceCuts())
	if l.blend[2] > 1.0/3-1e-9 {
		t.Errorf("weights %v of %v: the last knows nothing", l.blend, blendParts)
	}
}
