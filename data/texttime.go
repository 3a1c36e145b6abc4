package data

import (
	"fmt"
	"strings"
	"time"

	"winback/data/guard"
)

// textTimes reads times written as text, see ParseWrittenTime. Zoned ones are
// moved to the local clock. A date whose order is open is an error that asks
// for it, rather than a line set aside.
func textTimes(order DateOrder, zone *time.Location) numberConverter {
	local := localClock(zone)
	parse := func(s []byte) int64 { return writtenMicros(strings.TrimSpace(string(s)), order, local) }
	convert := fromBytes(parse)
	return func(v guard.Values, out []int64) error {
		if err := convert(v, out); err != nil {
			return err
		}
		if order != AnyDateOrder {
			return nil
		}
		for i, m := range out {
			if m != unreadable {
				continue
			}
			text := strings.TrimSpace(string(v.At(i)))
			if writtenMicros(text, DayFirst, local) != unreadable || writtenMicros(text, MonthFirst, local) != unreadable {
				return openDate(text)
			}
		}
		return nil
	}
}

func openDate(text string) error {
	return fmt.Errorf("date %q does not say which number is the month: say it with --date-format D/M/YYYY or M/D/YYYY", text)
}

func writtenMicros(text string, order DateOrder, local func(int64) int64) int64 {
	if isMissing(text) {
		return absent
	}
	t, ok := ParseWrittenTime(text, order)
	if !ok {
		return unreadable
	}
	m := timeMark(t.Micros)
	if t.Zoned && m > placeholder {
		m = local(m)
	}
	return m
}
