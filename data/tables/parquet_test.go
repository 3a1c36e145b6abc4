package tables

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/decimal128"
	"github.com/apache/arrow/go/v15/arrow/memory"
	arrowfile "github.com/apache/arrow/go/v15/parquet/file"
	"github.com/apache/arrow/go/v15/parquet/pqarrow"
	"github.com/parquet-go/parquet-go"

	"winback/data"
)

func someContacts(n int) []ContactRow {
	rows := make([]ContactRow, n)
	for i := range rows {
		rows[i] = ContactRow{
			Rank: int64(i + 1), Group: int32(i%3 + 1), RankInGroup: int64(i/3 + 1),
			CustomerID: fmt.Sprintf("c%06d", i), Probability: 1 / float64(i+2),
			ExpectedSpend: float64(i) / 4, ExpectedMargin: math.NaN(),
			RecencyDays: int64(90 + i%300), Orders: int64(1 + i%7), Monetary: data.Money(12_3456 + i),
			LastPurchaseDay: data.Day(13_000 - i%300), Stage: []string{"sleeping", "lost"}[i%2],
			PreferredChannel: []string{"", "web1", "phone1"}[i%3], Reason: fmt.Sprintf("%d orders", 1+i%7),
		}
		if i%4 > 0 {
			rows[i].Shown = Shown{Products: [ShowSlots]string{"oil", []string{"", "soap"}[i%2]}, Kinds: [ShowSlots]string{"again", []string{"", "hot"}[i%2]}, Reason: fmt.Sprintf("bought on %d days", i)}
			rows[i].When = When{Weekday: "Friday", WaitUntil: data.Day(14_000 * (i % 2)), WaitReason: []string{"", "bought then"}[i%2]}
		}
		if i%5 == 0 {
			rows[i].ExpectedSpend, rows[i].ExpectedMargin, rows[i].Reason = math.NaN(), float64(i), ""
			rows[i].Monetary = 999_999_999_999_999_999 - data.Money(i) // no double holds it
		}
	}
	return rows
}

