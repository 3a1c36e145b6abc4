package wording

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// Tag says in a few words what a condition on a column asks, for the name of a
// group. In Under, Over and Between {} stands for the bounds.
type Tag struct {
	None, Low, High      string // 0; open to the left, to the right: without numbers; "" for none
	Under, Over, Between string
	MostLow              float64 // Low says it of bounds up to here; 0: of all
}

// Tags are the ways to say low < x ≤ high in a name, the shortest first:
// without a number where there are words for that, then with the bounds. They
// are empty where the range holds every value, or where the column has no tags.
func (c Column) Tags(low, high float64) []string {
	openLeft, openRight := c.openLeft(low), math.IsInf(high, 1)
	var tags []string
	switch {
	case openLeft && openRight || c.Tag == Tag{}:
		return nil
	case openLeft && c.Tag.None != "" && c.Number(high) == c.Number(0):
		return []string{c.Tag.None}
	case c.whole() && math.Floor(high) == 1 && openLeft && c.One != "" && c.Least == 1 && c.Before == "":
		return []string{"one" + c.One}
	case openLeft:
		tags = []string{c.tag(c.Tag.Under, c.upper(high))}
		if c.Tag.MostLow == 0 || high <= c.Tag.MostLow {
			tags = slices.Insert(tags, 0, c.Tag.Low)
		}
	case openRight:
		tags = []string{c.Tag.High, c.tag(c.Tag.Over, c.lower(low))}
	case c.lower(low) == c.upper(high):
		tags = []string{c.tag(c.Tag.Between, c.upper(high))}
	default:
		tags = []string{c.tag(c.Tag.Between, c.lower(low)+"-"+c.upper(high))}
	}
	return slices.DeleteFunc(tags, func(t string) bool { return t == "" })
}

// MissingTags are the ways to say in a name that the value is missing.
func (c Column) MissingTags() []string {
	if c.Unknown == OneDay {
		return []string{"one-time"}
	}
	return []string{c.MissingWords()}
}

// KnownTags are the ways to say in a name that the value is not missing; empty where
// there are no words for that.
func (c Column) KnownTags() []string {
	switch {
	case c.Unknown == OneDay:
		return []string{"repeat buyers"}
	case c.KnownWords() == "":
		return nil
	}
	return []string{c.KnownWords()}
}

// mostNamed is how many texts a tag names before it only counts the others.
const mostNamed = 3

// LevelTag says in a name that a text is one of some: web/phone, or web +5.
func LevelTag(levels []string) string {
	names := make([]string, len(levels))
	for i, level := range slices.Sorted(slices.Values(levels)) {
		names[i] = strings.Join(strings.Fields(level), " ")
	}
	if len(names) > mostNamed {
		return names[0] + " +" + strconv.Itoa(len(names)-1)
	}
	return strings.Join(names, "/")
}

// openLeft says whether no value lies at or below a lower bound.
func (c Column) openLeft(low float64) bool {
	return math.IsInf(low, -1) || c.whole() && math.Floor(low)+1 <= float64(c.Least)
}

// whole says whether the values are whole numbers.
func (c Column) whole() bool { return c.Unit == Count || c.Unit == Days }

// lower and upper are the bounds in the digits of the column: the least whole
// number above, and the greatest up to.
func (c Column) lower(low float64) string {
	if c.whole() {
		return c.short(math.Floor(low) + 1)
	}
	return c.short(low)
}

func (c Column) upper(high float64) string {
	if c.whole() {
		return c.short(math.Floor(high))
	}
	return c.short(high)
}

// short is Number in one word.
func (c Column) short(x float64) string { return strings.ReplaceAll(c.Number(x), " %", "%") }

func (c Column) tag(form, bounds string) string { return strings.ReplaceAll(form, "{}", bounds) }
