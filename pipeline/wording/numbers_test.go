package wording

import (
	"math"
	"slices"
	"testing"
)

func TestNumbers_ReadAsPeopleWriteThem(t *testing.T) {
	nan, inf := math.NaN(), math.Inf(1)
	for _, c := range []struct{ got, want string }{
		{Thousands(0), "0"}, {Thousands(999), "999"}, {Thousands(1000), "1,000"}, {Thousands(-123456), "-123,456"}, {Thousands(math.MinInt64), "-9,223,372,036,854,775,808"},
		{Counted(1, "day"), "1 day"}, {Counted(2000, "day"), "2,000 days"}, {Plural(2, "class", "classes"), "2 classes"},
		{Prose.Fixed(0.5, 0), "1"}, {Prose.Fixed(-0.4, 0), "0"}, {Prose.Fixed(-1234.56, 1), "-1,234.6"}, {Page.Fixed(-1234.56, 1), "−1,234.6"}, {Screen.Fixed(nan, 1), "-"}, {Page.Fixed(inf, 0), "–"},
		{Prose.Percent(0.084), "8.4 %"}, {Prose.Percent(nan), "unknown"}, {Screen.PercentRange(0.079, 0.088), "7.9 to 8.8 %"}, {Screen.PercentRange(0.1, nan), "-"},
		{Screen.Times(2.34), "2.3x"}, {Screen.Times(nan), "-"}, {Prose.Money(999.5), "999.50"}, {Prose.Money(1234.5), "1,235"}, {Prose.Money(nan), "unknown"},
		{Screen.Signed(335489.2), "+335,489"}, {Screen.Signed(-3), "-3"}, {Screen.Signed(0.2), "0"}, {Screen.Signed(inf), "-"},
		{Amount(45.5), "45.50"}, {Amount(149), "149"}, {Amount(float64(float32(149.99))), "149.99"}, {Trimmed(60.25, 1), "60.2"}, {Trimmed(100, 2), "100"},
		{List(nil, "or"), ""}, {List([]string{"a"}, "or"), "a"}, {List([]string{"a", "b", "c"}, "or"), "a, b or c"},
		{Sentence("as set by --lapsed-after"), "As set by --lapsed-after."}, {Sentence(""), ""},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
	if got := Runs([]int{1, 2, 3, 5, 7, 8}, "-"); !slices.Equal(got, []string{"1-3", "5", "7-8"}) || Runs(nil, "-") != nil {
		t.Errorf("runs are %v", got)
	}
}

func TestOf_ANameWithoutARowIsItsOwnWords(t *testing.T) {
	if c := Of("life_stage"); c.Label != "life stage" || c.Names([]string{"lost"}) != "life stage lost" || c.MissingWords() != "life stage unknown" {
		t.Errorf("got %+v", c)
	}
}

func TestRange_AYesOrNoReadsAsWhatItIs(t *testing.T) {
	c, inf := Of("first_in_peak"), math.Inf(1)
	for _, r := range []struct {
		low, high float64
		want      string
	}{{0.5, inf, c.Before}, {-inf, 0.5, c.None}, {-inf, inf, ""}, {-1, 1, ""}} {
		if got := c.Range(r.low, r.high); got != r.want {
			t.Errorf("over %v up to %v: %q, want %q", r.low, r.high, got, r.want)
		}
	}
}
