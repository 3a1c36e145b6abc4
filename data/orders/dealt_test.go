package orders

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/source"
	"winback/internal/fsys"
)

// byRange writes lines to one file for each range of customers, which begin with the
// given ids.
func byRange(t *testing.T, r *rand.Rand, f *orderFile, lines []testLine, bounds ...string) (files []source.File) {
	t.Helper()
	lines = slices.Clone(lines)
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	parts := make([][]testLine, len(bounds)+1)
	for _, l := range lines {
		at := 0
		for at < len(bounds) && l.customer >= bounds[at] {
			at++
		}
		parts[at] = append(parts[at], l)
	}
	dir := t.TempDir()
	for i, part := range parts {
		f.options = append(slices.Clone(f.options), parquet.MaxRowsPerRowGroup(int64(2000+r.IntN(9000))))
		files = append(files, foundAt(t, f.write(t, dir, fmt.Sprintf("part%d.parquet", i), part)).Files...)
	}
	return files
}

func foundAt(t *testing.T, path string) source.Found {
	t.Helper()
	found, err := source.Find(fsys.OS(), []string{path}, 0)
	if err != nil {
		t.Fatal(err)
	}
	return found
}

// gathered deals each file and gathers all in a random order, over the byte strings
// that pass between processes.
func gathered(t *testing.T, r *rand.Rand, sample source.Found, files []source.File, opts Options) (*Table, error) {
	t.Helper()
	var all [][][]byte
	for _, f := range files {
		d, err := Deal(context.Background(), fsys.OS(), sample, f, opts)
		if err != nil {
			return nil, err
		}
		parts, err := d.Parts()
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, parts)
	}
	r.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return Gather(context.Background(), fsys.OS(), sample, opts, func() (*Dealt, error) {
		if len(all) == 0 {
			return nil, io.EOF
		}
		parts := all[0]
		all = all[1:]
		return DealtOf(parts, [32]byte{})
	})
}

