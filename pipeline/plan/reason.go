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
	text := orderWords(f)
	add := func(part string) {
		if part != "" && utf8.RuneCountInString(text)+len("; ")+utf8.RuneCountInString(part) < reasonRunes {
			text += "; " + part
		}
	}
	add(rhythmWords(f))
	add(channelWords(f))
	if f.Orders > 1 {
		add(wording.Amount(f.Monetary.Float()) + " spent in all")
	}
	return text
}

func orderWords(f ReasonFacts) string {
	ago := wording.Counted(f.RecencyDays, "day") + " ago"
	if f.Orders > 1 {
		return wording.Counted(f.Orders, "order") + ", the last " + ago
	}
	return "1 order, " + ago + ", worth " + wording.Amount(f.Monetary.Float())
}

func rhythmWords(f ReasonFacts) string {
	if math.IsNaN(f.IntervalMeanDays) {
		return ""
	}
	mean := int(math.Round(f.IntervalMeanDays))
	words := "buys every " + wording.Counted(max(mean, 1), "day") + " on average"
	if late := f.RecencyDays - mean; late > 0 {
		words += ", so " + wording.Counted(late, "day") + " late"
	}
	return words
}

func channelWords(f ReasonFacts) string {
	channel := strings.Join(strings.Fields(f.Channel), " ")
	switch {
	case channel == "":
		return ""
	case f.Orders > 1:
		return "mostly via " + channel
	}
	return "via " + channel
}
