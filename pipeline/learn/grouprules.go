package learn

import (
	"fmt"
	"slices"

	"winback/models"
	"winback/pipeline/wording"
)

// GroupRules says what the rules of the groups may ask about.
type GroupRules string

// The kinds of rules.
const (
	PlainRules GroupRules = "plain" // what shop and mailing systems can filter on, in at most four conditions
	SharpRules GroupRules = "sharp" // whatever has words
)

// plainConditions is the most conditions of a plain rule.
const plainConditions = 4

func (k GroupRules) columns() []string {
	if k == SharpRules {
		return wording.RuleColumns()
	}
	return wording.PlainColumns()
}

// other is the kind that is measured beside this one.
func (k GroupRules) other() GroupRules {
	if k == SharpRules {
		return PlainRules
	}
	return SharpRules
}

// model is the name under which the groups of a kind stand in the proofs where
// they are not in force.
func (k GroupRules) model() string { return ModelTree + "_" + string(k) }

// GroupModels are the names of the groups among the models: those in force, and
// those by the other kind of rules.
func (t *Tested) GroupModels() []string { return []string{ModelTree, t.kind.other().model()} }

// Evaluated lists the models that the evaluation has figures of, the simplest
// first; groups by the other kind of rules stand behind those in force.
func (e *Evaluation) Evaluated() []string {
	var names []string
	for _, c := range Candidates() {
		names = append(names, c.Name)
		if c.Name == ModelTree {
			names = append(names, PlainRules.model(), SharpRules.model())
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { _, ok := e.Models[name]; return !ok })
}

// group makes the groups that imitate the ranker at the test cut, by both kinds
// of rules: those in force, and the others beside them.
func (l *Learner) group(t *Tested, ranker string) error {
	relative := l.snapshots.Training(l.snapshots.Relative, 0, 1).X
	closed := l.groupRows()
	t.kind = l.rules
	for _, kind := range []GroupRules{l.rules, l.rules.other()} {
		tree, err := fitSurrogate(relative, t.P[ranker], closed, kind, l.maxGroups, l.workers)
		if err == nil {
			tree, err = tree.estimated(closed)
		}
		if err != nil {
			return fmt.Errorf("tree of the groups by %s rules: %w", kind, err)
		}
		if leaf := tree.LeafOf(relative); kind == l.rules {
			t.tree, t.leaf = tree, leaf
		} else {
			t.other, t.otherLeaf = tree, leaf
		}
	}
	return nil
}

// RulesCost says what plain rules cost at the test cut.
type RulesCost struct {
	InForce GroupRules    `json:"in_force"`
	Ranker  GroupsFigures `json:"ranker"` // its first customers, as many as in the first groups in force
	Plain   GroupsFigures `json:"plain"`
	Sharp   GroupsFigures `json:"sharp"`
	Words   string        `json:"-"` // a sentence
}

// GroupsFigures are how well an order ranked, and the share of all returns in
// its first three and six groups.
type GroupsFigures struct {
	AUC      Figure `json:"auc"`
	Capture3 Figure `json:"capture_first3"`
	Capture6 Figure `json:"capture_first6"`
}

// rulesCost compares the groups by both kinds of rules with the ranker.
func (t *Tested) rulesCost(ranker string) *RulesCost {
	inForce, other := t.Raw[ModelTree], t.Raw[t.kind.other().model()]
	c := &RulesCost{InForce: t.kind, Ranker: t.groupsFigures(t.Raw[ranker], inForce), Plain: t.groupsFigures(inForce, inForce), Sharp: t.groupsFigures(other, other)}
	if t.kind == SharpRules {
		c.Plain, c.Sharp = c.Sharp, c.Plain
	}
	c.Words = c.words()
	return c
}

// words says it in a sentence.
func (c *RulesCost) words() string {
	percent := func(share Figure) string { return wording.Prose.Percent(float64(share)) }
	return fmt.Sprintf("The groups at the test cut: AUC %.3f by plain rules, %.3f by sharp ones, %.3f customer by customer; of all returns the first three hold %s, %s and %s, the first six %s, %s and %s.",
		c.Plain.AUC, c.Sharp.AUC, c.Ranker.AUC, percent(c.Plain.Capture3), percent(c.Sharp.Capture3), percent(c.Ranker.Capture3),
		percent(c.Plain.Capture6), percent(c.Sharp.Capture6), percent(c.Ranker.Capture6))
}

// groupsFigures are those of an order p; byGroup has one value for each group.
func (t *Tested) groupsFigures(p, byGroup []float64) GroupsFigures {
	captured := func(groups int) Figure { return Figure(models.Capture(p, t.Rows.Y, nil, firstShare(byGroup, groups))) }
	return GroupsFigures{Figure(models.AUC(p, t.Rows.Y, nil)), captured(3), captured(6)}
}

// firstShare is the share of the customers in the first groups.
func firstShare(byGroup []float64, groups int) float64 {
	values := slices.Clone(byGroup)
	slices.Sort(values)
	values = slices.Compact(values)
	last := values[max(len(values)-groups, 0)]
	count := 0
	for _, v := range byGroup {
		if v >= last {
			count++
		}
	}
	return float64(count) / float64(len(byGroup))
}
