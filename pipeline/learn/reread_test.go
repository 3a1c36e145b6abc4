package learn

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"

	"winback/data"
	"winback/models"
	"winback/pipeline/offers"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
)

// keptRun is what a night learned and wrote down; it is learned once.
type keptRun struct {
	snapshots     *snapshots.Snapshots
	raw, relative *models.Matrix // tonight's customers
	learned       *Learned
	tree          *SurrogateTree
	files         savedFiles
}

var keptOnce = sync.OnceValues(func() (*keptRun, error) {
	k := &keptRun{snapshots: inventedSnapshots(9, 400, 1, 5), files: savedFiles{}}
	var err error
	k.learned, err = Learn(context.Background(), k.snapshots, steadyRates(14_000, 15_060, 0.12), survey.LapsedRule{Days: 90}, testQuestion, Settings{MaxGroups: 10, Seed: 1})
	if err != nil {
		return nil, err
	}
	k.raw, k.relative = snapshots.Window(k.snapshots.Raw, 0, k.snapshots.Starts[1]), snapshots.Window(k.snapshots.Relative, 0, k.snapshots.Starts[1])
	k.learned.Describe(k.raw)
	k.tree, k.learned.Evaluation.GroupCuts = k.learned.TreeTonight(k.raw, k.relative)
	for leaf := range k.tree.Leaves() {
		k.learned.NoteGroup(leaf+1, 1/float64(k.tree.Leaves()))
	}
	return k, errors.Join(WriteModels(k.files.create, k.learned, k.tree), WriteEvaluation(k.files.create, &k.learned.Evaluation))
})

func kept(t testing.TB) *keptRun {
	t.Helper()
	k, err := keptOnce()
	if err != nil {
		t.Fatal(err)
	}
	return k
}

func (m savedFiles) read(path string) ([]byte, error) {
	if b, ok := m[path]; ok {
		return b.Bytes(), nil
	}
	return nil, fs.ErrNotExist
}

func TestReadLearned_ScoresAndWritesWhatWasLearned(t *testing.T) {
	k := kept(t)
	learned, tree, files := k.learned, k.tree, k.files
	back, err := ReadLearned(files.read)
	if err != nil {
		t.Fatal(err)
	}
	want, got := learned.Raw(k.raw, k.relative), back.Raw(k.raw, k.relative)
	if !reflect.DeepEqual(got, want) || !reflect.DeepEqual(back.Calibrations, learned.Calibrations) || back.Spend != learned.Spend {
		t.Error("the models say something else once they are read back")
	}
	again, cuts := back.TreeTonight(k.raw, k.relative)
	if cuts != nil || !slices.Equal(again.LeafOf(k.raw), tree.LeafOf(k.raw)) {
		t.Error("the groups have moved")
	}
	wantRules, gotRules := learned.LeavesTonight(tree), back.LeavesTonight(again)
	if !reflect.DeepEqual(gotRules, wantRules) {
		t.Errorf("rules %+v, want %+v", gotRules, wantRules)
	}
	files2 := savedFiles{}
	if err := errors.Join(WriteModels(files2.create, back, again), WriteEvaluation(files2.create, &back.Evaluation)); err != nil {
		t.Fatal(err)
	}
	for name, content := range files {
		if files2[name].String() != content.String() {
			t.Errorf("%s differs once it is written again", name)
		}
	}
}

func TestReadLearned_RefusesWhatDoesNotFit(t *testing.T) {
	files := kept(t).files
	for _, c := range []struct{ file, old, new, want string }{
		{run.ModelIndexFile, `"format": 2`, `"format": 1`, "no models to score with"},
		{run.ModelIndexFile, `"chosen": true`, `"chosen": false`, "is not there"},
		{run.ModelIndexFile, `"horizon_days": 60`, `"horizon_days": 0`, "horizon of 0 days"},
		{run.ModelIndexFile, `"name": "rfm"`, `"name": "stranger"`, `"stranger"`},
		{run.ModelIndexFile, `"slope": `, `"slope": -`, "slope above 0"},
		{run.ModelIndexFile, `"leaf": 1,`, `"leaf": 7,`, "each leaf once"},
		{run.ModelIndexFile, `"name": "orders"`, `"name": "disorders"`, `no number "orders"`},
		{run.ModelFile(ModelBoost), `numeric "orders"`, `numeric "others"`, "its columns are not those"},
		{run.ModelFile(ModelLogistic), "winback-model 1 logistic", "winback-model 1 ensemble", run.ModelFile(ModelLogistic)},
		{run.ModelFile(ModelTree), "winback-model", "stranger", run.ModelFile(ModelTree)},
		{run.EvaluationFile, `"chosen": "`, `"chosen": "not `, run.EvaluationFile},
	} {
		broken := func(path string) ([]byte, error) {
			text, err := files.read(path)
			if path == c.file {
				if !strings.Contains(string(text), c.old) {
					t.Fatalf("%s has no %s", path, c.old)
				}
				text = []byte(strings.Replace(string(text), c.old, c.new, 1))
			}
			return text, err
		}
		_, err := ReadLearned(broken)
		var file *FileError
		if !errors.As(err, &file) || file.ExitCode() != 3 || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s with %s: %v, want an error that says %q", c.file, c.new, err, c.want)
		}
	}
}

