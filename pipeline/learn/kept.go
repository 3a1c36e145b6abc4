package learn

import (
	"fmt"
	"math"

	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/external"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
)

// TreeTonight is the groups' tree with the cut points of a night, of whose
// customers raw and relative are a sample, and how sure these are; nil without a
// tree. A tree that was published keeps its cut points.
func (d *Learned) TreeTonight(raw, relative *models.Matrix) (*SurrogateTree, []CutStability) {
	if d.Tree == nil || d.published {
		return d.Tree, nil
	}
	tree := d.Tree.Absolute(raw, relative)
	return tree, d.Tree.Stability(tree, d.Questions, raw, relative)
}

// Describe notes how the customers of the night look, of whom raw is a sample,
// for nights that score with what was learned. What is noted already stays.
func (d *Learned) Describe(raw *models.Matrix) {
	if d.State.Columns == nil {
		d.State.Columns = columnStates(raw)
	}
}

// numberOf is the number of a leaf's group before, and whether it stays.
func (d *Learned) numberOf(leaf int) (number int, settled bool) {
	switch {
	case d.State.Groups != nil:
		return d.State.Groups[leaf].Group, true
	case d.frozen != nil:
		return d.frozen.Numbers[leaf], true
	case d.before != nil:
		return d.before[leaf].Group, false
	}
	return 0, false
}

// NoteGroup notes the number of the next leaf's group and its share of the
// lapsed.
func (d *Learned) NoteGroup(number int, share float64) {
	leaf := len(d.State.Groups)
	t := d.TestLeaves[leaf]
	d.State.Groups = append(d.State.Groups, GroupState{Leaf: leaf, Group: number, Share: exact(share), TestCustomers: t.Customers, TestReturned: t.Returned, TestPredicted: exact(t.Predicted)})
}

// Renewed takes what was learned earlier for tonight: the level is forecast anew,
// the figures stay those of the test that it was learned with.
func (d *Learned) Renewed(rates *baserate.Rates, rule survey.LapsedRule, q snapshots.Question, shop *shopcontext.Sample) {
	d.Level = baserate.Forecast(rates, q.AsOf, q.FirstUsefulDay(rates.First))
	d.Shop = shop
	e := &d.Evaluation
	e.AsOf, e.LapsedBasis = q.AsOf.String(), rule.Basis
	e.Level.Forecast, e.Level.Sigma = Figure(d.Level.Rate), Figure(d.Level.Sigma)
}

// CheckClosed looks at how the ranker does on a snapshot; it fails where the
// models know other columns.
func (d *Learned) CheckClosed(s *snapshots.Snapshots, workers int) (ClosedCheck, error) {
	aligner, err := d.State.Align(s.Raw)
	if err != nil {
		return ClosedCheck{}, err
	}
	rows := s.Training(s.Raw, 0, 1)
	c := ClosedCheck{Cut: s.Days[0].String(), Rows: int64(len(rows.Y))}
	for _, y := range rows.Y {
		c.Returned += int64(y)
	}
	p := d.rawOf(d.Gate.Name, aligner.Of(s.Raw), aligner.Of(s.Relative))
	interval := models.BootstrapAUC(p, rows.Y, rows.Group, Resampling(workers))
	c.AUC, c.AUCLow, c.AUCHigh = Figure(models.AUC(p, rows.Y, nil)), Figure(interval.Low), Figure(interval.High)
	return c, nil
}

// FellBehind says in words that the ranker does worse on a later day than at its
// test, beyond the noise of both; "" where it does not.
func (d *Learned) FellBehind(c ClosedCheck) string {
	then := d.Evaluation.Models[d.Gate.Name]
	noise := math.Hypot(float64(c.AUCHigh-c.AUCLow), float64(then.AUCHigh-then.AUCLow)) / 2
	if fall := float64(then.AUC - c.AUC); fall > noise {
		return fmt.Sprintf("the ranking has an AUC of %.3f on %s, the newest day whose outcome is known, against %.3f when it was learned: more than noise", c.AUC, c.Cut, then.AUC)
	}
	return ""
}

// Bounds within which what was learned is kept.
const (
	mostShift   = 0.25 // population-stability index; above it a population counts as another one
	mostUnknown = 0.05 // share of the customers with a level that the models do not know
	fewestMoved = 0.01 // share of the lapsed below which a group may halve or double
)

// Due says in words why models and groups should be learned anew, by how
// tonight's customers look, of whom raw is a sample; "" where nothing says so.
func (d *Learned) Due(raw *models.Matrix) string {
	if why := d.OtherScore(raw); why != "" {
		return why
	}
	aligner, err := d.State.Align(raw)
	if err != nil {
		return err.Error()
	}
	if share, feature := aligner.Unknown(raw); share > mostUnknown {
		return fmt.Sprintf("%.0f %% of the lapsed customers have a value of %s that was not there when the models were learned", 100*share, feature)
	}
	aligned := aligner.Of(raw)
	if shift := d.Shift(aligned); shift > mostShift {
		return fmt.Sprintf("the lapsed customers look different from those when the models were learned: population-stability index %.2f, at most %.2f", shift, mostShift)
	}
	return d.groupsMoved(aligned)
}

// OtherScore says in words how the external score of tonight's customers, raw, differs
// from that with which the models were learned, one being there or being another kind
// of number; "" where it does not.
func (d *Learned) OtherScore(raw *models.Matrix) string {
	then, now := d.State.External, external.In(raw)
	switch {
	case then == now:
		return ""
	case now == "":
		return "there was a score of --score when the models were learned, and there is none now"
	case then == "":
		return "--score has a score, and there was none when the models were learned"
	}
	return "the scores of --score lay within 0 and 1 either when the models were learned or now, and not both times"
}

// WithoutExternal lets the models score customers who have no external score; false
// where that is what ranks.
func (d *Learned) WithoutExternal() bool {
	delete(d.finals, ModelExternal)
	delete(d.Calibrations, ModelExternal)
	d.State.External = ""
	return d.Gate.Name != ModelExternal
}

// groupsMoved says which group's share of the lapsed has halved or doubled.
func (d *Learned) groupsMoved(raw *models.Matrix) string {
	shares := make([]float64, d.Tree.Leaves())
	for _, leaf := range d.Tree.LeafOf(raw) {
		shares[leaf] += 1 / float64(raw.Rows())
	}
	for leaf, now := range shares {
		g := d.State.Groups[leaf]
		then := float64(g.Share)
		if (now < then/2 || now > 2*then) && math.Abs(now-then) >= fewestMoved {
			return fmt.Sprintf("group %d has %.1f %% of the lapsed customers, %.1f %% when it was learned", g.Group, 100*now, 100*then)
		}
	}
	return ""
}
