package parse

import (
	"fmt"
	"testing"
)

func TestDateColumn_FindsTheOrderThatAllDatesFit(t *testing.T) {
	days := func(format string) (all []string) {
		for d := MustDay(2019, 1, 3); d < MustDay(2022, 12, 30); d += 5 {
			at := d.Time()
			all = append(all, at.Format(format))
		}
		return all
	}
	for name, c := range map[string]struct {
		texts []string
		want  DateOrder
	}{
		"day first":               {days("02-01-2006"), DayFirst},
		"month first, with times": {days("1/2/2006 15:04"), MonthFirst},
		"day first, two digits":   {days("02/01/06"), DayFirst},
		"year first, two digits":  {days("06-01-02"), YearFirst},
		"first days of months":    {[]string{"01/02/2020", "01/03/2020", "01/04/2020"}, AnyDateOrder},
		"both orders":             {append(days("02/01/2006"), days("01/02/2006")...), AnyDateOrder},
		"one slip among many":     {append([]string{"13/02/2020"}, openDates()...), AnyDateOrder},
		"others in between":       {append(days("02.01.2006"), "", "n/a", "31.02.2020", "2020-01-02"), DayFirst},
		"forms that say it":       {days("2006-01-02"), AnyDateOrder},
	} {
		var a, b DateColumn
		for i, text := range c.texts {
			if i%2 == 0 {
				a.See(text)
			} else {
				b.See(text)
			}
		}
		if a.Add(&b); a.Decide() != c.want {
			t.Errorf("%s: %q, want %q", name, a.Decide(), c.want)
		}
	}
}

// openDates are dates that fit both orders.
func openDates() (all []string) {
	for i := range 40 {
		all = append(all, fmt.Sprintf("%d/%d/2020", 1+i%12, 1+i%7))
	}
	return all
}
