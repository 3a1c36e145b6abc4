package learn

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"winback/models"
	"winback/pipeline/run"
)

// FrozenGroups are groups that stay as they were published, whatever is learned:
// tree, cut points and numbers.
type FrozenGroups struct {
	Tree *SurrogateTree `json:"-"`

	Kind     GroupRules     `json:"kind"`
	Numbers  []int          `json:"numbers"`  // by leaf, from 1
	Complete []string       `json:"complete"` // columns that nobody misses, so that rules need not say who does
	Cuts     []CutStability `json:"cuts"`     // how sure the questions are
}

// FreezeGroups are the groups of a run; read gives the content of a file of the run
// by its path. The error wraps ErrNotKept where the run has none.
func FreezeGroups(read func(path string) ([]byte, error)) (*FrozenGroups, error) {
	d, err := ReadLearned(read)
	if err != nil {
		return nil, err
	}
	f := &FrozenGroups{Tree: d.Tree, Kind: PlainRules, Complete: []string{}, Cuts: d.Evaluation.GroupCuts}
	if r := d.Evaluation.GroupRules; r != nil {
		f.Kind = r.InForce
	}
	highest := 0
	for _, g := range d.State.Groups {
		f.Numbers, highest = append(f.Numbers, g.Group), max(highest, g.Group)
	}
	for leaf, number := range f.Numbers {
		if number == 0 { // nobody was in it
			highest++
			f.Numbers[leaf] = highest
		}
	}
	for i, name := range d.Tree.Names {
		if d.Tree.complete[i] {
			f.Complete = append(f.Complete, name)
		}
	}
	return f, nil
}

// Write gives the tree in the format of models/FORMAT.md, and the rest as JSON.
func (f *FrozenGroups) Write() (tree, rest []byte, err error) {
	var text, about bytes.Buffer
	err = errors.Join(models.Write(&text, f.Tree.Tree), run.WriteJSON(&about, f))
	return text.Bytes(), about.Bytes(), err
}

// ReadFrozen reads what Write gave.
func ReadFrozen(tree, rest []byte) (*FrozenGroups, error) {
	saved, err := models.Read(bytes.NewReader(tree))
	if err != nil {
		return nil, err
	}
	t, ok := saved.(*models.Tree)
	if !ok {
		return nil, errors.New("want the tree of the groups, found another kind of model")
	}
	f := &FrozenGroups{Tree: &SurrogateTree{Tree: t}}
	if err := json.Unmarshal(rest, f); err != nil {
		return nil, err
	}
	numbers := slices.Sorted(slices.Values(f.Numbers))
	for i, n := range numbers {
		if n != i+1 {
			return nil, fmt.Errorf("numbers of groups %v: want each from 1 once", f.Numbers)
		}
	}
	if len(numbers) != t.Leaves() {
		return nil, fmt.Errorf("%d numbers of groups, want one for each of %d leaves", len(numbers), t.Leaves())
	}
	if f.Kind != PlainRules && f.Kind != SharpRules {
		return nil, fmt.Errorf("kind of rules %q: want %s or %s", f.Kind, PlainRules, SharpRules)
	}
	for _, name := range t.Names {
		f.Tree.complete = append(f.Tree.complete, slices.Contains(f.Complete, name))
	}
	return f, nil
}

// AreThose says whether what was learned has these groups.
func (f *FrozenGroups) AreThose(d *Learned) bool {
	if d.Tree == nil || len(d.State.Groups) != len(f.Numbers) {
		return false
	}
	for leaf, g := range d.State.Groups {
		if g.Group != 0 && g.Group != f.Numbers[leaf] {
			return false
		}
	}
	var was, is bytes.Buffer
	return errors.Join(models.Write(&was, f.Tree.Tree), models.Write(&is, d.Tree.Tree)) == nil && bytes.Equal(was.Bytes(), is.Bytes())
}

// takeFrozen puts the groups in the place of those that were grown tonight.
func (t *Tested) takeFrozen(f *FrozenGroups) error {
	x := t.Rows.X
	for i, name := range f.Tree.Names {
		if k := slices.Index(x.Names, name); k < 0 || (x.Levels[k] == nil) != (f.Tree.Levels[i] == nil) {
			return &FileError{"the frozen groups", fmt.Errorf("they ask about %q, which tonight's customers do not have as it was", name)}
		}
	}
	t.tree, t.leaf = f.Tree, f.Tree.LeafOf(x)
	return nil
}
