package columns

import (
	"strings"
	"testing"

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
