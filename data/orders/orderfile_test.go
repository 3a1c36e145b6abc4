package orders

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/columns"
	"winback/data/source"
	"winback/internal/fsys"
)

// testLine is one row of an order table, as it is meant. Empty texts are null.
type testLine struct {
	customer, order, line, product, category, channel, status string
	micros                                                    int64 // local time
	amount, quantity                                          int64 // Money units
	price                                                     int64 // eight decimals
}

// day cuts the time of day off.
func (l testLine) day() testLine {
	l.micros = data.DayOfMicros(l.micros).Micros()
	return l
}

// number returns the digits of an id as a number.
func number(id string) int64 {
	n, err := strconv.ParseInt(id, 10, 64)
	if err != nil {
		panic(err)
	}
	return n
}

// testLines are orders of 40 customers over two years that include returns,
// an order day on both changes of the clock in Berlin, and lines without
// category and status.
func testLines(n int) []testLine {
	start := time.Date(2006, 1, 1, 0, 0, 0, 0, time.UTC)
	lines := make([]testLine, n)
	for i := range lines {
		order := i / 2
		at := start.Add(time.Duration(order*733*3%1_008_000)*time.Minute + time.Duration(order%50)*time.Second)
		switch {
		case order%20 == 3: // Central European summer time began on 2006-03-26 at 02:00
			at = time.Date(2006, 3, 26, 1+2*(order%2), 30, order%60, 0, time.UTC)
		case order%20 == 7: // and ended on 2006-10-29 at 03:00
			at = time.Date(2006, 10, 29, 1+3*(order%2), 45, order%60, 0, time.UTC)
		}
		cents := int64(995 + 137*i%4000)
		quantity := int64(1 + i%3)
		if i%17 == 5 {
			quantity = -1
		}
		lines[i] = testLine{customer: strconv.Itoa(12000 + (order*7)%40), order: strconv.Itoa(500000 + order), line: strconv.Itoa(i%2 + 1),
			product: fmt.Sprintf("SKU-%03d", i*31%57), channel: []string{"web", "phone", "shop"}[order%3],
			micros: at.UnixMicro(), price: cents * 1_000_000, quantity: quantity * data.MoneyScale, amount: cents * quantity * 100}
		if i%5 != 0 {
			lines[i].category = []string{"garden", "kitchen", "Möbel"}[i%3]
		}
	}
	return lines
}

// orderColumn is a column of an order file in the making. A null value stands
// for a missing one.
type orderColumn struct {
	name  string
	node  parquet.Node
	value func(l *testLine) parquet.Value
}

// orderFile is an order file in the making.
type orderFile struct {
	columns [data.RoleCount]*orderColumn
	more    []*orderColumn // of no role
	options []parquet.WriterOption
	perPage int // rows handed over at a time; 0 is all
}

func textColumn(name string, of func(l *testLine) string) *orderColumn {
	return &orderColumn{name, parquet.Optional(parquet.String()), func(l *testLine) parquet.Value { return orNull(of(l)) }}
}

func orNull(text string) parquet.Value {
	if text == "" {
		return parquet.NullValue()
	}
	return parquet.ByteArrayValue([]byte(text))
}

// plainFile has text ids, local times in microseconds, and amounts, prices and
// quantities as decimals of text's usual kind: what all variants must equal.
func plainFile() *orderFile {
	f := &orderFile{}
	f.columns[data.Customer] = textColumn("customer_id", func(l *testLine) string { return l.customer })
	f.columns[data.OrderID] = textColumn("order_id", func(l *testLine) string { return l.order })
	f.columns[data.Line] = textColumn("line_num", func(l *testLine) string { return l.line })
	f.columns[data.Product] = textColumn("sku", func(l *testLine) string { return l.product })
	f.columns[data.Category] = textColumn("category", func(l *testLine) string { return l.category })
	f.columns[data.Channel] = textColumn("channel", func(l *testLine) string { return l.channel })
	f.columns[data.Time] = &orderColumn{"order_date", parquet.TimestampAdjusted(parquet.Microsecond, false),
		func(l *testLine) parquet.Value { return parquet.Int64Value(l.micros) }}
	f.columns[data.Amount] = &orderColumn{"amount", parquet.Decimal(2, 12, parquet.Int64Type), func(l *testLine) parquet.Value { return parquet.Int64Value(l.amount / 100) }}
	f.columns[data.Quantity] = &orderColumn{"quantity", parquet.Int(32), func(l *testLine) parquet.Value { return parquet.Int32Value(int32(l.quantity / data.MoneyScale)) }}
	return f
}

func (f *orderFile) without(roles ...data.Role) *orderFile {
	for _, r := range roles {
		f.columns[r] = nil
	}
	return f
}

