package columns

import (
	"fmt"
	"strings"
	"time"

	"winback/data/guard"
	"winback/data/parse"
)

// textTimes reads times written as text, see ParseWrittenTime. Zoned ones are
// moved to the local clock. A date whose order is open is an error that asks
// for it, rather than a line set aside.
func textTimes(order parse.DateOrder, zone *time.Location) Converter {
	local := localClock(zone)
	parsed := func(s []byte) int64 { return writtenMicros(strings.TrimSpace(string(s)), order, local) }
	convert := fromBytes(parsed)
	return func(v guard.Values, out []int64) error {
		if err := convert(v, out); err != nil {
			return err
		}
		if order != parse.AnyDateOrder {
			return nil
		}
		for i, m := range out {
			if m != Unreadable {
				continue
			}
			text := strings.TrimSpace(string(v.At(i)))
			if anyOrder(text, local) {
				return openDate(text)
			}
		}
		return nil
	}
}

// numbersOrDates reads texts that are numbers under an order of such, and others as dates:
// spreadsheets write both into one column. Dates whose order is open need dates to say it.
func numbersOrDates(numbers, dates parse.DateOrder, zone *time.Location) Converter {
	local := localClock(zone)
	return fromBytes(func(b []byte) int64 {
		text := strings.TrimSpace(string(b))
		if _, _, isNumber := parse.SplitNumber(text); isNumber {
			return writtenMicros(text, numbers, local)
		}
		return writtenMicros(text, dates, local)
	})
}

// anyOrder says whether a text is a date under an order of its numbers.
func anyOrder(text string, local func(int64) int64) bool {
	for _, order := range parse.DateOrders {
		if writtenMicros(text, order, local) != Unreadable {
			return true
		}
	}
	return false
}

// openDate asks for the order of a date, among those that read it.
func openDate(text string) error {
	var orders []string
	for _, order := range parse.DateOrders {
		if writtenMicros(text, order, localClock(nil)) != Unreadable {
			orders = append(orders, order.String())
		}
	}
	return fmt.Errorf("date %q does not say which number is the month: say it with --date-format %s", text, strings.Join(orders, " or "))
}

func writtenMicros(text string, order parse.DateOrder, local func(int64) int64) int64 {
	if parse.IsMissing(text) {
		return Absent
	}
	t, ok := parse.ParseWrittenTime(text, order)
	if !ok {
		return Unreadable
	}
	m := timeMark(t.Micros)
	if t.Zoned && m > Placeholder {
		m = local(m)
	}
	return m
}
