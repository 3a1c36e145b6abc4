package columns

import (
	"encoding/binary"
	"fmt"
	"math"
	"time"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
)

// timeConverter reads dates, timestamps of any unit, INT96, text, and numbers
// under an order of whole numbers, as microseconds of local time. Zoned times
// are moved to the shop's zone; local ones are taken as written.
func timeConverter(l Leaf, zone *time.Location, order parse.DateOrder) (Converter, error) {
	switch {
	case l.means(guard.Date) && l.Physical == guard.Int32:
		return fromInt32(dateMicros), nil
	case l.means(guard.Timestamp) && l.Physical == guard.Int64:
		return timestampMicros(l, zone)
	case l.Physical == guard.Int96:
		return fromBytes(int96Micros), nil
	case l.countsTime():
		return numberTimes(l, zone, order), nil
	case l.Physical == guard.ByteArray && !l.means(guard.Decimal):
		return textTimes(order, zone), nil
	}
	return nil, fmt.Errorf("want a date or time, have %s", l.typeName())
}

// countsTime says whether a column of numbers may hold times. A FLOAT cannot
// tell neighbouring days apart as soon as they have eight digits.
func (l Leaf) countsTime() bool {
	switch l.Physical {
	case guard.Int32, guard.Int64:
		return l.means(guard.NoMeaning, guard.Integer, guard.Decimal)
	}
	return l.Physical == guard.Double
}

// numberTimes reads numbers under an order of whole numbers.
func numberTimes(l Leaf, zone *time.Location, order parse.DateOrder) Converter {
	local := localClock(zone)
	return eachNumber(l, func(whole int64, fraction float64, ok bool) int64 {
		if !ok {
			return Unreadable
		}
		micros, ok := parse.NumberMoment(whole, fraction, order)
		if !ok {
			return Unreadable
		}
		if micros = timeMark(micros); micros > Placeholder && order.Zoned() {
			micros = local(micros)
		}
		return micros
	})
}

// eachNumber makes a converter of a function of a number's whole part and its
// fraction (0 <= fraction < 1), for a column that countsTime; ok is false where the number is too large.
func eachNumber(l Leaf, read func(whole int64, fraction float64, ok bool) int64) Converter {
	scale := int64(1)
	if l.means(guard.Decimal) {
		scale = pow10(min(l.Logical.Scale, parse.MaxDigits))
	}
	one := func(x int64) int64 {
		if scale == 1 {
			return read(x, 0, true)
		}
		whole := parse.FloorDiv(x, scale)
		return read(whole, float64(x-whole*scale)/float64(scale), true)
	}
	switch l.Physical {
	case guard.Int32:
		return fromInt32(func(x int32) int64 {
			if l.unsigned() {
				return one(int64(uint32(x)))
			}
			return one(int64(x))
		})
	case guard.Int64:
		return fromInt64(func(x int64) int64 {
			if x < 0 && l.unsigned() {
				return Unreadable
			}
			return one(x)
		})
	}
	return fromInt64(func(bits int64) int64 {
		f := math.Float64frombits(uint64(bits))
		if math.IsNaN(f) {
			return Absent
		}
		return read(parse.SplitFloat(f))
	})
}

func dateMicros(day int32) int64 { return timeMark(int64(day) * data.MicrosPerDay) }

func timestampMicros(l Leaf, zone *time.Location) (Converter, error) {
	local := func(m int64) int64 { return m }
	if l.Logical.UTC {
		local = localClock(zone)
	}
	var micros func(int64) int64
	switch l.Logical.Unit {
	case guard.Millis:
		micros = func(x int64) int64 {
			if x > math.MaxInt64/1000 || x < math.MinInt64/1000 {
				return Unreadable
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
		m := timeMark(micros(x))
		if m > Placeholder {
			m = local(m)
		}
		return m
	}), nil
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

// int96Micros reads the legacy nanosecond timestamp as written: nanoseconds of
// the day in 8 bytes, Julian day in 4.
func int96Micros(value []byte) int64 {
	const julianEpoch = 2_440_588
	nanos := int64(binary.LittleEndian.Uint64(value))
	day := int64(binary.LittleEndian.Uint32(value[8:])) - julianEpoch
	if nanos < 0 || nanos > 1000*data.MicrosPerDay || day > int64(parse.FarDay) {
		return Unreadable
	}
	return timeMark(day*data.MicrosPerDay + nanos/1000)
}

// plausibleDay bounds days to the years 1900 to 2199; what lies outside cannot
// be the day of an order.
func plausibleDay(day int64) bool { return day >= plausibleFrom && day < plausibleBefore }

const plausibleFrom, plausibleBefore = -25_567, 84_006

// timeMark is the time of a line, or the mark that it has none: years before
// 1900 and after 2199 cannot be the day of an order.
func timeMark(micros int64) int64 {
	if micros >= plausibleFrom*data.MicrosPerDay && micros < plausibleBefore*data.MicrosPerDay {
		return micros
	}
	if parse.ImpossibleDays[data.DayOfMicros(micros)] {
		return Placeholder
	}
	return Unreadable
}
