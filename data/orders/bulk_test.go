package orders

import (
	"fmt"
	"reflect"
	"testing"

	"winback/data"
)

// textOf writes a column as text, every so many rows with a value of its own.
func textOf(name string, every int, odd func(i int) string, of func(l *testLine) string) *orderColumn {
	i := -1
	return textColumn(name, func(l *testLine) string {
		if i++; i%every == 0 {
			return odd(i)
		}
		return of(l)
	})
}

func amountText(l *testLine) string { return fmt.Sprintf("%.2f", float64(l.amount)/data.MoneyScale) }
func dayText(l *testLine) string    { return data.DayOfMicros(l.micros).String() }

// Rows set aside in bulk are told with the column, their number, values as found and
// the setting that reads them; few such rows are no matter.
func TestBulk_NamesColumnValuesAndSetting(t *testing.T) {
	for name, c := range map[string]struct {
		role   data.Role
		column *orderColumn
		want   []Bulk
	}{
		"unreadable amounts": {data.Amount, textOf("amount", 10, func(i int) string { return fmt.Sprintf("#%d", i%50) }, amountText),
			[]Bulk{{Unreadable, data.Amount, "amount", 40, []string{"#0", "#10", "#20"}, ""}}},
		"empty amounts": {data.Amount, textOf("amount", 10, func(int) string { return "n/a" }, amountText),
			[]Bulk{{NoAmount, data.Amount, "amount", 40, []string{"n/a"}, ""}}},
		"null times": {data.Time, textOf("order_date", 10, func(int) string { return "" }, dayText),
			[]Bulk{{NoTime, data.Time, "order_date", 40, nil, ""}}},
		"times of another kind": {data.Time, textOf("order_date", 10, func(i int) string { return fmt.Sprintf("17%08d", i) }, dayText),
			[]Bulk{{Unreadable, data.Time, "order_date", 40, []string{"1700000000", "1700000010", "1700000020"}, "--date-format unix"}}},
		"few unreadable amounts": {data.Amount, textOf("amount", 100, func(int) string { return "#" }, amountText), nil},
	} {
		f := plainFile().without(data.Price)
		f.columns[c.role] = c.column
		r, err := readOrders(t, Options{}, f.write(t, t.TempDir(), "orders.parquet", testLines(400)))
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := r.orders.Bulk; len(got) != len(c.want) || len(got) > 0 && !reflect.DeepEqual([]string(got[0].Values), []string(c.want[0].Values)) || fmt.Sprint(got) != fmt.Sprint(c.want) {
			t.Errorf("%s: want %+v, have %+v", name, c.want, got)
		}
	}
}
