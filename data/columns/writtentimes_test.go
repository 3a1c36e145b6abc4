package columns

import (
	"strings"
	"testing"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
)

// A date of three numbers of two digits may begin with the year: it is asked for, and
// never read as a day of 2002.
func TestTextTimes_AskForTheYearOfTwoDigits(t *testing.T) {
	text := "24-01-02"
	read := func(order parse.DateOrder) (int64, error) {
		var out [1]int64
		err := textTimes(order, nil)(guard.FixedValues(len(text), []byte(text)), out[:])
		return out[0], err
	}
	if _, err := read(parse.AnyDateOrder); err == nil || !strings.Contains(err.Error(), "--date-format D/M/YYYY or YYYY-MM-DD") {
		t.Errorf("error %v", err)
	}
	if at, err := read(parse.YearFirst); err != nil || at != parse.MustDay(2024, 1, 2).Micros() {
		t.Errorf("%d, %v", at, err)
	}
}

// Spreadsheets write days that they know as numbers, and others as texts, in one column.
func TestNumbersOrDates_ReadsBoth(t *testing.T) {
	want := int64(19_737) * data.MicrosPerDay // 2024-01-15
	for _, text := range []string{"45306", "2024-01-15", "15/01/2024", "15 Jan 2024"} {
		var out [1]int64
		v := guard.FixedValues(len(text), []byte(text))
		if err := numbersOrDates(parse.ExcelDays, parse.DayFirst, nil)(v, out[:]); err != nil || out[0] != want {
			t.Errorf("%s: %d, %v; want %d", text, out[0], err, want)
		}
	}
}

func TestSettingFor_PrefersUsualDays(t *testing.T) {
	if s := SettingFor(data.Time, []string{"44940", "45306.5"}); s != "--date-format excel" { // unix-days are of 2093
		t.Errorf("%q", s)
	}
}
