package plan

import (
	"math"
	"strings"
	"unicode/utf8"

	"winback/data"
	"winback/pipeline/wording"
)

// reasonRunes bounds the length of a reason, so that it fits a cell.
const reasonRunes = 120

// ReasonFacts are what the reason of one customer is told from.
type ReasonFacts struct {
	Orders           int
	RecencyDays      int        // as-of day minus the last purchase day
	IntervalMeanDays float64    // between purchase days; NaN with one purchase day or where unknown
	Monetary         data.Money // value of all purchases
	Channel          string     // of most purchases; "" where unknown
}

// Reason tells in words why a customer stands where it stands: "4 orders, the
// last 97 days ago; buys every 60 days on average, so 37 days late; mostly via
// web1". It is shorter than 120 characters; what does not fit is left out.
func Reason(f ReasonFacts) string {
	var room [3 * reasonRunes]byte
	text := appendOrders(room[:0], &f)
	text = ifItFits(text, appendRhythm(append(text, "; "...), &f))
	text = ifItFits(text, appendChannel(append(text, "; "...), &f))
	text = ifItFits(text, appendSpent(append(text, "; "...), &f))
	return string(text)
}

// ifItFits is the text with one part more, unless that is empty or too long.
func ifItFits(text, more []byte) []byte {
	if len(more) == len(text)+len("; ") || len(more) >= reasonRunes && utf8.RuneCount(more) >= reasonRunes {
		return text
	}
	return more
}

func appendOrders(to []byte, f *ReasonFacts) []byte {
	if f.Orders > 1 {
		to = append(wording.AppendCounted(to, f.Orders, "order"), ", the last "...)
		return append(wording.AppendCounted(to, f.RecencyDays, "day"), " ago"...)
	}
	to = wording.AppendCounted(append(to, "1 order, "...), f.RecencyDays, "day")
	return wording.AppendAmount(append(to, " ago, worth "...), f.Monetary.Float())
}

func appendRhythm(to []byte, f *ReasonFacts) []byte {
	if math.IsNaN(f.IntervalMeanDays) {
		return to
	}
	mean := int(math.Round(f.IntervalMeanDays))
	to = append(wording.AppendCounted(append(to, "buys every "...), max(mean, 1), "day"), " on average"...)
	if late := f.RecencyDays - mean; late > 0 {
		to = append(wording.AppendCounted(append(to, ", so "...), late, "day"), " late"...)
	}
	return to
}

func appendChannel(to []byte, f *ReasonFacts) []byte {
	words := "via "
	if f.Orders > 1 {
		words = "mostly via "
	}
	for word := range strings.FieldsSeq(f.Channel) {
		to = append(append(to, words...), word...)
		words = " "
	}
	return to
}

func appendSpent(to []byte, f *ReasonFacts) []byte {
	if f.Orders > 1 {
		to = append(wording.AppendAmount(to, f.Monetary.Float()), " spent in all"...)
	}
	return to
}
