package orders

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"winback/data/columns"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// spilling makes nearly every block go to disk.
var spilling = Options{MemoryBytes: 2 << 20, SpillFolder: "/spill", partitions: 7}

// readSpilling reads a shelf and holds so many bytes in memory.
func readSpilling(t testing.TB, files fsys.FS, limit int64) (*Table, error) {
	t.Helper()
	found, err := source.Find(files, []string{"/orders"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	opts := spilling
	opts.Workers = 2
	inspected, _, err := columns.Inspect(context.Background(), files, found.Files, opts.columns())
	if err != nil {
		return nil, err
	}
	o := newTable(inspected)
	split, err := o.splitterFor(context.Background(), files, opts)
	if err != nil {
		return nil, err
	}
	r := newReading(context.Background(), opts, split)
	r.flushAt = 20
	r.store.spillTo(files, opts.SpillFolder, limit)
	if err := r.readAll(files, o); err != nil {
		r.store.close()
		return nil, err
	}
	o.finish(r)
	return o, nil
}

// walkTwice reads a shelf and walks over it twice: over lines as they came, and
// over histories as the first walk left them.
func walkTwice(t testing.TB, files fsys.FS, limit int64) error {
	t.Helper()
	o, err := readSpilling(t, files, limit)
	if err != nil {
		return err
	}
	defer o.Close()
	for range 2 {
		if _, err := o.Each(context.Background(), 2, func(int, *Histories) error { return nil }); err != nil {
			return err
		}
	}
	return o.Close()
}

func TestSpill_GivesTheSameHistoriesAsMemory(t *testing.T) {
	s := newShelf(t)
	s.put("a.parquet", testLines(3000))
	want := s.read(Options{}).result
	for _, limit := range []int64{1, 1000, 20_000, 60_000, 1 << 30} {
		o, err := readSpilling(t, s.mem, limit)
		if err != nil {
			t.Fatal(err)
		}
		for _, walk := range []string{"first", "second", "third"} {
			if walk == "third" {
				if err := o.MakeRoom(10_000); err != nil || o.store.held > 10_000 {
					t.Errorf("limit %d: %d bytes in memory, %v", limit, o.store.held, err)
				}
			}
			if got := collected(t, o, spilling); !slices.Equal(got.exact, want.exact) {
				t.Errorf("limit %d, %s walk: lines differ", limit, walk)
			}
		}
		if err := o.Close(); err != nil {
			t.Error(err)
		}
		if entries, err := s.mem.ReadDir("/spill"); err == nil && len(entries) > 0 {
			t.Errorf("limit %d: %s is left behind", limit, entries[0].Name())
		}
	}
}

// A full or broken disk is an error that names the folder, wherever it shows.
func TestSpill_FailingDiskIsReported(t *testing.T) {
	s := newShelf(t)
	s.put("a.parquet", testLines(600))
	counting := fsystest.NewFaulty(s.mem.Clone(), fsystest.Fault{})
	if err := walkTwice(t, counting, 5000); err != nil {
		t.Fatal(err)
	}
	faults := 0
	for at, op := range counting.Ops() {
		if !strings.HasPrefix(op.Path, "/spill") {
			continue
		}
		err := walkTwice(t, fsystest.NewFaulty(s.mem.Clone(), fsystest.Fault{At: at + 1, Err: syscall.ENOSPC}), 5000)
		var failed *SpillError
		switch {
		case err == nil && (op.Name == "remove" || strings.HasPrefix(op.Name, "close")): // nothing is lost
		case !errors.As(err, &failed) || failed.ExitCode() != 7 || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "in /spill"):
			t.Errorf("fault at %v: %v", op, err)
		default:
			faults++
		}
	}
	if faults < 5 {
		t.Errorf("only %d faults were met", faults)
	}
}

// tamperedFS changes a byte of what is read back.
type tamperedFS struct {
	fsys.FS
	at int64
}

type tamperedFile struct {
	fsys.ReadFile
	at int64
}

func (f tamperedFS) Open(path string) (fsys.ReadFile, error) {
	file, err := f.FS.Open(path)
	if err == nil && strings.HasPrefix(path, "/spill") {
		return tamperedFile{file, f.at}, nil
	}
	return file, err
}

func (f tamperedFile) ReadAt(b []byte, at int64) (int, error) {
	n, err := f.ReadFile.ReadAt(b, at)
	if f.at >= at && f.at < at+int64(n) {
		b[f.at-at] ^= 4
	}
	return n, err
}

func TestSpill_DamageOnDiskIsFound(t *testing.T) {
	s := newShelf(t)
	s.put("a.parquet", testLines(600))
	for at := int64(0); at < 12_000; at += 331 {
		if err := walkTwice(t, tamperedFS{s.mem.Clone(), at}, 1); !errors.Is(err, errChecksum) {
			t.Errorf("byte %d: %v", at, err)
		}
	}
}

// The splitter finds what a look at all bounds finds.
func TestSplitter_DealsByTheBounds(t *testing.T) {
	for _, ids := range [][]string{
		{"C00010000000", "C00010000017", "C00010000100", "C00010500000", "C00019999999"},
		{"1", "10", "100", "12", "2", "20", "9", "99999"},
		{"a", "ab", "abc", "abcdefgh", "abcdefghi", "abcdefghij", "abcdefghik", "b"},
		{"\x00", "\x00\x01", "\x7f", "\xff", "\xff\xff\xff\xff\xff\xff\xff\xff\xff"},
		{"x"},
	} {
		var sample [][]byte
		for _, id := range ids {
			sample = append(sample, []byte(id))
		}
		s := newSplitter(sample, len(ids))
		tried := append(slices.Clone(ids), "", "C", "C0001", "C000100000170", "zzz", "abcdefg", "abcdefghijk")
		for _, id := range ids {
			tried = append(tried, id+"\x00", id+"0", id[:len(id)-1])
		}
		for i := range 2000 {
			tried = append(tried, fmt.Sprintf("C%011d", 10_000_000+i*7919))
		}
		for _, id := range tried {
			want := 0
			for _, b := range s.bounds {
				if id >= string(b) {
					want++
				}
			}
			if got := s.of([]byte(id)); got != want {
				t.Fatalf("%q among %q: partition %d, want %d", id, s.bounds, got, want)
			}
		}
	}
}

func TestSortKeys_SortsByKey(t *testing.T) {
	for n := range 300 {
		keys := make([]idKey, n)
		for i := range keys {
			h := columns.TextHash(fmt.Appendf(nil, "%d %d", n, i))
			keys[i] = idKey{h >> (n % 64) << (n % 7), int32(i)}
		}
		want := slices.Clone(keys)
		slices.SortStableFunc(want, func(a, b idKey) int {
			if a.key < b.key {
				return -1
			}
			return int(min(a.key-b.key, 1))
		})
		sortKeys(keys, make([]idKey, n))
		if !slices.Equal(keys, want) {
			t.Fatalf("%d keys are not sorted", n)
		}
	}
}
