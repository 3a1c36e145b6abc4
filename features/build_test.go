package features

import (
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
)

// build makes the table of one snapshot.
func build(t testing.TB, h *orders.Histories, s Snapshot) *Table {
	t.Helper()
	table := NewTable(s, h.Names)
	if err := Build(h, s, table); err != nil {
		t.Fatal(err)
	}
	return table
}

// byCustomer splits lines by their customer.
func byCustomer(lines []line) map[string][]line {
	split := map[string][]line{}
	for _, l := range lines {
		split[l.customer] = append(split[l.customer], l)
	}
	return split
}

// compareNaive holds every row of a table against the naive one and returns how
// many rows there should be.
func compareNaive(t *testing.T, table *Table, h *orders.Histories, lines map[string][]line, wanted func(map[string]cell) bool) int {
	t.Helper()
	row := 0
	for _, id := range h.IDs {
		want := naiveRow(lines[id], table.AsOf, table.Horizon, h.Names)
		if want == nil || !wanted(want) {
			continue
		}
		if row >= table.Rows() || table.IDs[row] != id {
			t.Fatalf("as of %s: no row %d for customer %s", table.AsOf, row, id)
		}
		for i := range Schema {
			c := &table.Columns[i]
			if have := cellOf(c, row); !near(have, want[c.Name]) {
				t.Fatalf("as of %s, %s of %s: have %+v, want %+v\n%+v", table.AsOf, c.Name, id, have, want[c.Name], lines[id][:min(len(lines[id]), 20)])
			}
		}
		row++
	}
	if row != table.Rows() {
		t.Fatalf("as of %s: have %d rows, want %d", table.AsOf, table.Rows(), row)
	}
	return row
}

func TestSchema_NamesStandAtTheirPositions(t *testing.T) {
	positions := map[string]int{
		"purchase_days": colPurchaseDays, "interval_last": colIntervalLast, "orders": colOrders,
		"weekend_share": colWeekendShare, "spend_365d": colSpend365d, "lines": colLines,
		"net_monetary": colNetMonetary, "first_channel": colFirstChannel, "top_category": colTopCategory,
		"recency_over_interval": colRecencyOverInterval, "returned": colReturned,
		"days_since_second_last": colDaysSinceSecondLast, "last_order_ratio": colLastOrderRatio,
	}
	table := NewTable(Snapshot{Extra: true}, testNames())
	if len(table.Columns) != allColumns || len(Schema) != schemaColumns {
		t.Fatalf("%d columns, %d in Schema; want %d and %d", len(table.Columns), len(Schema), allColumns, schemaColumns)
	}
	for name, want := range positions {
		if have := table.Columns[want].Name; have != name {
			t.Errorf("column %d is %s, want %s", want, have, name)
		}
	}
}

func TestFeatures_EqualTheirDefinition(t *testing.T) {
	names := testNames()
	rows := 0
	for seed := range uint64(20) {
		lines := randomShop(seed, 400, names)
		h := historiesOf(lines, names)
		split := byCustomer(lines)
		for _, s := range []Snapshot{
			{AsOf: testAsOf, Horizon: 60},
			{AsOf: testAsOf - 1, Horizon: 1},
			{AsOf: testAsOf + 30, Horizon: 400},
			{AsOf: testAsOf - 300, Horizon: 364, Extra: true},
		} {
			rows += compareNaive(t, build(t, h, s), h, split, func(map[string]cell) bool { return true })
		}
	}
	if rows < 10_000 {
		t.Errorf("only %d rows were compared", rows)
	}
}

func TestBuildAll_EqualsEachSnapshotAlone(t *testing.T) {
	names := testNames()
	lines := randomShop(77, 3000, names)
	h := historiesOf(lines, names)
	split := byCustomer(lines)
	var snapshots []Snapshot
	var tables []*Table
	for _, back := range []int{0, 60, 30, 400, 1, 60, -70, 1200} {
		s := Snapshot{AsOf: testAsOf - data.Day(back), Horizon: 60, LapsedAfter: max(0, back%100), DataEnd: testAsOf + 20, Extra: true}
		snapshots = append(snapshots, s)
		tables = append(tables, NewTable(s, names))
	}
	if err := BuildAll(h, snapshots, tables); err != nil {
		t.Fatal(err)
	}
	for i, s := range snapshots {
		if alone := build(t, h, s); tablesDiffer(alone, tables[i]) != "" {
			t.Fatalf("snapshot %d: %s", i, tablesDiffer(alone, tables[i]))
		}
		if s.AsOf+60 <= s.DataEnd {
			compareNaive(t, tables[i], h, split, func(row map[string]cell) bool {
				return row["recency_days"].whole >= int64(s.LapsedAfter)
			})
		}
	}
}

