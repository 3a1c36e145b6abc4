package pipeline

import (
	"math"
	"strings"
	"unicode/utf8"

	"winback/data"
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
		add(money(cutTo(f.Monetary.Float(), 100)) + " spent in all")
	}
	return text
}

func orderWords(f ReasonFacts) string {
	ago := days(f.RecencyDays) + " ago"
	if f.Orders > 1 {
		return whole(float64(f.Orders)) + " orders, the last " + ago
	}
	return "1 order, " + ago + ", worth " + money(cutTo(f.Monetary.Float(), 100))
}

func rhythmWords(f ReasonFacts) string {
	if math.IsNaN(f.IntervalMeanDays) {
		return ""
	}
	mean := int(math.Round(f.IntervalMeanDays))
	words := "buys every " + days(max(mean, 1)) + " on average"
	if late := f.RecencyDays - mean; late > 0 {
		words += ", so " + days(late) + " late"
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

func days(n int) string {
	if n == 1 {
		return "1 day"
	}
	return whole(float64(n)) + " days"
}
