package shopcontext

import (
	"testing"

	"winback/data"
)

func TestView_SaysPeaksBeforeChristmasOnlyWhereAllAre(t *testing.T) {
	asOf, err := data.ParseDay("2026-01-15")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name  string
		peaks []int // weeks before 2026-01-15
		want  bool
	}{
		{"none", nil, false},
		{"from mid-November to Christmas", []int{3, 4, 5, 6, 7, 8}, true},
		{"and a week in July", []int{4, 5, 27}, false},
		{"the first week of January", []int{1}, false},
	} {
		v := &View{day: asOf}
		for _, week := range c.peaks {
			v.weeks.peak[week] = true
		}
		if got := v.PeaksBeforeChristmas(); got != c.want {
			t.Errorf("%s: %v", c.name, got)
		}
	}
}