// tablesDiffer names the first difference between two tables, bit by bit, in
// rows and all columns but those named.
func tablesDiffer(a, b *Table, except ...string) string {
	if !reflect.DeepEqual(a.IDs, b.IDs) {
		return fmt.Sprintf("%d and %d ids differ", len(a.IDs), len(b.IDs))
	}
	for i := range a.Columns {
		x, y := &a.Columns[i], &b.Columns[i]
		if strings.Contains(strings.Join(except, " "), x.Name) {
			continue
		}
		for row := range a.IDs {
			if cellOf(x, row) != cellOf(y, row) {
				return fmt.Sprintf("%s in row %d: %+v and %+v", x.Name, row, cellOf(x, row), cellOf(y, row))
			}
		}
	}
	return ""
}

func TestFeatures_IgnoreLinesOfTheAsOfDayAndLater(t *testing.T) {
	names := testNames()
	const customers = 10_000
	before := randomShop(5, customers, names)
	other := randomShop(6, customers, names)
	after := before[:0:0]
	for _, l := range before {
		if l.day() < testAsOf {
			after = append(after, l)
		}
	}
	for _, l := range other {
		if l.day() >= testAsOf {
			l.amount *= 1_000_000
			after = append(after, l)
		}
	}
	s := Snapshot{AsOf: testAsOf, Horizon: 60, Extra: true}
	have, want := build(t, historiesOf(after, names), s), build(t, historiesOf(before, names), s)
	if difference := tablesDiffer(want, have, "returned"); difference != "" {
		t.Error(difference)
	}
	if difference := tablesDiffer(want, have); !strings.HasPrefix(difference, "returned") {
		t.Errorf("the label does not see what came after: %q", difference)
	}
}

func TestFeatures_DoNotDependOnTheOrderOfLinesAtTheSameTime(t *testing.T) {
	names := testNames()
	lines := randomShop(8, 3000, names)
	s := Snapshot{AsOf: testAsOf, Horizon: 60, Extra: true}
	want := build(t, historiesOf(lines, names), s)
	for seed := range uint64(5) {
		have := build(t, historiesOf(shuffledTies(seed, lines), names), s)
		if difference := tablesDiffer(want, have); difference != "" {
			t.Fatal(difference)
		}
	}
}

func TestFeatures_CutInsideAnOrderChangesItsValue(t *testing.T) {
	names := testNames()
	sale := func(day data.Day, order uint64, amount data.Money) line {
		return line{customer: "a", order: order, time: day.Micros(), amount: amount, quantity: 10_000, channel: 1}
	}
	lines := []line{sale(100, 7, 30_000), sale(101, 8, 10_000), sale(103, 7, 90_000)}
	h := historiesOf(lines, names)
	for _, want := range []struct {
		asOf             data.Day
		days, orders     int64
		first, last, max int64
	}{
		{103, 2, 2, 30_000, 10_000, 30_000},
		{104, 3, 2, 120_000, 10_000, 120_000},
	} {
		table := build(t, h, Snapshot{AsOf: want.asOf, Horizon: 60})
		for name, value := range map[string]int64{
			"purchase_days": want.days, "orders": want.orders,
			"first_order_value": want.first, "last_order_value": want.last, "max_order_value": want.max,
		} {
			if have := table.Column(name).Ints[0]; have != value {
				t.Errorf("as of day %d: %s is %d, want %d", want.asOf, name, have, value)
			}
		}
	}
}

func TestFeatures_LabelIsMissingBeyondTheData(t *testing.T) {
	names := testNames()
	h := historiesOf([]line{{customer: "a", time: data.Day(100).Micros(), amount: 1, quantity: 1}}, names)
	for dataEnd, want := range map[data.Day]int64{0: 0, 180: 0, 179: NullInt} {
		table := build(t, h, Snapshot{AsOf: 120, Horizon: 60, DataEnd: dataEnd})
		if have := table.Column("returned").Ints[0]; have != want {
			t.Errorf("data to %d: returned is %d, want %d", dataEnd, have, want)
		}
	}
}

