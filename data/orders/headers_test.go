package orders

import (
	"testing"

	"winback/internal/fsys/fsystest"
)

// The rows of an order lie apart, in several row groups.
func TestRead_CarriesWhatStandsOnOneRowOfAnOrder(t *testing.T) {
	mem := fsystest.NewMem()
	rows := [][]string{{"customer_id", "order_id", "ordered_at", "amount", "sku", "status", "channel"},
		{"anna", "1", "2024-01-01", "10", "a", "paid", "web"},
		{"bert", "2", "2024-01-02", "20", "a", "cancelled", "shop"},
		{"cora", "3", "2024-01-03", "30", "a", "paid", "web"},
		{"dora", "4", "2024-01-04", "40", "a", "paid", "web"},
		{"", "2", "", "", "b", "", ""},
		{"", "1", "", "", "b", "", ""},
		{"", "3", "", "", "b", "", ""},
		{"", "3", "", "", "c", "", ""},
		{"", "5", "", "", "c", "", ""},
	}
	tableOf(t, mem, "a.parquet", rows)
	o, bought := readTable(t, mem, Options{ExcludeStatuses: []string{"cancelled"}})
	want := map[string][]int64{"anna": {1000, 0}, "cora": {3000, 0, 0}, "dora": {4000}}
	for c, amounts := range want {
		sum := int64(0)
		for _, a := range bought[c] {
			sum += a
		}
		if len(bought[c]) != len(amounts) || sum != amounts[0] {
			t.Errorf("%s bought %v, want %v", c, bought[c], amounts)
		}
	}
	if o.RowsCarried != 4 || o.SetAside[ExcludedStatus] != 2 || o.SetAside[NoCustomer] != 1 || len(bought) != 3 {
		t.Errorf("carried %d, set aside %v, bought %v", o.RowsCarried, o.SetAside, bought)
	}
}

// A status on one line alone of a few orders is that line's.
func TestRead_DoesNotCarryWhatOtherOrdersHaveOnEachRow(t *testing.T) {
	mem := fsystest.NewMem()
	tableOf(t, mem, "a.parquet", [][]string{{"customer_id", "order_id", "ordered_at", "amount", "sku", "status"},
		{"anna", "1", "2024-01-01", "10", "a", "returned"},
		{"anna", "1", "2024-01-01", "10", "b", ""},
		{"bert", "2", "2024-01-02", "20", "a", "shipped"},
		{"bert", "2", "2024-01-02", "20", "b", "shipped"},
	})
	o, bought := readTable(t, mem, Options{ExcludeStatuses: []string{"returned"}})
	if o.RowsCarried != 0 || len(bought["anna"]) != 1 {
		t.Errorf("carried %d, bought %v", o.RowsCarried, bought)
	}
}
