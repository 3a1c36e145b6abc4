package survey

import (
	"fmt"
	"slices"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/internal/ordertest"
)

// soldMarked is a line of an order table with marks beside it.
type soldMarked struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	OrderDate  int32  `parquet:"order_date,date"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
	IsTest     bool   `parquet:"is_test"`
	Deleted    *int64 `parquet:"deleted_at,optional,timestamp(microsecond)"`
}

func markedLines() []soldMarked {
	var lines []soldMarked
	at := int64(1_760_000_000_000_000)
	for i := range 400 {
		l := soldMarked{CustomerID: fmt.Sprint("c", i%90), OrderID: fmt.Sprint("o", i), OrderDate: int32(ordertest.FirstDay) + int32(i/2), Amount: int64(500 + i)}
		l.IsTest = i%20 == 0
		if i%10 == 1 {
			l.Deleted = &at
		}
		lines = append(lines, l)
	}
	return lines
}

func TestInspect_NamesColumnsThatMarkRowsAsNotBought(t *testing.T) {
	want := `false rows of orders that were not bought in the end, or that hold no longer, count as bought: column "is_test" marks 20 rows and column "deleted_at" marks 40 rows. ` +
		`Leave them out with --exclude-status is_test=true,deleted_at=true`
	o := ordertest.Read(t, markedLines(), orders.Options{})
	if texts := textsOf(o, t); !slices.Contains(texts, want) {
		t.Errorf("want %q in %q", want, texts)
	}
	o = ordertest.Read(t, markedLines(), orders.Options{ExcludeStatuses: []string{"IS_TEST=true", "deleted_at=*"}})
	if texts := textsOf(o, t); o.SetAside[orders.ExcludedStatus] != 60 || slices.Contains(texts, want) {
		t.Errorf("%d rows are set aside, want 60; %q", o.SetAside[orders.ExcludedStatus], texts)
	}
	for status, want := range map[string]bool{"is_test=true": true, "deleted_at=*": true, "is_test=false": false, "test=true": false, "cancelled": false} {
		if o.NamesMark(status) != want {
			t.Errorf("%q: want %v", status, want)
		}
	}
}

// soldChange is a row of a change feed.
type soldChange struct {
	CustomerID string `parquet:"customer_id"`
	OrderID    string `parquet:"order_id"`
	Product    string `parquet:"product_id"`
	OrderDate  int32  `parquet:"order_date,date"`
	Amount     int64  `parquet:"amount,decimal(2:18)"`
	Change     string `parquet:"_change_type"`
	Version    int64  `parquet:"_commit_version"`
}

func changedLines() []soldChange {
	var lines []soldChange
	for i := range 300 {
		l := soldChange{fmt.Sprint("c", i%70), fmt.Sprint("o", i), "tea", int32(ordertest.FirstDay) + int32(i/2), int64(500 + i), "insert", 1}
		lines = append(lines, l)
		with := func(change string, version, amount int64) {
			l.Change, l.Version, l.Amount = change, version, amount
			lines = append(lines, l)
		}
		switch {
		case i%10 == 0: // deleted
			with("delete", 2, l.Amount)
		case i%10 == 1: // updated
			with("update_preimage", 2, l.Amount)
			with("update_postimage", 2, 100_000)
		case i%30 == 2: // deleted, and there again as it was
			with("delete", 2, l.Amount)
			with("insert", 3, l.Amount)
		}
	}
	return lines
}

func TestChangeFeed_RowsThatWereTakenBackDoNotCount(t *testing.T) {
	o := ordertest.Read(t, changedLines(), orders.Options{})
	s := surveyOf(t, o)
	text, stops := ChangeFeed(o)
	if want := `these rows are changes, not orders: column "_change_type" takes rows back in 70 of 410 rows; of each order line the newest by "_commit_version" counts, and none where that deletes it`; text != want || stops {
		t.Errorf("found %q, stops %v; want %q", text, stops, want)
	}
	if s.Lines != 270 {
		t.Errorf("%d lines count, want 270: 300 without the 30 that were deleted", s.Lines)
	}
	var feed []soldChange
	for _, l := range changedLines() {
		l.OrderID = ""
		feed = append(feed, l)
	}
	o = ordertest.Read(t, feed, orders.Options{Mapping: data.Mapping{data.Version: ""}})
	if text, stops := ChangeFeed(o); !stops {
		t.Errorf("without a version nobody can tell what was deleted, found %q", text)
	}
}

// soldHalf is a row of an order of two rows.
type soldHalf struct {
	CustomerID string  `parquet:"customer_id"`
	OrderID    string  `parquet:"order_id"`
	SKU        string  `parquet:"sku"`
	OrderDate  int32   `parquet:"order_date,date"`
	Amount     int64   `parquet:"amount,decimal(2:18)"`
	Status     *string `parquet:"status,optional"`
	Cancelled  *int64  `parquet:"cancelled_at,optional,timestamp(microsecond)"`
}

func TestInspect_NamesColumnsThatSomeOrdersHaveOnOneRowAlone(t *testing.T) {
	paid, at := "paid", int64(1_760_000_000_000_000)
	rows := func(full int, line bool) (lines []soldHalf) {
		for i := range 200 {
			for k, sku := range []string{"a", "b"} {
				l := soldHalf{CustomerID: fmt.Sprint("c", i%50), OrderID: fmt.Sprint("o", i), SKU: sku, OrderDate: int32(ordertest.FirstDay) + int32(i), Amount: int64(500 + i + k)}
				if k == 0 || i < full {
					l.Status = &paid
				}
				if i%20 == 0 && (k == 0) == (i%40 == 0 || !line) {
					l.Cancelled = &at
				}
				lines = append(lines, l)
			}
		}
		return lines
	}
	want := `false orders are filled in part: a sample has column "status" on one row alone of 100 orders and on more of 100; their other rows count without it. If it belongs to the whole order, have the export write it on each row`
	o := ordertest.Read(t, rows(100, false), orders.Options{})
	if texts := textsOf(o, t); !slices.Contains(texts, want) || o.RowsCarried != 10 {
		t.Errorf("%d rows carried, want 10 cancelled ones; want %q in %q", o.RowsCarried, want, texts)
	}
	o = ordertest.Read(t, rows(5, true), orders.Options{})
	if texts := textsOf(o, t); slices.Contains(texts, want) || o.RowsCarried != 195 {
		t.Errorf("%d rows carried, want the 195 of a status, none of lines that were cancelled by themselves; %q", o.RowsCarried, texts)
	}
}
