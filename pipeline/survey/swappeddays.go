package survey

import (
	"fmt"
	"math"
	"time"

	"winback/data"
)

const (
	// swappable are the days of a month that can be taken for a month.
	swappable = 12
	// swappedCells is from how many days on, had they purchases as others do, their
	// absence says something.
	swappedCells = 5
	// weekdayMisfit is a chi-squared of 6 degrees of freedom that sound dates do not
	// reach, and swappedFit how much smaller it must be the other way round.
	weekdayMisfit, swappedFit = 60, 6
	// swappedFlatness is how much flatter than others a week of swapped days is, by the
	// squares; one with peaks on the first Sunday or workday of a month is not.
	swappedFlatness = 4
	weekdayDays     = 8    // fewest of each weekday that are compared
	weekdayNoise    = 0.02 // share of a usual day by which weekdays differ without a reason
)

// swappedDays tells of dates whose day and month have changed places where both can be
// either: a spreadsheet with the other order of day and month turns 3/2/2024 into 2 March
// and leaves 13/2/2024 alone, so that every date is one and days 13 to 31 are right.
func swappedDays(s *Survey, asOf data.Day) string {
	const remedy = "day and month of dates up to the 12th have changed places, as in a spreadsheet with the other order of the two; export the orders anew, past the spreadsheet"
	c := newCalendar(s, s.newestBefore(asOf))
	for year := c.first; year < c.first+len(c.years); year++ {
		if from, to, swapped := c.cornersSwapped(year); swapped {
			return fmt.Sprintf("in %d, days 13 to 31 have lines from %s to %s alone, but days %d to %d have some in other months too, and other days up to the 12th hardly any: %s",
				year, from, to, from, to, remedy)
		}
	}
	if c.weekdaysSwapped() {
		return "lines on days 1 to 12 of a month fall on the weekdays of the others only when day and month are swapped: " + remedy
	}
	return ""
}

// calendar is lines by year, month and day of the month.
type calendar struct {
	first int // year
	years [][13][32]int64
}

func newCalendar(s *Survey, newest data.Day) *calendar {
	c := &calendar{first: s.FirstDay.Time().Year()}
	for i, n := range s.DayLines[:max(0, s.dayIndex(newest)+1)] {
		year, month, day := (s.FirstDay + data.Day(i)).Time().Date()
		if len(c.years) == year-c.first {
			c.years = append(c.years, [13][32]int64{})
		}
		c.years[year-c.first][month][day] = n
	}
	return c
}

// cornersSwapped looks at a year whose days 13 to 31 have lines from one month to
// another alone. Of days up to the 12th, sound dates have lines in these months, swapped
// ones on the days of the same numbers. The months beside them may be cut anywhere.
func (c *calendar) cornersSwapped(year int) (from, to time.Month, swapped bool) {
	months := &c.years[year-c.first]
	var filled, days int
	for m := time.January; m <= time.December; m++ {
		sold := 0
		for _, n := range months[m][swappable+1:] {
			if n > 0 {
				sold++
			}
		}
		if sold == 0 {
			continue
		}
		if from == 0 {
			from = m
		}
		to = m
		filled, days = filled+sold, days+time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC).Day()-swappable
	}
	if from == 0 {
		return 0, 0, false
	}
	inside := func(k int) bool { return k >= int(from) && k <= int(to) }
	outside := func(k int) bool { return k < int(from)-1 || k > int(to)+1 }
	var cells, asSound, asSwapped int
	for m := 1; m <= swappable; m++ {
		for d := 1; d <= swappable; d++ {
			switch n := months[m][d]; {
			case inside(m) && outside(d):
				cells++
				if n > 0 {
					asSound++
				}
			case outside(m) && inside(d) && n > 0:
				asSwapped++
			}
		}
	}
	usual := float64(filled) / float64(days) * float64(cells)
	return from, to, usual >= swappedCells && float64(asSound) <= usual/10 && float64(asSwapped) >= usual/2
}

// weekdaysSwapped compares the weekdays of days up to the 12th, as they are and
// swapped, with those of the days after. Each day counts by its share of the mean of the
// days after the 12th in its month, so that seasons and growth do not matter.
func (c *calendar) weekdaysSwapped() bool {
	var after, asIs, swapped weekdays
	for i := range c.years {
		year, months := c.first+i, &c.years[i]
		usual := usualDays(year, months)
		for m := time.January; m <= time.December; m++ {
			for d := swappable + 1; d <= 31; d++ {
				after.add(year, m, d, months[m][d], usual[m])
			}
			for d := 1; d <= swappable; d++ {
				if int(m) != d {
					asIs.add(year, m, d, months[m][d], usual[m])
					swapped.add(year, time.Month(d), int(m), months[m][d], usual[d])
				}
			}
		}
	}
	misfit, fit := asIs.misfit(&after), swapped.misfit(&after)
	return misfit > weekdayMisfit && misfit > swappedFit*fit && swappedFlatness*asIs.spread() < after.spread()
}

// usualDays are the mean lines of a day after the 12th of each month; 0 where a month has none.
func usualDays(year int, months *[13][32]int64) (usual [13]float64) {
	for m := time.January; m <= time.December; m++ {
		for _, n := range months[m][swappable+1:] {
			usual[m] += float64(n)
		}
		usual[m] /= float64(time.Date(year, m+1, 0, 0, 0, 0, 0, time.UTC).Day() - swappable)
	}
	return usual
}

// weekdays are number, sum and sum of squares of days' lines by weekday.
type weekdays [7]struct{ n, sum, squares float64 }

func (w *weekdays) add(year int, m time.Month, day int, lines int64, usual float64) {
	date := time.Date(year, m, day, 0, 0, 0, 0, time.UTC)
	if usual == 0 || date.Month() != m {
		return
	}
	of := &w[date.Weekday()]
	share := float64(lines) / usual
	of.n, of.sum, of.squares = of.n+1, of.sum+share, of.squares+share*share
}

// misfit is the sum of squared differences of the weekdays' means, each side by its own
// mean and each difference by its variance (Welch) and weekdayNoise; 0 where there are too few days.
func (w *weekdays) misfit(o *weekdays) (chi2 float64) {
	a, ok := w.scaled()
	b, also := o.scaled()
	if !ok || !also {
		return 0
	}
	for i := range a {
		chi2 += math.Pow(a[i].mean-b[i].mean, 2) / (a[i].variance + b[i].variance + weekdayNoise*weekdayNoise)
	}
	return chi2
}

// spread is the sum of squared distances of the weekdays' means from the mean of all, as
// shares of it.
func (w *weekdays) spread() (sum float64) {
	of, _ := w.scaled()
	for _, day := range of {
		sum += (day.mean - 1) * (day.mean - 1)
	}
	return sum
}

// scaled are means, and variances of means, by weekday, as shares of the mean of them all.
func (w *weekdays) scaled() (of [7]struct{ mean, variance float64 }, ok bool) {
	var total float64
	for i, d := range w {
		if d.n < weekdayDays {
			return of, false
		}
		of[i].mean = d.sum / d.n
		of[i].variance = (d.squares/d.n - of[i].mean*of[i].mean) / (d.n - 1)
		total += of[i].mean / 7
	}
	for i := range of {
		of[i].mean, of[i].variance = of[i].mean/total, of[i].variance/(total*total)
	}
	return of, total > 0
}
