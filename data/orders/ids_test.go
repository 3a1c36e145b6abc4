package orders

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
)

// idsOf reads a file whose customers are the given values, one row each.
func idsOf(t *testing.T, node parquet.Node, values ...parquet.Value) (ids []string, r *readResult, err error) {
	t.Helper()
	f := plainFile().without(data.OrderID, data.Line)
	at := -1
	f.columns[data.Customer] = &orderColumn{"customer_id", node, func(*testLine) parquet.Value { at++; return values[at] }}
	path := f.write(t, t.TempDir(), "orders.parquet", testLines(len(values)))
	if r, err = readOrders(t, Options{KeepRejects: true}, path); err != nil {
		return nil, nil, err
	}
	for _, l := range r.lines {
		ids = append(ids, l.customer)
	}
	return slices.Compact(ids), r, nil
}

// Ids print as a person would write them, whatever stores them.
func TestReadOrders_IDsPrintAsAPersonWouldWriteThem(t *testing.T) {
	text := func(s string) parquet.Value { return parquet.ByteArrayValue([]byte(s)) }
	double := parquet.Optional(parquet.Leaf(parquet.DoubleType))
	fixed := func(s string) parquet.Value { return parquet.FixedLenByteArrayValue([]byte(s)) }
	minus := bigEndian(-12345678, 8)
	for _, c := range []struct {
		name   string
		node   parquet.Node
		values []parquet.Value
		want   []string // in byte order
	}{
		{"double", double, []parquet.Value{parquet.DoubleValue(13085), parquet.DoubleValue(-4), parquet.DoubleValue(0.5), parquet.DoubleValue(1<<53 - 1), parquet.DoubleValue(math.Copysign(0, -1))},
			[]string{"-4", "0", "0.5", "13085", "9007199254740991"}},
		{"float", parquet.Leaf(parquet.FloatType), []parquet.Value{parquet.FloatValue(16777215), parquet.FloatValue(0.1)}, []string{"0.1", "16777215"}},
		{"int64", parquet.Int(64), []parquet.Value{parquet.Int64Value(math.MaxInt64), parquet.Int64Value(math.MinInt64), parquet.Int64Value(1<<53 + 1), parquet.Int64Value(1 << 53)},
			[]string{"-9223372036854775808", "9007199254740992", "9007199254740993", "9223372036854775807"}},
		{"uint64", parquet.Uint(64), []parquet.Value{parquet.Int64Value(-1)}, []string{"18446744073709551615"}},
		{"uint32", parquet.Uint(32), []parquet.Value{parquet.Int32Value(-1)}, []string{"4294967295"}},
		{"decimal with places", parquet.Decimal(3, 18, parquet.Int64Type), []parquet.Value{parquet.Int64Value(123456789012345678), parquet.Int64Value(-50), parquet.Int64Value(7000), parquet.Int64Value(0), parquet.Int64Value(10)},
			[]string{"-0.05", "0", "0.01", "123456789012345.678", "7"}},
		{"decimal of 16 bytes", parquet.Decimal(0, 38, parquet.FixedLenByteArrayType(16)), []parquet.Value{fixed("\x00\x01" + strings.Repeat("\x00", 14)), fixed(string(bigEndian(-7, 16)))},
			[]string{"-7", "5192296858534827628530496329220096"}},
		{"decimal of 8 bytes", parquet.Decimal(4, 18, parquet.FixedLenByteArrayType(8)), []parquet.Value{fixed(string(minus))}, []string{"-1234.5678"}},
		{"UUID", parquet.UUID(), []parquet.Value{fixed("\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef")}, []string{"01234567-89ab-cdef-0123-456789abcdef"}},
		{"text", parquet.String(), []parquet.Value{text("a\x00"), text("a"), text("a\x00b"), text("ä"), text("日本"), text(" a"), text("a "), text("00123"), text("12.0"), text("NaN")},
			[]string{"00123", "12", "NaN", "a", "a\x00", "a\x00b", "ä", "日本"}},
		{"text with marks of spreadsheets", parquet.String(), []parquet.Value{text(`="0815"`), text("'0816"), text("'s"), text("-4.00"), text("v1.0"), text("1.50"), text("\u00a07\t")},
			[]string{"'s", "-4", "0815", "0816", "1.50", "7", "v1.0"}},
		{"text in ISO 8859-1", parquet.String(), []parquet.Value{text("M\xfcller"), text("plain"), text("\xc3"), text("\xbc")}, []string{"Müller", "plain", "¼", "Ã"}},
		{"bytes that are no text", parquet.Leaf(parquet.ByteArrayType), []parquet.Value{text("\xff\x00\x10"), text("text")}, []string{"ff0010", "text"}},
		{"fixed bytes that are no text", parquet.Leaf(parquet.FixedLenByteArrayType(4)), []parquet.Value{fixed("\xff\x00\x10\x99"), fixed("abcd")}, []string{"abcd", "ff001099"}},
		{"long", parquet.String(), []parquet.Value{text(strings.Repeat("x", 1024))}, []string{strings.Repeat("x", 1024)}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, n := range []parquet.Node{c.node, parquet.Encoded(c.node, &parquet.RLEDictionary)} {
				ids, _, err := idsOf(t, n, c.values...)
				if err != nil {
					t.Fatal(err)
				}
				if !slices.Equal(ids, c.want) {
					t.Errorf("have %q, want %q", ids, c.want)
				}
			}
		})
	}
}

