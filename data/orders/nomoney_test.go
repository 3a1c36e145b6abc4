package orders

import (
	"slices"
	"strings"
	"testing"

	"winback/data"
)

// A table without money is read where --map says that there is none: each unit
// counts 1, and that is told.
func TestReadOrders_CountsUnitsWhereThereIsNoMoney(t *testing.T) {
	dir, lines := t.TempDir(), testLines(300)
	plainFile().without(data.Amount).write(t, dir, "a.parquet", lines)
	got, err := readOrders(t, Options{Mapping: data.Mapping{data.Amount: ""}}, dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range lines {
		lines[i].amount = lines[i].quantity
	}
	other := t.TempDir()
	plainFile().write(t, other, "a.parquet", lines)
	want, err := readOrders(t, Options{}, other)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, got.lines, want.lines)
	if !slices.ContainsFunc(got.orders.Decisions, func(d string) bool { return strings.Contains(d, "each unit counts 1") }) {
		t.Errorf("decisions %q", got.orders.Decisions)
	}
}
