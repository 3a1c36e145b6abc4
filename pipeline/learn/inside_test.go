package learn

import (
	"errors"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/models"
	"winback/pipeline/effect"
)

// inventedInside are two models of who returns, by columns of tonight's features.
func inventedInside(t *testing.T, raw *models.Matrix) *Inside {
	t.Helper()
	rng := rand.New(rand.NewPCG(15, 6))
	outcomes := make([]effect.Outcome, raw.Rows())
	for i := range outcomes {
		outcomes[i] = effect.Outcome{Contacted: rng.IntN(2) == 0, Returned: rng.IntN(3) == 0}
	}
	u, err := effect.FitUplift(raw, outcomes)
	if err != nil {
		t.Fatal(err)
	}
	return &Inside{u}
}

func TestReadScoring_ScoresAsWhatWasLearned(t *testing.T) {
	k := kept(t)
	learned := *k.learned
	learned.Inside = inventedInside(t, k.raw)
	learned.State.Groups = nil // which a night notes only once it has scored
	files := savedFiles{}
	if err := WriteScoring(files.create, &learned, k.tree); err != nil {
		t.Fatal(err)
	}
	back, err := ReadScoring(files.read)
	if err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(back.Raw(k.raw, k.relative), learned.Raw(k.raw, k.relative)) || !reflect.DeepEqual(back.Calibrations, learned.Calibrations) ||
		back.Spend != learned.Spend || back.Gate.Name != learned.Gate.Name || !slices.Equal(back.ModelNames(), learned.ModelNames()) ||
		!slices.Equal(back.Tree.LeafOf(k.raw), k.tree.LeafOf(k.raw)) || !slices.Equal(back.Inside.Of(k.raw), learned.Inside.Of(k.raw)) {
		t.Error("it scores otherwise once it is read back")
	}
	for _, c := range []struct{ path, old, new string }{{insideHeldOut, `numeric "orders"`, `numeric "others"`}, {insideContacted, `"orders"`, `"disorders"`}, {insideContacted, "logistic", "tree"}} {
		broken := func(path string) ([]byte, error) {
			text, err := files.read(path)
			if path == c.path {
				text = []byte(strings.Replace(string(text), c.old, c.new, 1))
			}
			return text, err
		}
		var file *FileError
		if _, err := ReadScoring(broken); !errors.As(err, &file) {
			t.Errorf("%s with %s: %v", c.path, c.new, err)
		}
	}
}

// A night that has too little history to learn from scores too.
func TestReadScoring_ReadsWhatSortsByRecencyAlone(t *testing.T) {
	k := kept(t)
	learned := &Learned{State: k.learned.State, Gate: Gate{Name: ModelRecency}, Spend: fitSpend(inventedSnapshots(0, 0, 1, 5)), finals: map[string]model{ModelRecency: byRule(recencyModel{})}, Calibrations: map[string]models.Calibration{ModelRecency: &models.Platt{Slope: 1}}}
	files := savedFiles{}
	if err := WriteScoring(files.create, learned, nil); err != nil {
		t.Fatal(err)
	}
	back, err := ReadScoring(files.read)
	if err != nil {
		t.Fatal(err)
	}
	if back.Tree != nil || back.Inside != nil || !slices.Equal(back.ModelNames(), []string{ModelRecency}) || !reflect.DeepEqual(back.Raw(k.raw, k.relative), learned.Raw(k.raw, k.relative)) {
		t.Errorf("another order came back: %+v", back)
	}
}
