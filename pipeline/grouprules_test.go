package pipeline

import "math"

func atMostOf(feature string, high float64) Condition {
	return Condition{Feature: feature, Low: -infinite, High: high}
}

func betweenOf(feature string, low, high float64) Condition {
	return Condition{Feature: feature, Low: low, High: high}
}

var infinite = math.Inf(1)
