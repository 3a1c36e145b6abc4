package report

import (
	"math"

	"winback/pipeline/wording"
)

// dash stands for a number that is not known.
const dash = "–"

// number writes x with thousands separators and a fixed number of decimals.
func number(x float64, decimals int) string { return wording.Page.Fixed(x, decimals) }

// percent writes a share as a percentage without its sign. A share that is
// small but not zero is never shown as zero, nor one short of all as all.
func percent(share float64) string {
	switch {
	case share > 0 && share < 0.0005:
		return "<0.1"
	case share < 1 && share >= 0.9995:
		return ">99.9"
	}
	return number(100*share, 1)
}

// percentRange writes a range of shares; a dash if either end is unknown.
func percentRange(low, high float64) string {
	l, h := percent(low), percent(high)
	if l == dash || h == dash {
		return dash
	}
	return l + "–" + h
}

// returnRange says between which numbers a group's expected returns should fall; ""
// where that is not known.
func returnRange(g Group) string {
	if !known(g.Low) || !known(g.High) || !known(g.ExpectedReturns) || g.Probability == 0 {
		return ""
	}
	times := g.ExpectedReturns / g.Probability
	return total(g.Low*times) + " to " + total(g.High*times)
}

// ratio writes how many times, such as 2.31.
func ratio(x float64) string { return number(x, 2) }

// score writes a metric of models with three decimals.
func score(x float64) string { return number(x, 3) }

// scoreRange writes an interval of a metric; a dash if either end is unknown.
func scoreRange(low, high float64) string {
	l, h := score(low), score(high)
	if l == dash || h == dash {
		return dash
	}
	return l + "–" + h
}

// points writes a difference of shares in percentage points. Small ones matter
// here, so they get a second decimal.
func points(difference float64) string {
	if math.Abs(difference) < 0.00995 {
		return number(100*difference, 2)
	}
	return number(100*difference, 1)
}

// money writes an amount for one customer, with decimals.
func money(x float64) string { return number(x, 2) }

// total writes a large amount or expected count: decimals only where it is small.
func total(x float64) string {
	if math.Abs(x) < 99.95 {
		return number(x, 1)
	}
	return number(x, 0)
}

// share returns part of all as a percentage; a dash if there is nothing.
func share(part, all int64) string {
	if all == 0 {
		return dash
	}
	return percent(float64(part) / float64(all))
}

// groupNumbers writes ascending group numbers as people do: "1–6", "1–3 and 5".
func groupNumbers(numbers []int) string { return wording.List(wording.Runs(numbers, "–"), "and") }
