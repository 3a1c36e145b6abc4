package parse

import "strings"

// ScanWritten takes a written date apart; false where the text is none.
func ScanWritten(text string) (written, bool) {
	s := textScanner(strings.TrimSpace(text))
	var w written
	if !w.scanDate(&s) {
		return written{}, false
	}
	if s == "" {
		return w, true
	}
	if comma := s.skip(','); !s.skip('T') && !s.skip('t') && !s.skip(' ') && !comma {
		return written{}, false
	}
	ok := w.scanTime(&s)
	return w, ok && s == ""
}

func (w *written) scanDate(s *textScanner) bool {
	if s.letter() {
		return w.scanMonthNameFirst(s)
	}
	n, digits := s.number(8)
	switch digits {
	case 8:
		w.Form = FormCompact
		w.parts = [3]int{n / 10000, n / 100 % 100, n % 100}
		w.digits = [3]int{4, 2, 2}
		return true
	case 4:
		w.Form = formYearFirst
	case 1, 2:
		w.Form = FormOpen
	default:
		return false
	}
	w.parts[0], w.digits[0] = n, digits
	separator, ok := s.separator()
	if !ok {
		return false
	}
	if w.Form == FormOpen && s.letter() {
		w.Form = formDayFirst
		if w.parts[1], ok = s.month(); !ok {
			return false
		}
	} else if w.parts[1], w.digits[1] = s.number(2); w.digits[1] == 0 {
		return false
	}
	if !s.skip(separator) {
		return false
	}
	w.parts[2], w.digits[2] = s.number(4)
	// A blank separates the parts of 13 Feb 2011, never those of 13 2 2011.
	return w.digits[2] > 0 && (separator != ' ' || w.Form == formDayFirst)
}

func (w *written) scanMonthNameFirst(s *textScanner) bool {
	w.Form = formMonthFirst
	var ok bool
	if w.parts[0], ok = s.month(); !ok {
		return false
	}
	if _, ok = s.separator(); !ok {
		return false
	}
	if w.parts[1], w.digits[1] = s.number(2); w.digits[1] == 0 {
		return false
	}
	comma := s.skip(',')
	separator, ok := s.separator()
	if !ok && !comma {
		return false
	}
	w.parts[2], w.digits[2] = s.number(4)
	return w.digits[2] == 4 || w.digits[2] == 2 && separator == '-' // Oct-01-24
}

// Microseconds of the units of a time of day.
const (
	MicrosPerSecond = int64(1_000_000)
	MicrosPerMinute = 60 * MicrosPerSecond
	MicrosPerHour   = 60 * MicrosPerMinute
)

// scanTime reads hours, minutes, and where given seconds, AM or PM, and zone.
func (w *written) scanTime(s *textScanner) bool {
	hour, digits := s.number(2)
	if digits == 0 || !s.skip(':') {
		return false
	}
	minute, digits := s.number(2)
	if digits != 2 || minute > 59 {
		return false
	}
	second, micros := 0, int64(0)
	if s.skip(':') {
		if second, digits = s.number(2); digits != 2 || second > 59 {
			return false
		}
		if s.skip('.') || s.skip(',') {
			var ok bool
			if micros, ok = s.fraction(); !ok {
				return false
			}
		}
	}
	hour, ok := s.halfDay(hour)
	if !ok || hour > 23 {
		return false
	}
	w.HasTime = true
	w.timeMicros = int64(hour)*MicrosPerHour + int64(minute)*MicrosPerMinute + int64(second)*MicrosPerSecond + micros
	return w.scanZone(s)
}

// scanZone reads Z, UTC, +01, +0100 or +01:00, where one follows.
func (w *written) scanZone(s *textScanner) bool {
	if *s == "" {
		return true
	}
	s.skip(' ')
	w.Zoned = true
	switch {
	case s.skip('Z'), s.skip('z'), s.word("UTC"), s.word("GMT"):
		return true
	}
	sign := int64(1)
	if s.skip('-') {
		sign = -1
	} else if !s.skip('+') {
		return false
	}
	hour, digits := s.number(4)
	minute := 0
	switch digits {
	case 2:
		if s.skip(':') {
			if minute, digits = s.number(2); digits != 2 {
				return false
			}
		}
	case 4:
		hour, minute = hour/100, hour%100
	default:
		return false
	}
	if hour > 15 || minute > 59 {
		return false
	}
	w.timeMicros -= sign * (int64(hour)*MicrosPerHour + int64(minute)*MicrosPerMinute)
	return true
}

// textScanner is what is left of a text that is read from the left.
type textScanner string

func (s *textScanner) skip(c byte) bool {
	if *s == "" || (*s)[0] != c {
		return false
	}
	*s = (*s)[1:]
	return true
}

func (s *textScanner) word(want string) bool {
	if len(*s) < len(want) || !strings.EqualFold(string((*s)[:len(want)]), want) {
		return false
	}
	*s = (*s)[len(want):]
	return true
}

func (s *textScanner) letter() bool {
	return *s != "" && ((*s)[0]|0x20 >= 'a' && (*s)[0]|0x20 <= 'z')
}

// separator takes one of - / . and blank.
func (s *textScanner) separator() (byte, bool) {
	for _, c := range []byte("-/. ") {
		if s.skip(c) {
			return c, true
		}
	}
	return 0, false
}

// number reads the digits ahead and tells how many there are; 0 where there
// are none or more than most.
func (s *textScanner) number(most int) (n, digits int) {
	for digits < len(*s) && (*s)[digits] >= '0' && (*s)[digits] <= '9' {
		if digits == most {
			return 0, 0
		}
		n = n*10 + int((*s)[digits]-'0')
		digits++
	}
	*s = (*s)[digits:]
	return n, digits
}

// fraction reads up to nine decimals of a second as microseconds; what is
// finer is cut off.
func (s *textScanner) fraction() (micros int64, ok bool) {
	n, digits := s.number(9)
	if digits == 0 {
		return 0, false
	}
	micros = int64(n)
	for ; digits < 6; digits++ {
		micros *= 10
	}
	for ; digits > 6; digits-- {
		micros /= 10
	}
	return micros, true
}

// halfDay turns the hour of a twelve-hour clock into that of the day, where AM
// or PM follows.
func (s *textScanner) halfDay(hour int) (int, bool) {
	rest := *s
	rest.skip(' ')
	switch {
	case rest.word("AM"):
		*s = rest
		return hour % 12, hour >= 1 && hour <= 12
	case rest.word("PM"):
		*s = rest
		return hour%12 + 12, hour >= 1 && hour <= 12
	}
	return hour, true
}

var monthNames = [12]string{"january", "february", "march", "april", "may", "june", "july",
	"august", "september", "october", "november", "december"}

// month reads the English name of a month, whole or its first three letters.
func (s *textScanner) month() (int, bool) {
	for i, name := range monthNames {
		if s.word(name) || s.word(name[:3]) {
			s.skip('.')
			return i + 1, true
		}
	}
	return 0, false
}
