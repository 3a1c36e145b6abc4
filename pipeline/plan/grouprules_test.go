package plan

import (
	"math"

	"winback/pipeline/rules"
)

func atMostOf(feature string, high float64) rules.Condition {
	return rules.Condition{Feature: feature, Low: -infinite, High: high}
}

func betweenOf(feature string, low, high float64) rules.Condition {
	return rules.Condition{Feature: feature, Low: low, High: high}
}

var infinite = math.Inf(1)
