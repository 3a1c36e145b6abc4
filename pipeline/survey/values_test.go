package survey

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// soldTwice is a line of an order table that may come in versions and currencies.
type soldTwice struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	Line       int32  `parquet:"line_no"`
	OrderDate  int32  `parquet:"order_date,date"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
	Currency   string `parquet:"currency"`
}

func manySold() []soldTwice {
	var lines []soldTwice
	for i := range 600 {
		lines = append(lines, soldTwice{fmt.Sprint("c", i%150), fmt.Sprint("o", i), 1, int32(ordertest.FirstDay) + int32(i/2), int64(500 + i%90), "EUR"})
	}
	return lines
}

func textsOf(o *orders.Table, t *testing.T) []string {
	var texts []string
	for _, f := range Inspect(o, surveyOf(t, o), ordertest.FirstDay+305) {
		texts = append(texts, fmt.Sprint(f.Stops, " ", f.Text))
	}
	return texts
}

func TestInspect_StopsAtSeveralCurrencies(t *testing.T) {
	lines := manySold()
	for i := range lines {
		lines[i].Currency = []string{"EUR", "EUR", "USD", "GBP", ""}[i%5]
	}
	want := `true amounts are in several currencies: column "currency" has EUR (240 rows), GBP (120 rows), USD (120 rows); 120 rows have none. ` +
		`Keep one with --currency EUR, or convert the others by day with --currency EUR --rates FILE (CSV with day,currency,rate)`
	if texts := textsOf(ordertest.Read(t, lines, orders.Options{}), t); !slices.Contains(texts, want) {
		t.Errorf("want %q in %q", want, texts)
	}
	for _, text := range textsOf(ordertest.Read(t, lines, orders.Options{Currency: "EUR"}), t) {
		if strings.Contains(text, "currencies") {
			t.Errorf("one currency was chosen, found %q", text)
		}
	}
}

func TestInspect_CountsVersionsThatNoColumnSettles(t *testing.T) {
	lines := manySold()
	for i := range 30 {
		again := lines[i]
		again.Amount += 100
		lines = append(lines, again)
	}
	want := "false 30 lines have the order and line number of another one but differ from it, and all count: are they versions of it? If a column says which is the newest, " +
		"name it with --map version=COLUMN; if the line number is none, leave it out with --map line="
	if texts := textsOf(ordertest.Read(t, lines, orders.Options{}), t); !slices.Contains(texts, want) {
		t.Errorf("want %q in %q", want, texts)
	}
	if texts := textsOf(ordertest.Read(t, manySold(), orders.Options{}), t); len(texts) > 0 {
		t.Errorf("sound lines: found %q", texts)
	}
}

func TestInspect_NamesDaysOnWhichExtractsOverlap(t *testing.T) {
	lines := manySold()
	for i := range lines {
		lines[i].OrderDate = int32(ordertest.FirstDay) + int32(i/6)
	}
	noIDs := orders.Options{Mapping: data.Mapping{data.OrderID: "", data.Line: ""}}
	overlapping := [][]soldTwice{lines[:360], lines[300:]} // ten days of both
	want := "false nearly each line stands there twice on 10 days from 2022-03-01 to 2022-03-10, 60 in all: do extracts overlap? --duplicates drop counts equal lines once"
	if texts := textsOf(ordertest.ReadFiles(t, noIDs, overlapping...), t); !slices.Contains(texts, want) {
		t.Errorf("want %q in %q", want, texts)
	}
	for i := range lines[:60] { // one in ten is bought twice
		lines = append(lines, lines[i*10])
	}
	for name, o := range map[string]*orders.Table{
		"dropped":  ordertest.ReadFiles(t, orders.Options{Mapping: noIDs.Mapping, Duplicates: orders.DuplicatesDrop}, overlapping...),
		"by order": ordertest.ReadFiles(t, orders.Options{}, overlapping...), "some twice": ordertest.Read(t, lines, noIDs),
	} {
		if texts := textsOf(o, t); slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "stands there twice") }) {
			t.Errorf("%s: found %q", name, texts)
		}
	}
}

func TestInspect_NamesCopiedFiles(t *testing.T) {
	lines := manySold()
	o := ordertest.ReadFiles(t, orders.Options{Mapping: data.Mapping{data.OrderID: "", data.Line: ""}}, lines[:300], lines[300:], lines[:300])
	want := "hold the same lines as others and count twice: /orders/2.parquet those of /orders/0.parquet. Take the copies away, or set --duplicates drop"
	if texts := textsOf(o, t); !slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, want) }) {
		t.Errorf("want %q in %q", want, texts)
	}
	o = ordertest.ReadFiles(t, orders.Options{Mapping: data.Mapping{data.OrderID: "", data.Line: ""}, Duplicates: orders.DuplicatesDrop}, lines[:300], lines[300:], lines[:300])
	if texts := textsOf(o, t); slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(text, "those of") }) {
		t.Errorf("duplicates are dropped, found %q", texts)
	}
}
