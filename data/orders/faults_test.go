package orders

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/columns"
	"winback/data/source"
	"winback/internal/fsys"
)

// spoiled flips a bit in the middle of the first of the marks in a file.
func spoiled(t *testing.T, path, mark string) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(b, []byte(mark))
	if at < 0 {
		t.Fatalf("%s does not hold %q", path, mark)
	}
	b[at+len(mark)/2] ^= 4
	if err := os.WriteFile(path, b, 0o640); err != nil {
		t.Fatal(err)
	}
}

// A damaged page is the file's fault, named with the file, however far other
// workers are in other files at that moment; of several damaged files the first
// is named.
func TestReadOrders_NamesTheFirstDamagedFileWhateverTheWorkersDo(t *testing.T) {
	lines := testLines(200)
	for round := range 12 {
		dir := t.TempDir()
		f := plainFile()
		f.options = []parquet.WriterOption{parquet.MaxRowsPerRowGroup(50)}
		for _, name := range []string{"a.parquet", "b.parquet", "c.parquet", "d.parquet"} {
			f.write(t, dir, name, lines)
		}
		spoiled(t, filepath.Join(dir, "b.parquet"), "SKU-031")
		spoiled(t, filepath.Join(dir, "d.parquet"), "SKU-031")
		var calls atomic.Int64
		opts := Options{Workers: 1 + round%4, Progress: func(int64) {
			if calls.Add(1) == int64(1+round/4) { // one worker lags behind
				time.Sleep(30 * time.Millisecond)
			}
		}}
		_, err := readOrders(t, opts, dir)
		var input *data.InputError
		if !errors.As(err, &input) || filepath.Base(input.Path) != "b.parquet" || !strings.Contains(err.Error(), "checksum") {
			t.Fatalf("%d workers: have %v, want the damage of b.parquet", opts.Workers, err)
		}
	}
}

// A reading that is called off ends with the reason of the context.
func TestReadOrders_EndsWhenCalledOff(t *testing.T) {
	path := plainFile().write(t, t.TempDir(), "a.parquet", testLines(300))
	ctx, cancel := context.WithCancel(context.Background())
	found, err := source.Find(fsys.OS(), []string{path}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = Read(ctx, fsys.OS(), found, Options{Progress: func(int64) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Errorf("have %v, want %v", err, context.Canceled)
	}
}

// All wrong files are named at once, up to a handful, whatever is wrong with
// each; and what was taken for what is told with all its names.
func TestReadOrders_NamesAllWrongFiles(t *testing.T) {
	lines := testLines(20)
	dir := t.TempDir()
	plainFile().write(t, dir, "a.parquet", lines)
	other := plainFile()
	other.columns[data.Customer].name, other.columns[data.Amount].name = "buyer_id", "line_total"
	other.write(t, dir, "b.parquet", lines)
	found, err := source.Find(fsys.OS(), []string{dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	orders, err := Read(context.Background(), fsys.OS(), found, Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := "customer=customer_id or buyer_id, order=order_id, line=line_num, time=order_date, amount=amount or line_total, quantity=quantity, product=sku, category=category, channel=channel"
	if have := strings.Join(orders.Columns, ", "); have != want {
		t.Errorf("columns are %s, want %s", have, want)
	}
	for name, content := range map[string]string{"c.parquet": "customer;amount\n", "d.parquet": "", "e.parquet": "PAR1"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	plainFile().without(data.Time).write(t, dir, "f.parquet", lines)
	_, err = readOrders(t, Options{}, dir)
	refusedAs(t, err, []string{"c.parquet: this is no Parquet file, it looks like a CSV file", "d.parquet: the file is empty", "e.parquet: the file is cut short", "f.parquet: no column for the time"})
	// The same fault in several files is told once.
	for _, name := range []string{"g", "h", "i"} {
		plainFile().without(data.Amount).write(t, dir, name+".parquet", lines)
	}
	_, err = readOrders(t, Options{}, dir)
	refusedAs(t, err, []string{"c.parquet", "g.parquet", "(so in 3 of 9 files)"})
	var input *data.InputError
	if !errors.As(err, &input) || strings.Contains(err.Error(), "i.parquet") {
		t.Errorf("have %v", err)
	}
	for _, role := range []data.Role{data.Customer, data.Quantity} {
		plainFile().without(role).write(t, dir, "z-"+role.String()+".parquet", lines)
	}
	_, err = readOrders(t, Options{}, dir)
	refusedAs(t, err, []string{"c.parquet", "g.parquet", "and other faults; 9 of 11 files cannot be read"})
	two := t.TempDir()
	plainFile().write(t, two, "a.parquet", lines)
	plainFile().write(t, two, "b.parquet", lines)
	_, err = readOrders(t, Options{Mapping: data.Mapping{data.Amount: "total"}}, two)
	refusedAs(t, err, []string{`a.parquet: column "total": not found`, "(so in 2 of 2 files)"})
	if strings.Count(err.Error(), "--map") != 1 {
		t.Errorf("one wrong mapping is told more than once: %v", err)
	}
}

// A list of digests may have been made in any folder above the files; it must
// cover all of them, and tells files of the same name apart.
func TestReadOrders_DigestsAreFoundByAnyEndOfThePath(t *testing.T) {
	lines := testLines(20)
	dir := t.TempDir()
	f := plainFile().without(data.Channel)
	sums := map[string]string{}
	for i, channel := range []string{"channel=web", "channel=phone"} {
		path := f.write(t, dir, channel+"/part-0.parquet", lines[i*10:i*10+10])
		sum, err := columns.Digest(fsys.OS(), path)
		if err != nil {
			t.Fatal(err)
		}
		sums[channel] = sum
	}
	for _, prefix := range []string{"", filepath.Base(dir) + "/", dir + "/"} {
		digests := map[string]string{prefix + "channel=web/part-0.parquet": sums["channel=web"], prefix + "channel=phone/part-0.parquet": sums["channel=phone"]}
		got, err := readOrders(t, Options{Digests: digests}, dir)
		if err != nil {
			t.Fatalf("%q: %v", prefix, err)
		}
		if len(got.lines) != len(lines) {
			t.Errorf("%d lines, want %d", len(got.lines), len(lines))
		}
		digests[prefix+"channel=web/part-0.parquet"] = sums["channel=phone"]
		_, err = readOrders(t, Options{Digests: digests}, dir)
		refusedAs(t, err, []string{"channel=web/part-0.parquet", "the file has changed", sums["channel=web"], sums["channel=phone"]})
		delete(digests, prefix+"channel=web/part-0.parquet")
		_, err = readOrders(t, Options{Digests: digests}, dir)
		refusedAs(t, err, []string{"channel=web/part-0.parquet", "the list of digests has no line for it"})
	}
}
