package orders

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/csvimport"
	"winback/data/parse"
	"winback/internal/datatest"
)

// timesOf reads numbers as the order times of one line each.
func timesOf(t *testing.T, opts Options, node parquet.Node, values ...parquet.Value) ([]int64, *readResult, error) {
	t.Helper()
	lines := testLines(len(values))
	for i := range lines {
		lines[i].customer = fmt.Sprintf("c%05d", i)
	}
	f := plainFile()
	at := 0
	f.columns[data.Time] = &orderColumn{"order_date", node, func(*testLine) parquet.Value { at++; return values[at-1] }}
	r, err := readOrders(t, opts, f.write(t, t.TempDir(), "orders.parquet", lines))
	if err != nil {
		return nil, nil, err
	}
	var times []int64
	for _, l := range r.lines {
		times = append(times, l.micros)
	}
	return times, r, nil
}

func longs(values ...int64) (out []parquet.Value) {
	for _, v := range values {
		out = append(out, parquet.Int64Value(v))
	}
	return out
}

// Whole numbers of every kind are read as the dates they count or spell.
func TestTimeNumbers_EveryKindIsReadFromTheRangeOfTheColumn(t *testing.T) {
	day := func(y, m, d int) int64 { return parse.MustDay(y, m, d).Micros() }
	first, second := day(2024, 1, 2), day(2026, 6, 30)
	clock := 22*parse.MicrosPerHour + 22*parse.MicrosPerMinute + 5*parse.MicrosPerSecond
	long := parquet.Int(64)
	double := parquet.Leaf(parquet.DoubleType)
	doubles := func(a, b float64) []parquet.Value {
		return []parquet.Value{parquet.DoubleValue(a), parquet.DoubleValue(b)}
	}
	texts := func(a, b string) []parquet.Value {
		return []parquet.Value{parquet.ByteArrayValue([]byte(a)), parquet.ByteArrayValue([]byte(b))}
	}
	for _, c := range []struct {
		name   string
		node   parquet.Node
		values []parquet.Value
		clock  int64
	}{
		{"yyyymmdd", long, longs(20240102, 20260630), 0},
		{"yyyymmdd in double", double, doubles(20240102, 20260630), 0},
		{"yyyymmdd in decimal", parquet.Decimal(0, 8, parquet.Int32Type), []parquet.Value{parquet.Int32Value(20240102), parquet.Int32Value(20260630)}, 0},
		{"yyyymmddhhmmss", long, longs(20240102222205, 20260630222205), clock},
		{"yyyymmddhhmm", long, longs(202401022222, 202606302222), clock - 5*parse.MicrosPerSecond},
		{"yymmdd", long, longs(240102, 260630), 0},
		{"CYYDDD", long, longs(124002, 126181), 0},
		{"unix", long, longs((first+clock)/parse.MicrosPerSecond, (second+clock)/parse.MicrosPerSecond), clock},
		{"unix in double", double, doubles(float64(first+clock)/1e6, float64(second+clock)/1e6), clock},
		{"unix-ms", long, longs((first+clock)/1000, (second+clock)/1000), clock},
		{"unix-us", long, longs(first+clock, second+clock), clock},
		{"unix-ns", long, longs((first+clock)*1000, (second+clock)*1000), clock},
		{"days of 16 bits", parquet.Uint(16), []parquet.Value{parquet.Int32Value(19724), parquet.Int32Value(20634)}, 0},
		{"excel", long, longs(45293, 46203), 0},
		{"excel in double", double, doubles(45293.93200231482, 46203.93200231482), clock},
		{"excel in decimal", parquet.Decimal(11, 18, parquet.Int64Type), longs(4529393200231482, 4620393200231482), clock},
		{"excel in text", parquet.String(), texts("45293.93200231482", "46203.93200231482"), clock},
		{"unix in text", parquet.String(), texts(fmt.Sprint((first+clock)/1e6), fmt.Sprint((second+clock)/1e6)), clock},
		{"dates, one of digits alone", parquet.String(), texts("20240102", "2026-06-30"), 0},
		{"ticks", long, longs((first+clock)*10+621355968000000000, (second+clock)*10+621355968000000000), clock},
		{"filetime", long, longs((first+clock)*10+116444736000000000, (second+clock)*10+116444736000000000), clock},
	} {
		t.Run(c.name, func(t *testing.T) {
			times, _, err := timesOf(t, Options{}, c.node, c.values...)
			if want := []int64{first + c.clock, second + c.clock}; err != nil || !slices.Equal(times, want) {
				t.Errorf("%v, %v; want %v", times, err, want)
			}
		})
	}
}

