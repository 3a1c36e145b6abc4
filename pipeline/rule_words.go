package pipeline

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxLevels is how many names of a text feature a rule lists before it only
// counts the others; rule_json has them all.
const maxLevels = 12

// words writes one condition; "" where it asks nothing.
func (c Condition) words(horizonDays int) string {
	p := phraseOf(c.Feature)
	if horizonDays > 0 {
		p.after = strings.ReplaceAll(p.after, withinHorizon, "in the next "+days(horizonDays))
	}
	if c.OnlyMissing {
		if p.unknown == "" {
			return strings.ReplaceAll(c.Feature, "_", " ") + " unknown"
		}
		return p.unknown
	}
	words := c.valueWords(p)
	switch {
	case p.unknown == "" || words == "" && c.Missing:
		return words
	case words == "":
		return knownWords(p.unknown)
	case c.Missing:
		return words + " (or " + p.unknown + ")"
	}
	return words
}

// knownWords says that a feature is not missing.
func knownWords(unknown string) string {
	switch unknown {
	case oneDay:
		return "bought on more than one day"
	case twoDays:
		return "three or more purchase days"
	}
	return strings.TrimSuffix(unknown, " unknown") + " known"
}

func (c Condition) valueWords(p phrase) string {
	if c.Levels != nil {
		return p.before + oneOf(c.Levels) + p.after
	}
	if math.IsInf(c.Low, -1) && math.IsInf(c.High, 1) {
		return ""
	}
	if p.quantity == wholeNumber || p.quantity == dayCount {
		return p.wholeRange(c.Low, c.High)
	}
	return p.realRange(c.Low, c.High)
}

// wholeRange writes Low < x ≤ High for an x that is a whole number.
func (p phrase) wholeRange(low, high float64) string {
	from, to := math.Floor(low)+1, math.Floor(high)
	open := from <= float64(p.least)
	switch {
	case open && math.IsInf(to, 1):
		return ""
	case p.none != "" && open && to == 0:
		return p.none
	case from == to || open && to == float64(p.least):
		if to == 1 && p.one != "" {
			return p.before + "1" + p.one
		}
		return p.before + whole(to) + p.after
	case open && to == 1 && p.one != "":
		return p.before + "at most 1" + p.one
	case open:
		return p.before + "at most " + whole(to) + p.after
	case math.IsInf(to, 1) && p.quantity == wholeNumber:
		return p.before + whole(from) + " or more" + p.after
	case math.IsInf(to, 1):
		return p.before + "at least " + whole(from) + p.after
	}
	return p.before + whole(from) + " to " + whole(to) + p.after
}

// realRange writes Low < x ≤ High with both bounds cut downwards to the digits
// printed: "over 45.49" and "at most 45.49" part amounts in cents as 45.495
// does.
func (p phrase) realRange(low, high float64) string {
	from, to := p.number(low), p.number(high)
	switch {
	case math.IsInf(high, 1):
		return p.before + "over " + from + p.after
	case math.IsInf(low, -1) && p.none != "" && to == p.number(0):
		return p.none
	case math.IsInf(low, -1):
		return p.before + "at most " + to + p.after
	}
	return p.before + "over " + from + " and up to " + to + p.after
}

// number writes a bound of the phrase's quantity.
func (p phrase) number(x float64) string {
	switch p.quantity {
	case amount:
		return money(cutTo(x, 100))
	case meanDays:
		return decimals(cutTo(x, 10), 1)
	case ratio:
		return decimals(cutTo(x, 100), 2)
	case percent:
		return decimals(cutTo(x*100, 10), 1) + " %"
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// cutTo cuts x downwards to a multiple of 1/scale. Bounds come from single
// precision, so that a number a hair below a multiple is taken as that
// multiple.
func cutTo(x, scale float64) float64 {
	const hair = 2e-7
	scaled := x * scale
	if near := math.Round(scaled); math.Abs(scaled-near) <= hair*max(1, math.Abs(scaled)) {
		return near / scale
	}
	return math.Floor(scaled) / scale
}

// oneOf lists names in byte order: "web1, web2 or phone1".
func oneOf(levels []string) string {
	names := slices.Sorted(slices.Values(levels))
	if len(names) > maxLevels {
		others := len(names) - maxLevels + 1
		names = append(names[:maxLevels-1:maxLevels-1], fmt.Sprintf("%d others", others))
	}
	switch len(names) {
	case 0:
		return "none"
	case 1:
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " or " + names[len(names)-1]
}
