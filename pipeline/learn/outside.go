package learn

import (
	"fmt"
	"math"
	"strings"

	"gonum.org/v1/gonum/stat/distuv"

	"winback/pipeline/baserate"
	"winback/pipeline/wording"
)

// groupsOutside says which groups came back at the test cut outside the range
// that was foretold for them; "" where all stayed inside. beyondChance says that
// more did so than chance explains: of ranges of 95 % one in twenty fails.
func groupsOutside(groups []GroupProof, level baserate.Level) (words string, beyondChance bool) {
	sigma := level.Sigma
	if math.IsNaN(sigma) {
		sigma = baserate.PriorLevelSigma
	}
	var outside []string
	for _, g := range groups {
		low, high := baserate.ObservedInterval(float64(g.Predicted), g.Customers, sigma)
		if rate := float64(g.Rate); rate < low || rate > high {
			outside = append(outside, fmt.Sprintf("group %d with %s (foretold %s to %s)", g.Group, wording.Prose.Percent(rate), wording.Prose.Percent(low), wording.Prose.Percent(high)))
		}
	}
	if len(outside) == 0 {
		return "", false
	}
	chance := distuv.Binomial{N: float64(len(groups)), P: 0.05}
	beyondChance = 1-chance.CDF(float64(len(outside)-1)) < 0.05
	verdict := "by chance one in twenty does"
	if beyondChance {
		verdict = "that is more than chance, so take the groups' ranges as too narrow"
	}
	return fmt.Sprintf("At the test cut %d of %s came back outside the range that was foretold: %s; %s.", len(outside), wording.Counted(len(groups), "group"), strings.Join(outside, ", "), verdict), beyondChance
}
