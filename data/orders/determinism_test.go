package orders

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/data/columns"
	"winback/data/parse"
	"winback/data/source"
	"winback/internal/fsys"
)

// dealt deals lines to files of several row groups and page sizes, in a random
// order of rows.
func dealt(t *testing.T, r *rand.Rand, lines []testLine, files int) (dir string) {
	t.Helper()
	dir = t.TempDir()
	lines = slices.Clone(lines)
	r.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	for k := range files {
		f := plainFile()
		f.perPage = 1 + r.IntN(90)
		f.options = []parquet.WriterOption{parquet.MaxRowsPerRowGroup(int64(1 + r.IntN(400))), parquet.PageBufferSize(64 << r.IntN(8)), parquet.DataPageVersion(1 + r.IntN(2))}
		f.write(t, dir, fmt.Sprintf("%c%d.parquet", 'a'+rune(r.IntN(26)), k), lines[k*len(lines)/files:(k+1)*len(lines)/files])
	}
	return dir
}

// The histories are the same to the last tie whatever the order of rows and
// files, the row groups, pages and workers, and however many partitions there
// are.
func TestReadOrders_GivesTheSameHistoriesHoweverTheRowsCome(t *testing.T) {
	lines := testLines(3000)
	for i := range lines { // many lines of one moment, some of them equal
		lines[i].micros = data.DayOfMicros(lines[i].micros).Micros() + int64(i%4)*parse.MicrosPerHour
		if i%50 == 49 {
			lines[i] = lines[i-1]
		}
	}
	r := rand.New(rand.NewPCG(8, 8))
	var want []readLine
	for round := range 10 {
		dir := dealt(t, r, lines, 1+round*round/4)
		for _, workers := range []int{1, 2, 7, 16} {
			got, err := readOrders(t, Options{Workers: workers}, dir)
			if err != nil {
				t.Fatal(err)
			}
			if want == nil {
				want = got.exact
			}
			if sameLines(t, got.exact, want); t.Failed() {
				t.Fatalf("round %d, %d workers", round, workers)
			}
		}
	}
	if dropped := len(lines) - len(want); dropped != 60 {
		t.Errorf("%d duplicates dropped, want 60", dropped)
	}
}

// Partitions are only a way of dealing: their number leaves no trace.
func TestReadOrders_GivesTheSameHistoriesFromAnyNumberOfPartitions(t *testing.T) {
	lines := testLines(2000)
	path := plainFile().write(t, t.TempDir(), "orders.parquet", lines)
	want := meant(lines)
	for _, ids := range [][]string{{"12000"}, {"12010", "12020"}, {"0", "12005", "12005", "12006", "13"}, {"120", "1200", "12000", "120000", "12001"}} {
		orders := readSplit(t, path, ids)
		if r := collected(t, orders, Options{Workers: 3}); true {
			sameLines(t, r.lines, want)
		}
	}
}

// readSplit reads a file into partitions that end before the given ids.
func readSplit(t *testing.T, path string, bounds []string) *Table {
	t.Helper()
	sample := [][]byte{{}}
	for _, b := range bounds {
		sample = append(sample, []byte(b))
	}
	found, err := source.Find(fsys.OS(), []string{path}, 0)
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{Workers: 2}
	inspected, _, err := columns.Inspect(context.Background(), fsys.OS(), found.Files, opts.columns())
	if err != nil {
		t.Fatal(err)
	}
	o := newTable(inspected)
	split := newSplitter(sample, len(sample))
	shared := newReading(context.Background(), opts, split)
	shared.flushAt = 16
	if err := shared.readAll(fsys.OS(), o); err != nil {
		t.Fatal(err)
	}
	o.finish(shared)
	return o
}

// openFiles counts the files that stand open.
type openFiles struct {
	fsys.FS
	mu        sync.Mutex
	now, most int
}

type countedFile struct {
	fsys.ReadFile
	of *openFiles
}

