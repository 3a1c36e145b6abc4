package survey

import (
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// A slip of the pen in one date moves the as-of day: the last days are named where
// they stand far behind all others, with the setting that leaves them out.
func TestInspect_NamesAFewLastDaysLongAfterAllOthers(t *testing.T) {
	late := func(from int, gap data.Day) table {
		return table{"order_date": func(i int) any {
			day := ordertest.FirstDay + data.Day(i/4)
			if i >= from {
				day += gap
			}
			return day.String()
		}}
	}
	for name, c := range map[string]struct {
		columns table
		want    bool
	}{
		"one day":       {late(soldRows-4, 90), true},
		"three days":    {late(soldRows-12, 90), true},
		"a short pause": {late(soldRows-4, 5), false},
		"no pause":      {late(soldRows, 90), false},
	} {
		o, err := sold(c.columns).read(t, orders.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := surveyOf(t, o)
		named := false
		for _, f := range Inspect(o, s, s.end()) {
			named = named || strings.Contains(f.Text, "without a purchase: are their days slips") && strings.Contains(f.Text, "--as-of ")
		}
		if named != c.want {
			t.Errorf("%s: named is %t, want %t", name, named, c.want)
		}
	}
}
