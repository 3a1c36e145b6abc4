package orders

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

// The rows set aside come with all that stands in their file, from pages of any kind.
func TestRejectedRows_GiveAllCellsAsTheyStand(t *testing.T) {
	for name, options := range map[string][]parquet.WriterOption{
		"one page":       nil,
		"many pages":     {parquet.PageBufferSize(200)},
		"row groups":     {parquet.MaxRowsPerRowGroup(37)},
		"version 1":      {parquet.DataPageVersion(1), parquet.PageBufferSize(300)},
		"no compression": {parquet.Compression(&parquet.Uncompressed)},
	} {
		lines := testLines(300)
		for i := range lines {
			if i%7 == 3 {
				lines[i].customer = ""
			}
		}
		f := plainFile()
		f.options, f.perPage = options, 20
		f.more = []*orderColumn{textColumn("note", func(l *testLine) string { return l.category }),
			{"shipped", parquet.Optional(parquet.Date()), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(data.DayOfMicros(l.micros))) }},
			{"gift", parquet.Leaf(parquet.BooleanType), func(*testLine) parquet.Value { return parquet.BooleanValue(true) }}}
		r, err := readOrders(t, Options{KeepRejects: true, Duplicates: DuplicatesKeep}, f.write(t, t.TempDir(), "orders.parquet", lines))
		if err != nil {
			t.Fatal(err)
		}
		columnNames := r.orders.RejectColumns()
		if slices.Contains(columnNames, "gift") || !slices.Contains(columnNames, "note") {
			t.Errorf("%s: columns %q", name, columnNames)
		}
		at := func(name string) int { return slices.Index(columnNames, name) }
		var rows []int64
		err = r.orders.RejectedRows(context.Background(), 1, func(row *RejectedRow) error {
			rows = append(rows, row.Row)
			l := &lines[row.Row-1]
			for column, want := range map[string]string{"customer_id": "", "order_id": l.order, "note": l.category, "shipped": data.DayOfMicros(l.micros).String(),
				"order_date": time.UnixMicro(l.micros).UTC().Format("2006-01-02T15:04:05.999999"), "quantity": fmt.Sprint(l.quantity / data.MoneyScale)} {
				if i := at(column); row.Cells[i] != want || row.Set[i] != (want != "") {
					t.Errorf("%s: row %d, column %s: want %q, have %q (%t)", name, row.Row, column, want, row.Cells[i], row.Set[i])
				}
			}
			return nil
		})
		if err != nil || len(rows) != 43 || !slices.IsSorted(rows) {
			t.Errorf("%s: %d rows, %v", name, len(rows), err)
		}
	}
}