// No customer: null, empty, blank, NaN. An id of more than a kilobyte cannot be
// read.
func TestReadOrders_SetsMissingAndMonstrousIDsAside(t *testing.T) {
	text := func(s string) parquet.Value { return parquet.ByteArrayValue([]byte(s)) }
	ids, r, err := idsOf(t, parquet.Optional(parquet.String()), parquet.NullValue(), text(""), text(" "), text("\t \n"), text("7"), text(strings.Repeat("x", 1025)), text(strings.Repeat("y", 1<<20)))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(ids, []string{"7"}) || r.setAside[NoCustomer] != 4 || r.setAside[Unreadable] != 2 {
		t.Errorf("have %q and set aside %v", ids, r.setAside)
	}
	ids, r, err = idsOf(t, parquet.Optional(parquet.Leaf(parquet.DoubleType)), parquet.NullValue(), parquet.DoubleValue(math.NaN()), parquet.DoubleValue(7))
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(ids, []string{"7"}) || r.setAside[NoCustomer] != 2 {
		t.Errorf("have %q and set aside %v", ids, r.setAside)
	}
}

// Above 2^53 a double holds no odd numbers: two customers would be one.
func TestReadOrders_RefusesIDsThatAFloatCannotTellApart(t *testing.T) {
	for _, c := range []struct {
		node  parquet.Node
		value parquet.Value
		found string
	}{
		{parquet.Leaf(parquet.DoubleType), parquet.DoubleValue(1 << 53), "DOUBLE"},
		{parquet.Leaf(parquet.DoubleType), parquet.DoubleValue(math.Inf(1)), "DOUBLE"},
		{parquet.Leaf(parquet.FloatType), parquet.FloatValue(1 << 24), "FLOAT"},
	} {
		_, _, err := idsOf(t, c.node, c.value)
		refusedAs(t, err, []string{"orders.parquet", `column "customer_id"`, "want ids as whole numbers or text", c.found})
	}
}

// A customer in several files is one customer, whatever type each file has for
// the ids and in whatever columns they stand.
func TestReadOrders_OneCustomerInFilesOfDifferentTypes(t *testing.T) {
	lines := testLines(240)
	dir := t.TempDir()
	for i, v := range idVariants()[:14] {
		f := plainFile()
		v.change(f)
		var part []testLine
		for k := i; k < len(lines); k += 14 {
			part = append(part, lines[k])
		}
		f.write(t, dir, v.name+".parquet", part)
	}
	got, err := readOrders(t, Options{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, got.lines, meant(lines))
}
