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

// A history that ends in 1970 is one of times in another unit.
func TestInspect_StopsAtAHistoryOf1970(t *testing.T) {
	texts := sold(table{"order_date": func(i int) any { return fmt.Sprintf("1970-01-20 %02d:00:00", i*24/soldRows) }}).warnings(t, orders.Options{})
	if !named(texts, "true all lines are dated from 1970-01-20 to 1970-01-20", `column "order_date" counts in another unit`) {
		t.Errorf("%q", texts)
	}
}

// A ledger has sales below 0; lines of discounts and deposits beside each sale are fewer in value.
func TestInspect_NamesAHistoryOfReturns(t *testing.T) {
	texts := sold(table{"amount": func(i int) any { return float64(5+i%50) * []float64{-1, -1, -1, 1}[i%4] }}).warnings(t, orders.Options{})
	if !named(texts, "come to less than 0", `column "amount" has sales below 0`) {
		t.Errorf("%q", texts)
	}
	texts = sold(table{"amount": func(i int) any { return []float64{-1, -1, -1, float64(15 + i%50)}[i/100%4] }}).warnings(t, orders.Options{})
	if named(texts, "come to less than 0") {
		t.Errorf("discounts: %q", texts)
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
