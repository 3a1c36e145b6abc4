package survey

import (
	"fmt"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// named says whether one of the texts has all parts.
func named(texts []string, parts ...string) bool {
	for _, text := range texts {
		all := true
		for _, part := range parts {
			all = all && strings.Contains(text, part)
		}
		if all {
			return true
		}
	}
	return false
}

// A shop that took its history over from another system may export it twice, under two ids.
func TestInspect_NamesAHistoryUnderTwoOrderIDs(t *testing.T) {
	all := goods(300)
	moved := append([]soldGoods(nil), all[:800]...)
	for i := range moved {
		moved[i].OrderID = "M" + moved[i].OrderID
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, all, moved), t); !named(texts, "nearly each line stands there twice on 100 days", "800 in all", "under two order ids") {
		t.Errorf("%q", texts)
	}
	again := append([]soldGoods(nil), all...)
	for i := range 200 { // a customer who orders the same again at once, now and then
		l := all[12*i]
		l.OrderID = "A" + l.OrderID
		again = append(again, l)
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, again), t); len(texts) > 0 {
		t.Errorf("the same again: %q", texts)
	}
}

// soldOrder is a row of a whole order.
type soldOrder struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	OrderDate  string `parquet:"order_date"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
}

// Events of a purchase may be sent again seconds later.
func TestInspect_NamesOrdersThatWereSentAgain(t *testing.T) {
	var lines, again []soldOrder
	for i := range 1200 {
		l := soldOrder{fmt.Sprint("c", i%97), fmt.Sprint("o", i), fmt.Sprintf("%s %02d:00:00", ordertest.FirstDay+data.Day(i/4), 8+i%4), int64(500 + i%90)}
		lines = append(lines, l)
		if i%20 == 0 {
			l.OrderDate = l.OrderDate[:len(l.OrderDate)-1] + "8"
			again = append(again, l)
		}
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, append(again, lines...)), t); !named(texts, "60 lines have the order and the amount of another row, at another time") {
		t.Errorf("%q", texts)
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, lines), t); len(texts) > 0 {
		t.Errorf("each once: %q", texts)
	}
}

// Lines of totals, and of postage without a product, count as bought.
func TestInspect_NamesLinesOfTotalsWithoutAProduct(t *testing.T) {
	all := goods(300)
	var totals, postage []soldGoods
	for i := 0; i < len(all); i += 2 {
		l := all[i]
		l.SKU, l.Amount = "", all[i].Amount+all[i+1].Amount
		totals = append(totals, l)
		l.Amount = 490
		postage = append(postage, l)
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, append(totals, all...)), t); !named(texts, "1,200 of 1,200 orders with products have a line without one whose amount is that of all their others") {
		t.Errorf("%q", texts)
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, append(postage, all...)), t); !named(texts, "nearly each order has one line without a product (1,200 of 1,200 orders)") {
		t.Errorf("postage: %q", texts)
	}
	for i := range all { // goods without a code
		if i%3 == 0 {
			all[i].SKU = ""
		}
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, all), t); len(texts) > 0 {
		t.Errorf("goods without a code: %q", texts)
	}
}

// Receipts of several stores may have the same number.
func TestInspect_NamesOrderIDsThatStoresGiveOut(t *testing.T) {
	byStore := table{
		"order_id":   func(i int) any { return fmt.Sprint(1000 + i/2) },
		"store_code": func(i int) any { return []string{"Berlin", "Köln"}[i/2%2] },
	}
	if texts := sold(byStore).warnings(t, orders.Options{}); len(texts) > 0 {
		t.Errorf("ids of their own: %q", texts)
	}
	byStore["order_id"] = func(i int) any {
		if i%100 == 7 && i/100%6 < 2 { // four of one customer
			return "17"
		}
		return fmt.Sprint(1000 + i/2)
	}
	if texts := sold(byStore).warnings(t, orders.Options{}); !named(texts, "have the id of another order of their customer", `such as column "store_code" has them`) {
		t.Errorf("%q", texts)
	}
}

// Mistyped years stand far from all others, however many days they are on.
func TestInspect_NamesAFewLinesYearsBeforeOrAfterAllOthers(t *testing.T) {
	years := func(from int, years data.Day) table {
		return table{"order_date": func(i int) any {
			day := ordertest.FirstDay + data.Day(i/4)
			if i%100 == from {
				day += 365 * years
			}
			return day.String()
		}}
	}
	for want, c := range map[string]table{
		"the oldest 12 purchase lines": years(3, -40),
		"the newest 12 purchase lines": years(3, 40),
	} {
		o, err := sold(c).read(t, orders.Options{})
		if err != nil {
			t.Fatal(err)
		}
		s := surveyOf(t, o)
		var texts []string
		for _, f := range Inspect(o, s, s.end()) {
			texts = append(texts, f.Text)
		}
		if !named(texts, want, "slips") {
			t.Errorf("want %q in %q", want, texts)
		}
	}
}

// A history that ends in 1970 is one of times in another unit.
func TestInspect_StopsAtAHistoryOf1970(t *testing.T) {
	texts := sold(table{"order_date": func(i int) any { return fmt.Sprintf("1970-01-20 %02d:00:00", i*24/soldRows) }}).warnings(t, orders.Options{})
	if !named(texts, "true all lines are dated from 1970-01-20 to 1970-01-20", `column "order_date" counts in another unit`) {
		t.Errorf("%q", texts)
	}
}

// A ledger has sales below 0.
func TestInspect_NamesAHistoryOfReturns(t *testing.T) {
	texts := sold(table{"amount": func(i int) any { return float64(5+i%50) * []float64{-1, -1, -1, 1}[i%4] }}).warnings(t, orders.Options{})
	if !named(texts, "most lines, 900 of 1,200 lines, count as returns", `column "amount" has sales below 0`) {
		t.Errorf("%q", texts)
	}
}

// Days of Excel's calendar of 1904 are told by another column of time.
func TestInspect_NamesExcelsCalendarOf1904(t *testing.T) {
	const serial1904 = 24_107 // 1970-01-01
	texts := sold(table{
		"order_date": func(i int) any { return int64(ordertest.FirstDay+data.Day(i/4)) + serial1904 },
		"created_at": func(i int) any { return (ordertest.FirstDay + data.Day(i/4)).String() },
	}).warnings(t, orders.Options{})
	if !named(texts, `"created_at" is another day in 100 % of the rows`, "--date-format excel-1904") {
		t.Errorf("%q", texts)
	}
}