// encoded writes the file's bytes.
func (f *orderFile) encoded(t testing.TB, lines []testLine) []byte {
	t.Helper()
	group := parquet.Group{}
	columns := slices.Clone(f.more)
	for _, c := range f.columns {
		if c != nil {
			columns = append(columns, c)
		}
	}
	for _, c := range columns {
		group[c.name] = c.node
	}
	schema := parquet.NewSchema("orders", group)
	var out bytes.Buffer
	w := parquet.NewWriter(&out, append([]parquet.WriterOption{schema}, f.options...)...)
	rows := make([]parquet.Row, len(lines))
	for i := range lines {
		rows[i] = make(parquet.Row, len(columns))
		for _, c := range columns {
			at, _ := schema.Lookup(c.name)
			v := c.value(&lines[i])
			defined := 0
			if c.node.Optional() && !v.IsNull() {
				defined = 1
			}
			rows[i][at.ColumnIndex] = v.Level(0, defined, at.ColumnIndex)
		}
	}
	step := f.perPage
	if step == 0 {
		step = max(len(rows), 1)
	}
	for at := 0; at < len(rows); at += step {
		if _, err := w.WriteRows(rows[at:min(at+step, len(rows))]); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// write puts the file in a folder, under a path that may name folders.
func (f *orderFile) write(t testing.TB, dir, name string, lines []testLine) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, f.encoded(t, lines), 0o640); err != nil {
		t.Fatal(err)
	}
	return path
}

// readLine is one line of a history, without codes that depend on the other
// lines.
type readLine struct {
	customer                   string
	micros                     int64
	order                      uint64
	amount, quantity           data.Money
	product, category, channel string
	flags                      LineFlags
}

func compareReadLines(a, b readLine) int {
	return cmp.Or(cmp.Compare(a.customer, b.customer), cmp.Compare(a.micros, b.micros), cmp.Compare(a.order, b.order),
		cmp.Compare(a.amount, b.amount), cmp.Compare(a.quantity, b.quantity), cmp.Compare(a.product, b.product),
		cmp.Compare(a.category, b.category), cmp.Compare(a.channel, b.channel), cmp.Compare(a.flags, b.flags))
}

// readResult is what came of reading: the lines in a total order, and counts.
type readResult struct {
	lines      []readLine
	exact      []readLine // as the histories have them, in their order
	setAside   [reasonCount]int64
	read, used int64
	mismatches int64
	byStatus   int64
	rejects    []Reject
	orders     *Table
}

func readOrders(t testing.TB, opts Options, sources ...string) (*readResult, error) {
	t.Helper()
	found, err := source.Find(fsys.OS(), sources, 0)
	if err != nil {
		return nil, err
	}
	orders, err := Read(context.Background(), fsys.OS(), found, opts)
	if err != nil {
		return nil, err
	}
	return collected(t, orders, opts), nil
}

// collected walks over the histories and checks on the way what every history
// promises.
func collected(t testing.TB, orders *Table, opts Options) *readResult {
	t.Helper()
	parts := make([][]readLine, orders.Partitions())
	var mu sync.Mutex
	dropped, err := orders.Each(context.Background(), opts.Workers, func(part int, h *Histories) error {
		lines := linesOf(h)
		mu.Lock()
		defer mu.Unlock()
		parts[part] = lines
		return checkHistories(h)
	})
	if err != nil {
		t.Fatal(err)
	}
	r := &readResult{orders: orders, exact: slices.Concat(parts...), setAside: orders.SetAside, read: orders.RowsRead, mismatches: orders.AmountMismatches, byStatus: orders.StatusReturns}
	if !slices.IsSortedFunc(r.exact, func(a, b readLine) int { return cmp.Compare(a.customer, b.customer) }) {
		t.Error("customers are not in the byte order of their ids from partition to partition")
	}
	r.lines = slices.Clone(r.exact)
	slices.SortFunc(r.lines, compareReadLines)
	r.setAside[Duplicate] = dropped
	r.used = int64(len(r.lines))
	sum := r.used
	for _, n := range r.setAside {
		sum += n
	}
	if sum != r.read {
		t.Errorf("%d rows read, %d used and %d set aside", r.read, r.used, sum-r.used)
	}
	if opts.KeepRejects {
		if r.rejects, err = orders.Rejects(context.Background(), opts.Workers); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

func linesOf(h *Histories) []readLine {
	name := func(names []string, code uint32) string {
		if code == 0 {
			return ""
		}
		return names[code-1]
	}
	lines := make([]readLine, 0, h.Lines())
	for c, id := range h.IDs {
		for i := h.Start[c]; i < h.Start[c+1]; i++ {
			lines = append(lines, readLine{id, h.Time[i], h.Order[i], h.Amount[i], h.Quantity[i], name(h.Names[data.Product], h.Codes[data.Product][i]),
				name(h.Names[data.Category], h.Codes[data.Category][i]), name(h.Names[data.Channel], h.Codes[data.Channel][i]), h.Flags[i]})
		}
	}
	return lines
}

func checkHistories(h *Histories) error {
	for c := range h.IDs {
		if c > 0 && h.IDs[c] <= h.IDs[c-1] {
			return fmt.Errorf("customer %d is not behind the one before", c)
		}
		if h.Start[c] >= h.Start[c+1] {
			return fmt.Errorf("customer %d has no lines", c)
		}
		for i := h.Start[c] + 1; i < h.Start[c+1]; i++ {
			if h.Time[i] < h.Time[i-1] {
				return fmt.Errorf("customer %d: line %d is older than the one before", c, i)
			}
		}
	}
	return nil
}

// sameLines fails where two readings differ, and shows the first difference.
func sameLines(t testing.TB, got, want []readLine) {
	t.Helper()
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("line %d of %d:\n have %+v\n want %+v", i, len(want), got[i], want[i])
			return
		}
	}
	if len(got) != len(want) {
		t.Errorf("%d lines, want %d", len(got), len(want))
	}
}

