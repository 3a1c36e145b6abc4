// Package parse reads days, times and numbers as people and programs write them
// in text or as plain numbers, and settles for a whole column how it is written.
package parse

import (
	"fmt"
	"strings"

	"winback/data"
)

// DateOrder says in which order day, month and year stand in dates such as
// 2/11/2013 that do not say it themselves.
type DateOrder uint8

const (
	// AnyDateOrder leaves the order open: only dates that can be read in one
	// way alone are read.
	AnyDateOrder DateOrder = iota
	DayFirst               // D/M/YYYY
	MonthFirst             // M/D/YYYY
	YearFirst              // YYYY-MM-DD, also with two digits for the year

	// The following say what whole numbers count, or how they are put together.
	// Only the first four and FileTimes name a moment on the clock of UTC.

	UnixSeconds    // since 1970
	UnixMillis     // since 1970
	UnixMicros     // since 1970
	UnixNanos      // since 1970
	UnixDays       // since 1970
	ExcelDays      // since 1899-12-30, with the time of day as a fraction
	CompactDays    // 20240131, or 20240131235959
	ShortDays      // 240131
	JulianDays     // CYYDDD: centuries since 1900, year, day of the year
	SASDays        // since 1960
	Ticks          // of 100 ns since 0001-01-01, as .NET counts them
	FileTimes      // of 100 ns since 1601, as Windows counts them
	ExcelDays1904  // since 1904-01-01, as Excel for Mac counted them; only where it is said
	DateOrderCount // how many there are
)

var dateOrderNames = [DateOrderCount]string{"", "D/M/YYYY", "M/D/YYYY", "YYYY-MM-DD",
	"unix", "unix-ms", "unix-us", "unix-ns", "unix-days", "excel", "yyyymmdd", "yymmdd", "cyyddd", "sas", "ticks", "filetime", "excel-1904"}

// String writes the order as --date-format takes it; "" is AnyDateOrder.
func (o DateOrder) String() string { return dateOrderNames[o] }

// OfNumbers says whether it is whole numbers that are read so.
func (o DateOrder) OfNumbers() bool { return o >= UnixSeconds }

// Zoned says whether the numbers name a moment, not a place on the shop's clock.
func (o DateOrder) Zoned() bool { return o >= UnixSeconds && o <= UnixNanos || o == FileTimes }

// ParseDateOrder reads a date order from any pattern that names day, month and
// year by their letters: D/M/YYYY, DD.MM.YYYY, %m/%d/%Y, yyyy-mm-dd. What follows
// the three, such as a time, is not looked at. What whole numbers count is said
// by its name: unix, unix-ms, unix-us, unix-ns, unix-days, excel, yyyymmdd, yymmdd,
// cyyddd, sas, ticks, filetime, excel-1904. "" is AnyDateOrder.
func ParseDateOrder(pattern string) (DateOrder, error) {
	for o, name := range dateOrderNames {
		if strings.EqualFold(pattern, name) {
			return DateOrder(o), nil
		}
	}
	order := ""
	for _, r := range strings.ToLower(pattern) {
		if strings.ContainsRune("dmy", r) && !strings.ContainsRune(order, r) {
			order += string(r)
		}
	}
	switch order {
	case "dmy":
		return DayFirst, nil
	case "mdy":
		return MonthFirst, nil
	case "ymd":
		return YearFirst, nil
	}
	return AnyDateOrder, fmt.Errorf("want D/M/YYYY, M/D/YYYY, YYYY-MM-DD or, for whole numbers, one of %s; found %q",
		strings.Join(dateOrderNames[UnixSeconds:], ", "), pattern)
}

// WrittenTime is a day or a moment as a text gives it.
type WrittenTime struct {
	Micros  int64 // microseconds since 1970-01-01 00:00, local, or UTC where Zoned
	HasTime bool  // the text names a time of day, not only a day
	Zoned   bool  // the text names its zone, or Z
}