// Lines that other processes have dealt make the table that their files make: to the
// last tie, count and name.
func TestGather_MakesTheTableThatTheFilesMake(t *testing.T) {
	plain := testLines(3000)
	for i := range plain {
		plain[i].micros = data.DayOfMicros(plain[i].micros).Micros() + int64(i%4)*3_600_000_000
		if i%50 == 49 {
			plain[i] = plain[i-1]
		}
		if i%70 == 3 {
			plain[i].customer = ""
		}
	}
	placeholders := slices.Clone(plain)
	for i := range placeholders {
		if placeholders[i].customer == "12017" || i%500 == 7 { // one customer has no other lines
			placeholders[i].micros = 0
		}
	}
	genuine := slices.Clone(plain)
	for i := range genuine {
		genuine[i].micros -= 5 * 366 * data.MicrosPerDay // 2001-01-01 is a day like any other
	}
	versions := plainFile()
	versions.columns[data.Status] = textColumn("status", func(l *testLine) string { return l.status })
	staged := slices.Clone(plain)
	for i := range staged {
		staged[i].status = "paid"
		if i%9 == 2 && i > 0 {
			staged[i] = staged[i-1]
			staged[i].status = []string{"shipped", "cancelled"}[i%2]
		}
	}
	stagedPlaceholders := slices.Clone(staged)
	for i := 7; i < len(staged); i += 300 {
		stagedPlaceholders[i].micros = 0
	}
	paged := plainFile()
	paged.perPage, paged.options = 500, []parquet.WriterOption{parquet.PageBufferSize(4096), parquet.MaxRowsPerRowGroup(5000)}
	r := rand.New(rand.NewPCG(4, 15))
	for _, c := range []struct {
		name  string
		file  *orderFile
		lines []testLine
		opts  Options
	}{
		{"plain", plainFile(), plain, Options{}},
		{"spilled", paged, testLines(20_000), Options{MemoryBytes: 1 << 18, SpillFolder: t.TempDir()}},
		{"days that stand for none", plainFile(), placeholders, Options{}},
		{"days that stand for none elsewhere", plainFile(), genuine, Options{}},
		{"names before a day", plainFile(), plain, Options{NamesBefore: 13_400}},
		{"versions", versions, staged, Options{ExcludeStatuses: []string{"cancelled"}}},
		{"versions, and days that stand for none", versions, stagedPlaceholders, Options{ExcludeStatuses: []string{"cancelled"}}},
		{"without orders", plainFile().without(data.OrderID, data.Line), plain, Options{}},
	} {
		c.opts.Workers = 2
		whole := c.file.write(t, t.TempDir(), "orders.parquet", c.lines)
		want, err := readOrders(t, c.opts, whole)
		if err != nil {
			t.Fatal(c.name, err)
		}
		for _, bounds := range [][]string{nil, {"12015", "12016"}, {"12005", "12011", "12018", "12033"}} {
			table, err := gathered(t, r, foundAt(t, whole), byRange(t, r, c.file, c.lines, bounds...), c.opts)
			if err != nil {
				t.Fatal(c.name, err)
			}
			if spilled := slices.ContainsFunc(table.store.parts, func(p storedPart) bool { return len(p.spilled) > 0 }); spilled != (c.opts.SpillFolder != "") {
				t.Errorf("%s: spilled %t", c.name, spilled)
			}
			got := collected(t, table, c.opts)
			again := collected(t, table, c.opts)
			sameLines(t, got.exact, want.exact)
			sameLines(t, again.exact, want.exact)
			if got.setAside != want.setAside || got.read != want.read || got.mismatches != want.mismatches {
				t.Errorf("set aside %v of %d, want %v of %d", got.setAside, got.read, want.setAside, want.read)
			}
			if a, b := table, want.orders; a.FirstDay != b.FirstDay || a.LastDay != b.LastDay || a.NewestPurchase != b.NewestPurchase || !slices.Equal(a.NoDates(), b.NoDates()) || fmt.Sprint(*a.Names) != fmt.Sprint(*b.Names) {
				t.Errorf("other days or names: %v to %v, %v; want %v to %v, %v", a.FirstDay, a.LastDay, a.Names, b.FirstDay, b.LastDay, b.Names)
			}
			files := byRange(t, r, c.file, c.lines, bounds...)
			other, err := gathered(t, r, foundAt(t, whole), files, c.opts)
			if err != nil {
				t.Fatal(c.name, err)
			}
			lines, late := rangesAlone(t, other, foundAt(t, whole), files, c.opts)
			sameLines(t, lines, want.exact)
			other.WalkedElsewhere(late)
			if other.SetAside != table.SetAside || other.UnsettledVersions() != table.UnsettledVersions() {
				t.Errorf("walked elsewhere: set aside %v, %d unsettled; want %v, %d", other.SetAside, other.UnsettledVersions(), table.SetAside, table.UnsettledVersions())
			}
			if after := collected(t, other, c.opts); after.setAside != want.setAside || other.UnsettledVersions() != table.UnsettledVersions() {
				t.Errorf("walked elsewhere and here: set aside %v, want %v", after.setAside, want.setAside)
			}
			if err := errors.Join(table.Close(), other.Close()); err != nil {
				t.Error(err)
			}
			if t.Failed() {
				t.Fatalf("%s, %d ranges", c.name, len(bounds)+1)
			}
		}
	}
}

// rangesAlone are the lines of all ranges, each read without the others, and the late ones
// of each.
func rangesAlone(t *testing.T, table *Table, sample source.Found, files []source.File, opts Options) (lines []readLine, late []Late) {
	t.Helper()
	head, names, err := table.Common()
	if err != nil {
		t.Fatal(err)
	}
	common, err := CommonOf(head, names)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		d, err := Deal(context.Background(), fsys.OS(), sample, f, opts)
		if err != nil {
			t.Fatal(err)
		}
		alone, err := d.Table(common)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := alone.Each(context.Background(), 1, func(_ int, h *Histories) error {
			lines = append(lines, linesOf(h)...)
			return checkHistories(h)
		}); err != nil {
			t.Fatal(err)
		}
		late = append(late, alone.Late())
	}
	return lines, late
}

