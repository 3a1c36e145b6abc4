package orders

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/source"
	"winback/internal/fsys"
)

// Programs write files without rows with columns of no type, or of none at all; they
// say nothing of the history.
func TestReadOrders_PassesFilesWithoutRowsOver(t *testing.T) {
	dir, lines := t.TempDir(), testLines(300)
	plainFile().write(t, dir, "b.parquet", lines)
	want, err := readOrders(t, Options{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	odd := plainFile().without(data.Customer)
	odd.columns[data.Time] = &orderColumn{"order_date", parquet.Optional(parquet.Leaf(parquet.DoubleType)), nil}
	odd.write(t, dir, "a.parquet", nil)
	got, err := readOrders(t, Options{}, dir)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, got.lines, want.lines)
	if alone, err := readOrders(t, Options{}, filepath.Join(dir, "a.parquet")); err == nil {
		t.Errorf("a file without rows alone: %+v", alone)
	}
}

// What a loader adds as its moment is the version of a row where orders have line
// numbers; where they have products alone it is asked about, as an order may have a
// product twice.
func TestReadOrders_TakesLoadTimesForVersionsWhereLinesAreKnown(t *testing.T) {
	for _, c := range []struct {
		name     string
		without  []data.Role
		mapping  data.Mapping
		want     int
		doubtful int64
	}{
		{"lines", nil, nil, 100, 0},
		{"products alone", []data.Role{data.Line}, nil, 200, 100},
		{"products alone, mapped", []data.Role{data.Line}, data.Mapping{data.Version: "_sdc_sequence"}, 100, 0},
		{"products alone, left out", []data.Role{data.Line}, data.Mapping{data.Version: ""}, 200, 0},
	} {
		lines := testLines(100)
		for i := range lines {
			lines[i].order, lines[i].product, lines[i].line, lines[i].amount, lines[i].quantity = fmt.Sprint("o", i), "tea", "1", 10_0000, 1_0000
		}
		newer := slices.Clone(lines)
		for i := range newer {
			newer[i].amount = 20_0000
		}
		f, at := plainFile().without(c.without...), -1
		f.more = []*orderColumn{{"_sdc_sequence", parquet.Int(64), func(*testLine) parquet.Value { at++; return parquet.Int64Value(int64(at)) }}}
		o, r := tableAndLines(t, Options{Mapping: c.mapping}, f.write(t, t.TempDir(), "o.parquet", append(lines, newer...)))
		if len(r.lines) != c.want || o.UnsettledVersions() != c.doubtful {
			t.Errorf("%s: %d lines, %d of them doubtful; want %d, %d", c.name, len(r.lines), o.UnsettledVersions(), c.want, c.doubtful)
		}
	}
}

// Seconds in one half and milliseconds in the other are no dates of 1970.
func TestReadOrders_RefusesTimesInTwoUnits(t *testing.T) {
	f, at := plainFile(), -1
	f.columns[data.Time] = &orderColumn{"order_date", parquet.Int(64), func(l *testLine) parquet.Value {
		if at++; at%3 == 0 {
			return parquet.Int64Value(l.micros / 1_000_000)
		}
		return parquet.Int64Value(l.micros / 1000)
	}}
	_, err := readOrders(t, Options{}, f.write(t, t.TempDir(), "o.parquet", testLines(300)))
	if err == nil || !strings.Contains(err.Error(), "200 of 300 numbers are dates as unix-ms, and 100 others as unix") {
		t.Errorf("%v", err)
	}
}

// Money in parts of a unit is read by the name of its column, or as the setting says.
func TestReadOrders_ReadsMoneyInPartsOfAUnit(t *testing.T) {
	lines := testLines(200)
	want, err := readOrders(t, Options{}, plainFile().write(t, t.TempDir(), "o.parquet", lines))
	if err != nil {
		t.Fatal(err)
	}
	for name, decimals := range map[string]int{"amount_minor": 0, "amount_in_cents": 0, "amount_micros": 0, "amount": 2} {
		f := plainFile()
		f.columns[data.Amount] = &orderColumn{name, parquet.Int(64), func(l *testLine) parquet.Value {
			if name == "amount_micros" {
				return parquet.Int64Value(l.amount * 100)
			}
			return parquet.Int64Value(l.amount / 100)
		}}
		got, err := readOrders(t, Options{MoneyDecimals: decimals}, f.write(t, t.TempDir(), "o.parquet", lines))
		if err != nil {
			t.Fatal(err)
		}
		sameLines(t, got.lines, want.lines)
	}
}

// tableAndLines reads order files and walks over the histories.
func tableAndLines(t *testing.T, opts Options, path string) (*Table, *readResult) {
	t.Helper()
	found, err := source.Find(fsys.OS(), []string{path}, 0)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Read(context.Background(), fsys.OS(), found, opts)
	if err != nil {
		t.Fatal(err)
	}
	return o, collected(t, o, opts)
}
