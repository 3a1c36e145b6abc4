package rules

import "testing"

func TestRuleSQL(t *testing.T) {
	for _, c := range []struct {
		rule Rule
		want string
	}{
		{nil, "TRUE"},
		{Rule{upTo("recency_days", 190), above("orders", 1)}, "recency_days <= 190 AND orders >= 2"},
		{Rule{between("recency_days", 89.5, 135.5)}, "recency_days >= 90 AND recency_days <= 135"},
		{Rule{between("orders", 1, 2)}, "orders = 2"},
		{Rule{between("monetary", 45.5, float64(float32(149.99)))}, "monetary > 45.5 AND monetary <= 149.99"},
		{Rule{above("monetary", 1e21)}, "monetary > 1000000000000000000000"},
		{Rule{upTo("recency_over_interval", 1.5)}, "recency_over_interval <= 1.5"},
		{Rule{orMissing(upTo("recency_over_interval", 1.5))}, "(recency_over_interval <= 1.5 OR recency_over_interval IS NULL)"},
		{Rule{missing("recency_over_interval")}, "recency_over_interval IS NULL"},
		{Rule{{Feature: "recency_over_interval", Low: -inf, High: inf}}, "recency_over_interval IS NOT NULL"},
		{Rule{{Feature: "recency_over_interval", Low: -inf, High: inf, Missing: true}}, "TRUE"},
		{Rule{in("top_channel", "web", "Bob's")}, "top_channel IN ('Bob''s', 'web')"},
		{Rule{orMissing(in("top_channel", "web"))}, "(top_channel IN ('web') OR top_channel IS NULL)"},
	} {
		if got := c.rule.SQL(); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.rule.JSON(), got, c.want)
		}
	}
}
