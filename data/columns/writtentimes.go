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
			if writtenMicros(text, parse.DayFirst, local) != Unreadable || writtenMicros(text, parse.MonthFirst, local) != Unreadable {
				return openDate(text)
			}
		}
		return nil
	}
}

func openDate(text string) error {
	return fmt.Errorf("date %q does not say which number is the month: say it with --date-format D/M/YYYY or M/D/YYYY", text)
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
