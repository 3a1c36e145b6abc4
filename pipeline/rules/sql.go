package rules

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/pipeline/wording"
)

// SQL writes the rule as the condition of a WHERE clause on the columns of
// features.parquet, in standard SQL: "recency_days <= 190 AND orders >= 2". It
// is TRUE where the rule asks nothing. Bounds are decimals that part published
// values as Holds does, money among them.
func (r Rule) SQL() string {
	var parts []string
	for _, c := range r {
		if text := c.sql(); text != "" {
			parts = append(parts, text)
		}
	}
	if len(parts) == 0 {
		return "TRUE"
	}
	return strings.Join(parts, " AND ")
}

// sql writes one condition; "" where it asks nothing. A comparison with a
// missing value is not true in SQL, so that only rules that let it pass name it.
func (c Condition) sql() string {
	if c.OnlyMissing {
		return c.Feature + " IS NULL"
	}
	text := c.rangeSQL()
	if c.Levels != nil {
		text = c.Feature + " IN (" + quoted(c.Levels) + ")"
	}
	switch {
	case text == "" && c.Missing:
		return ""
	case text == "":
		return c.Feature + " IS NOT NULL"
	case c.Missing:
		return "(" + text + " OR " + c.Feature + " IS NULL)"
	}
	return text
}

// rangeSQL is low < x ≤ high; whole numbers are written as those they let pass.
func (c Condition) rangeSQL() string {
	column := wording.Of(c.Feature)
	whole := column.Unit == wording.Count || column.Unit == wording.Days
	low, high := finite(c.Low), finite(c.High)
	above := " > "
	if whole {
		above = " >= "
		if low != nil {
			*low = math.Floor(*low) + 1
		}
		if high != nil {
			*high = math.Floor(*high)
		}
	}
	switch {
	case low == nil && high == nil:
		return ""
	case low == nil:
		return c.Feature + " <= " + decimal(*high)
	case high == nil:
		return c.Feature + above + decimal(*low)
	case whole && *low == *high:
		return c.Feature + " = " + decimal(*low)
	}
	return c.Feature + above + decimal(*low) + " AND " + c.Feature + " <= " + decimal(*high)
}

// decimal writes a number without an exponent.
func decimal(x float64) string { return strconv.FormatFloat(x, 'f', -1, 64) }

// quoted lists texts as SQL literals, in byte order.
func quoted(texts []string) string {
	literals := make([]string, len(texts))
	for i, text := range slices.Sorted(slices.Values(texts)) {
		literals[i] = "'" + strings.ReplaceAll(text, "'", "''") + "'"
	}
	return strings.Join(literals, ", ")
}
