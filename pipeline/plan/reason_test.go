package plan

import (
	"math"
	"testing"
	"unicode/utf8"

	"winback/data"
)

func TestReason(t *testing.T) {
	nan := math.NaN()
	for _, c := range []struct {
		facts ReasonFacts
		want  string
	}{
		{ReasonFacts{4, 97, 60, 245_1000, "web1"}, "4 orders, the last 97 days ago; buys every 60 days on average, so 37 days late; mostly via web1; 245.10 spent in all"},
		{ReasonFacts{2, 40, 60.4, 30_0000, ""}, "2 orders, the last 40 days ago; buys every 60 days on average; 30 spent in all"},
		{ReasonFacts{1, 1, nan, 45_5000, "phone\n1"}, "1 order, 1 day ago, worth 45.50; via phone 1"},
		{ReasonFacts{1, 400, nan, 12_3456, ""}, "1 order, 400 days ago, worth 12.34"},
		{ReasonFacts{1200, 91, 1, 1_000_000_0000, "web1"}, "1,200 orders, the last 91 days ago; buys every 1 day on average, so 90 days late; mostly via web1"},
	} {
		if got := Reason(c.facts); got != c.want {
			t.Errorf("%+v:\n got %q\nwant %q", c.facts, got, c.want)
		}
	}
}

func TestReason_IsAlwaysShort(t *testing.T) {
	long := ""
	for range 200 {
		long += "ü"
	}
	for _, channel := range []string{"", "web1", long} {
		f := ReasonFacts{Orders: 1_000_000, RecencyDays: 30_000, IntervalMeanDays: 12_345, Monetary: data.Money(math.MaxInt64), Channel: channel}
		if got := Reason(f); utf8.RuneCountInString(got) >= reasonRunes {
			t.Errorf("%d characters: %q", utf8.RuneCountInString(got), got)
		}
	}
}