func (f *openFiles) Open(path string) (fsys.ReadFile, error) {
	file, err := f.FS.Open(path)
	if err != nil {
		return nil, err
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.now++
	f.most = max(f.most, f.now)
	return &countedFile{file, f}, nil
}

func (c *countedFile) Close() error {
	c.of.mu.Lock()
	c.of.now--
	c.of.mu.Unlock()
	return c.ReadFile.Close()
}

// Thousands of small files are read with few open at a time, and all are closed, also
// where one of them is damaged.
func TestReadOrders_ThousandsOfFilesWithFewOpen(t *testing.T) {
	lines := testLines(2000)
	dir := t.TempDir()
	f := plainFile()
	f.options = []parquet.WriterOption{parquet.DataPageStatistics(false)} // whose copy of a value no checksum covers
	for i := range lines {
		f.write(t, dir, fmt.Sprintf("%02d/%04d.parquet", i%20, i), lines[i:i+1])
	}
	counted := &openFiles{FS: fsys.OS()}
	found, err := source.Find(counted, []string{dir}, 0)
	if err != nil {
		t.Fatal(err)
	}
	opts := Options{Workers: 4}
	orders, err := Read(context.Background(), counted, found, opts)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, collected(t, orders, opts).lines, meant(lines))
	if counted.now != 0 || counted.most > 64+4 {
		t.Errorf("%d files stood open at a time, want at most 68; %d still do", counted.most, counted.now)
	}
	for _, damage := range []func(path string) error{
		func(path string) error { spoiled(t, path, "SKU-"); return nil },
		func(path string) error { return os.Truncate(path, 100) },
		os.Remove,
	} {
		path := filepath.Join(dir, "07/1007.parquet")
		if err := damage(path); err != nil {
			t.Fatal(err)
		}
		_, err := Read(context.Background(), counted, found, opts)
		refusedAs(t, err, []string{path})
		if counted.now != 0 {
			t.Errorf("%d files stand open after an error", counted.now)
		}
	}
}

// Files without rows, without row groups, and without any customer are read
// like others.
func TestReadOrders_FilesWithoutRowsOrCustomers(t *testing.T) {
	lines := testLines(100)
	nobody := slices.Clone(lines)
	for i := range nobody {
		nobody[i].customer = ""
	}
	dir := t.TempDir()
	plainFile().write(t, dir, "a-empty.parquet", nil)
	plainFile().write(t, dir, "b-nobody.parquet", nobody)
	empty, err := readOrders(t, Options{}, filepath.Join(dir, "a-empty.parquet"))
	if err != nil || len(empty.lines) != 0 || empty.read != 0 {
		t.Errorf("an empty file: %v, %+v", err, empty)
	}
	none, err := readOrders(t, Options{KeepRejects: true}, dir)
	if err != nil || len(none.lines) != 0 || none.setAside[NoCustomer] != 100 || len(none.rejects) != 100 {
		t.Errorf("no customers at all: %v, set aside %v", err, none.setAside)
	}
	plainFile().write(t, dir, "c.parquet", lines)
	plainFile().write(t, dir, "d-empty.parquet", nil)
	all, err := readOrders(t, Options{Workers: 3}, dir)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, all.lines, meant(lines))
}

// One row group of many rows and pages is read in steps.
func TestReadOrders_OneHugeRowGroup(t *testing.T) {
	lines := testLines(mostBatchRows + 5000)
	f := plainFile()
	f.perPage = 10_000
	f.options = []parquet.WriterOption{parquet.PageBufferSize(1 << 15), parquet.Compression(&parquet.Snappy)}
	for r, c := range f.columns {
		if c != nil && r%2 == 0 {
			c.node = parquet.Encoded(c.node, &parquet.RLEDictionary)
		}
	}
	path := f.write(t, t.TempDir(), "orders.parquet", lines)
	got, err := readOrders(t, Options{}, path)
	if err != nil {
		t.Fatal(err)
	}
	sameLines(t, got.lines, meant(lines))
}
