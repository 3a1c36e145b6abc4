package learn

import (
	"slices"
	"strings"
	"testing"

	"winback/models"
	"winback/pipeline/wording"
)

func TestFitSurrogate_PlainRulesHaveFewPlainConditions(t *testing.T) {
	s := inventedSnapshots(3, 4000, 1, 61)
	x := s.Training(s.Relative, 0, 1).X
	p := make([]float64, x.Rows())
	for k, column := range x.Columns { // a model that looks at everything
		for i, v := range column {
			if v == v && x.Levels[k] == nil && v <= 1 {
				p[i] += 0.02 * float64(v) / float64(1+k%7)
			}
		}
	}
	for _, kind := range []GroupRules{PlainRules, SharpRules} {
		tree, err := fitSurrogate(x, p, s.Training(s.Relative, 0, 3), kind, 10, 2)
		if err != nil {
			t.Fatal(err)
		}
		for leaf := range tree.Leaves() {
			rule := tree.Rule(tree.Path(leaf))
			if kind == PlainRules && len(rule) > plainConditions {
				t.Errorf("%d conditions: %s", len(rule), rule.Words(60))
			}
			for _, c := range rule {
				if column := wording.Of(c.Feature); kind == PlainRules && !column.Plain || kind == SharpRules && !column.Rule {
					t.Errorf("%s rules ask about %s", kind, c.Feature)
				}
			}
		}
	}
}

func TestRulesCost_SaysWhatPlainRulesLose(t *testing.T) {
	rows := &models.Training{Y: []uint8{1, 0, 1, 0, 1, 0, 0, 0}}
	perfect, none := []float64{.9, .1, .8, .1, .7, .1, .1, .1}, []float64{.5, .5, .5, .5, .5, .5, .5, .5}
	byTwo := []float64{.6, .6, .6, .6, .1, .1, .1, .1}
	tested := &Tested{Rows: rows, kind: PlainRules, Raw: map[string][]float64{ModelBoost: perfect, ModelTree: none, SharpRules.model(): byTwo}}
	c := tested.rulesCost(ModelBoost)
	if c.InForce != PlainRules || c.Ranker.AUC != 1 || c.Plain.AUC != .5 || !(c.Sharp.AUC > .5 && c.Sharp.AUC < 1) {
		t.Errorf("got %+v", c)
	}
	if !strings.Contains(c.Words, "AUC 0.500 by plain rules, 0.633 by sharp ones, 1.000 customer by customer") {
		t.Errorf("got %s", c.Words)
	}
	tested.kind = SharpRules
	tested.Raw[ModelTree], tested.Raw[PlainRules.model()] = byTwo, none
	if again := tested.rulesCost(ModelBoost); again.Plain.AUC != .5 || again.Sharp.AUC != c.Sharp.AUC {
		t.Errorf("with sharp rules in force: %+v", again)
	}
}

func TestFirstShare_IsThatOfTheFirstGroups(t *testing.T) {
	byGroup := []float64{.3, .1, .1, .2, .3, .05}
	for groups, want := range map[int]float64{1: 2. / 6, 2: 3. / 6, 3: 5. / 6, 9: 1} {
		if got := firstShare(byGroup, groups); got != want {
			t.Errorf("%d groups: %v, want %v", groups, got, want)
		}
	}
}

func TestNumberGroups_NumbersThemAsTonight(t *testing.T) {
	d := &Learned{Tested: &Tested{}, TestLeaves: []GroupProof{
		{Customers: 10, Predicted: .1, Returned: 1, Leaf: 0}, {Customers: 10, Predicted: .3, Returned: 4, Leaf: 1}, {Leaf: 2}, {Customers: 10, Predicted: .2, Returned: 5, Leaf: 3}}}
	d.Evaluation.Returned = 10
	numbers := func() (all []int) {
		for _, g := range d.Evaluation.Groups {
			all = append(all, g.Group, int(g.Leaf))
		}
		return all
	}
	d.NumberGroups(func(int32) int32 { return 0 })
	if got := numbers(); !slices.Equal(got, []int{1, 1, 2, 3, 3, 0}) {
		t.Errorf("before tonight's are known: %v", got)
	}
	d.NumberGroups(func(leaf int32) int32 { return []int32{1, 2, 3, 0}[leaf] })
	if got := numbers(); !slices.Equal(got, []int{1, 0, 2, 1, 4, 3}) || !slices.Equal(d.Evaluation.Captured, []Figure{.1, .5, 1}) {
		t.Errorf("tonight: %v, captured %v", got, d.Evaluation.Captured)
	}
}