// Days since 1970 can be those since 1960 of SAS ten years later: that is asked.
func TestTimeNumbers_WhatTwoWaysFitIsAskedFor(t *testing.T) {
	values := longs(19724, 20634)
	_, _, err := timesOf(t, Options{}, parquet.Int(64), values...)
	want := `column "order_date" as time: whole numbers from 19724 to 20634 can be read in more than one way; say which: ` +
		`--date-format unix-days (the column then runs from 2024-01-02 to 2026-06-30) or --date-format sas (the column then runs from 2014-01-01 to 2016-06-29)`
	if err == nil || !strings.HasSuffix(err.Error(), want) {
		t.Errorf("%v, want %s", err, want)
	}
	for name, want := range map[string]data.Day{"unix-days": 19724, "sas": 19724 - 3653, "excel": 19724 - 25569, "excel-1904": 19724 - 24107} {
		order, err := parse.ParseDateOrder(name)
		if err != nil {
			t.Fatal(err)
		}
		if times, _, err := timesOf(t, Options{DateOrder: order}, parquet.Int(64), values...); err != nil || times[0] != want.Micros() {
			t.Errorf("%s: %v, %v; want day %d first", name, times, err, want)
		}
	}
	if _, _, err := timesOf(t, Options{}, parquet.Int(64), longs(1, 2, 3)...); err == nil || !strings.Contains(err.Error(), "from 1 to 3 are no dates in any way that is known (unix, unix-ms") {
		t.Errorf("no dates: %v", err)
	}
}

// Numbers of UTC are moved to the shop's clock, counted days are not.
func TestTimeNumbers_OnlyMomentsAreMovedToTheZone(t *testing.T) {
	zone := berlin(t)
	for name, c := range map[string]struct{ value, want int64 }{
		"unix":     {1704234125, 1704237725 * parse.MicrosPerSecond},
		"yyyymmdd": {20240102, parse.MustDay(2024, 1, 2).Micros()},
		"ticks":    {638398309250000000, 1704234125 * parse.MicrosPerSecond},
	} {
		if times, _, err := timesOf(t, Options{Zone: zone}, parquet.Int(64), longs(c.value)...); err != nil || times[0] != c.want {
			t.Errorf("%s: %v, %v; want %d", name, times, err, c.want)
		}
	}
}

// 0 and nines stand for no date and are counted with a reason of their own.
func TestTimeNumbers_ZeroAndNinesAreNoDate(t *testing.T) {
	times, r, err := timesOf(t, Options{}, parquet.Int(64), longs(20240102, 0, 99991231, 99999999, 20240103)...)
	if err != nil || len(times) != 2 || r.setAside[PlaceholderDate] != 3 {
		t.Errorf("%v, set aside %v, %v; want 2 lines and 3 placeholders", times, r.setAside, err)
	}
}

func TestImportCSV_ExcelDaysBecomeTimesWhereSaid(t *testing.T) {
	_, out, err := importedText(t, csvimport.Spec{Dates: parse.ExcelDays}, map[string]string{"a.csv": "customer_id,order_date\nA,45293.5\nB,45294\n"})
	if err != nil {
		t.Fatal(err)
	}
	want := fmt.Sprint([][]string{{"A", fmt.Sprint(parse.MustDay(2024, 1, 2).Micros() + data.MicrosPerDay/2)}, {"B", fmt.Sprint(parse.MustDay(2024, 1, 3).Micros())}})
	if _, cells := datatest.ParquetCells(t, out+"/a.parquet"); fmt.Sprint(cells) != want {
		t.Errorf("%v, want %s", cells, want)
	}
}

