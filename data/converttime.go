package data

import (
	"fmt"
	"math"
	"time"

	"winback/data/guard"
)

// timeConverter reads dates, timestamps of any unit, INT96, whole numbers that
// are plainly dates or epochs, and text, as microseconds of local time. Zoned
// times are moved to the shop's zone; local ones are taken as written.
func timeConverter(l leaf, zone *time.Location, order DateOrder) (numberConverter, error) {
	switch {
	case l.means(guard.Date) && l.Physical == guard.Int32:
		return fromInt32(dateMicros), nil
	case l.means(guard.Timestamp) && l.Physical == guard.Int64:
		return timestampMicros(l, zone)
	case l.Physical == guard.Int96:
		return fromBytes(int96Micros), nil
	case l.Physical == guard.Int64 && !l.means(guard.Decimal) && !l.means(guard.TimeOfDay):
		local := localClock(zone)
		return fromInt64(func(x int64) int64 { return wholeNumberTime(x, local) }), nil
	case l.Physical == guard.Int32 && !l.means(guard.Decimal) && !l.means(guard.TimeOfDay):
		local := localClock(zone)
		if l.unsigned() {
			return fromInt32(func(x int32) int64 { return wholeNumberTime(int64(uint32(x)), local) }), nil
		}
		return fromInt32(func(x int32) int64 { return wholeNumberTime(int64(x), local) }), nil
	case l.Physical == guard.ByteArray && !l.means(guard.Decimal):
		return textTimes(order, zone), nil
	}
	return nil, fmt.Errorf("want a date or time, have %s", l.typeName())
}

func dateMicros(day int32) int64 {
	if !plausibleDay(int64(day)) {
		return unreadable
	}
	return int64(day) * microsPerDay
}

func timestampMicros(l leaf, zone *time.Location) (numberConverter, error) {
	local := func(m int64) int64 { return m }
	if l.Logical.UTC {
		local = localClock(zone)
	}
	var micros func(int64) int64
	switch l.Logical.Unit {
	case guard.Millis:
		micros = func(x int64) int64 {
			if x > math.MaxInt64/1000 || x < math.MinInt64/1000 {
				return unreadable
			}
			return x * 1000
		}
	case guard.Micros:
		micros = func(x int64) int64 { return x }
	case guard.Nanos:
		micros = func(x int64) int64 {
			q := x / 1000
			if x%1000 < 0 {
				q--
			}
			return q
		}
	default:
		return nil, fmt.Errorf("want a timestamp in ms, µs or ns, have %s", l.typeName())
	}
	return fromInt64(func(x int64) int64 {
		m := plausibleMicros(micros(x))
		if m != unreadable {
			m = local(m)
		}
		return m
	}), nil
}

// wholeNumberTime reads 20071115 as a day, and seconds, milliseconds,
// microseconds or nanoseconds since 1970 by their size.
func wholeNumberTime(x int64, local func(int64) int64) int64 {
	switch {
	case x >= 19_000_101 && x <= 21_991_231:
		day, ok := dayOfDate(int(x/10_000), int(x/100%100), int(x%100))
		if !ok {
			return unreadable
		}
		return day.Micros()
	case x >= 1e8 && x < 1e10:
		x *= 1_000_000
	case x >= 1e11 && x < 1e13:
		x *= 1000
	case x >= 1e14 && x < 1e16:
	case x >= 1e17:
		x /= 1000
	default:
		return unreadable
	}
	if m := plausibleMicros(x); m != unreadable {
		return local(m)
	}
	return unreadable
}

// localClock returns a function from microseconds UTC to microseconds on the
// zone's clock. It remembers the last stretch of constant offset, and is not
// safe for use by several goroutines.
func localClock(zone *time.Location) func(int64) int64 {
	if zone == nil || zone == time.UTC {
		return func(m int64) int64 { return m }
	}
	from, to, offset := int64(1), int64(0), int64(0)
	return func(m int64) int64 {
		if m < from || m >= to {
			t := time.UnixMicro(m).In(zone)
			_, seconds := t.Zone()
			offset = int64(seconds) * 1_000_000
			from, to = math.MinInt64, math.MaxInt64
			start, end := t.ZoneBounds()
			if !start.IsZero() {
				from = start.UnixMicro()
			}
			if !end.IsZero() {
				to = end.UnixMicro()
			}
		}
		return m + offset
	}
}
