package hours

import (
	"slices"
	"testing"

	"winback/data"
	"winback/data/orders"
)

// at is a moment of the day before the as-of day of the tests, 100.
func at(hour, minute int64) int64 { return data.Day(99).Micros() + (hour*60+minute)*60_000_000 }

func TestPreferred_IsTheHourOfMostOutsideQuietHours(t *testing.T) {
	for name, c := range map[string]struct {
		moments []int64
		quiet   Quiet
		want    int // -1: too little is known
	}{
		"most":                       {[]int64{at(9, 1), at(18, 0), at(18, 59)}, Quiet{21, 8}, 18},
		"the first of equals":        {[]int64{at(18, 0), at(9, 0), at(12, 0)}, Quiet{21, 8}, 9},
		"two are too few":            {[]int64{at(18, 0), at(18, 1)}, Quiet{21, 8}, -1},
		"quiet ones do not count":    {[]int64{at(18, 0), at(18, 1), at(22, 0), at(7, 59), at(21, 0)}, Quiet{21, 8}, -1},
		"nor are they preferred":     {[]int64{at(22, 0), at(22, 5), at(22, 9), at(22, 10), at(8, 0), at(20, 59), at(20, 0)}, Quiet{21, 8}, 20},
		"no quiet hours":             {[]int64{at(22, 0), at(22, 5), at(8, 0)}, Quiet{}, 22},
		"quiet by day":               {[]int64{at(13, 0), at(13, 1), at(13, 2), at(15, 0), at(11, 0), at(15, 1)}, Quiet{12, 15}, 15},
		"days without a time":        {[]int64{at(0, 0), at(0, 0), at(0, 0)}, Quiet{}, -1},
		"just after midnight is one": {[]int64{at(0, 0) + 1, at(0, 1), at(0, 2)}, Quiet{}, 0},
	} {
		var counts Counts
		for _, m := range c.moments {
			counts.Add(m)
		}
		hour, known := counts.preferred(c.quiet)
		if !known {
			hour = -1
		}
		if hour != c.want {
			t.Errorf("%s: %d, want %d", name, hour, c.want)
		}
	}
}

func TestFinder_CountsPurchasesAndAnswersBeforeTheDay(t *testing.T) {
	bought, back := orders.FlagPurchase, orders.FlagReturn
	// a: two purchases of several lines, one that is not known yet; b: an answer more;
	// c: goods sent back.
	h := &orders.Histories{IDs: []string{"a", "b", "c"}, Start: []int32{0, 5, 7, 10},
		Time:  []int64{at(10, 0), at(10, 0), at(10, 0), at(11, 0), data.Day(100).Micros() + at(11, 0)%dayMicro, at(16, 0), at(17, 0), at(9, 0), at(9, 1), at(9, 2)},
		Flags: []orders.LineFlags{bought, bought, bought, bought, bought, bought, bought, bought, back, back}}
	f := NewFinder(100, Quiet{21, 8}, map[string]*Counts{"b": {17: 1}, "c": {9: 1}}, 1)
	f.Add(0, h)
	if a, b, c := f.Of(0, 0), f.Of(0, 1), f.Of(0, 2); a != -1 || b != 17 || c != -1 {
		t.Errorf("a %d, b %d, c %d: want 17 of b, too little is known of the others", a, b, c)
	}
	if some, err := f.OfSome(0, h, []string{"b", "c"}); err != nil || !slices.Equal(some, []int8{17, -1}) {
		t.Errorf("of b and c: %v, %v", some, err)
	}
	more := *h
	more.IDs = append(more.IDs, "d")
	if some, err := f.OfSome(0, &more, []string{"b"}); err == nil {
		t.Errorf("hours of other customers are taken: %v", some)
	}
}

func TestQuiet_IsReadAsItIsWritten(t *testing.T) {
	for text, want := range map[string]Quiet{"21-8": {21, 8}, "0-7": {0, 7}, "22-24": {22, 0}, "none": {}} {
		q, err := ParseQuiet(text)
		if err != nil || q != want {
			t.Errorf("%s: %v, %v, want %v", text, q, err, want)
		}
		if again, err := ParseQuiet(q.String()); err != nil || again != q {
			t.Errorf("%s: written as %s, which is read as %v, %v", text, q, again, err)
		}
	}
	for _, text := range []string{"", "21", "8-8", "0-24", "21-25", "-1-8", "9 pm-8"} {
		if q, err := ParseQuiet(text); err == nil {
			t.Errorf("%q: read as %v", text, q)
		}
	}
}
