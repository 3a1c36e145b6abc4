package wording_test

import (
	"math"
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

func TestPlainColumns_ArePublishedAndHaveWordsForNames(t *testing.T) {
	for _, name := range wording.PlainColumns() {
		c := wording.Of(name)
		at := slices.IndexFunc(features.Schema, func(d features.Definition) bool { return d.Name == name })
		if at < 0 && !slices.ContainsFunc(shopcontext.Columns, func(d features.Definition) bool { return d.Name == name }) {
			t.Errorf("%s is no column of features.parquet", name)
		}
		if c.Unit != wording.Name && len(c.Tags(2, 3)) == 0 {
			t.Errorf("%s has no words for a name", name)
		}
	}
	// A filter writes whole numbers as such: their columns must hold nothing else.
	for _, d := range modelColumns() {
		if c := wording.Of(d.Name); (c.Unit == wording.Count || c.Unit == wording.Days) && d.Kind != features.Int {
			t.Errorf("%s is written in whole numbers, its kind is %v", d.Name, d.Kind)
		}
	}
}

func TestTags_AreShortAndSayTheRange(t *testing.T) {
	inf := math.Inf(1)
	for _, c := range []struct {
		column    string
		low, high float64
		want      []string
	}{
		{"recency_days", -inf, 190, []string{"recent", "within 190 days"}},
		{"recency_days", -inf, 550, []string{"within 550 days"}},
		{"recency_days", 190, inf, []string{"long silent", "191+ days silent"}},
		{"recency_days", 90, 190, []string{"91-190 days silent"}},
		{"orders", -inf, 1, []string{"one order"}},
		{"orders", 0, 3, []string{"1-3 orders"}},
		{"orders", 1, 2, []string{"2 orders"}},
		{"orders", 1, inf, []string{"repeat buyers", "2+ orders"}},
		{"monetary", 150, inf, []string{"high spend", "spent over 150"}},
		{"spend_365d", -inf, 0, []string{"nothing spent lately"}},
		{"peak_share", 0.5, inf, []string{"peak buyers", "peak share over 50%"}},
		{"orders", -inf, inf, nil},
		{"snapshot_rank", 1, inf, nil},
	} {
		if got := wording.Of(c.column).Tags(c.low, c.high); !slices.Equal(got, c.want) {
			t.Errorf("%s over %v up to %v: %q, want %q", c.column, c.low, c.high, got, c.want)
		}
	}
	if got := wording.LevelTag([]string{"web", "app", "phone", "shop"}); got != "app +3" {
		t.Errorf("got %q", got)
	}
}
