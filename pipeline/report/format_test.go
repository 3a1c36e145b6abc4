package report

import (
	"math"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestFormat_NumbersForPeople(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ got, want string }{
		{number(-0.0001, 1), "0.0"}, {number(-1234.56, 1), "−1,234.6"}, {number(nan, 1), dash}, {number(-inf, 0), dash},
		{percent(0), "0.0"}, {percent(0.0004), "<0.1"}, {percent(0.0005), "0.1"}, {percent(0.1234), "12.3"}, {percent(1), "100.0"}, {percent(0.99999), ">99.9"}, {percent(nan), dash},
		{percentRange(0.1, 0.2), "10.0–20.0"}, {percentRange(0.1, nan), dash}, {scoreRange(0.7, 0.75), "0.700–0.750"}, {scoreRange(inf, 1), dash},
		{points(0.0017), "0.17"}, {points(0.0812), "8.1"}, {points(-0.0017), "−0.17"}, {points(nan), dash},
		{total(12.34), "12.3"}, {total(1234.56), "1,235"}, {total(99.96), "100"}, {total(nan), dash}, {money(12345.678), "12,345.68"},
		{share(1, 0), dash}, {share(1, 4), "25.0"},
		{groupNumbers(nil), ""}, {groupNumbers([]int{3}), "3"}, {groupNumbers([]int{1, 2, 3, 5}), "1–3 and 5"}, {groupNumbers([]int{1, 3, 5, 6}), "1, 3 and 5–6"},
		{clean(" a\n\tb\x00c\u202ed \xff"), "a b cd \uFFFD"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestWrap_LinesFitAndKeepTheText(t *testing.T) {
	for _, text := range []string{"", "one", "last purchase 90 to 128 days ago", strings.Repeat("W", 50), "a " + strings.Repeat("园艺", 30) + " z", strings.Repeat("x y ", 40)} {
		for _, width := range []float64{1, 4, 11, 40} {
			lines := wrap(text, width, 1000)
			if got, want := strings.Join(lines, ""), strings.ReplaceAll(text, " ", ""); strings.ReplaceAll(got, " ", "") != want {
				t.Errorf("wrap %q at %g lost text: %q", text, width, got)
			}
			for _, line := range append(lines, wrap(text, width, 2)...) {
				if textWidth(line) > width && utf8.RuneCountInString(line) > 2 {
					t.Errorf("line %q is %g em wide, want at most %g", line, textWidth(line), width)
				}
			}
			if n := len(wrap(text, width, 2)); n > 2 {
				t.Errorf("wrap %q at %g to 2 lines gives %d", text, width, n)
			}
		}
	}
	if got := wrap("one two three four", 4, 2); got[len(got)-1] != "two…" && !strings.HasSuffix(got[1], "…") {
		t.Errorf("cut text has no ellipsis: %q", got)
	}
}

func TestSummarise_AddsUpTheRecommendedGroups(t *testing.T) {
	h := summarise([]Group{
		{Group: 1, Contacts: 100, Holdout: 10, ExpectedReturns: 30, ContactCost: 5, Recommended: true, Take: 100, TakeReturns: 30},
		{Group: 2, Contacts: 300, Holdout: 30, ExpectedReturns: 30, ContactCost: 15, Recommended: true, Take: 300, TakeReturns: 30},
		{Group: 3, Contacts: 600, Holdout: 60, ExpectedReturns: 20, ContactCost: 30},
	})
	if h.Contacts != 400 || h.Holdout != 40 || h.Returns != 60 || h.Rate != 0.15 || h.Cost != 20 || h.Last != 2 || h.Whole {
		t.Errorf("summary is %+v", h)
	}
	if h := summarise([]Group{{Group: 1, Contacts: 100, ExpectedReturns: 30, ContactCost: 5, Recommended: true, Take: 20, TakeReturns: 9}}); h.Contacts != 20 || h.Returns != 9 || h.Cost != 1 || !h.Part {
		t.Errorf("of a group in part: %+v", h)
	}
	if math.Abs(h.RandomContacts-750) > 1e-9 { // 60 returns at 8 %
		t.Errorf("a random list needs %g contacts, want 750", h.RandomContacts)
	}
	if h.Groups != "1–2" || h.Skipped != "3" {
		t.Errorf("groups %q, skipped %q", h.Groups, h.Skipped)
	}
}
