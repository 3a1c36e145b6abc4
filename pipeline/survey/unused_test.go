package survey

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/internal/fsys/fsystest"
	"winback/internal/ordertest"
)

// table are the values of each column by row: texts ("" is null), int64 or float64.
type table map[string]func(row int) any

// sold is a sound order table of 100 customers, with more columns.
func sold(more table) table {
	all := table{
		"customer_id": func(i int) any { return fmt.Sprint("c", i%100) },
		"order_id":    func(i int) any { return fmt.Sprint(1000 + i/2) },
		"order_date":  func(i int) any { return (ordertest.FirstDay + data.Day(i/4)).String() },
		"sku":         func(i int) any { return fmt.Sprint("sku", i%7) },
		"amount":      func(i int) any { return 5 + float64(i%50)/4 },
	}
	for name, of := range more {
		if all[name] = of; of == nil {
			delete(all, name)
		}
	}
	return all
}

const soldRows = 1200

// read writes the table as a Parquet file and reads it as orders.
func (c table) read(t *testing.T, opts orders.Options) (*orders.Table, error) {
	t.Helper()
	return readFiles(t, opts, c)
}

// readFiles writes tables as Parquet files side by side and reads them as orders.
func readFiles(t *testing.T, opts orders.Options, tables ...table) (*orders.Table, error) {
	t.Helper()
	mem := fsystest.NewMem()
	if err := mem.MkdirAll("/orders"); err != nil {
		t.Fatal(err)
	}
	for i, c := range tables {
		f, err := mem.Create(fmt.Sprintf("/orders/%d.parquet", i))
		if err != nil {
			t.Fatal(err)
		}
		c.write(t, f)
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
	found, err := source.Find(mem, []string{"/orders"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return orders.Read(context.Background(), mem, found, opts)
}

func (c table) write(t *testing.T, out io.Writer) {
	t.Helper()
	group := parquet.Group{}
	for name, of := range c {
		switch of(0).(type) {
		case string:
			group[name] = parquet.Optional(parquet.String())
		case int64:
			group[name] = parquet.Int(64)
		default:
			group[name] = parquet.Leaf(parquet.DoubleType)
		}
	}
	schema := parquet.NewSchema("orders", group)
	w := parquet.NewWriter(out, schema)
	for i := range soldRows {
		row := make(parquet.Row, len(c))
		for name, of := range c {
			at, _ := schema.Lookup(name)
			v, defined := parquet.ValueOf(of(i)), 0
			if text, isText := of(i).(string); isText && text == "" {
				v = parquet.NullValue()
			} else if isText {
				defined = 1
			}
			row[at.ColumnIndex] = v.Level(0, defined, at.ColumnIndex)
		}
		if _, err := w.WriteRows([]parquet.Row{row}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

func (c table) warnings(t *testing.T, opts orders.Options) []string {
	t.Helper()
	o, err := c.read(t, opts)
	if err != nil {
		t.Fatal(err)
	}
	return textsOf(o, t)
}

// oneIn gives a value on each so-many-th row, and another one elsewhere.
func oneIn[T any](n int, value, other T) func(int) any {
	return func(row int) any {
		if row%n == 1 {
			return value
		}
		return other
	}
}

// A column that no role takes must not hide what rows are: what such columns hold is
// looked at, and the setting that reads them is said.
func TestInspect_NamesWhatColumnsWithoutARoleSay(t *testing.T) {
	for name, c := range map[string]struct {
		columns table
		want    []string
	}{
		"a kind of row":           {table{"transaction_type": oneIn(20, "REFUND", "SALE")}, []string{"REFUND (60) of 1,200 rows looked at", "--map status=transaction_type --exclude-status REFUND", "--returns type=REFUND"}},
		"a state":                 {table{"state": oneIn(20, "cancel", "done")}, []string{"--map status=state --exclude-status cancel"}},
		"a state in Chinese":      {table{"订单_state": oneIn(20, "已取消", "已完成")}, []string{"--exclude-status 已取消"}},
		"numbers of a state":      {table{"state_key": oneIn[int64](20, 6, 5)}, []string{`column "state_key" has codes`, "--map status=state_key --exclude-status CODE"}},
		"letters of a status":     {table{"row_status": oneIn(20, "D", "A")}, []string{`column "row_status" has codes`}},
		"lines that are no goods": {table{"line_type": oneIn(2, "shipping", "item")}, []string{"--map status=line_type --exclude-status shipping"}},
		"employees":               {table{"customer_type": oneIn(20, "Employee", "retail")}, []string{"--exclude-status Employee"}},
		"a mark":                  {table{"fraud": oneIn[int64](20, 1, 0)}, []string{`column "fraud" marks 60 of 1,200 rows`, "--map test=fraud --exclude-status fraud=true"}},
		"a second mark":           {table{"deleted_at": oneIn(20, "2026-01-02", ""), "valid_to": oneIn(20, "2026-01-02", "")}, []string{`column "valid_to" marks 60`}},
		"the contrary of a mark":  {table{"is_active": oneIn(20, "N", "Y")}, []string{`column "is_active" is "N" in 60`, "--map status=is_active --exclude-status N"}},
		"a reason":                {table{"cancel_reason": oneIn(20, "customer", "")}, []string{"--map status=cancel_reason --exclude-status customer"}},
		"currencies":              {table{"cur_of_sale": oneIn(20, "USD", "EUR")}, []string{"several currencies (EUR, USD)", "--map currency=cur_of_sale"}},
		"units":                   {table{"amount": nil, "price": func(i int) any { return 2.5 }, "number": func(i int) any { return int64(1 + i%3) }}, []string{`if column "number" has the units`, "--map quantity=number"}},
		"a log of events":         {table{"event_type": func(i int) any { return []string{"view", "remove_from_cart", "view", "purchase", "other"}[i%5] }}, []string{`column "event_type" says what people did`, "960 of 1,200 rows looked at", "--map status=event_type --exclude-status other,remove_from_cart,view"}},
		"a log of looks alone":    {table{"action": func(int) any { return "addToCart" }}, []string{"--exclude-status addToCart"}},
		"two sides":               {table{"dr_cr": oneIn(20, "C", "D")}, []string{`column "dr_cr" has two sides (C in 60 of 1,200 rows looked at)`, "--map status=dr_cr --returns type=C"}},
		"papers of one sale":      {table{"document_type": oneIn(2, "Invoice", "Sales order")}, []string{"column \"document_type\" has Sales order and Invoice", "--map status=document_type --exclude-status Invoice"}},
		"payments of one sale":    {table{"kind": oneIn(2, "capture", "authorization")}, []string{"--map status=kind --exclude-status authorization"}},
		"quotes of orders":        {table{"type": oneIn(5, "quote", "order")}, []string{"--map status=type --exclude-status quote\n"}},
		"drafts of orders": {table{"doc_type": func(i int) any {
			return []string{"Draft order", "Estimate", "Pro-forma invoice", "Angebot", "order"}[i%5]
		}}, []string{"--exclude-status 'Angebot,Draft order,Estimate,Pro-forma invoice'\n"}},
		"quotes of sales":        {table{"type": oneIn(5, "Estimate", "sale")}, []string{"--map status=type --exclude-status Estimate;"}},
		"few orders of invoices": {table{"doc_type": func(i int) any { return []string{"invoice", "quote", "invoice", "order", "invoice", "invoice"}[i%6] }}, []string{"has quote, order and invoice", "--exclude-status quote\n"}},
		"events of own names":    {table{"action": oneIn(5, "checkout_done", "pdp_open")}, []string{"checkout_done (240), pdp_open (960)", "--map status=action --exclude-status pdp_open\n"}},
		"events half known":      {table{"action": func(i int) any { return []string{"basket", "pdp_open", "checkout_done"}[i%3] }}, []string{"basket (400), checkout_done (400), pdp_open (400)", "--exclude-status basket,pdp_open\n"}},
		"events around buying": {table{"event": func(i int) any {
			return []string{"payment_failed", "begin_checkout", "order_viewed", "order_placed"}[i%4]
		}}, []string{"--exclude-status begin_checkout,order_viewed,payment_failed\n"}},
		"events nobody knows":    {table{"activity": oneIn(5, "A7x", "B3y")}, []string{"A7x (240), B3y (960), of which none reads as a purchase", "--map status=activity --exclude-status EVENT"}},
		"net and gross alone":    {table{"amount": nil, "gross": func(i int) any { return 1.19 * float64(1+i%50) }, "net": func(i int) any { return float64(1 + i%50) }}, []string{"--map amount=net "}},
		"netto beside an amount": {table{"netto": func(i int) any { return (5 + float64(i%50)/4) / 1.19 }}, []string{"--map amount=netto "}},
		"subtotal and total":     {table{"amount": nil, "total": func(i int) any { return 1.19 * float64(1+i%50) }, "subtotal": func(i int) any { return float64(1 + i%50) }}, []string{"--map amount=subtotal "}},
		"refunded amounts":       {table{"refund_amount": oneIn(20, 2.5, 0.0)}, []string{`column "refund_amount" is not 0 in 60 of 1,200 rows`, "lines of their own"}},
		"units that went back":   {table{"quantity": oneIn[int64](2, 2, 1), "returned_qty": func(i int) any { return int64(max(i%20-17, 0)) }, "gift": oneIn[int64](20, 1, 0)}, []string{`column "returned_qty" is not 0 in 120`}},
		"a flag of letters":      {table{"return_flag": oneIn(20, "R", "N")}, []string{`column "return_flag" says by its name which rows were not bought`, "N (1,140), R (60)", "--map status=return_flag --exclude-status R"}},
		"an amount of units":     {table{"amount": oneIn[int64](3, 1, 2), "sales_price": func(i int) any { return 5 + float64(i%50)/4 }}, []string{`column "amount" is taken for the amount`, "--map quantity=amount,amount=sales_price,price="}},
		"a sandbox":              {table{"environment": oneIn(20, "sandbox", "live")}, []string{"--map status=environment --exclude-status sandbox"}},
		"not live":               {table{"livemode": oneIn(20, "false", "true")}, []string{"--map status=livemode --exclude-status false"}},
		"no amounts":             {table{"amount": func(int) any { return 0.0 }}, []string{`column "amount" has nothing above 0`}},
		"the day of payment":     {table{"order_date": nil, "created": func(i int) any { return (ordertest.FirstDay + data.Day(i/4)).String() }, "paid_on": func(i int) any { return (ordertest.FirstDay + data.Day(i/4+3)).String() }}, []string{"--map time=created "}},
		"tags":                   {table{"tags": oneIn(20, "b2b, test", "")}, []string{`--exclude-status '"b2b, test"'`}},
		"a booking":              {table{"Buchungsart": oneIn(20, "Storno; Kunde", "Verkauf")}, []string{"--map status=Buchungsart --exclude-status 'Storno; Kunde'"}},
		"merged customers":       {table{"merged_into": oneIn(20, "c1", "")}, []string{`column "merged_into" names another customer in 60`}},
	} {
		texts := sold(c.columns).warnings(t, orders.Options{})
		for _, want := range c.want {
			if !strings.Contains(strings.Join(texts, "\n")+"\n", want) {
				t.Errorf("%s: want %q in %q", name, want, texts)
			}
		}
	}
}

// A warning each night is read by nobody: columns of a sound table give none.
func TestInspect_LeavesSoundColumnsAlone(t *testing.T) {
	for name, columns := range map[string]table{
		"nothing more":          {},
		"a state of the US":     {"shipping_state": oneIn(3, "NY", "CA"), "state": oneIn(3, "NY", "CA")},
		"payment":               {"payment_type": oneIn(3, "credit_card", "paypal"), "payment_status": oneIn(3, "paid", "captured")},
		"marks that nobody has": {"is_test": func(int) any { return int64(0) }, "fraud": func(int) any { return int64(0) }},
		"a latest flag":         {"latest": oneIn[int64](3, 1, 0), "accepts_marketing": oneIn(3, "yes", "no")},
		"refunds and a status":  {"refund_amount": oneIn(20, 2.5, 0.0), "status": oneIn(20, "partially_refunded", "paid")},
		"no refunds":            {"refund_amount": func(int) any { return 0.0 }, "returned_days": oneIn[int64](20, 14, 0)},
		"one currency":          {"transaction_currency": func(int) any { return "EUR" }},
		"sides of the road":     {"direction": oneIn(2, "left", "right"), "order_type": oneIn(2, "online order", "phone order")},
		"countries":             {"country": oneIn(3, "DE", "US")},
		"product types":         {"product_type": oneIn(3, "shirt", "socks")},
		"what orders came of":   {"marketing_action": oneIn(3, "newsletter", "ad"), "event_name": func(int) any { return "purchase" }},
		"an order's own tax":    {"tax": func(int) any { return 0.5 }, "net_weight": func(i int) any { return 5 + float64(i%40)/4 }},
		"kinds of orders":       {"order_kind": oneIn(3, "first order", "repeat order"), "user_activity_level": oneIn(3, "high", "low")},
		"all active":            {"is_active": func(int) any { return "Y" }},
		"arms of a trial":       {"tags": oneIn(5, "test-group-b", ""), "order_tags": oneIn(5, "test, variant b", "")},
		"valid for ever":        {"valid_to": func(int) any { return "9999-12-31" }},
	} {
		if texts := sold(columns).warnings(t, orders.Options{}); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
}

func TestInspect_NamesStatusesThatAreNumbers(t *testing.T) {
	shop := sold(table{"current_state": oneIn[int64](20, 6, 5)})
	want := `false column "current_state" has numbers in place of words, and all rows count as bought: 5 (1,140), 6 (60).`
	if texts := shop.warnings(t, orders.Options{}); len(texts) != 1 || !strings.HasPrefix(texts[0], want) {
		t.Errorf("want %q, have %q", want, texts)
	}
	for _, opts := range []orders.Options{{ExcludeStatuses: []string{"6"}}, {Mapping: data.Mapping{data.Status: "current_state"}}} {
		if texts := shop.warnings(t, opts); len(texts) > 0 {
			t.Errorf("%+v: %q", opts, texts)
		}
	}
}

// The id of JSON is a part of it, and its goods are not read.
func TestInspect_NamesJSON(t *testing.T) {
	_, err := sold(table{"customer_id": func(i int) any { return fmt.Sprintf(`{"id": %d}`, i%100) }}).read(t, orders.Options{})
	if err == nil || !strings.Contains(err.Error(), `column "customer_id" as customer: want ids, found JSON such as "{\"id\": `) {
		t.Errorf("error %v", err)
	}
	items := table{"sku": nil, "line_items": func(i int) any { return fmt.Sprintf(`[{"sku": "s%d"}]`, i) }}
	if texts := sold(items).warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], `stands in lists, groups or JSON, column "line_items"`) {
		t.Errorf("%q", texts)
	}
}

func TestInspect_NamesChannelsOfStaff(t *testing.T) {
	shop := sold(table{"channel": oneIn(20, "Staff sale", "web")})
	want := "--map status=channel,channel=channel --exclude-status 'Staff sale'"
	if texts := shop.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], want) {
		t.Errorf("want %s, have %q", want, texts)
	}
	o, err := shop.read(t, orders.Options{Mapping: data.Mapping{data.Status: "channel", data.Channel: "channel"}, ExcludeStatuses: []string{"Staff sale"}})
	if err != nil {
		t.Fatal(err)
	}
	if texts := textsOf(o, t); o.SetAside[orders.ExcludedStatus] != 60 || len(texts) > 0 || fmt.Sprint(o.Names[data.Channel]) != "[web]" {
		t.Errorf("%d rows set aside, channels %q, %q", o.SetAside[orders.ExcludedStatus], o.Names[data.Channel], texts)
	}
}

// A column of months or weeks is no column of days.
func TestInspect_NamesPeriodsInPlaceOfDays(t *testing.T) {
	start := ordertest.FirstDay.Time()
	for want, of := range map[string]func(i int) time.Time{
		"first day of a month": func(i int) time.Time {
			return time.Date(start.Year(), start.Month()+time.Month(1+i/60), 1, 0, 0, 0, 0, time.UTC)
		},
		"last day of a month": func(i int) time.Time {
			return time.Date(start.Year(), start.Month()+time.Month(1+i/60), 0, 0, 0, 0, 0, time.UTC)
		},
		"Monday": func(i int) time.Time { return start.AddDate(0, 0, 7*(i/20)-int(start.Weekday())+8) },
	} {
		shop := sold(table{"order_date": func(i int) any { return of(i).Format(time.DateOnly) }})
		if texts := shop.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], "all purchases are dated on a "+want) {
			t.Errorf("%s: %q", want, texts)
		}
	}
}

func TestInspect_NamesProductsThatAreNoGoods(t *testing.T) {
	texts := sold(table{"sku": oneIn(3, "SHIPPING", "tea")}).warnings(t, orders.Options{})
	if len(texts) != 1 || !strings.Contains(texts[0], "--exclude-products SHIPPING") {
		t.Errorf("%q", texts)
	}
}

func TestInspect_AsksOfDoubtfulMoney(t *testing.T) {
	cents := sold(table{"amount": func(i int) any { return int64(437 + i*37%4000) }})
	if texts := cents.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], "--money-unit cents") {
		t.Errorf("%q", texts)
	}
	for name, opts := range map[string]orders.Options{"cents": {MoneyDecimals: 2}, "units": {MoneyDecimals: -1}} {
		if texts := cents.warnings(t, opts); len(texts) > 0 {
			t.Errorf("%s: %q", name, texts)
		}
	}
	whole := table{"amount": func(i int) any { return int64(1000 + 100*(i%90)) }}
	if texts := sold(whole).warnings(t, orders.Options{}); len(texts) > 0 {
		t.Errorf("round amounts: %q", texts)
	}
	units := func(i int) any { return int64(1 + i%3) }
	line := sold(table{"amount": nil, "quantity": units, "unit_price": func(i int) any { return float64((1 + i%3) * (3 + i%7)) }})
	if texts := line.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], "--map amount=unit_price,price=") {
		t.Errorf("%q", texts)
	}
	unit := sold(table{"amount": nil, "quantity": units, "unit_price": func(i int) any { return float64(3 + i%7) }})
	if texts := unit.warnings(t, orders.Options{}); len(texts) > 0 {
		t.Errorf("a unit price: %q", texts)
	}
}

