package rules

import (
	"fmt"
	"math"
	"testing"

	"winback/models"
	"winback/pipeline/wording"
)

var inf = math.Inf(1)

func above(feature string, low float64) Condition {
	return Condition{Feature: feature, Low: low, High: inf}
}

func upTo(feature string, high float64) Condition {
	return Condition{Feature: feature, Low: -inf, High: high}
}

func between(feature string, low, high float64) Condition {
	return Condition{Feature: feature, Low: low, High: high}
}

func in(feature string, levels ...string) Condition {
	return Condition{Feature: feature, Low: -inf, High: inf, Levels: levels}
}

func orMissing(c Condition) Condition {
	c.Missing = true
	return c
}

func missing(feature string) Condition {
	return Condition{Feature: feature, Low: -inf, High: inf, Missing: true, OnlyMissing: true}
}

func TestRuleWords(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{nil, "all lapsed customers"},
		{Rule{between("recency_days", 89.5, 135.5), above("orders", 1.5), in("top_channel", "web1"), upTo("mean_order_value", 45.5)},
			"last purchase 90 to 135 days ago, 2 or more orders, mostly bought via web1, mean order value at most 45.50"},
		{Rule{above("recency_days", 91.5)}, "last purchase at least 92 days ago"},
		{Rule{upTo("recency_days", 91.5)}, "last purchase at most 91 days ago"},
		{Rule{above("recency_days", 91)}, "last purchase at least 92 days ago"},
		{Rule{upTo("recency_days", 91)}, "last purchase at most 91 days ago"},
		{Rule{between("recency_days", 91.5, 92.5)}, "last purchase 92 days ago"},
		{Rule{upTo("recency_days", 1.5)}, "last purchase 1 day ago"},
		{Rule{above("recency_days", .5)}, "all lapsed customers"},
		{Rule{upTo("orders", 1.5)}, "1 order"},
		{Rule{upTo("orders", 3.5)}, "at most 3 orders"},
		{Rule{between("orders", 1.5, 4.5)}, "2 to 4 orders"},
		{Rule{above("orders", 1203.5)}, "1,204 or more orders"},
		{Rule{upTo("orders_90d", .5)}, "no order in the last 90 days"},
		{Rule{above("orders_90d", .5)}, "1 or more orders in the last 90 days"},
		{Rule{between("orders_365d", .5, 1.5)}, "1 order in the last 365 days"},
		{Rule{upTo("purchase_days", 1.5)}, "bought on 1 day only"},
		{Rule{orMissing(upTo("orders", 1.5))}, "1 order"},
		{Rule{upTo("mean_order_value", 149)}, "mean order value at most 149"},
		{Rule{above("monetary", 1234.5)}, "spent over 1,234.50 in all"},
		{Rule{between("last_order_value", 45.495, 99.99)}, "last order worth over 45.49 and up to 99.99"},
		{Rule{upTo("first_order_value", float64(float32(149.99)))}, "first order worth at most 149.99"},
		{Rule{upTo("returned_amount", .005)}, "nothing returned"},
		{Rule{upTo("net_monetary", -12.5)}, "spent at most -12.50 in all, returns deducted"},
		{Rule{orMissing(upTo("interval_mean", 60.25))}, "at most 60.2 days between purchases on average (or bought on one day only)"},
		{Rule{missing("interval_std")}, "fewer than three purchase days"},
		{Rule{Condition{Feature: "interval_mean", Low: -inf, High: inf}}, "bought on more than one day"},
		{Rule{Condition{Feature: "top_channel", Low: -inf, High: inf}}, "channel known"},
		{Rule{Condition{Feature: "interval_mean", Low: -inf, High: inf, Missing: true}}, "all lapsed customers"},
		{Rule{above("recency_over_interval", 1.5)}, "last purchase over 1.5 times the usual interval ago"},
		{Rule{between("weekend_share", .125, .5)}, "over 12.5 % and up to 50 % of the orders at weekends"},
		{Rule{upTo("return_line_share", .0003)}, "no line returned"},
		{Rule{in("top_channel", "web2", "phone1", "web1")}, "mostly bought via phone1, web1 or web2"},
		{Rule{orMissing(in("top_category", "Books"))}, "mostly bought from Books (or category unknown)"},
		{Rule{in("first_channel", "a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m")}, "first bought via a, b, c, d, e, f, g, h, i, j, k or 2 others"},
		{Rule{missing("top_channel")}, "channel unknown"},
		{Rule{above("snapshot_rank", .25)}, "snapshot rank over 0.25"},
		{Rule{missing("snapshot_rank")}, "snapshot rank unknown"},
		{Rule{above("expected_purchases", .0801)}, "over 0.0801 purchases expected in the next 60 days from how often they bought"},
		{Rule{above("season_share", .913)}, "nearness of the purchases to this time of the year over 0.91 of 1"},
		{Rule{above("peak_share", .25)}, "over 25 % of the purchase days in the shop's peak weeks"},
		{Rule{upTo("season_gap_least", 32.5)}, "purchase nearest to this time of the year at most 32 days off it"},
		{Rule{in("life_stage", "lost")}, "life stage lost"},
	} {
		if got := c.rule.Words(60); got != c.want {
			t.Errorf("%s:\n got %q\nwant %q", c.rule.JSON(), got, c.want)
		}
	}
}

