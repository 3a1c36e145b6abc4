package rules

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

func TestNames_TellTheGroupsApart(t *testing.T) {
	rules := []Rule{
		{upTo("recency_days", 190), above("orders", 1)},
		{upTo("recency_days", 190), upTo("orders", 1), above("monetary", 150)},
		{upTo("recency_days", 190), upTo("orders", 1), upTo("monetary", 150)},
		{between("recency_days", 190, 400), in("first_channel", "web")},
		{between("recency_days", 190, 400), in("first_channel", "store", "phone", "app")},
		{above("recency_days", 400)},
	}
	want := []string{"Recent, repeat buyers", "Recent, one order, high spend", "Recent, one order, low spend", "191-400 days silent, web", "191-400 days silent, app/phone/store", "Long silent"}
	if got := Names(rules); !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
}

func TestNames_OfOneTimeAndRepeatBuyers(t *testing.T) {
	once := Condition{Feature: "recency_over_interval", Low: inf, High: inf, Missing: true, OnlyMissing: true}
	again := Condition{Feature: "recency_over_interval", Low: -inf, High: inf}
	goods := in("top_category", "coffee", "pet food", "skin care", "vitamins")
	rules := []Rule{
		{upTo("recency_days", 190), again, above("orders", 2)},
		{upTo("recency_days", 190), again, upTo("orders", 2)},
		{upTo("recency_days", 190), once, above("spend_365d", 140), goods},
		{upTo("recency_days", 190), once, upTo("spend_365d", 140)},
		{above("recency_days", 190)},
	}
	want := []string{"Recent, repeat buyers, 3+ orders", "Recent, repeat buyers, 1-2 orders", "Recent, one-time, spent lately", "Recent, one-time", "Long silent"}
	got := Names(rules)
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := Names([]Rule{{upTo("recency_days", 190)}, {above("recency_days", 190)}}); got[0] != "Recent buyers" {
		t.Errorf("got %q: one word alone says too little", got)
	}
}

// parted are the rules of a random partition into so many groups.
func parted(rng *rand.Rand, groups int) []Rule {
	features := []string{"recency_days", "orders", "monetary", "mean_order_value", "peak_share", "tenure_days"}
	rules := []Rule{nil}
	for len(rules) < groups {
		at := rng.IntN(len(rules))
		feature := features[rng.IntN(len(features))]
		low, high := -inf, inf
		rest := slices.Clone(rules[at])
		k := slices.IndexFunc(rest, func(c Condition) bool { return c.Feature == feature })
		if k >= 0 {
			low, high = rest[k].Low, rest[k].High
		} else {
			rest, k = append(rest, between(feature, low, high)), len(rest)
		}
		cut := max(low, 2) + float64(1+rng.IntN(40))
		if cut >= high {
			continue
		}
		left, right := slices.Clone(rest), slices.Clone(rest)
		left[k].High, right[k].Low = cut, cut
		rules = append(slices.Delete(rules, at, at+1), left, right)
	}
	return rules
}

func TestNames_AreShortAndDifferWhateverTheRules(t *testing.T) {
	for seed := range uint64(300) {
		rules := parted(rand.New(rand.NewPCG(seed, 1)), 1+int(seed%10))
		names := Names(rules)
		for i, name := range names {
			if n := len(strings.Fields(name)); n == 0 || n > 5 || slices.Contains(names[:i], name) {
				t.Errorf("seed %d: name %q of %q", seed, name, names)
			}
		}
		if again := Names(rules); !slices.Equal(again, names) {
			t.Errorf("seed %d: %q, then %q", seed, names, again)
		}
	}
}

func TestNames_LongTextsAndManyEqualRulesStillHaveNames(t *testing.T) {
	long := in("first_channel", "the second catalogue of the winter season")
	names := Names([]Rule{{long}, {long}, {long}})
	if fmt.Sprint(names) != `[All lapsed customers All lapsed customers 2 All lapsed customers 3]` {
		t.Errorf("got %q", names)
	}
}
