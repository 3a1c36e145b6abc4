package orders

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

func extra(name string, node parquet.Node, value func(l *testLine) parquet.Value) func(*orderFile) {
	return func(f *orderFile) { f.more = append(f.more, &orderColumn{name, node, value}) }
}

func dayColumn(name string, of func(l *testLine) data.Day) func(*orderFile) {
	return extra(name, parquet.Date(), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(of(l))) })
}

func extraText(name string, of func(l *testLine) string) func(*orderFile) {
	return func(f *orderFile) { f.more = append(f.more, textColumn(name, of)) }
}

func order(l *testLine) int {
	n, _ := strconv.Atoi(l.order)
	return n
}

// pricedLines have one price a product and no returns.
func pricedLines(n int) []testLine {
	lines := testLines(n)
	for i := range lines {
		l := &lines[i]
		l.quantity = int64(1+(i+i/57)%3) * data.MoneyScale
		cents := int64(100 + 37*len(l.product) + 10*(i*31%57))
		l.price, l.amount = cents*1_000_000, cents*l.quantity/100
	}
	return lines
}

func TestReadOrders_ColumnsAreJudgedByWhatTheyHold(t *testing.T) {
	lines := pricedLines(800)
	totals := map[string]int64{}
	for _, l := range lines {
		totals[l.order] += l.amount
	}
	money := parquet.Decimal(2, 12, parquet.Int64Type)
	total := func(l *testLine) parquet.Value { return parquet.Int64Value(totals[l.order] / 100) }
	price := set(data.Price, "price", money, func(l *testLine) parquet.Value { return parquet.Int64Value(l.price / 1_000_000) })
	day := func(l *testLine) data.Day { return data.DayOfMicros(l.micros) }
	for _, v := range []struct {
		name   string
		change func(*orderFile)
		path   string
		told   string // "": nothing, the names decide
		taken  string
	}{
		{"a date of export", all(renamed(data.Time, "created_at"), dayColumn("date", func(*testLine) data.Day { return 14_000 })), "", "time: created_at, not date (the same day in all rows)", "time=created_at"},
		{"a first load, then daily ones", all(renamed(data.Time, "created_at"), dayColumn("date", func(l *testLine) data.Day { return max(day(l), 13_700) })), "", "time: created_at, not date (one day holds", "time=created_at"},
		{"a folder of the load", renamed(data.Time, "created_at"), "date=2007-01-01/orders.parquet", "time: created_at, not date", "time=created_at"},
		{"a folder of longer periods under the better name", renamed(data.Time, "created_at"), "order_date=2007-03-31/orders.parquet", "time: created_at, not order_date (the same day in", "time=created_at"},
		{"folders of year, month and day", renamed(data.Time, "created_at"), "year=2007/month=01/day=05/orders.parquet", "time: created_at, not day", "time=created_at"},
		{"a folder of a name of loads", all(), "load_date=2007-01-01/orders.parquet", "", "time=order_date"},
		{"a time that is empty on half of the rows", all(renamed(data.Time, "created_at"), extra("order_date", parquet.Optional(parquet.Date()), func(l *testLine) parquet.Value {
			if order(l)%2 == 0 {
				return parquet.NullValue()
			}
			return parquet.Int32Value(int32(day(l)))
		})), "", "time: created_at, not order_date (empty on 50 % of the rows)", "time=created_at"},
		{"the customer's day of joining", all(renamed(data.Time, "date"), dayColumn("created_at", func(l *testLine) data.Day { return data.Day(12_000 + number(l.customer)%97) })), "", "", "time=date"},
		{"a day of joining under the better name", all(renamed(data.Time, "created_at"), dayColumn("date", func(l *testLine) data.Day { return data.Day(12_000 + number(l.customer)%97) })), "", "time: created_at, not date (one day for all orders of a customer)", "time=created_at"},
		{"half an e-mail beside a customer", extraText("email", func(l *testLine) string { return strings.Repeat(l.customer, order(l)%2) }), "", "", "customer=customer_id"},
		{"half a customer beside an e-mail", all(renamed(data.Customer, "email"), extraText("customer_id", func(l *testLine) string { return strings.Repeat("x"+l.customer, order(l)%2) })), "", "customer: email, not customer_id (empty on 50 % of the rows)", "customer=email"},
		{"a shop's id on all rows", all(renamed(data.Customer, "client_id"), extraText("customer_id", func(*testLine) string { return "shop" })), "", "customer: client_id, not customer_id (the same on all rows)", "customer=client_id"},
		{"an id of the line beside the order", extraText("id", func(l *testLine) string { return l.order + "-" + l.line }), "", "", "order=order_id"},
		{"an id of the line that sounds of goods", all(renamed(data.Product, "product"), extraText("item_id", func(l *testLine) string { return l.order + "-" + l.line })), "", "product: product, not item_id (another on almost each row)", "product=product"},
		{"an invoice beside the order", all(renamed(data.OrderID, "order_number"), extraText("invoice_number", func(l *testLine) string { return "I" + l.order })), "", "", "order=order_number"},
		{"the total beside the line's", all(renamed(data.Amount, "line_total"), extra("total", money, total)), "", "", "amount=line_total"},
		{"the total under the better name", all(renamed(data.Amount, "line_value"), extra("amount", money, total)), "", "amount: line_value, not amount (the same on all lines of an order)", "amount=line_value"},
		{"the total beside price and quantity", all(drop(data.Amount), price, extra("total", money, total)), "", "amount: price × quantity, not total (the same on all lines of an order)", "price=price"},
		{"the total on an order's first line", all(drop(data.Amount), price, extra("total", parquet.Optional(money), func(l *testLine) parquet.Value {
			if l.line == "1" {
				return total(l)
			}
			return parquet.NullValue()
		})), "", "amount: price × quantity, not total (empty on 50 % of the rows)", "price=price"},
		{"a price of the whole line", renamed(data.Amount, "price"), "", "amount: price, which grows with the quantity", "amount=price"},
		{"a price of the whole line beside the total", all(renamed(data.Amount, "price"), extra("total", money, total)), "", "price, which grows with the quantity", "amount=price"},
		{"a price of one piece", all(drop(data.Amount), price), "", "", "price=price"},
	} {
		t.Run(v.name, func(t *testing.T) {
			f, dir := plainFile(), t.TempDir()
			want, err := readOrders(t, Options{Workers: 1}, f.write(t, dir, "want.parquet", lines))
			if err != nil {
				t.Fatal(err)
			}
			f = plainFile()
			v.change(f)
			path := v.path
			if path == "" {
				path = "orders.parquet"
			}
			got, err := readOrders(t, Options{Workers: 1}, f.write(t, filepath.Join(dir, "got"), path, lines))
			if err != nil {
				t.Fatal(err)
			}
			sameLines(t, got.lines, want.lines)
			if told := strings.Join(got.orders.Decisions, "; "); (v.told == "") != (told == "") || !strings.Contains(told, v.told) {
				t.Errorf("told %q, want %q", told, v.told)
			}
			if taken := strings.Join(got.orders.Columns, ","); !strings.Contains(taken, v.taken) {
				t.Errorf("columns %s, want %s", taken, v.taken)
			}
		})
	}
}