func TestInspect_AsksOfOrderIDsThatBeginAsReturnsDo(t *testing.T) {
	shop := sold(table{"order_id": func(i int) any { return map[bool]string{false: "SO", true: "RE"}[i%20 < 2] + fmt.Sprint(i/2) }})
	if texts := shop.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], "RE (120) of 1,200 rows looked at") {
		t.Errorf("%q", texts)
	}
	if texts := shop.warnings(t, orders.Options{Returns: orders.ReturnRules{OrderPrefixes: []string{"RE"}}}); len(texts) > 0 {
		t.Errorf("%q", texts)
	}
}

func TestInspect_NamesCustomersWhoseIdsDifferInSpellingAlone(t *testing.T) {
	spellings := []string{"c%d@x.de", "C%d@X.de"}
	shop := sold(table{"customer_id": func(i int) any { return fmt.Sprintf(spellings[i/100%2], i%100) }})
	want := "about 100 of 200 customers have an id"
	if texts := shop.warnings(t, orders.Options{}); len(texts) != 1 || !strings.Contains(texts[0], want) || !strings.Contains(texts[0], "--customer-ids folded") {
		t.Errorf("want %q, have %q", want, texts)
	}
	o, err := shop.read(t, orders.Options{FoldIDs: true})
	if err != nil {
		t.Fatal(err)
	}
	if s := surveyOf(t, o); s.Customers != 100 || len(textsOf(o, t)) > 0 {
		t.Errorf("folded: %d customers, %q", s.Customers, textsOf(o, t))
	}
}