func TestFeatures_IntervalSpreadIsExactlyZeroForEqualIntervals(t *testing.T) {
	names := testNames()
	var lines []line
	for i := range 1000 {
		lines = append(lines, line{customer: "a", time: data.Day(7 * i).Micros(), amount: 1, quantity: 1})
	}
	table := build(t, historiesOf(lines, names), Snapshot{AsOf: 8000, Horizon: 60, Extra: true})
	if std := table.Column("interval_std").Floats[0]; std != 0 {
		t.Errorf("interval_std is %g, want 0", std)
	}
	if overdue := table.Column("overdue_deviations").Floats[0]; !math.IsNaN(overdue) {
		t.Errorf("overdue_deviations is %g, want none", overdue)
	}
}

func TestExtra_ColumnsOfAWrittenHistory(t *testing.T) {
	names := testNames()
	var lines []line
	for i, day := range []data.Day{600, 610, 630, 900} {
		lines = append(lines, line{customer: "a", time: day.Micros(), amount: data.Money(10_000 * (i + 1)), quantity: 10_000})
	}
	lines = append(lines, line{customer: "b", time: data.Day(900).Micros(), quantity: 10_000})
	table := build(t, historiesOf(lines, names), Snapshot{AsOf: 1050, Horizon: 60, Extra: true})
	deviation := table.Column("interval_std").Floats[0]
	for name, want := range map[string][2]cell{
		"days_since_second_last": {whole(420), nullCell},
		"interval_trend":         {real(2.7), nullCell},
		"overdue_deviations":     {real(50 / deviation), nullCell},
		"purchase_days_per_year": {real(4 * 365 / 450.0), real(365 / 150.0)},
		"spend_share_365d":       {real(0.4), nullCell},
		"last_order_ratio":       {real(1.6), nullCell},
	} {
		for row := range want {
			if have := cellOf(table.Column(name), row); !near(have, want[row]) {
				t.Errorf("%s in row %d is %+v, want %+v", name, row, have, want[row])
			}
		}
	}
}

func TestBuilder_KeepChoosesAmongTheCustomers(t *testing.T) {
	names := testNames()
	h := historiesOf(randomShop(9, 1000, names), names)
	s := Snapshot{AsOf: testAsOf, Horizon: 60}
	all, kept := build(t, h, s), NewTable(s, names)
	keep := func(id string) bool { return strings.HasSuffix(id, "7") }
	b := Builder{Keep: keep}
	if err := b.Build(h, s, kept); err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, id := range all.IDs {
		if keep(id) {
			want = append(want, id)
		}
	}
	if !slices.Equal(kept.IDs, want) || len(want) == 0 || len(want) == all.Rows() {
		t.Errorf("kept %d of %d rows, want %d", kept.Rows(), all.Rows(), len(want))
	}
}

func TestBuild_AppendsPartitions(t *testing.T) {
	names := testNames()
	lines := randomShop(10, 300, names)
	s := Snapshot{AsOf: testAsOf, Horizon: 60, LapsedAfter: 5, Extra: true}
	want := build(t, historiesOf(lines, names), s)
	appended := NewTable(s, names)
	var parts []*Table
	var b Builder
	for _, part := range [][2]string{{"c000000", "c000100"}, {"c000100", "c000100"}, {"c000100", "c000200"}, {"c000200", "d"}} {
		var some []line
		for _, l := range lines {
			if l.customer >= part[0] && l.customer < part[1] {
				some = append(some, l)
			}
		}
		h := historiesOf(some, names)
		if err := b.Build(h, s, appended); err != nil {
			t.Fatal(err)
		}
		parts = append(parts, build(t, h, s))
	}
	if difference := tablesDiffer(want, appended); difference != "" {
		t.Error(difference)
	}
	if difference := tablesDiffer(want, Concat(parts)); difference != "" {
		t.Error(difference)
	}
	appended.Reset()
	if err := b.Build(historiesOf(lines, names), s, appended); err != nil {
		t.Fatal(err)
	}
	if difference := tablesDiffer(want, appended); difference != "" {
		t.Error("after Reset:", difference)
	}
	if Concat(nil) != nil {
		t.Error("no tables make a table")
	}
}

