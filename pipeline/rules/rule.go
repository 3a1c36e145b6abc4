// Package rules puts the conditions of a tree's leaf in words.
package rules

import (
	"encoding/json"
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/models"
	"winback/pipeline/wording"
)

// Condition is what a rule asks of one feature.
type Condition struct {
	Feature string // name of the feature column
	// Low < value ≤ High for a number; −Inf and +Inf leave a side open.
	Low, High float64
	// Levels of a text feature, one of which the value must be; nil for a
	// number.
	Levels []string
	// Missing lets a missing value pass too.
	Missing bool
	// OnlyMissing lets nothing but a missing value pass.
	OnlyMissing bool
}

// Rule says who is in a group: all conditions hold. Each feature stands in it
// at most once. The empty rule holds for everybody.
type Rule []Condition

// RuleOf is the rule of a leaf, from its path in the tree.
func RuleOf(path []models.Condition) Rule {
	rule := make(Rule, len(path))
	for i, c := range path {
		rule[i] = Condition{Feature: c.Name, Low: c.Low, High: c.High, Levels: c.Levels, Missing: c.Missing, OnlyMissing: c.OnlyMissing}
	}
	return rule
}

// Words writes the rule for people: "last purchase 90 to 135 days ago, 2 or
// more orders, mostly bought via web1". Bounds of whole numbers become the
// whole numbers they let pass; bounds of amounts are cut to what is printed, so
// that neighbouring groups neither overlap nor leave a gap. Conditions keep
// their order. horizonDays is the horizon of forecasts that a rule may ask
// about; 0 where it is not known.
func (r Rule) Words(horizonDays int) string {
	var parts []string
	for _, c := range r {
		if words := c.words(horizonDays); words != "" {
			parts = append(parts, words)
		}
	}
	if len(parts) == 0 {
		return "all lapsed customers"
	}
	return strings.Join(parts, ", ")
}

// words writes one condition; "" where it asks nothing.
func (c Condition) words(horizonDays int) string {
	column := wording.Of(c.Feature).Within(horizonDays)
	if c.OnlyMissing {
		return column.MissingWords()
	}
	words := column.Range(c.Low, c.High)
	if c.Levels != nil {
		words = column.Names(c.Levels)
	}
	switch {
	case words == "" && !c.Missing:
		return column.KnownWords()
	case words != "" && c.Missing && column.Unknown != "":
		return words + " (or " + column.Unknown + ")"
	}
	return words
}

// conditionJSON is the form of a condition in rule_json.
type conditionJSON struct {
	Feature     string   `json:"feature"`
	GreaterThan *float64 `json:"greater_than,omitempty"`
	AtMost      *float64 `json:"at_most,omitempty"`
	In          []string `json:"in,omitempty"`
	Missing     bool     `json:"missing,omitempty"`
	OnlyMissing bool     `json:"only_missing,omitempty"`
}

// JSON writes the conditions exactly, as a list of objects: feature, then
// greater_than and at_most or in, then missing where a missing value passes
// (only_missing where nothing else does). Equal rules give equal text.
func (r Rule) JSON() string {
	list := make([]conditionJSON, len(r))
	for i, c := range r {
		list[i] = conditionJSON{Feature: c.Feature, Missing: c.Missing || c.OnlyMissing, OnlyMissing: c.OnlyMissing}
		if c.OnlyMissing {
			continue
		}
		list[i].GreaterThan, list[i].AtMost = finite(c.Low), finite(c.High)
		if c.Levels != nil {
			list[i].GreaterThan, list[i].AtMost = nil, nil
			list[i].In = slices.Sorted(slices.Values(c.Levels))
		}
	}
	text, err := json.Marshal(list)
	if err != nil {
		return "[]" // cannot be: finite numbers and texts always have a JSON form
	}
	return string(text)
}

// finite returns nil for an open side.
func finite(bound float64) *float64 {
	if math.IsInf(bound, 0) || math.IsNaN(bound) {
		return nil
	}
	// Cut points are single precision; their shortest decimals part the same.
	if short, err := strconv.ParseFloat(strconv.FormatFloat(bound, 'g', -1, 32), 64); err == nil && float32(short) == float32(bound) {
		bound = short
	}
	return &bound
}
