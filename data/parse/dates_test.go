package parse

import (
	"testing"
	"time"

	"winback/data"
)

func TestParseDateOrder_ReadsPatternsOfMostTools(t *testing.T) {
	for pattern, want := range map[string]DateOrder{
		"": AnyDateOrder, "d/m/y": DayFirst, "DD.MM.YYYY": DayFirst, "%d/%m/%Y %H:%M": DayFirst,
		"M/D/YYYY": MonthFirst, "mm/dd/yyyy hh:mm": MonthFirst, "yyyy-mm-dd": YearFirst, "%Y%m%d": YearFirst,
	} {
		if got, err := ParseDateOrder(pattern); err != nil || got != want {
			t.Errorf("ParseDateOrder(%q) = %v, %v; want %v", pattern, got, err, want)
		}
	}
	for _, pattern := range []string{"d/m", "month", "y-d-m", "2006-01-02"} {
		if got, err := ParseDateOrder(pattern); err == nil {
			t.Errorf("ParseDateOrder(%q) = %v; want an error", pattern, got)
		}
	}
	for _, order := range DateOrders {
		if got, err := ParseDateOrder(order.String()); err != nil || got != order {
			t.Errorf("ParseDateOrder(%q) = %v, %v; want what String wrote", order, got, err)
		}
	}
}

func TestParseWrittenTime_ReadsUsualForms(t *testing.T) {
	at := func(text string) int64 {
		parsed, err := time.Parse("2006-01-02 15:04:05.999999", text)
		if err != nil {
			t.Fatal(err)
		}
		return parsed.UnixMicro()
	}
	tests := []struct {
		text    string
		order   DateOrder
		want    string
		hasTime bool
		zoned   bool
	}{
		{"2011-02-13", AnyDateOrder, "2011-02-13 00:00:00", false, false},
		{" 2011/2/3 ", AnyDateOrder, "2011-02-03 00:00:00", false, false},
		{"Oct-01-24", AnyDateOrder, "2024-10-01 00:00:00", false, false},
		{"19970101", AnyDateOrder, "1997-01-01 00:00:00", false, false},
		{"2011-02-13T10:05:06.123456789", AnyDateOrder, "2011-02-13 10:05:06.123456", true, false},
		{"2011-02-13 10:05", MonthFirst, "2011-02-13 10:05:00", true, false},
		{"2011-02-13T00:30:00+01:00", AnyDateOrder, "2011-02-12 23:30:00", true, true},
		{"2011-02-13 23:30:00 -0130", AnyDateOrder, "2011-02-14 01:00:00", true, true},
		{"2011-02-13 10:05:00Z", AnyDateOrder, "2011-02-13 10:05:00", true, true},
		{"2011-02-13 10:05:00 UTC", AnyDateOrder, "2011-02-13 10:05:00", true, true},
		{"2/11/2013", MonthFirst, "2013-02-11 00:00:00", false, false},
		{"2/11/2013", DayFirst, "2013-11-02 00:00:00", false, false},
		{"13.2.2011 9:05", AnyDateOrder, "2011-02-13 09:05:00", true, false},
		{"24-01-02", YearFirst, "2024-01-02 00:00:00", false, false},
		{"24-01-02", DayFirst, "2002-01-24 00:00:00", false, false},
		{"12/31/24", AnyDateOrder, "2024-12-31 00:00:00", false, false},
		{"5/5/2011", AnyDateOrder, "2011-05-05 00:00:00", false, false},
		{"2/13/11 3:05 PM", AnyDateOrder, "2011-02-13 15:05:00", true, false},
		{"2/13/69 12:05 am", AnyDateOrder, "2069-02-13 00:05:00", true, false},
		{"11-02-03", YearFirst, "2011-02-03 00:00:00", false, false},
		{"13 Feb 2011", AnyDateOrder, "2011-02-13 00:00:00", false, false},
		{"13-feb-11", AnyDateOrder, "2011-02-13 00:00:00", false, false},
		{"February 13, 2011", AnyDateOrder, "2011-02-13 00:00:00", false, false},
		{"Feb. 13 2011 23:59:59", AnyDateOrder, "2011-02-13 23:59:59", true, false},
		{"2012-02-29", AnyDateOrder, "2012-02-29 00:00:00", false, false},
		{"Apr 1, 2024, 3:31:08 PM", AnyDateOrder, "2024-04-01 15:31:08", true, false},
		{"13/02/2011, 10:05", AnyDateOrder, "2011-02-13 10:05:00", true, false},
	}
	for _, test := range tests {
		got, ok := ParseWrittenTime(test.text, test.order)
		if !ok || got.Micros != at(test.want) || got.HasTime != test.hasTime || got.Zoned != test.zoned {
			t.Errorf("ParseWrittenTime(%q, %v) = %v %+v; want %s", test.text, test.order, ok, got, test.want)
		}
	}
}

func TestParseWrittenTime_RefusesWhatIsNoDateOrUnclear(t *testing.T) {
	for _, text := range []string{
		"", "2/11/2013", "2011-02-29", "2011-13-01", "2011-02", "1899-12-29", "2200-01-01", "31/31/2011", "85123A", "12345678",
		"2011-02-13 25:00", "2011-02-13 10:60", "2011-02-13x", "13 2 2011", "2011-02/13", "13 Fob 2011", "24-01-02", "13/02/24", "1/2/3", "1/2/345",
		"2011-02-13T", "2011-02-13 10:05 +1", "0 AM", "2/13/2011 13:05 PM", "１３/2/2011",
	} {
		got, ok := ParseWrittenTime(text, AnyDateOrder)
		if ok {
			t.Errorf("ParseWrittenTime(%q) = %+v; want none", text, got)
		}
	}
}

func TestParseWrittenTime_AgreesWithTheCalendarOnEveryDay(t *testing.T) {
	for d := time.Date(1900, 1, 1, 0, 0, 0, 0, time.UTC); d.Year() < 2200; d = d.AddDate(0, 0, 1) {
		got, ok := ParseWrittenTime(d.Format("2006-01-02"), AnyDateOrder)
		if !ok || got.Micros != d.UnixMicro() {
			t.Fatalf("%s: %v %d; want %d", d.Format("2006-01-02"), ok, got.Micros, d.UnixMicro())
		}
	}
}

func FuzzParseWrittenTime(f *testing.F) {
	for _, seed := range []string{"2011-02-13T10:05:00.123+01:00", "13 Feb 2011", "2/13/11 3:05 PM", "20110213"} {
		f.Add(seed, uint8(1))
	}
	first, _ := dayOfDate(1900, 1, 1)
	last, _ := dayOfDate(2199, 12, 31)
	f.Fuzz(func(t *testing.T, text string, order uint8) {
		got, ok := ParseWrittenTime(text, DateOrder(order%4))
		// A zone moves a time by less than a day.
		if day := data.DayOfMicros(got.Micros); ok && (day < first-1 || day > last+1) {
			t.Errorf("%q: day %v", text, day)
		}
	})
}
