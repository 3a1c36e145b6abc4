package plan_test

import (
	"fmt"
	"math"

	"winback/data"
	"winback/data/tables"
	"winback/features"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/rules"
	"winback/pipeline/scoring"
)

// Four scored customers in two leaves become two groups; the target is met by
// the first.
func ExampleBuildGroups() {
	lapsed := &scoring.Lapsed{
		IDs: []string{"a", "b", "c", "d"}, Probability: []float64{0.1, 0.5, 0.4, 0.1}, Leaf: []int32{0, 1, 1, 0},
		RecencyDays: []int32{300, 100, 120, 400}, Orders: []int32{1, 4, 3, 1}, Monetary: make([]data.Money, 4),
		LastPurchaseDay: make([]data.Day, 4), Stage: make([]features.Stage, 4),
	}
	leaf := func(feature string, low, high float64) learn.Leaf {
		return learn.Leaf{Rule: rules.Rule{{Feature: feature, Low: low, High: high}}, TestCustomers: tables.Unknown, TestReturned: tables.Unknown}
	}
	leaves := []learn.Leaf{leaf("orders", math.Inf(-1), 2), leaf("orders", 2, math.Inf(1))}
	groups, err := plan.BuildGroups(scoring.StoreOf(lapsed), leaves, plan.Settings{Target: &plan.Target{Value: 0.9}})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, g := range groups.Rows {
		fmt.Println(g.Group, g.Rule, g.Customers, "recommended:", g.Recommended)
	}
	// Output:
	// 1 3 or more orders 2 recommended: true
	// 2 at most 2 orders 2 recommended: false
}
