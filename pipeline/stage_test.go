package pipeline

import (
	"math"
	"testing"
	"unicode/utf8"

	"winback/data"
)

func TestStage_EdgesBelongToTheNewerStage(t *testing.T) {
	edges := DefaultStageEdges()
	for days, want := range map[int]string{
		1: "active", 45: "active", 46: "silent", 90: "silent", 91: "sleeping", 180: "sleeping", 181: "lost", 5000: "lost",
	} {
		if got := edges.Of(days).String(); got != want {
			t.Errorf("%d days: %s, want %s", days, got, want)
		}
	}
}

func TestStageEdges_MustAscend(t *testing.T) {
	if err := DefaultStageEdges().Validate(); err != nil {
		t.Error(err)
	}
	for _, e := range []StageEdges{{}, {0, 90, 180}, {45, 45, 180}, {45, 90, 90}, {180, 90, 45}} {
		if e.Validate() == nil {
			t.Errorf("%v: no error", e)
		}
	}
}

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