func TestRuleWords_WholeNumberBoundsNeitherOverlapNorLeaveAGap(t *testing.T) {
	for edge := 2.0; edge < 9; edge += .25 {
		var to, from float64
		if _, err := fmt.Sscanf(Rule{upTo("orders", edge)}.Words(60), "at most %g orders", &to); err != nil {
			t.Fatal(err)
		}
		if _, err := fmt.Sscanf(Rule{above("orders", edge)}.Words(60), "%g or more orders", &from); err != nil {
			t.Fatal(err)
		}
		if from != to+1 || to > edge || from <= edge {
			t.Errorf("edge %v: up to %v, from %v", edge, to, from)
		}
	}
}

func TestRuleWords_AmountsInCentsFallOnTheSideThatIsPrinted(t *testing.T) {
	for cents := 4500; cents < 4600; cents++ {
		edge := float64(float32(float64(cents)/100+float64(cents+1)/100) / 2)
		printed := wording.CutTo(edge, 100)
		for _, x := range []int{cents, cents + 1} {
			value := float64(x) / 100
			if (value <= edge) != (value <= printed+1e-9) {
				t.Errorf("%v: edge %v is printed as %v", value, edge, printed)
			}
		}
	}
}

func TestRuleJSON(t *testing.T) {
	rule := Rule{between("recency_days", 89.5, 135.5), above("orders", 1.5), orMissing(in("top_channel", "web2", "web1")), missing("interval_std")}
	want := `[{"feature":"recency_days","greater_than":89.5,"at_most":135.5},{"feature":"orders","greater_than":1.5},` +
		`{"feature":"top_channel","in":["web1","web2"],"missing":true},{"feature":"interval_std","missing":true,"only_missing":true}]`
	if got := rule.JSON(); got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	if got := Rule(nil).JSON(); got != "[]" {
		t.Errorf("no conditions: %s", got)
	}
}

func TestRuleOf_KeepsThePathOfALeaf(t *testing.T) {
	tree := models.Tree{
		Names: []string{"orders", "top_channel"}, Levels: [][]string{nil, {"phone1", "web1"}},
		Nodes: []models.Node{
			{Feature: 0, Threshold: 1.5, Left: 1, Right: 2},
			{Feature: -1, Leaf: 0},
			{Feature: -1, Leaf: 1},
		},
	}
	for leaf, want := range []string{"1 order", "2 or more orders"} {
		if got := RuleOf(tree.Path(leaf)).Words(60); got != want {
			t.Errorf("leaf %d: %q, want %q", leaf, got, want)
		}
	}
}
