package orders

import (
	"slices"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

// Every usual word stands for no customer however it is written, in columns of text
// and of numbers; ids that only look alike stay customers.
func TestNoCustomer_UsualWordsAreSetAsideAndNamed(t *testing.T) {
	for _, c := range []struct{ written, word string }{
		{"0", "0"}, {"-1", "-1"}, {"0000000", "0"}, {"0.0", "0"}, {"-1.0", "-1"}, {"NaN", "nan"}, {"None", "none"}, {"NULL", "null"}, {`\N`, `\N`}, {"N/A", "n/a"}, {"#N/A", "#n/a"}, {" Guest ", "guest"},
		{"INVITÉ", "invité"}, {"Unknown", "unknown"}, {"Anonymous", "anonymous"}, {"00000000-0000-0000-0000-000000000000", "00000000-0000-0000-0000-000000000000"},
		{"Total 2023-01", "total"}, {"TOTAL:", "total"}, {"Total: 31.12.23", "total"}, {"total 2025", "total"}, {"Summe Q1/2025", "summe"}, {"Total KW 12", "total"}, {"Gesamt März 2025", "gesamt"}, {"ИТОГО 2025", "итого"},
		{"Grand Total", "grand total"}, {"Grand total: all shops", "grand total"}, {"Subtotal Berlin", "subtotal"}, {"All customers", "all customers"}, {"Gesamtergebnis", "gesamtergebnis"}, {"Summe", "summe"}, {"Total Général 2025", "total général"},
		{"TOTAL123", ""}, {"TOTAL-2025", ""}, {"Total 123", ""}, {"Totally Fresh Ltd", ""}, {"Total Fitness", ""}, {"Total Berlin", ""}, {"Sum May", ""}, {"Sum Wong 2025", ""}, {"Subtotally", ""}, {"Total Studio 54", ""},
		{"10", ""}, {"-10", ""}, {"00000001", ""}, {"guest7", ""}, {"Null, Bob", ""}, {"nano", ""},
	} {
		lines := testLines(200)
		for i := range 80 {
			lines[i].customer = c.written
		}
		r, err := readOrders(t, Options{NoCustomer: NoCustomerWords{"usual"}}, plainFile().write(t, t.TempDir(), "orders.parquet", lines))
		if err != nil {
			t.Fatal(err)
		}
		want, words := int64(0), []NobodyWord(nil)
		if c.word != "" {
			want, words = 80, []NobodyWord{{c.word, 80}}
		}
		if got := r.orders.NobodyWords(); r.orders.SetAside[NoCustomer] != want || !slices.Equal(got, words) {
			t.Errorf("%q: want %d rows without customer by %v, have %d by %v", c.written, want, words, r.orders.SetAside[NoCustomer], got)
		}
	}
}

func TestNoCustomer_OwnListReplacesTheUsualOne(t *testing.T) {
	lines := testLines(200)
	for i := range 30 {
		lines[i].customer = "0"
	}
	for i := range 20 {
		lines[100+i].customer = "TILL"
	}
	path := plainFile().write(t, t.TempDir(), "orders.parquet", lines)
	for _, c := range []struct {
		words NoCustomerWords
		want  int64
	}{{nil, 0}, {NoCustomerWords{"till"}, 20}, {NoCustomerWords{"usual"}, 30}, {NoCustomerWords{"usual", "till"}, 50}} {
		r, err := readOrders(t, Options{NoCustomer: c.words}, path)
		if err != nil {
			t.Fatal(err)
		}
		if got := r.orders.SetAside[NoCustomer]; got != c.want {
			t.Errorf("%v: want %d rows without customer, have %d", c.words, c.want, got)
		}
	}
}

func TestBetterColumns_NameWhatLooksMoreLikeTheRole(t *testing.T) {
	lines := testLines(400)
	f := plainFile()
	f.more = []*orderColumn{
		textColumn("billing_email", func(l *testLine) string { return l.customer + "@shop.example" }),
		textColumn("user_agent", func(*testLine) string { return "browser" }),
		textColumn("phone", func(*testLine) string { return "" }),
		textColumn("item_code", func(l *testLine) string { return l.product }),
		textColumn("item_line", func(l *testLine) string { return l.order + l.line }),
	}
	f.columns[data.Customer] = &orderColumn{"customer_id", parquet.String(), func(l *testLine) parquet.Value { return parquet.ByteArrayValue([]byte(l.order)) }}
	r, err := readOrders(t, Options{}, f.write(t, t.TempDir(), "orders.parquet", lines))
	if err != nil {
		t.Fatal(err)
	}
	orderAsLine := plainFile()
	orderAsLine.columns[data.OrderID] = textColumn("order_id", func(l *testLine) string { return l.order + "/" + l.line })
	orderAsLine.more = []*orderColumn{textColumn("invoice_ref", func(l *testLine) string { return l.order })}
	byLine, err := readOrders(t, Options{}, orderAsLine.write(t, t.TempDir(), "orders.parquet", lines))
	if err != nil {
		t.Fatal(err)
	}
	if got := byLine.orders.BetterColumns(data.OrderID); !slices.Equal(got, []string{"invoice_ref"}) {
		t.Errorf("order: want invoice_ref, have %q", got)
	}
	for role, want := range map[data.Role][]string{data.Customer: {"billing_email"}, data.Product: {"item_code"}, data.OrderID: nil} {
		if got := r.orders.BetterColumns(role); !slices.Equal(got, want) {
			t.Errorf("%s: want %q, have %q", role, want, got)
		}
	}
}
