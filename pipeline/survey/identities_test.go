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

// soldIDs is a line of an order table whose ids are in question.
type soldIDs struct {
	CustomerID string  `parquet:"customer_id"`
	Email      string  `parquet:"billing_email"`
	OrderID    string  `parquet:"order_id"`
	InvoiceRef string  `parquet:"invoice_ref"`
	SKU        string  `parquet:"sku"`
	ItemCode   string  `parquet:"article_ref"`
	OrderDate  int32   `parquet:"order_date,date"`
	Amount     string  `parquet:"amount"`
	Price      float64 `parquet:"weight_kg"`
}

// soundLines are 1,200 orders of two lines, of 400 customers over a year.
func soundLines() []soldIDs {
	var lines []soldIDs
	for o := range 1200 {
		who := o * 7 % 400
		for k := range 2 {
			item := fmt.Sprintf("A%02d", (o+13*k)%60)
			lines = append(lines, soldIDs{fmt.Sprintf("c%d", who), fmt.Sprintf("c%d@shop.example", who), fmt.Sprint(10000 + o), fmt.Sprint(10000 + o), item, item,
				int32(ordertest.FirstDay) + int32(o*360/1200), fmt.Sprintf("%d.50", 3+o%40), 1})
		}
	}
	return lines
}

func TestInspect_NamesIdsThatAreNotWhatTheyAreTakenFor(t *testing.T) {
	const end = ordertest.FirstDay + 365
	for name, c := range map[string]struct {
		change func(i int, l *soldIDs)
		want   []string // parts of the one finding; nil for none
		stops  bool
	}{
		"sound":  {func(int, *soldIDs) {}, nil, false},
		"a till": {func(i int, l *soldIDs) { l.CustomerID = map[bool]string{true: "77", false: l.CustomerID}[i/2%10 == 0] }, []string{"one customer has 120 of all 1,200 orders (10 %)", "--no-customer usual,ID"}, false},
		"guests": {func(i int, l *soldIDs) {
			l.CustomerID = map[bool]string{true: "Guest", false: l.CustomerID}[i/2%10 == 0]
		}, []string{`240 of 2,400 rows have no customer and count for nobody (10 %); column "customer_id" has "guest" in 240 rows`, "--map customer=billing_email"}, false},
		"few zeros":         {func(i int, l *soldIDs) { l.CustomerID = map[bool]string{true: "0", false: l.CustomerID}[i/2 == 5] }, []string{`2 of 2,400 rows have no customer`, `has "0" in 2 rows`}, false},
		"an id per order":   {func(_ int, l *soldIDs) { l.CustomerID = "x" + l.OrderID }, []string{"hardly anybody ever orders twice (0 of 1,200 customers)", `column "customer_id"`, "--map customer=billing_email"}, false},
		"an id per line":    {func(i int, l *soldIDs) { l.SKU = fmt.Sprint("L", i) }, []string{"about as many products as lines (2,400 in 2,400 lines)", `column "sku"`, "--map product=article_ref"}, false},
		"an order per line": {func(i int, l *soldIDs) { l.OrderID = fmt.Sprint("L", i) }, []string{"about as many orders as lines", `column "order_id"`, "--map order=invoice_ref"}, false},
		"some odd amounts":  {func(i int, l *soldIDs) { l.Amount = map[bool]string{true: "#REF", false: l.Amount}[i%20 == 0] }, []string{`120 of 2,400 rows (5.0 %) are set aside: column "amount"`, `"#REF"`, "--map amount=COLUMN"}, false},
		"many odd amounts":  {func(i int, l *soldIDs) { l.Amount = map[bool]string{true: "#REF", false: l.Amount}[i%4 == 0] }, []string{`600 of 2,400 rows (25.0 %) are set aside: column "amount"`}, true},
	} {
		lines := soundLines()
		for i := range lines {
			c.change(i, &lines[i])
		}
		o := ordertest.Read(t, lines, orders.Options{NoCustomer: orders.NoCustomerWords{"usual"}})
		found := Inspect(o, surveyOf(t, o), end)
		var texts []string
		for _, f := range found {
			if !strings.Contains(f.Text, "survivors") && !strings.Contains(f.Text, "total of the order") {
				texts = append(texts, f.Text)
				if f.Stops != c.stops {
					t.Errorf("%s: want stops %t: %s", name, c.stops, f.Text)
				}
			}
		}
		if len(texts) != min(len(c.want), 1) {
			t.Errorf("%s: want %q, have %q", name, c.want, texts)
			continue
		}
		for _, part := range c.want {
			if !strings.Contains(texts[0], part) {
				t.Errorf("%s: want %q in %q", name, part, texts[0])
			}
		}
	}
}

func TestInspect_WarnsOfOneCustomerAndOfOneDay(t *testing.T) {
	for name, c := range map[string]struct {
		change func(l *soldIDs)
		want   string
	}{
		"one customer": {func(l *soldIDs) { l.CustomerID = "c7" }, `all purchases (2,400 lines) are of one customer: column "customer_id" has one id; "billing_email" looks more like the customer: name it with --map customer=billing_email`},
		"one day":      {func(l *soldIDs) { l.OrderDate = int32(ordertest.FirstDay) + 9 }, `all purchases (2,400 lines) are on one day, 2022-01-19: who comes back cannot be learned from it. If column "order_date" is the day of the export, name the one of the order with --map time=COLUMN`},
	} {
		lines := soundLines()
		for i := range lines {
			c.change(&lines[i])
		}
		o := ordertest.Read(t, lines, orders.Options{Mapping: data.Mapping{data.Customer: "customer_id"}})
		var texts []string
		for _, f := range Inspect(o, surveyOf(t, o), ordertest.FirstDay+365) {
			texts = append(texts, f.Text)
		}
		if !slices.Contains(texts, c.want) {
			t.Errorf("%s: want %q in %q", name, c.want, texts)
		}
	}
}

// Where nothing can be used, the column and what is in it are named.
func TestNoPurchase_NamesColumnAndValues(t *testing.T) {
	lines := soundLines()
	for i := range lines {
		lines[i].CustomerID = ""
	}
	o := ordertest.Read(t, lines, orders.Options{Mapping: data.Mapping{data.Customer: "customer_id", data.Amount: "amount"}})
	if text := NoPurchase(o); !strings.Contains(text, `column "customer_id" has a customer in none`) || !strings.Contains(text, "--map customer=billing_email") {
		t.Error(text)
	}
	for i := range lines {
		lines[i].CustomerID = "c"
		lines[i].Amount = map[bool]string{true: "n/a", false: "null"}[i%2 == 0]
	}
	lines[0].Amount = "3.50"
	lines[0].CustomerID = ""
	o = ordertest.Read(t, lines, orders.Options{Mapping: data.Mapping{data.Customer: "customer_id", data.Amount: "amount"}})
	if text := NoPurchase(o); !strings.Contains(text, `column "amount" is empty as the amount there, such as "n/a" and "null"`) {
		t.Error(text)
	}
}
