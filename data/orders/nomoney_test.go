package orders

import (
	"slices"
	"strings"
	"testing"

	"winback/data"
)

// A table without money is read where --map says that there is none: purchases
// count, are worth 0, and that is told.
func TestReadOrders_CountsPurchasesWhereThereIsNoMoney(t *testing.T) {
	dir, lines := t.TempDir(), testLines(300)
	plainFile().without(data.Amount).write(t, dir, "a.parquet", lines)
	got, err := readOrders(t, Options{Mapping: data.Mapping{data.Amount: ""}}, dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		lines[i].amount = 0
	}
	other := t.TempDir()
	plainFile().write(t, other, "a.parquet", lines)
	want, err := readOrders(t, Options{}, other)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, got.lines, want.lines)
	if !slices.ContainsFunc(got.orders.Decisions, func(d string) bool { return strings.Contains(d, "are worth 0") }) {
		t.Errorf("decisions %q", got.orders.Decisions)
	}
}