func TestBuild_RefusesSumsThatHaveNoPlace(t *testing.T) {
	names := testNames()
	const huge = data.Money(moneyLimit - 1)
	sale := line{customer: "a", time: 0, amount: huge, quantity: 10_000}
	for name, c := range map[string]struct {
		more line
		want string
	}{
		"amount":    {line{customer: "a", time: 5, amount: 1, quantity: 1}, "amounts"},
		"return":    {line{customer: "a", time: 5, amount: math.MinInt64, quantity: -1, isReturn: true}, "amounts"},
		"quantity":  {line{customer: "a", time: 5, amount: 0, quantity: math.MaxInt64}, "quantities"},
		"not known": {line{customer: "a", time: data.Day(2).Micros(), amount: math.MaxInt64, quantity: math.MaxInt64}, ""},
	} {
		h := historiesOf([]line{sale, c.more}, names)
		s := Snapshot{AsOf: 2, Horizon: 60}
		table := NewTable(s, names)
		err := Build(h, s, table)
		if c.want == "" {
			if err != nil || table.Rows() != 1 {
				t.Errorf("%s: %v, %d rows", name, err, table.Rows())
			}
			continue
		}
		if err == nil || !strings.Contains(err.Error(), c.want) || table.Rows() != 0 {
			t.Errorf("%s: %v, %d rows", name, err, table.Rows())
		}
	}
}

func TestBuild_RefusesSnapshotsThatMakeNoSense(t *testing.T) {
	names := testNames()
	h := historiesOf(nil, names)
	good := Snapshot{AsOf: 10, Horizon: 60}
	for want, c := range map[string]struct {
		s    Snapshot
		made Snapshot
	}{
		"horizon 0":                           {Snapshot{AsOf: 10}, Snapshot{AsOf: 10}},
		"lapsed after -1":                     {Snapshot{AsOf: 10, Horizon: 60, LapsedAfter: -1}, good},
		"the table is of":                     {good, Snapshot{AsOf: 11, Horizon: 60}},
		fmt.Sprintf("%d columns", allColumns): {Snapshot{AsOf: 10, Horizon: 60, Extra: true}, good},
	} {
		err := Build(h, c.s, NewTable(c.made, names))
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("want an error with %q, have %v", want, err)
		}
	}
	if err := BuildAll(h, []Snapshot{good}, nil); err == nil {
		t.Error("no table for a snapshot is no error")
	}
	if table := build(t, h, good); table.Rows() != 0 {
		t.Errorf("%d rows of no customers", table.Rows())
	}
}

func TestBuild_OneCustomerWithAMillionLines(t *testing.T) {
	names := testNames()
	const count = 1_000_000
	lines := make([]line, count)
	start := (testAsOf - 3000).Micros()
	for i := range lines {
		lines[i] = line{
			customer: "a",
			order:    uint64(i/3+1) * 0x9e3779b97f4a7c15,
			time:     start + int64(i)*250_000_000,
			amount:   data.Money(i % 100_000),
			quantity: 10_000,
			product:  uint32(i % 13),
			channel:  uint32(i % 5),
		}
	}
	h := historiesOf(lines, names)
	table := build(t, h, Snapshot{AsOf: testAsOf - 150, Horizon: 60})
	compareNaive(t, table, h, map[string][]line{"a": lines}, func(map[string]cell) bool { return true })
}

func TestBuild_AllocatesNothingPerCustomer(t *testing.T) {
	names := testNames()
	h := historiesOf(randomShop(11, 2000, names), names)
	snapshots := []Snapshot{{AsOf: testAsOf, Horizon: 60}, {AsOf: testAsOf - 60, Horizon: 60, LapsedAfter: 30}}
	tables := []*Table{NewTable(snapshots[0], names), NewTable(snapshots[1], names)}
	var b Builder
	allocations := testing.AllocsPerRun(5, func() {
		for _, table := range tables {
			table.Reset()
		}
		if err := b.BuildAll(h, snapshots, tables); err != nil {
			t.Fatal(err)
		}
	})
	if allocations > 10 {
		t.Errorf("%v allocations for %d customers", allocations, h.Customers())
	}
}