// Of rows that are themselves the return, the amount goes back on their own day.
func TestRead_TakesAmountsBackOfLinesOfATypeOfReturn(t *testing.T) {
	shop := sold(table{"kind": oneIn(20, "refund", "sale")})
	o, err := shop.read(t, orders.Options{Mapping: data.Mapping{data.Status: "kind"}, Returns: orders.ReturnRules{Types: []string{"refund"}}})
	if err != nil {
		t.Fatal(err)
	}
	s := surveyOf(t, o)
	returned, back := int64(0), data.Money(0)
	for _, n := range s.ReturnLines {
		returned += n
	}
	_, err = o.Each(context.Background(), 1, func(_ int, h *orders.Histories) error {
		for i, f := range h.Flags {
			if f&orders.FlagReturn != 0 {
				back += h.Amount[i]
			}
		}
		return nil
	})
	want := data.Money(0)
	for i := range soldRows {
		if i%20 == 1 {
			want -= data.Money((5 + float64(i%50)/4) * data.MoneyScale)
		}
	}
	if err != nil || returned != 60 || back != want || o.StatusReturns != 0 || slices.ContainsFunc(textsOf(o, t), func(s string) bool { return strings.Contains(s, "refund") }) {
		t.Errorf("%d returns of %s (want %s), %d by status, %v; %q", returned, back, want, o.StatusReturns, err, textsOf(o, t))
	}
}