// ParseWrittenTime reads a date, or a date with a time of day: 2011-02-13,
// 2011/2/13 10:05, 2011-02-13T10:05:00.123+01:00, 20110213, 13/2/2011 10:05,
// 13 Feb 2011, Feb 13, 2011, 2/13/11 3:05 PM. Years run from 1900 to 2199; two
// digits stand for 1970 to 2069. Dates of digits alone with the year last, or of two
// digits each, need the order; it is false when the text is no such date or the order
// is open and several fit.
//
// Under an order of whole numbers the text is one, perhaps with a fraction.
func ParseWrittenTime(text string, order DateOrder) (WrittenTime, bool) {
	if order.OfNumbers() {
		return numberText(text, order)
	}
	w, ok := ScanWritten(text)
	if !ok {
		return WrittenTime{}, false
	}
	if order == AnyDateOrder && w.Form == FormOpen {
		day, okDay := w.Read(DayFirst)
		month, okMonth := w.Read(MonthFirst)
		if year, ok := w.Read(YearFirst); okDay && okMonth && day != month || ok && (okDay && year != day || okMonth && year != month) {
			return WrittenTime{}, false
		}
		if okDay {
			return day, true
		}
		return month, okMonth
	}
	return w.Read(order)
}

// writtenForm is what the shape of a date says about the order of its parts.
type writtenForm uint8

const (
	formYearFirst  writtenForm = iota // 2011-02-13
	FormCompact                       // 20110213
	formDayFirst                      // 13 Feb 2011
	formMonthFirst                    // Feb 13, 2011
	FormOpen                          // 2/11/2013: not said
)

// written is a date taken apart, its order not yet decided.
type written struct {
	parts      [3]int // as they stand
	digits     [3]int // how many digits each has; 0 for a month's name
	Form       writtenForm
	timeMicros int64 // time of day, minus the zone's offset
	HasTime    bool
	Zoned      bool
}

// Read gives the moment under an order; the order counts only where the form
// leaves it open.
func (w *written) Read(order DateOrder) (WrittenTime, bool) {
	year, month, day := 0, 1, 2
	switch {
	case w.Form == formDayFirst, w.Form == FormOpen && order == DayFirst:
		year, month, day = 2, 1, 0
	case w.Form == formMonthFirst, w.Form == FormOpen && order == MonthFirst:
		year, month, day = 2, 0, 1
	case w.Form == FormOpen && order != YearFirst:
		return WrittenTime{}, false
	}
	if w.digits[day] > 2 || w.digits[month] > 2 {
		return WrittenTime{}, false
	}
	y := w.parts[year]
	switch w.digits[year] {
	case 2:
		if y += 1900; y < 1970 {
			y += 100
		}
	case 4:
	default:
		return WrittenTime{}, false
	}
	d, ok := dayOfDate(y, w.parts[month], w.parts[day])
	if !ok {
		return WrittenTime{}, false
	}
	return WrittenTime{Micros: d.Micros() + w.timeMicros, HasTime: w.HasTime, Zoned: w.Zoned}, true
}

// dayOfDate turns a calendar date of 1900 to 2199 into a Day; false where
// there is no such date. Days that stand for no date are read too.
func dayOfDate(year, month, day int) (data.Day, bool) {
	if (year < 1900 || year > 2199) && !isPlaceholderDate(year, month, day) || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month) {
		return 0, false
	}
	// Howard Hinnant, "chrono-compatible low-level date algorithms" (2013),
	// days_from_civil: years begin in March, so that the leap day comes last.
	y, m := year, month-3
	if m < 0 {
		y, m = y-1, m+12
	}
	era := y / 400
	yearOfEra := y - era*400
	dayOfYear := (153*m+2)/5 + day - 1
	dayOfEra := yearOfEra*365 + yearOfEra/4 - yearOfEra/100 + dayOfYear
	return data.Day(era*146097 + dayOfEra - 719468), true
}

func daysInMonth(year, month int) int {
	switch month {
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

// FarDay is 9999-12-31.
const FarDay = data.Day(2_932_896)

// ImpossibleDays stand for no date wherever they are found: no shop was open
// then. They are the first and last days that programs can write.
var ImpossibleDays = map[data.Day]bool{
	-719_162:  true, // 0001-01-01
	-106_752:  true, // 1677-09-21, the first of 64 bits of nanoseconds
	-134_774:  true, // 1601-01-01, Windows
	-79_257:   true, // 1753-01-01, SQL Server
	-25_569:   true, // 1899-12-30, Excel
	-25_568:   true, // 1899-12-31, Excel
	106_751:   true, // 2262-04-11, the last of 64 bits of nanoseconds
	2_932_532: true, // 9999-01-01
	FarDay:    true,
}

func isPlaceholderDate(year, month, day int) bool {
	switch (year*100+month)*100 + day {
	case 1_01_01, 1601_01_01, 1753_01_01, 1899_12_30, 1899_12_31, 9999_01_01, 9999_12_31:
		return true
	}
	return false
}

// DateOrders are the orders that a column may be written in.
var DateOrders = [...]DateOrder{DayFirst, MonthFirst, YearFirst}
