package wording

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// maxLevels is how many names of a text a rule lists before it only counts the
// others.
const maxLevels = 12

// Within puts the days of the horizon in words that speak of it; 0 where they
// are not known.
func (c Column) Within(horizonDays int) Column {
	if horizonDays > 0 {
		c.After = strings.ReplaceAll(c.After, withinHorizon, "in the next "+Counted(horizonDays, "day"))
	}
	return c
}

// MissingWords say that the value is missing.
func (c Column) MissingWords() string {
	if c.Unknown == "" {
		return strings.ReplaceAll(c.Name, "_", " ") + " unknown"
	}
	return c.Unknown
}

// KnownWords say that the value is not missing; "" where it never is.
func (c Column) KnownWords() string {
	switch c.Unknown {
	case "":
		return ""
	case OneDay:
		return "bought on more than one day"
	case TwoDays:
		return "three or more purchase days"
	}
	return strings.TrimSuffix(c.Unknown, " unknown") + " known"
}

// Names say that the value is one of the names, in byte order.
func (c Column) Names(names []string) string {
	names = slices.Sorted(slices.Values(names))
	if len(names) > maxLevels {
		others := len(names) - maxLevels + 1
		names = append(names[:maxLevels-1:maxLevels-1], fmt.Sprintf("%d others", others))
	}
	if len(names) == 0 {
		names = []string{"none"}
	}
	return c.Before + List(names, "or") + c.After
}

// Range says low < x ≤ high; infinities leave a side open. Bounds of whole
// numbers become the whole numbers they let pass; other bounds are cut to what
// is printed, so that neighbouring ranges neither overlap nor leave a gap. It is
// "" where the range holds every value.
func (c Column) Range(low, high float64) string {
	switch {
	case math.IsInf(low, -1) && math.IsInf(high, 1):
		return ""
	case c.Unit == YesNo:
		return c.yesNo(low, high)
	case c.Unit == Count || c.Unit == Days:
		return c.wholeRange(low, high)
	}
	return c.realRange(low, high)
}

func (c Column) yesNo(low, high float64) string {
	switch no, yes := low < 0 && high >= 0, low < 1 && high >= 1; {
	case yes && no:
		return ""
	case yes:
		return c.Before
	}
	return c.None
}

// wholeRange writes low < x ≤ high for an x that is a whole number.
func (c Column) wholeRange(low, high float64) string {
	from, to := math.Floor(low)+1, math.Floor(high)
	open := from <= float64(c.Least)
	switch {
	case open && math.IsInf(to, 1):
		return ""
	case c.None != "" && open && to == 0:
		return c.None
	case from == to || open && to == float64(c.Least):
		if to == 1 && c.One != "" {
			return c.Before + "1" + c.One
		}
		return c.Before + c.Number(to) + c.After
	case open && to == 1 && c.One != "":
		return c.Before + "at most 1" + c.One
	case open:
		return c.Before + "at most " + c.Number(to) + c.After
	case math.IsInf(to, 1) && c.Unit == Count:
		return c.Before + c.Number(from) + " or more" + c.After
	case math.IsInf(to, 1):
		return c.Before + "at least " + c.Number(from) + c.After
	}
	return c.Before + c.Number(from) + " to " + c.Number(to) + c.After
}

// realRange writes low < x ≤ high with both bounds cut downwards to the digits
// printed: "over 45.49" and "at most 45.49" part amounts in cents as 45.495
// does.
func (c Column) realRange(low, high float64) string {
	from, to := c.Number(low), c.Number(high)
	switch {
	case math.IsInf(high, 1):
		return c.Before + "over " + from + c.After
	case math.IsInf(low, -1) && c.None != "" && to == c.Number(0):
		return c.None
	case math.IsInf(low, -1):
		return c.Before + "at most " + to + c.After
	}
	return c.Before + "over " + from + " and up to " + to + c.After
}

// Value says that a customer has the value; a text by its position in levels.
// It is "" where a missing value means nothing.
func (c Column) Value(value float32, levels []string) string {
	v := float64(value)
	switch {
	case math.IsNaN(v):
		return c.Unknown
	case c.Unit == YesNo:
		return c.yesNo(v-1, v)
	case levels != nil:
		if k := int(value); k >= 0 && k < len(levels) {
			return c.Before + strings.Join(strings.Fields(levels[k]), " ") + c.After
		}
		return c.Unknown
	case c.All != "" && v > 0:
		return c.shareWords(v)
	case c.Unit == Count || c.Unit == Days:
		v = math.Round(v)
		if v == 1 && c.One != "" {
			return c.Before + "1" + c.One
		}
	}
	if number := c.Number(v); c.None == "" || number != c.Number(0) {
		return c.Before + number + c.After
	}
	return c.None
}

// shareWords say about how much of all a share is.
func (c Column) shareWords(share float64) string {
	switch {
	case share >= 1:
		return c.All
	case share >= 0.5:
		return c.Most
	}
	return c.Some
}

// Number writes a number in the column's unit, cut downwards to its digits.
func (c Column) Number(x float64) string {
	switch c.Unit {
	case Count, Days:
		return Prose.Fixed(x, 0)
	case Currency:
		return Amount(x)
	case MeanDays:
		return Trimmed(CutTo(x, 10), 1)
	case Times:
		return Trimmed(CutTo(x, 100), 2)
	case Share:
		return Trimmed(CutTo(x*100, 10), 1) + " %"
	}
	return strconv.FormatFloat(x, 'g', 4, 64)
}

// Cut cuts x downwards to the digits that Number writes.
func (c Column) Cut(x float64) float64 {
	switch c.Unit {
	case Count, Days:
		return math.Floor(x)
	case Currency, Times:
		return CutTo(x, 100)
	case MeanDays:
		return CutTo(x, 10)
	case Share:
		return CutTo(x, 1000)
	}
	return x
}

// Amount writes an amount cut downwards to the cent, without cents where it is
// whole.
func Amount(x float64) string {
	var room [32]byte
	return string(AppendAmount(room[:0], x))
}

// AppendAmount appends what Amount writes.
func AppendAmount(to []byte, x float64) []byte {
	if x = CutTo(x, 100); x == math.Trunc(x) {
		return Prose.appendFixed(to, x, 0)
	}
	return Prose.appendFixed(to, x, 2)
}

// CutTo cuts x downwards to a multiple of 1/scale. Bounds come from single
// precision, so that a number below a multiple by no more than their rounding is
// taken as that multiple.
func CutTo(x, scale float64) float64 {
	const rounding = 2e-7
	scaled := x * scale
	if near := math.Round(scaled); math.Abs(scaled-near) <= rounding*max(1, math.Abs(scaled)) {
		return near / scale
	}
	return math.Floor(scaled) / scale
}