// Where nothing names products, a category of one price shows that the price is the
// value of the line.
func TestReadOrders_ACategoryShowsThePriceOfTheWholeLine(t *testing.T) {
	f, lines := plainFile(), pricedLines(800)
	all(renamed(data.Amount, "price"), drop(data.Product, data.Category), extraText("category", func(l *testLine) string { return l.product }))(f)
	got, err := readOrders(t, Options{}, f.write(t, t.TempDir(), "a.parquet", lines))
	if err != nil {
		t.Fatal(err)
	}
	if told, taken := strings.Join(got.orders.Decisions, "; "), strings.Join(got.orders.Columns, ","); !strings.Contains(told, "price, which grows with the quantity") || !strings.Contains(taken, "amount=price") {
		t.Errorf("told %q, columns %s", told, taken)
	}
}

// Daily files whose day of the order is the same in all rows are no load dates.
func TestReadOrders_ADayOfOrdersPerFileStaysTheirTime(t *testing.T) {
	dir := t.TempDir()
	lines := testLines(800)
	var parts [2][]testLine
	for _, l := range lines {
		n := order(&l) / 40 % 2
		l.micros = data.Day(13_500 + n).Micros()
		parts[n] = append(parts[n], l)
	}
	f := plainFile()
	all(renamed(data.Time, "date"), dayColumn("created_at", func(l *testLine) data.Day { return data.Day(12_000 + number(l.customer)%97) }))(f)
	f.write(t, dir, "a.parquet", parts[0])
	f.write(t, dir, "b.parquet", parts[1])
	got, err := readOrders(t, Options{Workers: 1}, dir)
	if err != nil {
		t.Fatal(err)
	}
	if got.orders.FirstDay != 13_500 || got.orders.LastDay != 13_501 || !strings.Contains(strings.Join(got.orders.NotTaken, ","), "created_at") {
		t.Errorf("days %s to %s, %q", got.orders.FirstDay, got.orders.LastDay, got.orders.NotTaken)
	}
}

func TestReadOrders_FilesThatTakeOtherColumnsAreAnError(t *testing.T) {
	dir, lines := t.TempDir(), testLines(100)
	both := plainFile()
	dayColumn("created_at", func(l *testLine) data.Day { return data.DayOfMicros(l.micros) + 1 })(both)
	both.write(t, dir, "a.parquet", lines)
	one := plainFile()
	renamed(data.Time, "created_at")(one)
	one.write(t, dir, "b.parquet", lines)
	_, err := readOrders(t, Options{Workers: 1}, dir)
	if err == nil || !strings.Contains(err.Error(), "b.parquet") || !strings.Contains(err.Error(), "a.parquet") || !strings.Contains(err.Error(), "--map time=") {
		t.Errorf("%v: want both files and the setting", err)
	}
}

// Rows in the order of time: the first pages of one large row group are of few days.
func TestReadOrders_DaysAreJudgedOverTheWholeRowGroup(t *testing.T) {
	dir, lines := t.TempDir(), testLines(2*24_000)
	for i := range lines {
		lines[i].micros = data.Day(13_000 + i/(24_000/2)).Micros()
	}
	f := plainFile()
	all(renamed(data.Time, "order_date"), dayColumn("created_at", func(l *testLine) data.Day { return data.Day(12_000 + order(l)%500) }))(f)
	got, err := readOrders(t, Options{Workers: 1}, f.write(t, dir, "orders.parquet", lines))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.orders.Decisions) > 0 {
		t.Errorf("decided %q", got.orders.Decisions)
	}
}
