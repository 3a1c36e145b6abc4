package learn

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/models"
	"winback/pipeline/external"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
)

// scoredSnapshots are invented snapshots with an external score: of the chance that a
// customer had, as far as knows says, and noise. What is known of the customers
// themselves says little.
func scoredSnapshots(t testing.TB, days, rows int, knows float64) *snapshots.Snapshots {
	t.Helper()
	s := inventedSnapshots(days, rows, 0.3, 7)
	rng := rand.New(rand.NewPCG(8, 1))
	values := make([]float32, len(s.Returned))
	for i := range values {
		hidden := rng.NormFloat64()
		s.Returned[i] = 0
		if rng.Float64() < 1/(1+math.Exp(2.65-1.5*hidden)) {
			s.Returned[i] = 1
		}
		values[i] = float32(knows*hidden + (1-knows)*rng.NormFloat64())
		if rng.IntN(50) == 0 {
			values[i] = -math.MaxFloat32 // comes last
		}
	}
	var sorter snapshots.RankSorter
	column := make([]float32, len(values))
	for k := range days {
		sorter.Rank(values[s.Starts[k]:s.Starts[k+1]], column[s.Starts[k]:s.Starts[k+1]])
	}
	for i, v := range values {
		if v == -math.MaxFloat32 {
			column[i] = 0
		}
	}
	s.Raw = &models.Matrix{Names: append(slices.Clone(s.Raw.Names), external.RankColumn), Levels: append(slices.Clone(s.Raw.Levels), nil), Columns: append(slices.Clone(s.Raw.Columns), column)}
	s.Relative = snapshots.RelativeMatrix(s.Raw, s.Starts, 2)
	return s
}

func TestLearn_TakesAnExternalScoreThatRanksBestAndCalibratesIt(t *testing.T) {
	d := learnFrom(t, scoredSnapshots(t, 9, 3000, 0.9))
	e := d.Evaluation
	if e.Chosen != ModelExternal || !strings.Contains(e.Why, "the external score ranked best on 4 earlier cuts") || !strings.Contains(e.Verdict, "The ranking beats ") {
		t.Fatalf("chosen %s: %s %s", e.Chosen, e.Why, e.Verdict)
	}
	p := e.Models[ModelExternal]
	if !(p.AUC > 0.75 && p.ECE < 0.03 && p.CalibrationSlope > 0.85 && p.CalibrationSlope < 1.15) {
		t.Errorf("at the test cut %+v", p)
	}
	if d.Tree == nil || d.Tree.Leaves() < 1 || d.Explains(ModelExternal) {
		t.Error("want groups, and no reasons of a model that is not known")
	}
	if name, _, _ := d.LightGBM(); name != ModelBoost {
		t.Errorf("the boosted model to hand out is %s", name)
	}
}

func TestLearn_LeavesAnExternalScoreThatIsNoBetter(t *testing.T) {
	d := learnFrom(t, scoredSnapshots(t, 9, 1500, 0))
	if d.Evaluation.Chosen == ModelExternal {
		t.Errorf("noise was chosen: %s", d.Evaluation.Why)
	}
	if p, ok := d.Evaluation.Models[ModelExternal]; !ok || p.AUCLow > 0.5 {
		t.Errorf("at the test cut %+v", p)
	}
}

// Models that learn see the features alone: they say the same beside a score.
func TestLearn_ModelsDoNotSeeAnExternalScore(t *testing.T) {
	with := scoredSnapshots(t, 9, 600, 0.9)
	without := *with
	without.Raw, without.Relative = external.Hide(with.Raw), external.Hide(with.Relative)
	a, b := learnFrom(t, with), learnFrom(t, &without)
	x, y := a.Raw(with.Raw, with.Relative), b.Raw(without.Raw, without.Relative)
	for name := range y {
		if !slices.Equal(x[name], y[name]) {
			t.Errorf("%s ranks otherwise beside a score", name)
		}
	}
	if _, there := x[ModelExternal]; !there || len(x) != len(y)+1 {
		t.Errorf("%d models with a score, %d without", len(x), len(y))
	}
	if a.Describe(with.Raw); slices.ContainsFunc(a.State.Columns, func(c ColumnState) bool { return c.Name == external.RankColumn }) {
		t.Error("the score counts as a feature of the customers")
	}
}

