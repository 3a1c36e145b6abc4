package data

import (
	"fmt"
	"math"
	"strings"
)

// numberOrders are the ways to read whole numbers as dates.
const numberOrders = dateOrderCount - UnixSeconds

// timeNumbers is what is known of a column of numbers read as dates after its
// values went by.
type timeNumbers struct {
	values      int64 // without those that stand for no date
	sixteenBits bool  // of a type that ClickHouse writes for days since 1970
	least, most int64
	dates       int64 // texts that are written dates instead
	// usual counts by order the values that are a day from 1995 to 2049,
	// possible those from 1975 to 2099; reach is of the latter.
	usual, possible [numberOrders]int64
	reach           [numberOrders]dayReach
}

var (
	firstUsual, lastUsual       = mustDay(1995, 1, 1), mustDay(2049, 12, 31)
	firstPossible, lastPossible = mustDay(1975, 1, 1), mustDay(2099, 12, 30)
)

func mustDay(year, month, day int) Day {
	d, ok := dayOfDate(year, month, day)
	if !ok {
		panic("no such day")
	}
	return d
}

// see takes one number into the profile; ok is false where it is none. 0, -1
// and numbers of nines alone stand for no date.
func (t *timeNumbers) see(whole int64, ok bool) {
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
		micros, ok := numberMoment(whole, 0, UnixSeconds+o)
		if !ok {
			continue
		}
		if day := DayOfMicros(micros); day >= firstPossible && day <= lastPossible {
			t.possible[o]++
			t.reach[o].add(day)
			if day >= firstUsual && day <= lastUsual {
				t.usual[o]++
			}
		}
	}
}

// add takes in what another part of the column showed.
func (t *timeNumbers) add(o *timeNumbers) {
	t.dates += o.dates
	if o.values == 0 {
		return
	}
	if t.values == 0 {
		t.least, t.most = math.MaxInt64, math.MinInt64
	}
	t.sixteenBits = t.sixteenBits || o.sixteenBits
	t.values += o.values
	t.least, t.most = min(t.least, o.least), max(t.most, o.most)
	for k := range o.reach {
		t.usual[k] += o.usual[k]
		t.possible[k] += o.possible[k]
		if o.reach[k].any {
			t.reach[k].add(o.reach[k].first)
			t.reach[k].add(o.reach[k].last)
		}
	}
}

// decide finds the one order under which more than half of the numbers are days
// from 1995 to 2049, or else from 1975 to 2099. None or several are an error
// that asks, unless wanted says the order.
func (t *timeNumbers) decide(name string, wanted DateOrder) (DateOrder, error) {
	if wanted.ofNumbers() {
		return wanted, nil
	}
	if wanted == YearFirst {
		return CompactDays, nil
	}
	if t.values == 0 {
		return UnixSeconds, nil // no value will be asked
	}
	if t.sixteenBits && t.usual[UnixDays-UnixSeconds]*2 > t.values {
		return UnixDays, nil
	}
	fitting := t.fitting(&t.usual)
	if len(fitting) == 0 {
		fitting = t.fitting(&t.possible)
	}
	switch len(fitting) {
	case 1:
		return fitting[0], nil
	case 0:
		return 0, fmt.Errorf("column %q as time: whole numbers from %d to %d are no dates in any way that is known (%s); name another column with --map time=COLUMN, or say the way with --date-format",
			name, t.least, t.most, strings.Join(dateOrderNames[UnixSeconds:], ", "))
	}
	var ways []string
	for _, o := range fitting {
		r := t.reach[o-UnixSeconds]
		ways = append(ways, fmt.Sprintf("--date-format %s (the column then runs from %s to %s)", o, r.first, r.last))
	}
	return 0, fmt.Errorf("column %q as time: whole numbers from %d to %d can be read in more than one way; say which: %s", name, t.least, t.most, strings.Join(ways, " or "))
}

func (t *timeNumbers) fitting(counts *[numberOrders]int64) []DateOrder {
	var fitting []DateOrder
	for o, n := range counts {
		if 2*n > t.values {
			fitting = append(fitting, UnixSeconds+DateOrder(o))
		}
	}
	return fitting
}
