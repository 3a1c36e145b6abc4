package data

import (
	"fmt"
	"strings"
	"time"
)

// textTime returns a reader of times written as text: with an empty format
// ISO 8601 dates and times (2007-11-15, 2007-11-15 13:45, 2007-11-15T13:45:00.5,
// with Z or an offset) and 20071115; else what DateLayout makes of the format.
// The reader is not safe for use by several goroutines.
func textTime(dateFormat string, zone *time.Location) (func([]byte) int64, error) {
	local := localClock(zone)
	if dateFormat == "" {
		return func(s []byte) int64 { return isoTime(strings.TrimSpace(string(s)), local) }, nil
	}
	layout, err := DateLayout(dateFormat)
	if err != nil {
		return nil, err
	}
	zoned := strings.ContainsAny(layout, "Z") || strings.Contains(layout, "-07")
	return func(s []byte) int64 {
		trimmed := strings.TrimSpace(string(s))
		if trimmed == "" {
			return absent
		}
		t, err := time.Parse(layout, trimmed)
		if err != nil {
			return unreadable
		}
		m := plausibleMicros(t.UnixMicro())
		if zoned && m != unreadable {
			m = local(m)
		}
		return m
	}, nil
}

// isoTime reads one ISO 8601 text; zoned ones are moved to the local clock.
func isoTime(s string, local func(int64) int64) int64 {
	if s == "" {
		return absent
	}
	year, month, day, rest, ok := isoDate(s)
	if !ok {
		return unreadable
	}
	d, ok := dayOfNumbers(year, month, day)
	if !ok {
		return unreadable
	}
	if rest == "" {
		return d.Micros()
	}
	if rest[0] != 'T' && rest[0] != ' ' {
		return unreadable
	}
	clock, offset, zoned, ok := cutZone(rest[1:])
	if !ok {
		return unreadable
	}
	micros, ok := clockMicros(clock)
	if !ok {
		return unreadable
	}
	m := d.Micros() + micros - offset
	if zoned {
		m = local(m)
	}
	return m
}

func isoDate(s string) (year, month, day int, rest string, ok bool) {
	if len(s) >= 10 && s[4] == s[7] && (s[4] == '-' || s[4] == '/') {
		y, ok1 := digits(s[:4])
		m, ok2 := digits(s[5:7])
		d, ok3 := digits(s[8:10])
		return y, m, d, s[10:], ok1 && ok2 && ok3
	}
	if len(s) >= 8 {
		y, ok1 := digits(s[:4])
		m, ok2 := digits(s[4:6])
		d, ok3 := digits(s[6:8])
		return y, m, d, s[8:], ok1 && ok2 && ok3
	}
	return 0, 0, 0, "", false
}

// cutZone splits "13:45:00+02:00" into the clock and the offset in
// microseconds east of UTC.
func cutZone(s string) (clock string, offset int64, zoned, ok bool) {
	if c, found := strings.CutSuffix(s, "Z"); found {
		return c, 0, true, true
	}
	if c, found := strings.CutSuffix(s, " UTC"); found {
		return c, 0, true, true
	}
	at := strings.LastIndexAny(s, "+-")
	if at < 0 {
		return s, 0, false, true
	}
	zone := strings.ReplaceAll(s[at+1:], ":", "")
	if len(zone) == 2 {
		zone += "00"
	}
	n, isNumber := digits(zone)
	if !isNumber || len(zone) != 4 {
		return "", 0, false, false
	}
	offset = int64(n/100*60+n%100) * 60_000_000
	if s[at] == '-' {
		offset = -offset
	}
	return strings.TrimSpace(s[:at]), offset, true, true
}

// clockMicros reads 13:45, 13:45:01 or 13:45:01.250000.
func clockMicros(s string) (int64, bool) {
	var fraction int64
	if whole, part, found := strings.Cut(s, "."); found {
		for len(part) < 6 {
			part += "0"
		}
		n, ok := digits(part[:6])
		if !ok {
			return 0, false
		}
		s, fraction = whole, int64(n)
	}
	fields := strings.Split(s, ":")
	if len(fields) < 2 || len(fields) > 3 {
		return 0, false
	}
	limits := [3]int{24, 60, 61}
	seconds := int64(0)
	for i := 0; i < 3; i++ {
		n := 0
		if i < len(fields) {
			var ok bool
			if n, ok = digits(fields[i]); !ok || n >= limits[i] {
				return 0, false
			}
		}
		seconds = seconds*60 + int64(n)
	}
	return seconds*1_000_000 + fraction, true
}

func digits(s string) (int, bool) {
	if s == "" || len(s) > 9 {
		return 0, false
	}
	n := 0
	for i := 0; i < len(s); i++ {
		if s[i] < '0' || s[i] > '9' {
			return 0, false
		}
		n = n*10 + int(s[i]-'0')
	}
	return n, true
}

// DateLayout turns a date format as people write it (DD/MM/YYYY, M/D/YYYY
// HH:MM, %d.%m.%Y) into a layout of package time.
func DateLayout(dateFormat string) (string, error) {
	layout := dateFormat
	if strings.Contains(layout, "%") {
		layout = strings.NewReplacer("%Y", "2006", "%y", "06", "%m", "01", "%d", "02", "%e", "2", "%H", "15", "%I", "03", "%M", "04",
			"%S", "05", "%p", "PM", "%b", "Jan", "%B", "January", "%z", "-0700", "%T", "15:04:05", "%F", "2006-01-02").Replace(layout)
	} else if !strings.Contains(layout, "2006") {
		layout = wordLayout(layout)
	}
	if !strings.Contains(layout, "06") || strings.Contains(layout, "%") {
		return "", fmt.Errorf("date format %q: want the order of day, month and year such as DD/MM/YYYY, M/D/YYYY, YYYY-MM-DD HH:MM or %%d.%%m.%%Y", dateFormat)
	}
	return layout, nil
}

// wordLayout reads DD/MM/YYYY HH:MM:SS: MM after an HH is minutes.
func wordLayout(s string) string {
	dateWords := strings.NewReplacer("YYYY", "2006", "yyyy", "2006", "YY", "06", "yy", "06", "MMM", "Jan", "MM", "01", "M", "1", "DD", "02", "dd", "02", "D", "2", "d", "2")
	clockWords := strings.NewReplacer("HH", "15", "hh", "15", "H", "15", "MM", "04", "mm", "04", "SS", "05", "ss", "05")
	at := strings.IndexAny(s, "Hh")
	if at < 0 {
		return dateWords.Replace(s)
	}
	return dateWords.Replace(s[:at]) + clockWords.Replace(s[at:])
}
