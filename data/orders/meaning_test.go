package orders

import (
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/columns"
	"winback/data/parse"
)

// dirtyTable is a random order table in several files, as it is meant and as it
// is written: rows without customers, unreadable times and amounts, returns,
// prices below zero, and rows that stand in several files.
type dirtyTable struct {
	refTable
	file  *orderFile
	parts [][]testLine
	opts  Options
}

// dirtyText draws an id of a pool that holds empty and odd ones.
func dirtyText(r *rand.Rand, prefix string, most int) string {
	switch r.IntN(12) {
	case 0:
		return ""
	case 1:
		return []string{"ä", "a\x00b", "a", "a\x00", "日本語", "with blank", "'", "=1+1"}[r.IntN(8)]
	}
	return prefix + strconv.Itoa(r.IntN(most))
}

func dirtyNumber(r *rand.Rand, plain int64, limit float64) int64 {
	switch r.IntN(40) {
	case 0:
		return columns.Absent
	case 1:
		return columns.Unreadable
	case 2:
		return 0
	case 3:
		return -plain
	case 4:
		return int64(r.Float64() * limit)
	}
	return plain
}

func dirtyLine(r *rand.Rand) testLine {
	l := testLine{customer: dirtyText(r, "", 30), order: dirtyText(r, []string{"C", "O", ""}[r.IntN(3)], 40), line: dirtyText(r, "", 3), product: dirtyText(r, "P", 9),
		category: dirtyText(r, "cat ", 3), channel: dirtyText(r, "ch", 3), status: []string{"", "shipped", "returned", "cancelled", "Returned"}[r.IntN(5)],
		micros: int64(13_000+r.IntN(400))*data.MicrosPerDay + int64(r.IntN(3))*parse.MicrosPerHour}
	l.micros = dirtyNumber(r, l.micros, 1)
	if l.micros < 0 && l.micros > columns.Unreadable {
		l.micros = -l.micros
	}
	price := int64(100+r.IntN(9000)) * 100
	quantity := int64(1+r.IntN(4)) * data.MoneyScale
	l.price, l.quantity = dirtyNumber(r, price*10_000, 1e14), dirtyNumber(r, quantity, 1e7)
	l.amount = price * quantity / data.MoneyScale
	if r.IntN(4) == 0 {
		l.amount = dirtyNumber(r, price, 1e13)
	}
	return l
}

// asDouble puts a number with its marks into a double: NaN or null for a missing
// one, infinity or a giant for one that cannot be read.
func asDouble(r *rand.Rand, x int64, scale float64) parquet.Value {
	switch x {
	case columns.Absent:
		if r.IntN(2) == 0 {
			return parquet.DoubleValue(math.NaN())
		}
		return parquet.NullValue()
	case columns.Unreadable:
		return parquet.DoubleValue([]float64{math.Inf(1), math.Inf(-1), 1e300, -4e18}[r.IntN(4)])
	}
	return parquet.DoubleValue(float64(x) / scale)
}

func newDirtyTable(seed uint64) *dirtyTable {
	r := rand.New(rand.NewPCG(seed, 1))
	t := &dirtyTable{file: &orderFile{perPage: 1 + r.IntN(60)}}
	t.has[data.Customer], t.has[data.Time] = true, true
	for _, role := range []data.Role{data.OrderID, data.Line, data.Product, data.Category, data.Channel, data.Status, data.Price, data.Quantity} {
		t.has[role] = r.IntN(4) > 0
	}
	t.has[data.Amount] = !t.has[data.Price] || r.IntN(2) == 0
	t.policy = DuplicatePolicy(r.IntN(3))
	t.opts = Options{Duplicates: t.policy, KeepRejects: true, Workers: 1 + r.IntN(4)}
	if r.IntN(2) == 0 {
		t.returns = ReturnRules{OrderPrefixes: []string{"C"}, Statuses: []string{"returned", "cancelled"}}
		t.opts.Returns = t.returns
	}
	t.exclude = map[string]bool{}
	if r.IntN(2) == 0 && t.has[data.Product] {
		t.opts.ExcludeProducts = ProductFilter{"P3", "P[5-6]", "日*"}
		t.exclude = map[string]bool{"P3": true, "P5": true, "P6": true, "日本語": true}
	}
	t.columns(r)
	t.deal(r)
	return t
}

