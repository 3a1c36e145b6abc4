package survey

import (
	"fmt"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// soldGoods is a line of an order without a number.
type soldGoods struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	OrderDate  string `parquet:"order_date"`
	SKU        string `parquet:"sku"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
}

// goods are orders of two lines, four a day.
func goods(days int) (lines []soldGoods) {
	for i := range 8 * days {
		at := fmt.Sprintf("%s %02d:00:00", ordertest.FirstDay+data.Day(i/8), 8+i/2%4)
		lines = append(lines, soldGoods{fmt.Sprint("c", i/2%97), fmt.Sprint("o", i/2), at, fmt.Sprint("s", i%2, i%9), int64(500 + i%90)})
	}
	return lines
}

func countTexts(texts []string, part string) (n int) {
	for _, text := range texts {
		if strings.Contains(text, part) {
			n++
		}
	}
	return n
}

// Files which each hold the whole history are copies of several days: what was deleted
// since comes back from the older ones.
func TestInspect_NamesSnapshotsSideBySide(t *testing.T) {
	all := goods(300)
	var living []soldGoods
	for _, l := range all {
		if l.CustomerID != "c7" {
			living = append(living, l)
		}
	}
	older := all[:len(all)-16]
	texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, older, living), t)
	if countTexts(texts, "2 files or folders hold the whole history each") != 1 || countTexts(texts, "Give the newest alone, /orders/1.parquet") != 1 || len(texts) != 1 {
		t.Errorf("%q", texts)
	}
	var odd, even []soldGoods
	for i, l := range all { // a history dealt to two files
		if i/2%2 == 0 {
			even = append(even, l)
		} else {
			odd = append(odd, l)
		}
	}
	for name, files := range map[string][][]soldGoods{"dealt": {odd, even}, "one after the other": {all[:400], all[400:]}, "alone": {all}} {
		if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, files...), t); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
}

// Where extracts overlap whose rows were changed between, both rows of a line count.
func TestInspect_NamesDaysWhoseRowsWereChanged(t *testing.T) {
	all := goods(300)
	changed := append([]soldGoods(nil), all[400:]...)
	for i := range changed[:160] { // twenty days
		changed[i].Amount += 50
	}
	want := "false nearly each order line stands there twice with another amount on 20 days from 2022-03-01 to 2022-03-20, 160 in all"
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, all[:560], changed), t); countTexts(texts, want) != 1 {
		t.Errorf("want %q in %q", want, texts)
	}
	twice := append([]soldGoods(nil), all...)
	for i := 0; i < len(all); i += 10 { // a product twice in an order, at two prices
		again := all[i]
		again.Amount += 50
		twice = append(twice, again)
	}
	if texts := textsOf(ordertest.ReadFiles(t, orders.Options{}, twice), t); len(texts) > 0 {
		t.Errorf("twice in some orders: %q", texts)
	}
}

// Totals on each line are seen without an id of the order, too.
func TestInspect_AsksForTheOrderOfRepeatedTotals(t *testing.T) {
	all := goods(300)
	for i := range all {
		all[i].Amount = int64(500 + i/2*7%900)
	}
	noIDs := orders.Options{Mapping: data.Mapping{data.OrderID: ""}}
	o := ordertest.ReadFiles(t, noIDs, all)
	if texts := textsOf(o, t); len(texts) != 1 || !strings.Contains(texts[0], "--map order=COLUMN") || surveyOf(t, o).RepeatedTotals() {
		t.Errorf("%q", texts)
	}
	if texts := textsOf(ordertest.ReadFiles(t, noIDs, goods(300)), t); len(texts) > 0 {
		t.Errorf("amounts of lines: %q", texts)
	}
}
