package parse

import (
	"math"
	"strconv"
	"strings"

	"winback/data"
)

// NumberMoment reads a whole number and its fraction (0 <= fraction < 1) as
// microseconds on the clock of the order; false where it is no date. 0 stands
// for no date where the digits are those of a date.
func NumberMoment(whole int64, fraction float64, order DateOrder) (micros int64, ok bool) {
	switch order {
	case UnixSeconds:
		return scaledMoment(whole, MicrosPerSecond, 0, math.Round(fraction*float64(MicrosPerSecond)))
	case UnixMillis:
		return scaledMoment(whole, 1000, 0, math.Round(fraction*1000))
	case UnixMicros:
		return whole, true
	case UnixNanos:
		return FloorDiv(whole, 1000), true
	case UnixDays:
		return dayMoment(whole, fraction, 0)
	case ExcelDays:
		return dayMoment(whole, fraction, -25_569)
	case ExcelDays1904:
		return dayMoment(whole, fraction, -24_107)
	case SASDays:
		return dayMoment(whole, fraction, -3653)
	case Ticks:
		return FloorDiv(whole, 10) - 62_135_596_800*MicrosPerSecond, true
	case FileTimes:
		return FloorDiv(whole, 10) - 11_644_473_600*MicrosPerSecond, true
	case CompactDays:
		return compactMoment(whole)
	case ShortDays:
		year := whole / 10_000
		if year += 1900; year < 1970 {
			year += 100
		}
		return dateMoment(year, whole/100%100, whole%100, whole >= 101 && whole <= 991_231)
	case JulianDays:
		year, day := 1900+whole/1000, whole%1000
		first, ok := dayOfDate(int(min(max(year, 0), 9999)), 1, 1)
		next, _ := dayOfDate(int(min(max(year, 0), 9998))+1, 1, 1)
		return (first + data.Day(day) - 1).Micros(), ok && day >= 1 && first+data.Day(day)-1 < next
	}
	return 0, false
}

// FloorDiv divides by a positive number and rounds down, below zero too.
func FloorDiv(x, by int64) int64 {
	q := x / by
	if x%by < 0 {
		q--
	}
	return q
}

// scaledMoment is whole × unit + fraction microseconds from an origin, where that can be.
func scaledMoment(whole, unit, origin int64, fraction float64) (int64, bool) {
	if limit := math.MaxInt64 / (2 * unit); whole > limit || whole < -limit {
		return 0, false
	}
	return whole*unit + origin + int64(fraction), true
}

// dayMoment counts days from an origin. The time of day is rounded to
// milliseconds, as the fraction of a day is no finer in practice.
func dayMoment(whole int64, fraction float64, origin int64) (int64, bool) {
	return scaledMoment(whole, data.MicrosPerDay, origin*data.MicrosPerDay, 1000*math.Round(fraction*float64(data.MicrosPerDay/1000)))
}

// compactMoment reads 20240131, 202401312359 and 20240131235959.
func compactMoment(whole int64) (int64, bool) {
	clock := int64(0)
	switch {
	case whole == 0 || whole == 99_999_999:
		return FarDay.Micros(), true
	case whole >= 1e13 && whole < 1e14:
		clock, whole = whole%1_000_000, whole/1_000_000
	case whole >= 1e11 && whole < 1e12:
		clock, whole = whole%10_000*100, whole/10_000
	}
	hour, minute, second := clock/10_000, clock/100%100, clock%100
	day, ok := dateMoment(whole/10_000, whole/100%100, whole%100, whole > 0 && whole < 1e8)
	return day + hour*MicrosPerHour + minute*MicrosPerMinute + second*MicrosPerSecond, ok && hour < 24 && minute < 60 && second < 60
}

func dateMoment(year, month, day int64, ok bool) (int64, bool) {
	if !ok {
		return 0, false
	}
	d, ok := dayOfDate(int(year), int(month), int(day))
	return d.Micros(), ok
}

// numberText reads a whole number, perhaps with a fraction, under an order of
// such numbers.
func numberText(text string, order DateOrder) (WrittenTime, bool) {
	whole, fraction, ok := SplitNumber(strings.TrimSpace(text))
	if !ok {
		return WrittenTime{}, false
	}
	micros, ok := NumberMoment(whole, fraction, order)
	return WrittenTime{Micros: micros, HasTime: micros%data.MicrosPerDay != 0, Zoned: order.Zoned()}, ok
}

// SplitNumber takes 45293.75 apart.
func SplitNumber(text string) (whole int64, fraction float64, ok bool) {
	digits, rest, found := strings.Cut(text, ".")
	whole, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, 0, false
	}
	if found {
		if rest == "" || !allDigits(rest) || digits[0] == '-' {
			return 0, 0, false
		}
		fraction, err = strconv.ParseFloat("0."+rest, 64)
	}
	return whole, fraction, err == nil
}

// SplitFloat takes a number apart; false where it is too large or none.
func SplitFloat(f float64) (whole int64, fraction float64, ok bool) {
	floor := math.Floor(f)
	if !(math.Abs(floor) < 1<<62) {
		return 0, 0, false
	}
	return int64(floor), f - floor, true
}
