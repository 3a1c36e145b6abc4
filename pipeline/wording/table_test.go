package wording_test

import (
	"slices"
	"strings"
	"testing"

	"winback/features"
	"winback/pipeline/shopcontext"
	"winback/pipeline/wording"
)

// modelColumns are all columns that a model can see.
func modelColumns() []features.Definition {
	all := slices.Concat(features.Schema, features.ExtraSchema, shopcontext.Columns)
	return slices.DeleteFunc(all, func(d features.Definition) bool { return d.Kind == features.Bool })
}

func TestTable_HasOneRowForEachColumnThatAModelSees(t *testing.T) {
	var want []string
	for _, d := range modelColumns() {
		want = append(want, d.Name)
		if !slices.Contains(wording.Columns(), d.Name) {
			t.Errorf("%s has no row", d.Name)
		}
	}
	seen := map[string]bool{}
	for _, name := range wording.Columns() {
		if !slices.Contains(want, name) {
			t.Errorf("the row %s is of no column", name)
		}
		if seen[name] {
			t.Errorf("%s has two rows", name)
		}
		seen[name] = true
	}
}

func TestTable_EveryRowIsWhole(t *testing.T) {
	for _, d := range modelColumns() {
		c := wording.Of(d.Name)
		if c.Label == "" || c.Before+c.After == "" || c.Topic == wording.NoTopic {
			t.Errorf("%s lacks a label, a phrase or a topic: %+v", d.Name, c)
		}
		if d.Kind == features.Text != (c.Unit == wording.Name) {
			t.Errorf("%s: a column of kind %v has the unit %d", d.Name, d.Kind, c.Unit)
		}
		if d.Nullable != (c.Unknown != "") {
			t.Errorf("%s: nullable %v, a missing value reads %q", d.Name, d.Nullable, c.Unknown)
		}
		if (c.For == "") != (c.Against == "") {
			t.Errorf("%s has words for one side of a reason alone", d.Name)
		}
		if told := c.Topic.ToldBy(d.Name); told != d.Name && (c.Side != wording.EitherSide || wording.Of(told).Topic != c.Topic) {
			t.Errorf("%s speaks for a side, and its topic is told by %s", d.Name, told)
		}
		for _, words := range []string{c.Label, c.Range(-5, 2.5), c.Value(2, nil), c.KnownWords()} {
			if strings.Contains(words, "_") {
				t.Errorf("%s reads %q", d.Name, words)
			}
		}
	}
}

func TestRuleColumns_AreInOrderOfPreference(t *testing.T) {
	rules := wording.RuleColumns()
	// Customers of one purchase day have one order, most of them: a rule says "1 order".
	if slices.Index(rules, "orders") > slices.Index(rules, "purchase_days") || rules[0] != "recency_days" {
		t.Errorf("rules prefer %v", rules)
	}
	if slices.Contains(rules, "interval_std") {
		t.Error("a rule may ask about the spread of intervals, which no shop system shows")
	}
}