func TestLearn_RefusesAScoreThatWasMadeWithHindsight(t *testing.T) {
	s := scoredSnapshots(t, 9, 1500, 0.9)
	column := s.Raw.Columns[len(s.Raw.Columns)-1]
	for i := range column {
		column[i] = 0.1 + 0.8*float32(s.Returned[i])
	}
	s.Relative = snapshots.RelativeMatrix(s.Raw, s.Starts, 2)
	_, err := Learn(context.Background(), s, steadyRates(14_000, 15_060, 0.12), survey.LapsedRule{Days: 90}, testQuestion, Settings{MaxGroups: 10, Seed: 1})
	var broken *BrokenModelError
	if !errors.As(err, &broken) || !strings.Contains(err.Error(), "the external score of ") || !strings.Contains(err.Error(), "made with what was not known on that day") {
		t.Errorf("%v", err)
	}
}

func TestExternalModel_TellsApartWhomTheSampleOfRanksDoesNot(t *testing.T) {
	x := &models.Matrix{Names: []string{external.RankColumn, "rank_of_" + external.RankColumn}, Levels: [][]string{nil, nil}, Columns: [][]float32{{0, 0.2, 0.21, 0.9, 1}, {0, 0.5, 0.5, 1, 1}}}
	p := make([]float64, 5)
	externalModel{}.Predict(x, p)
	if !slices.IsSorted(p) || len(slices.Compact(slices.Clone(p))) != 5 || !(p[0] > 0 && p[4] < 1) {
		t.Errorf("%v, want ascending numbers within 0 and 1", p)
	}
	if x.Names[0] = external.ProbabilityColumn; true {
		x.Columns[0] = []float32{0.5, 0.25, 0.125, 0.75, 0.5}
		externalModel{}.Predict(x, p)
	}
	if !slices.Equal(p, []float64{0.5, 0.25, 0.125, 0.75, 0.5}) {
		t.Errorf("%v, want the probabilities as they are", p)
	}
}

// A night that keeps the models reads the score's calibration back, and learns anew
// where tonight has no score, or one for the first time.
func TestReadLearned_KeepsAnExternalScore(t *testing.T) {
	s := scoredSnapshots(t, 9, 600, 0.9)
	d := learnFrom(t, s)
	raw, relative := snapshots.Window(s.Raw, 0, s.Starts[1]), snapshots.Window(s.Relative, 0, s.Starts[1])
	d.Describe(raw)
	tree, cuts := d.TreeTonight(raw, relative)
	d.Evaluation.GroupCuts = cuts
	for leaf := range tree.Leaves() {
		d.NoteGroup(leaf+1, 1/float64(tree.Leaves()))
	}
	files := savedFiles{}
	if err := errors.Join(WriteModels(files.create, d, tree), WriteEvaluation(files.create, &d.Evaluation)); err != nil {
		t.Fatal(err)
	}
	back, err := ReadLearned(files.read)
	if err != nil {
		t.Fatal(err)
	}
	if back.Gate.Name != ModelExternal || !reflect.DeepEqual(back.Raw(raw, relative), d.Raw(raw, relative)) || !reflect.DeepEqual(back.Calibrations, d.Calibrations) {
		t.Errorf("ranked by %s, want the same of %s", back.Gate.Name, d.Gate.Name)
	}
	if why := back.Due(raw); why != "" {
		t.Errorf("with a score: %s", why)
	}
	if why := back.Due(external.Hide(raw)); !strings.Contains(why, "there is none now") {
		t.Errorf("without a score: %q", why)
	}
	other := &models.Matrix{Names: append(slices.Clone(external.Hide(raw).Names), external.ProbabilityColumn), Levels: raw.Levels, Columns: raw.Columns}
	if why := back.Due(other); !strings.Contains(why, "and not both times") {
		t.Errorf("a score of another kind: %q", why)
	}
	if back.WithoutExternal() || len(back.Raw(external.Hide(raw), external.Hide(relative))) != len(d.Raw(raw, relative))-1 {
		t.Error("models without the score: want those of features alone, and to be told that it ranked")
	}
	if why := back.Due(raw); !strings.Contains(why, "there was none") {
		t.Errorf("a first score: %q", why)
	}
}

func TestJudgedOn_NamesTheTestCutAndTheCutsOfTheChoice(t *testing.T) {
	days := inventedSnapshots(9, 1, 0, 1).Days
	if got := JudgedOn(testQuestion, days); !slices.Equal(got, append(days[:1:1], days[2:6]...)) {
		t.Errorf("%v of %v", got, days)
	}
	if got := JudgedOn(testQuestion, days[:3]); !slices.Equal(got, days[:1]) {
		t.Errorf("without cuts to compare on: %v", got)
	}
	if got := JudgedOn(testQuestion, days[:2]); got != nil {
		t.Errorf("too little history: %v", got)
	}
}