// Lumps on days that stand for no date are set aside where they lie far from
// the rest, and only there.
func TestReadOrders_DaysThatStandForNoDateAreSetAside(t *testing.T) {
	date := func(days ...data.Day) (out []parquet.Value) {
		for _, d := range days {
			out = append(out, parquet.Int32Value(int32(d)))
		}
		return out
	}
	y2k := parse.MustDay(2000, 1, 1)
	for name, c := range map[string]struct {
		days []data.Day
		kept int
		none []data.Day
	}{
		"far before":       {[]data.Day{0, 0, -25_567, 19724, 20000}, 2, []data.Day{-25_567, 0}},
		"far after":        {[]data.Day{parse.MustDay(2099, 12, 31), 19724, 20000}, 2, []data.Day{parse.MustDay(2099, 12, 31)}},
		"no day at all":    {[]data.Day{parse.FarDay, -719_162, parse.MustDay(1900, 1, 1) - 2, 19724}, 1, nil},
		"near the others":  {[]data.Day{y2k, y2k + 100, y2k + 700}, 3, nil},
		"amid the others":  {[]data.Day{y2k - 10, y2k, y2k + 700}, 3, nil},
		"one near one far": {[]data.Day{0, y2k, y2k + 100, y2k + 700}, 3, []data.Day{0}},
		"nothing else":     {[]data.Day{0, 0, 0}, 3, nil},
	} {
		t.Run(name, func(t *testing.T) {
			values := date(c.days...)
			times, r, err := timesOf(t, Options{KeepRejects: true}, parquet.Date(), values...)
			if err != nil {
				t.Fatal(err)
			}
			if len(times) != c.kept || int(r.setAside[PlaceholderDate]) != len(c.days)-c.kept || len(r.rejects) != len(c.days)-c.kept {
				t.Errorf("%d lines, set aside %v, %d rejects; want %d lines", len(times), r.setAside, len(r.rejects), c.kept)
			}
			if !slices.Equal(r.orders.NoDates(), c.none) {
				t.Errorf("days %v, want %v", r.orders.NoDates(), c.none)
			}
			if c.none != nil && slices.Contains(c.none, r.orders.FirstDay) || slices.Contains(c.none, r.orders.NewestPurchase) {
				t.Errorf("the history runs from %v to %v", r.orders.FirstDay, r.orders.NewestPurchase)
			}
		})
	}
}

func TestReadOrders_RefusesIDsThatASpreadsheetHasShortened(t *testing.T) {
	for _, id := range []string{"1.23457E+11", "1,23457E+11", "1E+05"} {
		_, _, err := idsOf(t, parquet.String(), parquet.ByteArrayValue([]byte("7")), parquet.ByteArrayValue([]byte(id)))
		if err == nil || !strings.Contains(err.Error(), `column "customer_id" as customer: want ids as they were written, found "`+id+`": a spreadsheet has shortened them`) {
			t.Errorf("%s: %v", id, err)
		}
	}
	for _, id := range []string{"E+11", "A1E+11", "1.2.3E+11", "1E11", "1-2E+11"} {
		if ids, _, err := idsOf(t, parquet.String(), parquet.ByteArrayValue([]byte(id))); err != nil || ids[0] != id {
			t.Errorf("%s: %v, %v", id, ids, err)
		}
	}
}

func TestReadOrders_RefusesWholeNumbersOf128Bits(t *testing.T) {
	wide := parquet.Leaf(parquet.FixedLenByteArrayType(16))
	value := parquet.FixedLenByteArrayValue(bigEndian(5, 16))
	if _, _, err := idsOf(t, wide, value); err == nil || !strings.Contains(err.Error(), `column "customer_id" as customer: want numbers or text`) || !strings.Contains(err.Error(), "INT128") {
		t.Errorf("id: %v", err)
	}
	f := plainFile()
	f.columns[data.Amount] = &orderColumn{"amount", wide, func(*testLine) parquet.Value { return value }}
	if _, err := readOrders(t, Options{}, f.write(t, t.TempDir(), "orders.parquet", testLines(3))); err == nil || !strings.Contains(err.Error(), `column "amount" as amount: want numbers or text`) {
		t.Errorf("amount: %v", err)
	}
}
