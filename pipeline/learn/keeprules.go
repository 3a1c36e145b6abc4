package learn

import (
	"slices"

	"winback/models"
)

// keepRules puts the groups of an earlier run in the place of those that were
// grown tonight, unless these rank better at the test cut beyond noise: a group
// that people work with is worth more than a tie. x are the customers of the
// test cut as they are. It says whether it did. The earlier groups were settled
// before the test cut too, so that their rates there stay honest.
func (t *Tested) keepRules(earlier *Learned, ranker string, x *models.Matrix, workers int) bool {
	if earlier == nil || earlier.Evaluation.GroupRules == nil || earlier.Evaluation.GroupRules.InForce != t.kind {
		return false
	}
	if _, err := earlier.State.Align(x); err != nil {
		return false
	}
	leaf := earlier.Tree.LeafOf(x)
	for k := range earlier.Tree.Leaves() {
		if !slices.Contains(leaf, int32(k)) {
			return false
		}
	}
	p := t.P[ranker]
	grown, kept := leafMeans(p, t.leaf, t.tree.Leaves()), leafMeans(p, leaf, earlier.Tree.Leaves())
	if interval := models.BootstrapAUCDifference(grown, kept, t.Rows.Y, t.Rows.Group, Resampling(workers)); interval.Low > 0 {
		return false
	}
	t.tree, t.leaf = earlier.Tree, leaf
	return true
}

// takeGroups takes numbers, names and the sureness of the questions of groups
// that stay as they were published.
func (d *Learned) takeGroups(earlier *Learned) {
	d.published, d.before = true, earlier.State.Groups
	d.Evaluation.GroupCuts = earlier.Evaluation.GroupCuts
}

// KeptRules says whether the groups are those of an earlier run.
func (d *Learned) KeptRules() bool { return d.published }