func writeContacts(t *testing.T, rows []ContactRow, step int) []byte {
	t.Helper()
	var b bytes.Buffer
	w := NewContactsWriter(&b, data.MoneyDecimal)
	for part := range slices.Chunk(rows, step) {
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func arrowTable(t *testing.T, file []byte) arrow.Table {
	t.Helper()
	r, err := arrowfile.NewParquetReader(bytes.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	fr, err := pqarrow.NewFileReader(r, pqarrow.ArrowReadProperties{}, memory.DefaultAllocator)
	if err != nil {
		t.Fatal(err)
	}
	table, err := fr.ReadTable(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func arrowColumns(table arrow.Table) []string {
	var out []string
	for _, f := range table.Schema().Fields() {
		null := ""
		if f.Nullable {
			null = " null"
		}
		out = append(out, f.Name+" "+f.Type.String()+null)
	}
	return out
}

// equalRows compares with NaN equal to NaN.
func equalRows[T any](a, b []T) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if fmt.Sprintf("%+v", a[i]) != fmt.Sprintf("%+v", b[i]) {
			return false
		}
	}
	return true
}

func collect[T any](t *testing.T, rows func(func(T, error) bool)) []T {
	t.Helper()
	var out []T
	for row, err := range rows {
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, row)
	}
	return out
}

func TestContacts_ReadBackAsWritten(t *testing.T) {
	for _, n := range []int{0, 1, WriteBatch, 2*WriteBatch + 1} {
		rows := someContacts(n)
		file := writeContacts(t, rows, 700)
		got := collect(t, ReadContacts(bytes.NewReader(file), int64(len(file))))
		if !equalRows(got, rows) {
			t.Errorf("%d rows: read back other rows than written", n)
		}
	}
}

func TestContacts_MoneyAsDoubleReadsBack(t *testing.T) {
	rows := someContacts(12)
	for i := range rows {
		rows[i].Monetary = data.Money(i*i*7_1234 - 3) // a double holds it to the last digit
	}
	var b bytes.Buffer
	w := NewContactsWriter(&b, data.MoneyDouble)
	if err := errors.Join(w.Write(rows), w.Close()); err != nil {
		t.Fatal(err)
	}
	if got := collect(t, ReadContacts(bytes.NewReader(b.Bytes()), int64(b.Len()))); !equalRows(got, rows) {
		t.Errorf("read back %+v, want %+v", got, rows)
	}
	decimal := arrowColumns(arrowTable(t, writeContacts(t, rows, len(rows))))
	double := arrowColumns(arrowTable(t, b.Bytes()))
	want := slices.Clone(decimal)
	want[slices.Index(want, "monetary decimal(18, 4)")] = "monetary float64"
	if !slices.Equal(double, want) {
		t.Errorf("columns %q, want %q", double, want)
	}
}

func TestCustomers_AreReadWithMoneyOfEitherType(t *testing.T) {
	want := CustomerRow{"7", 91, 3, 12_3456, "lost"}
	facts := customerColumns{"7", 91, 3, "lost"}
	var decimal, double bytes.Buffer
	of, od := parquet.NewGenericWriter[customerDecimals](&decimal), parquet.NewGenericWriter[customerDoubles](&double)
	_, err := of.Write([]customerDecimals{{facts, 12_3456}})
	_, errDouble := od.Write([]customerDoubles{{facts, 12.3456}})
	if err := errors.Join(err, errDouble, of.Close(), od.Close()); err != nil {
		t.Fatal(err)
	}
	for _, b := range []bytes.Buffer{decimal, double} {
		if got := collect(t, ReadCustomers(bytes.NewReader(b.Bytes()), int64(b.Len()))); len(got) != 1 || got[0] != want {
			t.Errorf("read %+v, want %+v", got, want)
		}
	}
}

func TestContacts_BytesDoNotDependOnHowRowsAreHandedOver(t *testing.T) {
	rows := someContacts(30_000)
	want := writeContacts(t, rows, len(rows))
	for _, step := range []int{1, 7, 1024, 5000} {
		if !bytes.Equal(want, writeContacts(t, rows, step)) {
			t.Errorf("%d rows at a time give other bytes", step)
		}
	}
}

func TestContacts_ArrowReadsTheContractsColumns(t *testing.T) {
	rows := someContacts(2000)
	table := arrowTable(t, writeContacts(t, rows, 2000))
	want := []string{
		"rank int64", "group int32", "rank_in_group int64", "customer_id utf8", "probability float64",
		"expected_spend float64 null", "expected_margin float64 null", "recency_days int64", "orders int64",
		"monetary decimal(18, 4)", "last_purchase_day date32", "stage utf8", "preferred_channel utf8 null", "reason utf8 null", "preferred_hour int32 null",
		"show_1 utf8 null", "show_2 utf8 null", "show_3 utf8 null", "show_kind_1 utf8 null", "show_kind_2 utf8 null", "show_kind_3 utf8 null", "show_reason utf8 null",
		"preferred_weekday utf8 null", "wait_until date32 null", "wait_reason utf8 null",
	}
	if got := arrowColumns(table); !slices.Equal(got, want) {
		t.Errorf("columns\n%q, want\n%q", got, want)
	}
	column := func(i int) arrow.Array { return table.Column(i).Data().Chunk(0) }
	for i, row := range rows[:WriteBatch] {
		spend := column(5).(*array.Float64)
		if spend.IsNull(i) != math.IsNaN(row.ExpectedSpend) || spend.IsValid(i) && spend.Value(i) != row.ExpectedSpend {
			t.Fatalf("row %d: expected_spend differs", i)
		}
		if got := column(3).(*array.String).Value(i); got != row.CustomerID {
			t.Fatalf("row %d: customer_id differs", i)
		}
		if got := column(9).(*array.Decimal128).Value(i); got != decimal128.FromI64(int64(row.Monetary)) {
			t.Fatalf("row %d: monetary %v, want %d", i, got, row.Monetary)
		}
		if got := column(10).(*array.Date32).Value(i); int32(got) != int32(row.LastPurchaseDay) {
			t.Fatalf("row %d: last_purchase_day %d, want %d", i, got, row.LastPurchaseDay)
		}
		if got := column(12); got.IsNull(i) != (row.PreferredChannel == "") {
			t.Fatalf("row %d: preferred_channel null %v", i, got.IsNull(i))
		}
	}
}

// Empty texts are null whatever stands around them. The writer of structs of parquet-go
// v0.32 takes 62 nulls for values where they end a word of 64 rows whose second alone has
// one (and 60 behind the third and fourth).
func TestContacts_EmptyTextsAreNull(t *testing.T) {
	rows := make([]ContactRow, 128)
	for i := range rows {
		rows[i].CustomerID = fmt.Sprint(i)
		if i%64 == 1 {
			rows[i].Weekday, rows[i].PreferredChannel, rows[i].Reason = "Friday", "web", "1 order"
		}
	}
	table := arrowTable(t, writeContacts(t, rows, len(rows)))
	for _, name := range []string{"preferred_channel", "reason", "preferred_weekday"} {
		if c := table.Column(table.Schema().FieldIndices(name)[0]); c.NullN() != 126 {
			t.Errorf("%s: %d nulls, want 126", name, c.NullN())
		}
	}
}

func TestGroups_EmptyTextsAreNull(t *testing.T) {
	rows := make([]GroupRow, 9)
	rows[1].Show[0], rows[1].Weekday = "oil", "Friday"
	var b bytes.Buffer
	if err := WriteGroups(&b, rows); err != nil {
		t.Fatal(err)
	}
	table := arrowTable(t, b.Bytes())
	for _, name := range []string{"show_1", "send_weekday"} {
		if c := table.Column(table.Schema().FieldIndices(name)[0]); c.NullN() != 8 {
			t.Errorf("%s: %d nulls, want 8", name, c.NullN())
		}
	}
}

func someGroups() []GroupRow {
	known := GroupRow{
		Group: 1, Name: "Repeat buyers", Rule: "2 or more orders", RuleJSON: "[]", RuleSQL: "orders >= 2", Customers: 10, ContactCustomers: 7, HoldoutCustomers: 2, SuppressedCustomers: 1,
		Probability: .3, ProbabilityLow: .1, ProbabilityHigh: .6, TestCustomers: 20, TestReturned: 5, TestRate: .25, Lift: 2,
		ExpectedReturns: 2.1, CumulativeContacts: 7, CumulativeExpectedReturns: 2.1, ExpectedSpend: 40, ExpectedMargin: 8,
		ContactCost: 3.5, BreakEvenLift: .02, DetectableLift: .4, Recommended: true, Note: "contact",
	}
	nan := math.NaN()
	unknown := GroupRow{
		Group: 2, Rule: "1 order", RuleJSON: "[]", TestCustomers: Unknown, TestReturned: Unknown, Probability: nan, ProbabilityLow: nan,
		ProbabilityHigh: nan, TestRate: nan, Lift: nan, ExpectedReturns: nan, CumulativeExpectedReturns: nan, ExpectedSpend: nan,
		ExpectedMargin: nan, ContactCost: nan, BreakEvenLift: nan, DetectableLift: nan,
	}
	return []GroupRow{known, unknown}
}

func TestGroups_ReadBackAsWritten(t *testing.T) {
	for _, rows := range [][]GroupRow{nil, someGroups()} {
		var b bytes.Buffer
		if err := WriteGroups(&b, rows); err != nil {
			t.Fatal(err)
		}
		got := collect(t, ReadGroups(bytes.NewReader(b.Bytes()), int64(b.Len())))
		if !equalRows(got, rows) {
			t.Errorf("got\n%+v, want\n%+v", got, rows)
		}
	}
}

func TestGroups_ArrowReadsTheContractsColumns(t *testing.T) {
	var b bytes.Buffer
	if err := WriteGroups(&b, someGroups()); err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, f := range arrowTable(t, b.Bytes()).Schema().Fields() {
		names = append(names, f.Name)
	}
	want := strings.Fields(`group rule rule_json customers contact_customers holdout_customers suppressed_customers probability
		probability_low probability_high test_customers test_returned test_rate lift expected_returns cumulative_contacts
		cumulative_expected_returns expected_spend expected_margin contact_cost break_even_lift detectable_lift recommended note recommended_contacts name rule_sql recommended_to_rank show_1 show_2 show_3 resting_customers
		send_from send_to send_weekday top_channel top_channel_share`)
	if !slices.Equal(names, want) {
		t.Errorf("columns %q, want %q", names, want)
	}
}

func someScores(n int) []ScoreRow {
	rows := make([]ScoreRow, n)
	for i := range rows {
		rows[i] = ScoreRow{
			CustomerID: fmt.Sprint(10_000 + i), Group: int32(i%4 + 1), Probability: float64(i+1) / float64(n+1),
			Scores: []float64{float64(i), math.NaN()}, Stage: "lost", Suppressed: i%9 == 0,
		}
	}
	return rows
}

func writeScores(t *testing.T, rows []ScoreRow, step int) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := NewScoresWriter(&b, []string{"boosting", "recency"})
	if err != nil {
		t.Fatal(err)
	}
	for part := range slices.Chunk(rows, step) {
		if err := w.Write(part); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestScores_ReadBackAsWritten(t *testing.T) {
	for _, n := range []int{0, 3, 3000} {
		rows := someScores(n)
		file := writeScores(t, rows, 500)
		if !bytes.Equal(file, writeScores(t, rows, 7)) {
			t.Errorf("%d rows: 7 at a time give other bytes than 500", n)
		}
		f, err := OpenScores(bytes.NewReader(file), int64(len(file)))
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"boosting", "recency"}; !slices.Equal(f.Models, want) {
			t.Errorf("models %q, want %q", f.Models, want)
		}
		if got := collect(t, f.Rows()); !equalRows(got, rows) {
			t.Errorf("%d rows: read back other rows than written", n)
		}
	}
}

func TestScores_ArrowReadsTheContractsColumns(t *testing.T) {
	want := []string{
		"customer_id utf8", "group int32", "hold utf8 null", "hold_until date32 null", "probability float64", "score_boosting float64 null",
		"score_recency float64 null", "stage utf8", "suppressed bool",
	}
	if got := arrowColumns(arrowTable(t, writeScores(t, someScores(10), 10))); !slices.Equal(got, want) {
		t.Errorf("columns %q, want %q", got, want)
	}
}

func TestScores_ModelNamesMustBeAscending(t *testing.T) {
	for _, names := range [][]string{{"b", "a"}, {"a", "a"}, {""}} {
		if _, err := NewScoresWriter(io.Discard, names); err == nil {
			t.Errorf("%q: no error", names)
		}
	}
}

func TestReadContacts_OtherTablesAreErrorsThatNameTheColumn(t *testing.T) {
	type renamed struct {
		Place int64 `parquet:"place"`
	}
	type otherType struct {
		Rank string `parquet:"rank"`
	}
	var noRank, textRank bytes.Buffer
	if err := parquet.Write(&noRank, []renamed{{1}}); err != nil {
		t.Fatal(err)
	}
	if err := parquet.Write(&textRank, []otherType{{"1"}}); err != nil {
		t.Fatal(err)
	}
	for want, file := range map[string][]byte{
		`column "rank" is missing`:           noRank.Bytes(),
		`column "rank": want INT(64,true), `: textRank.Bytes(),
		"this is no Parquet file":            []byte("not a table"),
	} {
		var got error
		for _, err := range ReadContacts(bytes.NewReader(file), int64(len(file))) {
			got = err
		}
		if got == nil || !strings.Contains(got.Error(), want) {
			t.Errorf("error %v, want %q", got, want)
		}
	}
}

func TestReadContacts_DamageInTheRowsIsAnError(t *testing.T) {
	rows := someContacts(300)
	file := writeContacts(t, rows, 300)
	footer := len(file) - 8 - int(binary.LittleEndian.Uint32(file[len(file)-8:]))
	for at := 0; at < len(file); at += 1 + len(file)/400 {
		damaged := slices.Clone(file)
		damaged[at] ^= 0x41
		var read []ContactRow
		var failed error
		for row, err := range ReadContacts(bytes.NewReader(damaged), int64(len(damaged))) {
			if failed = err; err != nil {
				break
			}
			read = append(read, row)
		}
		if at < footer && failed == nil && !equalRows(read, rows) {
			t.Errorf("byte %d of %d: other rows and no error", at, len(file))
		}
	}
}

// TestContacts_AreReadWithoutAColumnThatCameLater reads a list of an earlier winback.
func TestContacts_AreReadWithoutAColumnThatCameLater(t *testing.T) {
	type earlier struct {
		CustomerID string `parquet:"customer_id"`
	}
	type now struct {
		CustomerID    string `parquet:"customer_id"`
		PreferredHour *int32 `parquet:"preferred_hour"`
	}
	write := func(write func(io.Writer) error) []byte {
		var b bytes.Buffer
		if err := write(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	old := write(func(w io.Writer) error {
		table := newTableWriter(w, func(c *earlier, id *string) { c.CustomerID = *id })
		return errors.Join(table.Write([]string{"a", "b"}), table.Close())
	})
	rows := 0
	for row, err := range readTable(bytes.NewReader(old), int64(len(old)), func(c *now) now { return *c }) {
		if err != nil || row.PreferredHour != nil || row.CustomerID == "" {
			t.Fatalf("%+v, %v", row, err)
		}
		rows++
	}
	if rows != 2 {
		t.Errorf("%d rows, want 2", rows)
	}
}