// refTable is an order table as it is meant, and refTable.read the plainest way
// to read it: row by row, by the words of the contract.
type refTable struct {
	has     [data.RoleCount]bool
	returns ReturnRules
	policy  DuplicatePolicy
	exclude map[string]bool
	rows    []refRow
}

type refRow struct {
	file string
	row  int64 // in the file, 1 first
	testLine
}

func (t *refTable) read() *readResult {
	r := &readResult{read: int64(len(t.rows))}
	seen := map[string]bool{}
	for i := range t.rows {
		row := &t.rows[i]
		line, why := t.judge(row, r)
		if why == Used && (t.policy == DuplicatesDrop || t.policy == DuplicatesAuto && t.has[data.OrderID]) {
			key := t.key(&row.testLine)
			if seen[key] {
				why = Duplicate
			}
			seen[key] = true
		}
		if why != Used {
			r.setAside[why]++
			r.rejects = append(r.rejects, Reject{row.file, row.row, why})
			continue
		}
		r.lines = append(r.lines, line)
	}
	r.used = int64(len(r.lines))
	slices.SortFunc(r.lines, compareReadLines)
	return r
}

func (t *refTable) judge(row *refRow, r *readResult) (readLine, Reason) {
	amount, price, quantity := row.amount, row.price, row.quantity
	for _, x := range []int64{row.micros, amount, price, quantity} {
		if x == columns.Unreadable {
			return readLine{}, Unreadable
		}
	}
	switch {
	case row.customer == "":
		return readLine{}, NoCustomer
	case row.micros == columns.Absent:
		return readLine{}, NoTime
	case t.has[data.Quantity] && quantity == columns.Absent, t.has[data.Amount] && amount == columns.Absent, !t.has[data.Amount] && price == columns.Absent:
		return readLine{}, NoAmount
	case t.has[data.Price] && price != columns.Absent && price < 0:
		return readLine{}, NegativePrice
	case t.exclude[row.product]:
		return readLine{}, Excluded
	}
	if !t.has[data.Quantity] {
		quantity = data.MoneyScale
	}
	if t.has[data.Price] && price != columns.Absent {
		total := product(price, quantity)
		if !t.has[data.Amount] {
			amount = total
		} else if d := amount - total; t.has[data.Quantity] && max(d, -d) > max(100, max(amount, -amount)/1000) {
			r.mismatches++
		}
	}
	line := readLine{customer: row.customer, micros: row.micros, amount: data.Money(amount), quantity: data.Money(quantity),
		product: row.product, category: row.category, channel: row.channel}
	if row.order != "" {
		line.order = columns.TextHash([]byte(row.order))
	}
	prefixed := slices.ContainsFunc(t.returns.OrderPrefixes, func(p string) bool { return len(row.order) >= len(p) && row.order[:len(p)] == p })
	switch {
	case quantity < 0 || amount < 0 || prefixed:
		line.flags, line.amount = FlagReturn, -max(line.amount, -line.amount)
	case slices.Contains(t.returns.Statuses, row.status):
		line.flags, line.amount = FlagReturn, 0
		r.byStatus++
	case quantity > 0:
		line.flags = FlagPurchase
	}
	if data.DayOfMicros(row.micros) == 0 { // far from the other days of all tables here
		return readLine{}, PlaceholderDate
	}
	return line, Used
}

// product multiplies price and quantity exactly and rounds half away from zero.
func product(price, quantity int64) int64 {
	n := new(big.Int).Mul(big.NewInt(price), big.NewInt(quantity))
	half := big.NewInt(50_000_000)
	if n.Sign() < 0 {
		half.Neg(half)
	}
	return n.Quo(n.Add(n, half), big.NewInt(100_000_000)).Int64()
}

func (t *refTable) key(l *testLine) string {
	return fmt.Sprintf("%q %q %q %d %q %d %d %d %q %q %q", l.customer, l.order, l.line, l.micros, l.product, l.quantity, l.price, l.amount, l.category, l.channel, l.status)
}

// meant reads lines as the plain file has them, without duplicates to drop.
func meant(lines []testLine) []readLine {
	t := refTable{policy: DuplicatesKeep}
	for _, r := range []data.Role{data.Customer, data.OrderID, data.Line, data.Time, data.Amount, data.Quantity, data.Product, data.Category, data.Channel} {
		t.has[r] = true
	}
	for _, l := range lines {
		t.rows = append(t.rows, refRow{testLine: l})
	}
	return t.read().lines
}

// money is a number of currency units as a float, to be written as a person
// would.
func money(units int64) float64 { return math.Round(float64(units)) / data.MoneyScale }
