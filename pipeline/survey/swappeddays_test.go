package survey

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// swapped is a day as a spreadsheet with the other order of day and month reads it.
func swapped(d data.Day) data.Day {
	year, month, day := d.Time().Date()
	if day > 12 {
		return d
	}
	return data.DayOfMicros(time.Date(year, time.Month(day), int(month), 0, 0, 0, 0, time.UTC).UnixMicro())
}

// TestInspect_StopsAtSwappedDayAndMonth: such dates are all possible, and nothing else
// looks wrong. Sound orders of the same days, with a week of their own or without, are let go.
func TestInspect_StopsAtSwappedDayAndMonth(t *testing.T) {
	const year = 365
	first := data.DayOfMicros(time.Date(2023, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro())
	for name, c := range map[string]struct {
		from, days int
		weekly     bool
		says       string
	}{
		"to October":               {0, year + 304, false, "in 2024, days 13 to 31 have lines from January to October alone"},
		"from April":               {100, year - 100, false, "in 2023, days 13 to 31 have lines from April to December alone"},
		"whole years with Sundays": {0, 2 * year, true, "fall on the weekdays of the others only when"},
	} {
		for _, slips := range []bool{false, true} {
			var day []data.Day
			for d := first + data.Day(c.from); d < first+data.Day(c.from+c.days); d++ {
				if c.weekly && d.Time().Weekday() == time.Sunday {
					continue
				}
				day = append(day, d)
			}
			rows := len(day)
			columns := table{"order_date": func(i int) any {
				if slips {
					return swapped(day[i%rows]).String()
				}
				return day[i%rows].String()
			}}
			if got := stopsBySwappedDays(t, columns, rows); (got != "") != slips || slips && !strings.Contains(got, c.says) {
				t.Errorf("%s, swapped is %t: %q, want %q", name, slips, got, c.says)
			}
		}
	}
}

func stopsBySwappedDays(t *testing.T, columns table, rows int) string {
	t.Helper()
	o, err := sold(columns).read(t, orders.Options{})
	if err != nil {
		t.Fatal(err)
	}
	s := surveyOf(t, o)
	for _, f := range Inspect(o, s, s.end()) {
		if f.Stops && strings.Contains(f.Text, "changed places") {
			return f.Text
		}
	}
	return ""
}

// TestSwappedDays_AreFoundInRandomShopsAndInThemAlone: shops with weeks, seasons, sales and
// growth, of a year and a half, small and large.
func TestSwappedDays_AreFoundInRandomShopsAndInThemAlone(t *testing.T) {
	const shops = 50
	found, large := 0, 0
	for seed := range shops {
		rng := rand.New(rand.NewPCG(uint64(seed), 9))
		perDay := []float64{0.5, 2, 8, 15, 30}[seed%5]
		lines, days := soldShop(rng, perDay, 400+rng.IntN(300)), 1100
		o, s := surveyedLines(lines, days)
		if text := swappedDays(s, o.LastDay+1); text != "" {
			t.Errorf("shop %d of %.1f orders a day: %s", seed, perDay, text)
		}
		lines = change(lines, 0, days, func(l *ordertest.SoldLine) bool {
			l.OrderDate = int32(swapped(data.Day(l.OrderDate)))
			return data.Day(l.OrderDate) >= ordertest.FirstDay
		})
		o, s = surveyedLines(lines, days)
		if perDay >= 2 {
			large++
			if swappedDays(s, o.LastDay+1) != "" {
				found++
			}
		}
	}
	if 10*found < 8*large {
		t.Errorf("found in %d of %d shops", found, large)
	}
	t.Logf("found in %d of %d shops", found, large)
}

// TestSwappedDays_PeaksOnTheFirstOfAWeekdayAreSound: the first Sunday or workday of a month
// lies on its first days by the calendar, not by a slip.
func TestSwappedDays_PeaksOnTheFirstOfAWeekdayAreSound(t *testing.T) {
	for weekday := time.Sunday; weekday <= time.Saturday; weekday++ {
		var lines []ordertest.SoldLine
		for d := range data.Day(1100) {
			day := ordertest.FirstDay + d
			for i := range 10 {
				if at := day.Time(); i < 3 || at.Day() <= 7 && at.Weekday() == weekday {
					lines = append(lines, ordertest.SoldLine{CustomerID: fmt.Sprint("c", (int(d)*7+i)%300), OrderDate: int32(day), Amount: 10})
				}
			}
		}
		o, s := surveyedLines(lines, 1100)
		if text := swappedDays(s, o.LastDay+1); text != "" {
			t.Errorf("%s: %s", weekday, text)
		}
	}
}
