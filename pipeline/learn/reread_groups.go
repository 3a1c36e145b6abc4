package learn

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"winback/models"
	"winback/pipeline/run"
)

// tree reads the groups' tree, with the cut points it was published with.
func (r *reread) tree(d *Learned) error {
	if r.scores && !slices.ContainsFunc(r.index.Models, func(e indexModel) bool { return e.Name == ModelTree && e.File != "" }) {
		return nil
	}
	at := run.ModelFile(ModelTree)
	saved, err := r.saved(at)
	if err != nil {
		return err
	}
	tree, ok := saved.(*models.Tree)
	if !ok {
		return &FileError{at, errors.New("it holds another kind of model than its name says")}
	}
	d.Tree, d.published = &SurrogateTree{Tree: tree}, true
	for i, name := range tree.Names {
		k := slices.Index(r.raw.Names, name)
		if k < 0 || (tree.Levels[i] == nil) != (r.raw.Levels[k] == nil) {
			return &FileError{at, fmt.Errorf("its column %q is not that of %s", name, run.ModelIndexFile)}
		}
		d.Tree.complete = append(d.Tree.complete, slices.Contains(r.index.Complete, name))
	}
	if tree.Leaves() != len(r.index.Groups) && !r.scores {
		return &FileError{at, fmt.Errorf("it has %d leaves, want the %d of %s", tree.Leaves(), len(r.index.Groups), run.ModelIndexFile)}
	}
	return nil
}

// groups takes the leaves' numbers and how they did at the test cut.
func (r *reread) groups(d *Learned) error {
	taken := make([]bool, len(r.index.Groups)+1)
	for leaf, g := range r.index.Groups {
		switch {
		case g.Leaf != leaf || g.Group < 0 || g.Group > len(r.index.Groups) || g.Group > 0 && taken[g.Group]:
			return fmt.Errorf("group %d of leaf %d: want each leaf once, in order, with a number of its own", g.Group, g.Leaf)
		case !(g.Share >= 0 && g.Share <= 1):
			return fmt.Errorf("share %v of leaf %d, want one within 0 and 1", float64(g.Share), leaf)
		case g.TestReturned < 0 || g.TestReturned > g.TestCustomers:
			return fmt.Errorf("leaf %d: %d of %d returned", leaf, g.TestReturned, g.TestCustomers)
		}
		taken[g.Group] = true
		rate := Figure(math.NaN())
		if g.TestCustomers > 0 {
			rate = Figure(float64(g.TestReturned) / float64(g.TestCustomers))
		}
		d.TestLeaves = append(d.TestLeaves, GroupProof{Customers: g.TestCustomers, Predicted: Figure(g.TestPredicted), Returned: g.TestReturned, Rate: rate, Leaf: int32(leaf)})
	}
	for _, g := range d.Evaluation.Groups {
		if g.Leaf < 0 || int(g.Leaf) >= len(r.index.Groups) {
			return &FileError{run.EvaluationFile, fmt.Errorf("a group of leaf %d, want one below %d", g.Leaf, len(r.index.Groups))}
		}
	}
	return nil
}

// spend takes what a customer spends.
func (r *reread) spend(d *Learned) error {
	s := r.index.Spend
	known := s.Shop > 0 && s.Weight > 0 && s.Factor > 0 && finite(float64(s.Shop)) && finite(float64(s.Weight)) && finite(float64(s.Factor))
	if !known && !math.IsNaN(float64(s.Shop)) {
		return fmt.Errorf("expected spend of %v, weight %v, factor %v: want numbers above 0, or null", float64(s.Shop), float64(s.Weight), float64(s.Factor))
	}
	d.Spend = spendModel{float64(s.Shop), float64(s.Weight), float64(s.Factor)}
	return nil
}

// rest takes what is shown.
func (r *reread) rest(d *Learned) error {
	for _, g := range r.index.Gains {
		if len(g.Returns) != gainsPoints {
			return fmt.Errorf("gains of %q: %d points, want %d", g.Name, len(g.Returns), gainsPoints)
		}
		curve := GainsCurve{Name: g.Name, Points: []GainsPoint{{}}}
		for k, share := range g.Returns {
			curve.Points = append(curve.Points, GainsPoint{float64(k+1) / gainsPoints, float64(share)})
		}
		d.Gains = append(d.Gains, curve)
	}
	e := &d.Evaluation
	e.GroupsBeyondChance = r.index.Gate.BeyondChance
	if e.GroupRules != nil {
		e.GroupRules.Words = e.GroupRules.words()
	}
	if len(e.Captured) != len(e.Groups) || e.Models == nil {
		return &FileError{run.EvaluationFile, fmt.Errorf("%d groups and %d shares captured up to them", len(e.Groups), len(e.Captured))}
	}
	if e.Horizon != d.State.Horizon || e.LapsedAfter != d.State.LapsedAfter || e.Chosen != d.Gate.Name {
		return &FileError{run.EvaluationFile, fmt.Errorf("it is not of the question and the model of %s", run.ModelIndexFile)}
	}
	return nil
}
