package orders

import (
	"context"
	"testing"

	"winback/data"
	"winback/data/source"
	"winback/internal/fsys/fsystest"
)

var inCurrencies = [][]string{{"customer_id", "ordered_at", "amount", "currency"},
	{"anna", "2024-01-01", "10", "EUR"},
	{"anna", "2024-01-02", "10", "usd"},
	{"bert", "2024-01-06", "0.33", "USD"},
	{"bert", "2024-01-06", "1", ""},
}

func TestRead_KeepsOneCurrency(t *testing.T) {
	mem := fsystest.NewMem()
	tableOf(t, mem, "a.parquet", inCurrencies)
	o, bought := readTable(t, mem, Options{Currency: "EUR"})
	samePurchases(t, bought, map[string][]int64{"anna": {1000}})
	if o.SetAside[OtherCurrency] != 3 {
		t.Errorf("set aside %v", o.SetAside)
	}
	if c := o.Currencies(); len(c) != 3 || c[0] != (ValueCount{"USD", 2}) {
		t.Errorf("currencies %v", c)
	}
}

// 0.33 × 0.91234567 is 0.30107…, in hundredths 30.
func TestRead_ConvertsByTheRateOfTheDay(t *testing.T) {
	mem := fsystest.NewMem()
	tableOf(t, mem, "a.parquet", inCurrencies)
	rates := &Rates{"USD": {{day(t, "2024-01-02"), 90_000_000}, {day(t, "2024-01-05"), 91_234_567}}}
	o, bought := readTable(t, mem, Options{Currency: "EUR", Rates: rates})
	samePurchases(t, bought, map[string][]int64{"anna": {1000, 900}, "bert": {30}})
	if o.SetAside[OtherCurrency] != 1 {
		t.Errorf("set aside %v", o.SetAside)
	}
}

func TestRead_NamesTheDayWithoutARate(t *testing.T) {
	mem := fsystest.NewMem()
	tableOf(t, mem, "a.parquet", inCurrencies)
	found, err := source.Find(mem, []string{"/orders"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	_, err = Read(context.Background(), mem, found, Options{Currency: "EUR", Rates: &Rates{"USD": {{day(t, "2024-01-05"), 91_234_567}}}, Workers: 1})
	if err == nil || err.Error() != "no rate of USD for 2024-01-02: the first in --rates is of 2024-01-05" {
		t.Errorf("error %v", err)
	}
}

func TestRead_NamesCopiesOfFilesWithoutOrderIDs(t *testing.T) {
	mem := fsystest.NewMem()
	tableOf(t, mem, "a.parquet", inCurrencies[:3])
	tableOf(t, mem, "b.parquet", [][]string{inCurrencies[0], inCurrencies[2], inCurrencies[1]})
	tableOf(t, mem, "c.parquet", [][]string{inCurrencies[0], inCurrencies[2], inCurrencies[3]})
	o, _ := readTable(t, mem, Options{})
	if pairs := o.CopiedFiles(); len(pairs) != 1 || pairs[0] != [2]string{"/orders/a.parquet", "/orders/b.parquet"} {
		t.Errorf("copies %v", pairs)
	}
}

func day(t *testing.T, text string) data.Day {
	t.Helper()
	d, err := data.ParseDay(text)
	if err != nil {
		t.Fatal(err)
	}
	return d
}
