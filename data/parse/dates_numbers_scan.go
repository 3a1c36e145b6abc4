package parse

import (
	"fmt"
	"math"
	"strings"

	"winback/data"
)

// numberOrders are the ways to read whole numbers as dates that are tried: all but that of
// 1904, whose days look like those of four years later.
const numberOrders = ExcelDays1904 - UnixSeconds

// TimeNumbers is what is known of a column of numbers read as dates after its
// values went by.
type TimeNumbers struct {
	values      int64 // without those that stand for no date
	SixteenBits bool  // of a type that ClickHouse writes for days since 1970
	least, most int64
	Dates       int64 // texts that are written dates instead
	// usual counts by order the values that are a day from 1995 to 2049,
	// possible those from 1975 to 2099; reach is of the latter.
	usual, possible [numberOrders]int64
	reach           [numberOrders]DayReach
}

var (
	firstUsual, lastUsual       = MustDay(1995, 1, 1), MustDay(2049, 12, 31)
	firstPossible, lastPossible = MustDay(1975, 1, 1), MustDay(2099, 12, 30)
)

// PossibleDay says whether a day, from 1975 to 2099, can be that of an order.
func PossibleDay(day data.Day) bool { return day >= firstPossible && day <= lastPossible }

// UsualDay says whether a day is from 1995 to 2049, as those of nearly all orders are.
func UsualDay(day data.Day) bool { return day >= firstUsual && day <= lastUsual }

// MustDay is the day of a date of the program's own; it panics where there is no
// such date.
func MustDay(year, month, day int) data.Day {
	d, ok := dayOfDate(year, month, day)
	if !ok {
		panic("no such day")
	}
	return d
}

// See takes one number into the profile; ok is false where it is none. 0, -1
// and numbers of nines alone stand for no date.
func (t *TimeNumbers) See(whole int64, ok bool) {
	if ok && (whole == 0 || whole == -1 || whole == 99_999_999 || whole == 99_991_231) {
		return
	}
	if t.values == 0 {
		t.least, t.most = math.MaxInt64, math.MinInt64
	}
	t.values++
	if !ok {
		return
	}
	t.least, t.most = min(t.least, whole), max(t.most, whole)
	for o := range numberOrders {
		micros, ok := NumberMoment(whole, 0, UnixSeconds+o)
		if !ok {
			continue
		}
		if day := data.DayOfMicros(micros); PossibleDay(day) {
			t.possible[o]++
			t.reach[o].Add(day)
			if UsualDay(day) {
				t.usual[o]++
			}
		}
	}
}

// Add takes in what another part of the column showed.
func (t *TimeNumbers) Add(o *TimeNumbers) {
	t.Dates += o.Dates
	if o.values == 0 {
		return
	}
	if t.values == 0 {
		t.least, t.most = math.MaxInt64, math.MinInt64
	}
	t.SixteenBits = t.SixteenBits || o.SixteenBits
	t.values += o.values
	t.least, t.most = min(t.least, o.least), max(t.most, o.most)
	for k := range o.reach {
		t.usual[k] += o.usual[k]
		t.possible[k] += o.possible[k]
		if o.reach[k].any {
			t.reach[k].Add(o.reach[k].First)
			t.reach[k].Add(o.reach[k].Last)
		}
	}
}

// Decide finds the one order under which more than half of the numbers are days
// from 1995 to 2049, or else from 1975 to 2099. None or several are an error
// that asks, unless wanted says the order.
func (t *TimeNumbers) Decide(name string, wanted DateOrder) (DateOrder, error) {
	if wanted.OfNumbers() {
		return wanted, nil
	}
	if wanted == YearFirst {
		return CompactDays, nil
	}
	if t.values == 0 {
		return UnixSeconds, nil // no value will be asked
	}
	if t.SixteenBits && t.usual[UnixDays-UnixSeconds]*2 > t.values {
		return UnixDays, nil
	}
	fitting := t.fitting(&t.usual)
	if len(fitting) == 0 {
		fitting = t.fitting(&t.possible)
	}
	switch len(fitting) {
	case 1:
		return fitting[0], t.mixed(name, fitting[0])
	case 0:
		return 0, fmt.Errorf("column %q as time: whole numbers from %d to %d are no dates in any way that is known (%s); name another column with --map time=COLUMN, or say the way with --date-format",
			name, t.least, t.most, strings.Join(dateOrderNames[UnixSeconds:], ", "))
	}
	var ways []string
	for _, o := range fitting {
		r := t.reach[o-UnixSeconds]
		ways = append(ways, fmt.Sprintf("--date-format %s (the column then runs from %s to %s)", o, r.First, r.Last))
	}
	return 0, fmt.Errorf("column %q as time: whole numbers from %d to %d can be read in more than one way; say which: %s", name, t.least, t.most, strings.Join(ways, " or "))
}

// mixed is the error of a column whose numbers are days in one way, and a good part
// of them in another one alone, such as seconds and milliseconds.
func (t *TimeNumbers) mixed(name string, fits DateOrder) error {
	rest := t.values - t.possible[fits-UnixSeconds]
	if rest*100 <= t.values {
		return nil
	}
	for o, n := range t.usual {
		if other := UnixSeconds + DateOrder(o); other != fits && n <= rest && 10*n >= 9*rest {
			return fmt.Errorf("column %q as time: %d of %d numbers are dates as %s, and %d others as %s: want one of them in all files; have the export write one, or name another column with --map time=COLUMN",
				name, t.possible[fits-UnixSeconds], t.values, fits, n, other)
		}
	}
	return nil
}

func (t *TimeNumbers) fitting(counts *[numberOrders]int64) []DateOrder {
	var fitting []DateOrder
	for o, n := range counts {
		if 2*n > t.values {
			fitting = append(fitting, UnixSeconds+DateOrder(o))
		}
	}
	return fitting
}

// DayReach is the first and last day of a column under an order.
type DayReach struct {
	First, Last data.Day
	any         bool
}

// Add widens the reach to a day.
func (r *DayReach) Add(d data.Day) {
	if !r.any || d < r.First {
		r.First = d
	}
	if !r.any || d > r.Last {
		r.Last = d
	}
	r.any = true
}
