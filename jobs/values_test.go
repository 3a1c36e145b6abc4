package jobs

import (
	"errors"
	"reflect"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
	"winback/jobs/settings"
)

func TestParseRates_ReadsColumnsByName(t *testing.T) {
	rates, err := parseRates(strings.NewReader("\ufeffRate, Currency,Day\n1.25,usd,2026-01-03\n 0.5 ,GBP,2026-01-01\n1.2,USD,2026-01-01\n"))
	if err != nil {
		t.Fatal(err)
	}
	third, _ := data.ParseDay("2026-01-03")
	want := orders.Rates{"USD": {{Day: third - 2, Rate: 120_000_000}, {Day: third, Rate: 125_000_000}}, "GBP": {{Day: third - 2, Rate: 50_000_000}}}
	if !reflect.DeepEqual(*rates, want) {
		t.Errorf("read %v, want %v", *rates, want)
	}
}

func TestParseRates_NamesLineAndValue(t *testing.T) {
	for text, want := range map[string]string{
		"":                                      `want a first line with day,currency,rate, found ""`,
		"day,rate\n":                            `want a first line with day,currency,rate, found "day,rate"`,
		"day,currency,rate\n":                   "no rates in it",
		"day,currency,rate\n1.2.26,USD,1\n":     `line 2: `,
		"day,currency,rate\n2026-01-01,,1\n":    "line 2: want a currency such as USD, found none",
		"day,currency,rate\n2026-01-01,USD,0\n": `line 2: want a rate above 0 of at most eight decimals such as 0.9173, found "0"`,
		"day,currency,rate\n2026-01-01,USD,\"1,1\"\n":                 `found "1,1"`,
		"day,currency,rate\n2026-01-01,USD\n":                         "wrong number of fields",
		"day,currency,rate\n2026-01-01,USD,1.1\n2026-01-01,USD,1.2\n": "two rates of USD for 2026-01-01",
	} {
		if _, err := parseRates(strings.NewReader(text)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: want %q, found %v", text, want, err)
		}
	}
}

type soldIn struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	OrderDate  int32  `parquet:"order_date,date"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
	Status     string `parquet:"status"`
	Currency   string `parquet:"currency"`
}

// readIn is the reading that a command would make of these settings.
func readIn(t *testing.T, s settings.Reading) *orders.Table {
	var lines []soldIn
	for i := range 20 {
		l := soldIn{"c", string(rune('a' + i)), int32(ordertest.FirstDay), 100, "paid", "EUR"}
		if i%5 == 0 {
			l.Status, l.Currency = "cancelled", "USD"
		}
		lines = append(lines, l)
	}
	return ordertest.Read(t, lines, orders.Options{Mapping: s.Map, Returns: s.Returns, ExcludeStatuses: s.ExcludeStatuses, Currency: s.Currency})
}

func TestNamedValues_AreThoseOfSomeRow(t *testing.T) {
	noStatus := data.Mapping{data.Status: "", data.Currency: ""}
	for name, c := range map[string]struct {
		s    settings.Reading
		want string // "" for no error
	}{
		"known":            {settings.Reading{ExcludeStatuses: []string{"cancelled"}, Currency: "EUR"}, ""},
		"a status":         {settings.Reading{ExcludeStatuses: []string{"canceled"}}, `--exclude-status: "canceled": no row has it; the values of column "status" are paid (16), cancelled (4)`},
		"a return":         {settings.Reading{Returns: orders.ReturnRules{Statuses: []string{"returned"}}}, `--returns status=: "returned": no row has it; the values of column "status" are paid (16), cancelled (4)`},
		"a currency":       {settings.Reading{Currency: "GBP"}, `--currency: "GBP": no row has it; the values of column "currency" are EUR (16), USD (4)`},
		"no status column": {settings.Reading{Map: noStatus, ExcludeStatuses: []string{"test"}}, `--exclude-status: "test": the orders have no column for the status; name it with --map status=COLUMN`},
		"no currencies":    {settings.Reading{Map: noStatus, Currency: "EUR"}, `--currency: "EUR": the orders have no column for the currency; name it with --map currency=COLUMN`},
	} {
		err := namedValues(readIn(t, c.s), c.s)
		var wrong *settings.Error
		if c.want == "" && err != nil || c.want != "" && (!errors.As(err, &wrong) || err.Error() != c.want) {
			t.Errorf("%s: want %q, found %v", name, c.want, err)
		}
	}
}
