package orders

import (
	"context"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/columns"
	"winback/data/source"
	"winback/internal/fsys"
)

func opened(t *testing.T, opts Options, from string) *Table {
	t.Helper()
	found, err := source.Find(fsys.OS(), []string{from}, 0)
	if err != nil {
		t.Fatal(err)
	}
	orders, err := Read(context.Background(), fsys.OS(), found, opts)
	if err != nil {
		t.Fatal(err)
	}
	return orders
}

func repeated(t *testing.T, o *Table) (several, equal int) {
	t.Helper()
	if _, err := o.Each(context.Background(), 1, func(_ int, h *Histories) error {
		n, e, _ := TotalsRepeated(h, false)
		several, equal = several+n, equal+e
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	return several, equal
}

// The total of an order that stands on each of its lines is noticed, and counts
// once however the lines come; amounts of lines are left alone.
func TestOrders_RepeatedTotalsCountOnce(t *testing.T) {
	lines := testLines(400)
	var perOrder int64
	for i := 0; i < len(lines); i += 2 {
		total := int64(1000+i) * 100
		for k := range 2 {
			l := &lines[i+k]
			l.amount, l.quantity = total, data.MoneyScale
		}
		perOrder += total
	}
	dir := t.TempDir()
	f := plainFile()
	f.options = []parquet.WriterOption{parquet.MaxRowsPerRowGroup(37)}
	f.write(t, dir, "a.parquet", lines[201:])
	f.write(t, dir, "b.parquet", lines[:201])
	o := opened(t, Options{}, dir)
	if several, equal := repeated(t, o); several != 200 || equal != 200 {
		t.Errorf("%d of %d orders of several products look like repeated totals, want all 200", equal, several)
	}
	o.RepeatedTotals()
	var sum data.Money
	for _, l := range collected(t, o, Options{Workers: 3}).lines {
		sum += l.amount
	}
	if int64(sum) != perOrder {
		t.Errorf("the orders are worth %s, want %s", sum, data.Money(perOrder))
	}
	plain := opened(t, Options{}, plainFile().write(t, t.TempDir(), "lines.parquet", testLines(400)))
	if several, equal := repeated(t, plain); several == 0 || 10*equal > several {
		t.Errorf("%d of %d orders of an ordinary table look like repeated totals", equal, several)
	}
}

// A line that only its status calls a return counts nothing; one that its order
// or its sign calls a return takes its amount away, whatever its status.
func TestReadOrders_ReturnsByStatusOrderAndSign(t *testing.T) {
	base := testLine{customer: "7", line: "1", product: "P", channel: "web", micros: 14_000 * data.MicrosPerDay, amount: 50_000, quantity: 2 * data.MoneyScale}
	line := func(order, status string, amount, quantity int64) testLine {
		l := base
		l.order, l.status, l.amount, l.quantity = order, status, amount, quantity
		return l
	}
	cases := []struct {
		line   testLine
		amount data.Money
		flags  LineFlags
	}{
		{line("1", "", 50_000, 20_000), 50_000, FlagPurchase},
		{line("2", "returned", 50_000, 20_000), 0, FlagReturn},
		{line("3", "Returned", 50_000, 20_000), 50_000, FlagPurchase},
		{line("4", "returned", -50_000, 20_000), -50_000, FlagReturn},
		{line("5", "", 50_000, -20_000), -50_000, FlagReturn},
		{line("6", "", -50_000, -20_000), -50_000, FlagReturn},
		{line("C7", "", 50_000, 20_000), -50_000, FlagReturn},
		{line("C8", "cancelled", 50_000, 20_000), -50_000, FlagReturn},
		{line("c9", "", 50_000, 20_000), 50_000, FlagPurchase},
		{line("10", "", 50_000, 0), 50_000, 0},
		{line("11", "", 0, 20_000), 0, FlagPurchase},
		{line("12", "cancelled", 0, 0), 0, FlagReturn},
	}
	f := plainFile()
	f.columns[data.Status] = textColumn("order_status", func(l *testLine) string { return l.status })
	var lines []testLine
	want := map[uint64]int{}
	for i, c := range cases {
		lines = append(lines, c.line)
		want[columns.TextHash([]byte(c.line.order))] = i
	}
	opts := Options{Returns: ReturnRules{OrderPrefixes: []string{"C"}, Statuses: []string{"returned", "cancelled"}}}
	got, err := readOrders(t, opts, f.write(t, t.TempDir(), "orders.parquet", lines))
	if err != nil {
		t.Fatal(err)
	}
	for _, l := range got.lines {
		c := cases[want[l.order]]
		if l.amount != c.amount || l.flags != c.flags {
			t.Errorf("order %s: amount %s and flags %d, want %s and %d", c.line.order, l.amount, l.flags, c.amount, c.flags)
		}
	}
	if len(got.lines) != len(cases) || got.byStatus != 2 {
		t.Errorf("%d lines and %d returns by status alone, want %d and 2", len(got.lines), got.byStatus, len(cases))
	}
}
