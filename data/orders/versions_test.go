package orders

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data/source"
	"winback/internal/fsys/fsystest"
)

// tableOf writes a file of text columns, the first row of which are the names,
// and reads it.
func tableOf(t *testing.T, mem *fsystest.Mem, name string, rows [][]string) {
	t.Helper()
	group := parquet.Group{}
	for _, column := range rows[0] {
		group[column] = parquet.Optional(parquet.String())
	}
	schema := parquet.NewSchema("orders", group)
	mem.MkdirAll("/orders")
	path := filepath.Join("/orders", name)
	mem.Remove(path)
	f, err := mem.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	w := parquet.NewGenericWriter[any](f, schema, parquet.MaxRowsPerRowGroup(4))
	for _, row := range rows[1:] {
		values := map[string]string{}
		for i, column := range rows[0] {
			values[column] = row[i]
		}
		var out parquet.Row
		for k, column := range schema.Columns() {
			v, level := orNull(values[column[0]]), 1
			if v.IsNull() {
				level = 0
			}
			out = append(out, v.Level(0, level, k))
		}
		if _, err := w.WriteRows([]parquet.Row{out}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
}

// readTable reads /orders without and twice with a store, which must be alike, and
// returns the purchases: customer, amount in hundredths.
func readTable(t *testing.T, mem *fsystest.Mem, opts Options) (*Table, map[string][]int64) {
	t.Helper()
	var first map[string][]int64
	var table *Table
	for _, store := range []string{"", "/store", "/store"} {
		found, err := source.Find(mem, []string{"/orders"}, 0)
		if err != nil {
			t.Fatal(err)
		}
		opts.Store, opts.Workers = store, 1
		o, err := Read(context.Background(), mem, found, opts)
		if err != nil {
			t.Fatal(err)
		}
		bought := map[string][]int64{}
		if _, err := o.Each(context.Background(), 1, func(_ int, h *Histories) error {
			for c := range h.Customers() {
				for i := range h.Customer(c).Purchases() {
					bought[strings.Clone(h.IDs[c])] = append(bought[strings.Clone(h.IDs[c])], int64(h.Amount[i])/100)
				}
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := o.Close(); err != nil {
			t.Fatal(err)
		}
		if table == nil {
			table, first = o, bought
			continue
		}
		samePurchases(t, bought, first)
		if o.SetAside != table.SetAside || o.RowsCarried != table.RowsCarried || len(o.Statuses()) != len(table.Statuses()) || o.UnsettledVersions() != table.UnsettledVersions() {
			t.Errorf("with a store: set aside %v, carried %d; without %v, %d", o.SetAside, o.RowsCarried, table.SetAside, table.RowsCarried)
		}
	}
	return table, first
}

func samePurchases(t *testing.T, got, want map[string][]int64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("purchases %v, want %v", got, want)
	}
	for c := range want {
		if len(got[c]) != len(want[c]) {
			t.Fatalf("purchases %v, want %v", got, want)
		}
		for i := range want[c] {
			if got[c][i] != want[c][i] {
				t.Fatalf("purchases %v, want %v", got, want)
			}
		}
	}
}

func TestRead_NewestVersionOfAnOrderLineCounts(t *testing.T) {
	mem := fsystest.NewMem()
	tableOf(t, mem, "a.parquet", [][]string{
		{"customer_id", "order_id", "line_no", "ordered_at", "amount", "status", "updated_at"},
		{"anna", "1", "1", "2024-01-01", "10", "paid", "2024-01-01 10:00:00"},
		{"anna", "1", "2", "2024-01-01", "5", "paid", "2024-01-01 10:00:00"},
		{"bert", "2", "1", "2024-01-02", "7", "paid", "2024-01-02 10:00:00"},
	})
	tableOf(t, mem, "b.parquet", [][]string{
		{"customer_id", "order_id", "line_no", "ordered_at", "amount", "status", "updated_at"},
		{"anna", "1", "1", "2024-01-01", "8", "shipped", "2024-01-03 10:00:00"},
		{"bert", "2", "1", "2024-01-02", "7", "cancelled", "2024-01-04 10:00:00"},
	})
	o, bought := readTable(t, mem, Options{ExcludeStatuses: []string{"cancelled"}})
	samePurchases(t, bought, map[string][]int64{"anna": {800, 500}})
	if o.SetAside[OlderVersion] != 2 || o.SetAside[ExcludedStatus] != 1 {
		t.Errorf("set aside %v", o.SetAside)
	}
}

func TestRead_StatusThatMovedOnTellsTheVersion(t *testing.T) {
	mem := fsystest.NewMem()
	tableOf(t, mem, "a.parquet", [][]string{
		{"customer_id", "order_id", "line_no", "ordered_at", "amount", "status"},
		{"anna", "1", "1", "2024-01-01", "10", "pending"},
		{"anna", "1", "1", "2024-01-01", "10", "delivered"},
		{"anna", "1", "1", "2024-01-01", "10", "shipped"},
		{"anna", "1", "2", "2024-01-01", "5", "shipped"},
		{"bert", "2", "1", "2024-01-02", "7", "blue"},
		{"bert", "2", "1", "2024-01-02", "9", "green"},
	})
	o, bought := readTable(t, mem, Options{})
	if len(bought["anna"]) != 2 || len(bought["bert"]) != 2 || o.SetAside[OlderVersion] != 2 || o.UnsettledVersions() != 1 {
		t.Errorf("purchases %v, set aside %v, unsettled %d", bought, o.SetAside, o.UnsettledVersions())
	}
}