// Whatever stands in the files, reading them is an error or gives something that
// scores.
func FuzzReadLearned(f *testing.F) {
	k, files := kept(f), kept(f).files
	names := []string{run.ModelIndexFile, run.ModelFile(ModelTree), run.EvaluationFile}
	for which, name := range names {
		f.Add(which, files[name].Bytes())
	}
	f.Fuzz(func(t *testing.T, which int, content []byte) {
		name := names[uint(which)%uint(len(names))]
		d, err := ReadLearned(func(path string) ([]byte, error) {
			if path == name {
				return content, nil
			}
			return files.read(path)
		})
		if err != nil {
			return
		}
		aligner, err := d.State.Align(k.raw)
		if err != nil {
			return
		}
		raw := aligner.Of(k.raw)
		d.Raw(raw, aligner.Of(k.relative))
		tree, _ := d.TreeTonight(raw, raw)
		d.LeavesTonight(tree)
		d.Due(k.raw)
		if err := WriteModels(savedFiles{}.create, d, tree); err != nil {
			t.Errorf("what was read cannot be written: %v", err)
		}
	})
}

func TestAlign_TurnsLevelsIntoThoseOfTheModels(t *testing.T) {
	nan := float32(math.NaN())
	learned := &models.Matrix{Names: []string{"n", "t"}, Levels: [][]string{nil, {"a", "c"}}, Columns: [][]float32{{1, 2}, {0, 1}}}
	state := State{AsOf: data.Day(1), Columns: columnStates(learned)}
	tonight := &models.Matrix{Names: []string{"n", "t"}, Levels: [][]string{nil, {"a", "b", "c"}}, Columns: [][]float32{{1, 2, 3, 4}, {0, 1, 2, nan}}}
	a, err := state.Align(tonight)
	if err != nil {
		t.Fatal(err)
	}
	got := a.Of(tonight)
	if c := got.Columns[1]; c[0] != 0 || c[1] == c[1] || c[2] != 1 || c[3] == c[3] || len(got.Levels[1]) != 2 {
		t.Errorf("codes %v of levels %v", c, got.Levels[1])
	}
	if share, feature := a.Unknown(tonight); share != 0.25 || feature != "t" {
		t.Errorf("%v of %s unknown", share, feature)
	}
	other := &models.Matrix{Names: []string{"n", "u"}, Levels: tonight.Levels, Columns: tonight.Columns}
	if _, err := state.Align(other); err == nil {
		t.Error("another column passes")
	}
}

func TestShift_IsSmallAmongAlikeAndLargeAmongOthers(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	draw := func(mean float64) []float32 {
		v := make([]float32, 5000)
		for i := range v {
			v[i] = float32(mean + rng.NormFloat64())
		}
		return v
	}
	then := &models.Matrix{Names: []string{"recency_days"}, Levels: [][]string{nil}, Columns: [][]float32{draw(0)}}
	d := &Learned{State: State{Columns: columnStates(then)}}
	shift := func(mean float64) float64 {
		return d.Shift(&models.Matrix{Names: then.Names, Levels: then.Levels, Columns: [][]float32{draw(mean)}})
	}
	// Two normal populations a apart have an index of about a².
	if same, other := shift(0), shift(1); same > 0.02 || other < 0.7 || other > 1.2 {
		t.Errorf("index %.3f among alike, %.3f among those a deviation apart", same, other)
	}
}

func TestFellBehind_WantsMoreThanNoise(t *testing.T) {
	d := &Learned{Gate: Gate{Name: ModelBoost}, Evaluation: Evaluation{Models: map[string]ModelProof{ModelBoost: {AUC: 0.8, AUCLow: 0.78, AUCHigh: 0.82}}}}
	for auc, falls := range map[Figure]bool{0.85: false, 0.78: false, 0.76: true} {
		if words := d.FellBehind(ClosedCheck{AUC: auc, AUCLow: auc - 0.02, AUCHigh: auc + 0.02}); (words != "") != falls {
			t.Errorf("AUC %v: %q", auc, words)
		}
	}
}

func TestReadLearned_TakesTheOrderOfShownProducts(t *testing.T) {
	k, files := kept(t), savedFiles{}
	names := []string{"bought", "log_days", "days_share", "log_buyers", "log_trend", "log_next", "log_again", "category_share", "log_recency"}
	model := &models.Logistic{Names: names, Levels: make([][]string, len(names)), Terms: make([]models.Term, len(names)), Intercept: -4.25}
	model.Terms[5] = models.Term{Low: -3, High: 1, Mean: -.3, Weight: 1 / 3., Missing: -.7}
	learned := *k.learned
	learned.Shows = &offers.Choice{Order: offers.OrderLearned, Why: "no worse", Model: model}
	if err := errors.Join(WriteModels(files.create, &learned, k.tree), WriteEvaluation(files.create, &learned.Evaluation)); err != nil {
		t.Fatal(err)
	}
	back, err := ReadLearned(files.read)
	if err != nil || !reflect.DeepEqual(back.Shows, learned.Shows) {
		t.Fatalf("read %+v, %v, want %+v", back.Shows, err, learned.Shows)
	}
	if plain, err := ReadLearned(k.files.read); err != nil || plain.Shows != nil {
		t.Errorf("a run without an order has %+v, %v", plain.Shows, err)
	}
	text := files[run.ShowsModelFile].String()
	files[run.ShowsModelFile].Reset()
	files[run.ShowsModelFile].WriteString(strings.Replace(text, "log_next", "shoe_size", 1))
	var file *FileError
	if _, err := ReadLearned(files.read); !errors.As(err, &file) || file.Path != run.ShowsModelFile || !strings.Contains(err.Error(), "shoe_size") {
		t.Errorf("a model of other terms: %v", err)
	}
}
