package data

import (
	"fmt"
	"time"
)

// Day is a calendar day, counted from 1970-01-01 (day 0) in the shop's local
// time. Differences of two Days are whole days.
type Day int32

// MicrosPerDay is how many microseconds a day has.
const MicrosPerDay = int64(24 * 60 * 60 * 1_000_000)

// DayOfMicros returns the calendar day of a local time given in microseconds
// since 1970-01-01 00:00.
func DayOfMicros(micros int64) Day {
	d := micros / MicrosPerDay
	if micros%MicrosPerDay < 0 {
		d--
	}
	return Day(d)
}

// Micros returns the first microsecond of the day.
func (d Day) Micros() int64 { return int64(d) * MicrosPerDay }

// ParseDay reads a day written YYYY-MM-DD.
func ParseDay(s string) (Day, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return 0, fmt.Errorf("day %q: want YYYY-MM-DD", s)
	}
	return DayOf(t), nil
}

// DayOf returns the calendar day that t shows on its own clock.
func DayOf(t time.Time) Day {
	y, m, d := t.Date()
	return Day(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400)
}

// Time returns midnight UTC of the day.
func (d Day) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// String writes the day as YYYY-MM-DD.
func (d Day) String() string { return d.Time().Format(time.DateOnly) }

// Weekend says whether the day is a Saturday or Sunday.
func (d Day) Weekend() bool {
	w := (int(d)%7 + 7 + 4) % 7 // 1970-01-01 was a Thursday; 0 is Sunday
	return w == 0 || w == 6
}