// A range that is dealt again, its lines in another order, has the same bytes.
func TestDeal_GivesTheSameBytesInWhateverOrder(t *testing.T) {
	lines := testLines(2000)
	r := rand.New(rand.NewPCG(7, 15))
	sample := foundAt(t, plainFile().write(t, t.TempDir(), "sample.parquet", lines))
	var want [][]byte
	for i := range 3 {
		d, err := Deal(context.Background(), fsys.OS(), sample, byRange(t, r, plainFile(), lines)[0], Options{})
		if err != nil {
			t.Fatal(err)
		}
		got, err := d.Parts()
		if err != nil {
			t.Fatal(err)
		}
		if i > 0 && !slices.EqualFunc(got, want, bytes.Equal) {
			t.Error("other bytes")
		}
		want = got
	}
}

func TestCommon_RefusesOtherSettingsAndDamage(t *testing.T) {
	lines := testLines(400)
	r := rand.New(rand.NewPCG(1, 2))
	sample := foundAt(t, plainFile().write(t, t.TempDir(), "sample.parquet", lines))
	files := byRange(t, r, plainFile(), lines, "12010")
	table, err := gathered(t, r, sample, files, Options{})
	if err != nil {
		t.Fatal(err)
	}
	head, names, err := table.Common()
	if err != nil {
		t.Fatal(err)
	}
	common, err := CommonOf(head, names)
	if err != nil {
		t.Fatal(err)
	}
	d, err := Deal(context.Background(), fsys.OS(), sample, files[0], Options{Duplicates: DuplicatesKeep})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Table(common); err == nil || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("dealt with other settings: %v", err)
	}
	for _, bad := range [][2][]byte{{head[:len(head)-1], names}, {head, names[:len(names)-1]}, {bytes.Replace(head, []byte(`"versions":`), []byte(`"versions":9`), 1), names}} {
		if _, err := CommonOf(bad[0], bad[1]); err == nil {
			t.Errorf("%s is read", bad[0])
		}
	}
}

func TestGather_RefusesWhatDoesNotFitTogether(t *testing.T) {
	lines := testLines(400)
	r := rand.New(rand.NewPCG(1, 1))
	dir := t.TempDir()
	sample := foundAt(t, plainFile().write(t, dir, "sample.parquet", lines))
	files := byRange(t, r, plainFile(), lines, "12010")
	if _, err := gathered(t, r, sample, append(files, files[1]), Options{}); err == nil || !strings.Contains(err.Error(), "overlap") {
		t.Errorf("a range given twice: %v", err)
	}
	d, err := Deal(context.Background(), fsys.OS(), sample, files[0], Options{Duplicates: DuplicatesKeep})
	if err != nil {
		t.Fatal(err)
	}
	one := func() (*Dealt, error) { return d, nil }
	if _, err := Gather(context.Background(), fsys.OS(), sample, Options{}, one); err == nil || !strings.Contains(err.Error(), "other settings") {
		t.Errorf("dealt with other settings: %v", err)
	}
	other := plainFile().without(data.Quantity)
	path := other.write(t, dir, "other.parquet", lines)
	if _, err := Deal(context.Background(), fsys.OS(), sample, foundAt(t, path).Files[0], Options{}); err == nil || !strings.Contains(err.Error(), `no column "quantity"`) || !strings.Contains(err.Error(), filepath.Base(path)) {
		t.Errorf("a column that the sample has is missing: %v", err)
	}
	for _, parts := range [][][]byte{nil, {[]byte("{}"), nil, nil}, {[]byte("{"), nil, nil}, {[]byte(`{"format":1,"sealed":true}`), nil, nil}} {
		if _, err := DealtOf(parts, [32]byte{}); err == nil {
			t.Errorf("%q is taken for dealt lines", parts)
		}
	}
}
