package learn

import (
	"strings"
	"testing"

	"winback/pipeline/baserate"
)

func TestGroupsOutside_NamesThoseOutsideAndSaysWhetherChanceExplainsThem(t *testing.T) {
	level := baserate.Level{Rate: 0.05, Sigma: 0.1}
	groups := func(rates ...float64) (all []GroupProof) {
		for i, rate := range rates {
			all = append(all, GroupProof{Group: i + 1, Customers: 2000, Predicted: 0.05, Returned: int64(2000 * rate), Rate: Figure(rate)})
		}
		return all
	}
	if words, beyond := groupsOutside(groups(0.05, 0.051, 0.049), level); words != "" || beyond {
		t.Errorf("groups inside their ranges: %q", words)
	}
	words, beyond := groupsOutside(groups(0.05, 0.09, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05, 0.05), level)
	if beyond || !strings.Contains(words, "1 of 10 groups") || !strings.Contains(words, "group 2 with 9.0 % (foretold 3.") || !strings.Contains(words, "by chance one in twenty does") {
		t.Errorf("one of ten groups: %q, beyond chance %v", words, beyond)
	}
	if words, beyond := groupsOutside(groups(0.01, 0.09, 0.05, 0.1), level); !beyond || !strings.Contains(words, "3 of 4 groups") || !strings.Contains(words, "more than chance") {
		t.Errorf("three of four groups: %q, beyond chance %v", words, beyond)
	}
}
