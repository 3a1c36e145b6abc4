package learn

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"winback/data"
	"winback/models"
	"winback/pipeline/snapshots"
)

// Whatever a model learns from is over on the day that it foretells, and where
// the same season of a year ago is over, it is among it.
func TestWindow_TakesTheSameSeasonOfAYearAgoWhereItIsClosed(t *testing.T) {
	for _, horizon := range []int{30, 60, 90, 200, 365, 500} {
		for _, days := range []int{3, 9, 15, 26} {
			s := &snapshots.Snapshots{}
			for k := range days {
				s.Days = append(s.Days, data.Day(15_000-30*k))
			}
			l := NewLearner(s, snapshots.Question{Horizon: horizon}, Settings{MaxGroups: 10, Seed: 1})
			for _, c := range l.known {
				for _, cut := range append(l.cuts(0, days), l.choiceCuts()...) {
					window := l.window(c, cut+l.Lag)
					for _, k := range window {
						if s.Days[k]+data.Day(horizon) > s.Days[cut] {
							t.Fatalf("horizon %d: %s at %s learns from %s", horizon, c.Name, s.Days[cut], s.Days[k])
						}
					}
					for k := cut + 11; k <= cut+13 && k < days && c.season; k++ {
						if closed := k >= cut+l.Lag; closed != slices.Contains(window, k) {
							t.Fatalf("horizon %d: %s at %s learns from %v, not from that day a year ago", horizon, c.Name, s.Days[cut], window)
						}
					}
					if !slices.IsSorted(window) || len(slices.Compact(slices.Clone(window))) != len(window) {
						t.Fatalf("window %v", window)
					}
				}
			}
		}
	}
}

func TestChoiceCuts_AreClosedAndIncludeTheSeasonOfAYearAgo(t *testing.T) {
	for days, want := range map[int][]int{2: nil, 4: nil, 5: {2}, 8: {2, 3, 4, 5}, 19: {2, 3, 4, 5}, 20: {2, 4, 10, 12}, 26: {2, 4, 10, 12}} {
		s := inventedSnapshots(days, 1, 0, 1)
		if got := NewLearner(s, testQuestion, Settings{MaxGroups: 10, Seed: 1}).choiceCuts(); !slices.Equal(got, want) {
			t.Errorf("%d snapshots: cuts %v, want %v", days, got, want)
		}
	}
	for horizon := 1; horizon < 500; horizon += 29 {
		l := NewLearner(&snapshots.Snapshots{Days: make([]data.Day, 60)}, snapshots.Question{Horizon: horizon}, Settings{MaxGroups: 10, Seed: 1})
		for _, cut := range l.choiceCuts() {
			if cut < l.Lag || cut+l.Lag >= 60 {
				t.Errorf("horizon %d: cut %d", horizon, cut)
			}
		}
	}
}

// seasonalSnapshots have a column that tells who comes back in the quarter of the
// test cut, by sign: one of each year, the newest first.
func seasonalSnapshots(days, rowsPerDay int, sign func(year int) float64) *snapshots.Snapshots {
	s := inventedSnapshots(days, rowsPerDay, 0.3, 200)
	rng := rand.New(rand.NewPCG(200, 2))
	gift := make([]float32, len(s.Returned))
	for k := range days {
		for i := s.Starts[k]; i < s.Starts[k+1]; i++ {
			gift[i] = float32(rng.Float64())
			if near := (k + 1) % 12; near <= 2 && rng.Float64() < 0.6 {
				s.Returned[i] = 0
				if sign((k+1)/12)*(float64(gift[i])-0.5) > 0.3 {
					s.Returned[i] = 1
				}
			}
		}
	}
	return withColumn(s, "gift", func(row int) float32 { return gift[row] })
}

func TestLearn_KnowsAPeakThatItHasSeenAYearAgo(t *testing.T) {
	auc := func(without bool) float64 {
		s := seasonalSnapshots(20, 1500, func(int) float64 { return 1 })
		l := NewLearner(s, testQuestion, Settings{MaxGroups: 10, Seed: 1})
		l.withoutSeason = without
		p, err := l.at(t.Context(), l.candidate(ModelBoost), 0)
		if err != nil {
			t.Fatal(err)
		}
		return models.AUC(p.p, l.came(0), nil)
	}
	if with, without := auc(false), auc(true); with < without+0.02 {
		t.Errorf("AUC %v with the season of a year ago, %v without", with, without)
	}
}

func TestSettleSeason_LeavesOutAYearThatMisleads(t *testing.T) {
	for _, turned := range []bool{false, true} {
		s := inventedSnapshots(20, 1500, 0.7, 210)
		for i := s.Starts[8]; turned && i < len(s.Returned); i++ { // customers of then behaved the other way round
			s.Returned[i] = 1 - s.Returned[i]
		}
		l := NewLearner(s, testQuestion, Settings{MaxGroups: 10, Seed: 1})
		choice, err := l.choose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if l.withoutSeason != turned {
			t.Errorf("turned %v: without the season %v; %s", turned, l.withoutSeason, choice.Why)
		}
	}
}

func TestChoose_IsTheSameOnTwoYearsForAnyNumberOfWorkers(t *testing.T) {
	var first string
	for _, workers := range []int{1, 3} {
		l := NewLearner(seasonalSnapshots(22, 300, func(int) float64 { return 1 }), testQuestion, Settings{MaxGroups: 10, Seed: 1})
		l.workers = workers
		choice, err := l.choose(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if said := fmt.Sprint(choice, l.trees, l.blend, l.withoutSeason); first == "" {
			first = said
		} else if said != first {
			t.Errorf("%d workers: %s, one: %s", workers, said, first)
		}
	}
}

func TestSimplest_GivesUpNothingThatAModelAlreadyLearned(t *testing.T) {
	l := NewLearner(inventedSnapshots(3, 10, 0, 1), testQuestion, Settings{MaxGroups: 10, Seed: 1})
	auc := func(values ...Figure) (cuts []CutAUC) {
		for _, v := range values {
			cuts = append(cuts, CutAUC{AUC: v})
		}
		return cuts
	}
	for _, c := range []struct {
		recency, logistic, blend []CutAUC
		want                     string
	}{
		{auc(.60, .62), auc(.700, .702), auc(.7010, .7030), ModelBlend},    // a little, always
		{auc(.60, .62), auc(.700, .704), auc(.7030, .7030), ModelBlend},    // within noise of each other
		{auc(.60, .62), auc(.700, .702), auc(.7003, .7023), ModelLogistic}, // next to nothing
		{auc(.69, .72), auc(.700, .702), auc(.7030, .7130), ModelRecency},  // now ahead, now behind
	} {
		choice := Choice{MeanAUC: map[string]float64{}, byCut: map[string][]CutAUC{ModelRecency: c.recency, ModelLogistic: c.logistic, ModelBlend: c.blend}}
		for name, cuts := range choice.byCut {
			choice.MeanAUC[name] = snapshots.MeanOf(aucsOf(cuts))
		}
		if got := l.simplest(choice, ModelBlend); got != c.want {
			t.Errorf("recency %v, logistic %v, blend %v: %s, want %s", c.recency, c.logistic, c.blend, got, c.want)
		}
	}
}