func (t *dirtyTable) columns(r *rand.Rand) {
	texts := map[data.Role]*orderColumn{
		data.Customer: textColumn("customer_id", func(l *testLine) string { return l.customer }), data.OrderID: textColumn("order_id", func(l *testLine) string { return l.order }),
		data.Line: textColumn("line_id", func(l *testLine) string { return l.line }), data.Product: textColumn("product_id", func(l *testLine) string { return l.product }),
		data.Category: textColumn("category", func(l *testLine) string { return l.category }), data.Channel: textColumn("channel", func(l *testLine) string { return l.channel }),
		data.Status: textColumn("status", func(l *testLine) string { return l.status }),
	}
	for role, c := range texts {
		value := c.value
		c.value = func(l *testLine) parquet.Value {
			if v := value(l); !v.IsNull() || role == data.Status {
				return v
			}
			return parquet.ByteArrayValue([]byte{' ', '\t'}[:l.micros&1]) // an empty text, or a blank one
		}
		if t.has[role] {
			t.file.columns[role] = c
		}
	}
	double := parquet.Optional(parquet.Leaf(parquet.DoubleType))
	seeded := func(l *testLine) *rand.Rand { return rand.New(rand.NewPCG(uint64(l.micros), uint64(l.amount))) }
	numbers := map[data.Role]*orderColumn{
		data.Amount:   {"amount", double, func(l *testLine) parquet.Value { return asDouble(seeded(l), l.amount, data.MoneyScale) }},
		data.Price:    {"unit_price", double, func(l *testLine) parquet.Value { return asDouble(seeded(l), l.price, 1e8) }},
		data.Quantity: {"quantity", double, func(l *testLine) parquet.Value { return asDouble(seeded(l), l.quantity, data.MoneyScale) }},
		data.Time: {"ordered_at", parquet.Optional(parquet.TimestampAdjusted(parquet.Microsecond, false)), func(l *testLine) parquet.Value {
			switch l.micros {
			case columns.Absent:
				return parquet.NullValue()
			case columns.Unreadable:
				return parquet.Int64Value([]int64{math.MinInt64, math.MaxInt64, -1 << 52, 1 << 54}[seeded(l).IntN(4)])
			}
			return parquet.Int64Value(l.micros)
		}},
	}
	for role, c := range numbers {
		if t.has[role] {
			t.file.columns[role] = c
		}
	}
	t.file.options = []parquet.WriterOption{parquet.MaxRowsPerRowGroup(int64(10 + r.IntN(200)))}
}

// deal puts the lines into files; a part of them stands in several.
func (t *dirtyTable) deal(r *rand.Rand) {
	t.parts = make([][]testLine, 1+r.IntN(4))
	for range 50 + r.IntN(500) {
		l := t.bare(dirtyLine(r))
		for f := range t.parts {
			if f == 0 || r.IntN(5) == 0 {
				t.parts[(f+len(t.rows))%len(t.parts)] = append(t.parts[(f+len(t.rows))%len(t.parts)], l)
			}
		}
		if r.IntN(10) == 0 {
			t.parts[0] = append(t.parts[0], l)
		}
	}
	for f := range t.parts {
		r.Shuffle(len(t.parts[f]), func(i, j int) { t.parts[f][i], t.parts[f][j] = t.parts[f][j], t.parts[f][i] })
	}
}

// bare takes away what the table has no columns for.
func (t *dirtyTable) bare(l testLine) testLine {
	for role, text := range map[data.Role]*string{data.OrderID: &l.order, data.Line: &l.line, data.Product: &l.product, data.Category: &l.category, data.Channel: &l.channel, data.Status: &l.status} {
		if !t.has[role] {
			*text = ""
		}
	}
	for role, x := range map[data.Role]*int64{data.Amount: &l.amount, data.Price: &l.price, data.Quantity: &l.quantity} {
		if !t.has[role] {
			*x = 0
		}
	}
	return l
}

// Random dirty tables are read as the contract says in words: the same lines
// used, the same rows set aside for the same reasons, row by row, whatever the
// number of workers; and rows read = used + set aside.
func TestReadOrders_DirtyTablesAreReadByTheWordsOfTheContract(t *testing.T) {
	tables := 60
	if testing.Short() {
		tables = 10
	}
	var seen [reasonCount]int64
	for seed := range tables {
		table := newDirtyTable(uint64(seed))
		dir := t.TempDir()
		for f, lines := range table.parts {
			path := table.file.write(t, dir, fmt.Sprintf("part-%d.parquet", f), lines)
			for i, l := range lines {
				table.rows = append(table.rows, refRow{path, int64(i + 1), l})
			}
		}
		want := table.read()
		got, err := readOrders(t, table.opts, dir)
		if err != nil {
			t.Fatalf("table %d: %v", seed, err)
		}
		sameLines(t, got.lines, want.lines)
		if got.setAside != want.setAside {
			t.Errorf("table %d: set aside %v, want %v", seed, got.setAside, want.setAside)
		}
		if got.mismatches != want.mismatches || got.byStatus != want.byStatus {
			t.Errorf("table %d: %d amounts differ and %d returns by status, want %d and %d", seed, got.mismatches, got.byStatus, want.mismatches, want.byStatus)
		}
		sameRejects(t, got.rejects, want.rejects)
		if t.Failed() {
			t.Fatalf("table %d: %+v", seed, table.opts)
		}
		for why, n := range got.setAside {
			seen[why] += n
		}
	}
	for _, why := range []Reason{Unreadable, NoCustomer, NoTime, NoAmount, NegativePrice, Excluded, PlaceholderDate, Duplicate} {
		if seen[why] == 0 {
			t.Errorf("no row was ever set aside as %s: the test proves nothing of it", why)
		}
	}
	t.Logf("set aside: %v", seen)
}

func sameRejects(t *testing.T, got, want []Reject) {
	t.Helper()
	if slices.Equal(got, want) {
		return
	}
	for i := range min(len(got), len(want)) {
		if got[i] != want[i] {
			t.Errorf("reject %d of %d: have %s row %d %s, want %s row %d %s", i, len(want), filepath.Base(got[i].File), got[i].Row, got[i].Why,
				filepath.Base(want[i].File), want[i].Row, want[i].Why)
			return
		}
	}
	t.Errorf("%d rejects, want %d", len(got), len(want))
}
