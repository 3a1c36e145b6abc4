package orders

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"winback/data"
	"winback/data/source"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// shelf is a folder of order files in memory, and a store beside it.
type shelf struct {
	t     testing.TB
	mem   *fsystest.Mem
	files map[string][]testLine
}

func newShelf(t testing.TB) *shelf {
	return &shelf{t: t, mem: fsystest.NewMem(), files: map[string][]testLine{}}
}

// put writes an order file, in the place of an older one of that name.
func (s *shelf) put(name string, lines []testLine) {
	s.t.Helper()
	s.files[name] = lines
	path := filepath.Join("/orders", name)
	s.mem.MkdirAll("/orders")
	s.mem.Remove(path)
	f, err := s.mem.Create(path)
	if err != nil {
		s.t.Fatal(err)
	}
	if _, err := f.Write(plainFile().encoded(s.t, lines)); err != nil {
		s.t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close(), s.mem.SyncDir("/orders"), s.mem.SyncDir("/")); err != nil {
		s.t.Fatal(err)
	}
}

func (s *shelf) remove(name string) {
	s.t.Helper()
	delete(s.files, name)
	if err := errors.Join(s.mem.Remove(filepath.Join("/orders", name)), s.mem.SyncDir("/orders")); err != nil {
		s.t.Fatal(err)
	}
}

// night is what one reading gave.
type night struct {
	result *readResult
	names  Names
	first  data.Day
	last   data.Day
	newest data.Day
	report StoreReport
}

// readShelf reads all order files of a file system.
func readShelf(t testing.TB, files fsys.FS, opts Options) (*night, error) {
	t.Helper()
	found, err := source.Find(files, []string{"/orders"}, 0)
	if err != nil {
		return nil, err
	}
	opts.Workers, opts.partitions = 2, 5
	o, err := Read(context.Background(), files, found, opts)
	if err != nil {
		return nil, err
	}
	defer o.Close()
	// A failing disk may also end the first walk.
	if _, err := o.Each(context.Background(), 2, func(int, *Histories) error { return nil }); err != nil {
		return nil, err
	}
	return &night{collected(t, o, opts), *o.Names, o.FirstDay, o.LastDay, o.NewestPurchase, o.Store}, nil
}

func (s *shelf) read(opts Options) *night {
	s.t.Helper()
	n, err := readShelf(s.t, s.mem, opts)
	if err != nil {
		s.t.Fatal(err)
	}
	return n
}

// sameNight fails where two readings differ in anything but what the store
// says of itself.
func sameNight(t testing.TB, what string, got, want *night) {
	t.Helper()
	if !slices.Equal(got.result.exact, want.result.exact) {
		sameLines(t, got.result.lines, want.result.lines)
		t.Fatalf("%s: lines differ", what)
	}
	g, w := *got, *want
	g.report, w.report, g.result, w.result = StoreReport{}, StoreReport{}, nil, nil
	if got.result.setAside != want.result.setAside || got.result.mismatches != want.result.mismatches || got.result.byStatus != want.result.byStatus || !reflect.DeepEqual(g, w) {
		t.Fatalf("%s: counts differ:\n have %+v %v\n want %+v %v", what, g, got.result.setAside, w, want.result.setAside)
	}
}

var stored = Options{Store: "/store"}

func TestStore_EveryNightEqualsAFullRead(t *testing.T) {
	lines := testLines(3000)
	s := newShelf(t)
	month := func(i int) []testLine { return lines[i*200 : (i+1)*200] }
	for i := range 6 {
		s.put(fmt.Sprintf("m%02d.parquet", i), month(i))
	}
	for _, step := range []struct {
		what             string
		do               func()
		kept, read, gone int
	}{
		{"first night", func() {}, 0, 6, 0},
		{"nothing new", func() {}, 6, 0, 0},
		{"a new file", func() { s.put("m06.parquet", month(6)) }, 6, 1, 0},
		{"a new file with duplicates of an old one", func() { s.put("m07.parquet", append(slices.Clone(month(6)[150:]), month(7)...)) }, 7, 1, 0},
		{"a file that has grown", func() { s.put("m07.parquet", append(slices.Clone(month(7)), month(8)...)) }, 7, 1, 1},
		{"a file that vanished", func() { s.remove("m02.parquet") }, 7, 0, 1},
		{"a file under another name", func() { s.remove("m03.parquet"); s.put("x.parquet", month(3)) }, 7, 0, 0},
		{"the same file twice", func() { s.put("y.parquet", month(3)) }, 7, 1, 0},
		{"one of two equal files gone", func() { s.remove("x.parquet") }, 7, 0, 1},
		{"all files changed", func() {
			for name := range maps.Clone(s.files) {
				s.put(name, s.files[name][:100])
			}
		}, 0, 7, 7},
	} {
		step.do()
		got := s.read(stored)
		sameNight(t, step.what, got, s.read(Options{}))
		if r := got.report; r.Kept != step.kept || r.Read != step.read || r.Gone != step.gone || len(r.Faults) > 0 || (len(r.Notes) == 0) != (step.what != "first night") {
			t.Errorf("%s: %+v", step.what, r)
		}
	}
}

// The as-of day moves on from night to night: names that only later lines had
// become known, and not a day earlier.
func TestStore_KnowsNamesFromTheirFirstDayOn(t *testing.T) {
	s := newShelf(t)
	lines := testLines(400)
	slices.SortFunc(lines, func(a, b testLine) int { return int(max(-1, min(1, a.micros-b.micros))) })
	for i := range lines {
		lines[i].category = fmt.Sprintf("c%03d", i/4)
	}
	s.put("a.parquet", lines[:200])
	s.put("b.parquet", lines[200:390])
	for _, day := range []data.Day{data.DayOfMicros(lines[90].micros), data.DayOfMicros(lines[250].micros), data.DayOfMicros(lines[389].micros) + 1} {
		opts := Options{NamesBefore: day}
		full := s.read(opts)
		opts.Store = "/store"
		sameNight(t, day.String(), s.read(opts), full)
	}
	s.put("a.parquet", lines[100:200]) // takes names away
	s.put("c.parquet", lines[390:])
	for _, day := range []data.Day{data.DayOfMicros(lines[390].micros), data.DayOfMicros(lines[250].micros)} {
		opts := Options{NamesBefore: day}
		full := s.read(opts)
		opts.Store = "/store"
		sameNight(t, "changed, "+day.String(), s.read(opts), full)
	}
}

func TestStore_OtherSettingsAreReadAnew(t *testing.T) {
	s := newShelf(t)
	s.put("a.parquet", testLines(300))
	s.read(stored)
	opts := Options{Returns: ReturnRules{OrderPrefixes: []string{"50001"}}}
	full := s.read(opts)
	opts.Store = "/store"
	got := s.read(opts)
	sameNight(t, "other returns", got, full)
	if got.report.Read != 1 || len(got.report.Notes) == 0 || len(got.report.Faults) > 0 {
		t.Errorf("%+v", got.report)
	}
	opts.Duplicates = DuplicatesKeep // decided when histories are built
	if got := s.read(opts); got.report.Kept != 1 {
		t.Errorf("another rule for duplicates: %+v", got.report)
	}
}

// Many nights with little news leave few files behind.
func TestStore_StaysTidyOverManyNights(t *testing.T) {
	s := newShelf(t)
	lines := testLines(2000)
	s.put("a.parquet", lines[:1500])
	s.read(stored)
	for i := range 50 {
		s.put(fmt.Sprintf("n%02d.parquet", i), lines[1500+10*i:1510+10*i])
		s.read(stored)
	}
	sameNight(t, "50 nights later", s.read(stored), s.read(Options{}))
	entries, err := s.mem.ReadDir("/store")
	if err != nil {
		t.Fatal(err)
	}
	if len(entries) > mostSegments+3 {
		t.Errorf("%d files", len(entries))
	}
}

func TestStore_InUseByAnotherRunIsLeftAlone(t *testing.T) {
	s := newShelf(t)
	s.put("a.parquet", testLines(300))
	s.read(stored)
	lock, err := s.mem.Lock(filepath.Join("/store", storeLockName))
	if err != nil {
		t.Fatal(err)
	}
	defer lock.Close()
	got := s.read(stored)
	sameNight(t, "locked", got, s.read(Options{}))
	if got.report.Read != 1 || len(got.report.Faults) == 0 {
		t.Errorf("%+v", got.report)
	}
}

// rewrite puts other bytes in the place of a file.
func rewrite(t testing.TB, mem *fsystest.Mem, path string, b []byte) {
	t.Helper()
	if err := mem.Remove(path); err != nil {
		t.Fatal(err)
	}
	f, err := mem.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.Write(b); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// Whatever is damaged in a store, the result is that of a full read, and the
// store is whole again afterwards.
func TestStore_DamageIsFoundAndMended(t *testing.T) {
	s := newShelf(t)
	lines := testLines(400)
	s.put("a.parquet", lines[:300])
	s.read(stored)
	s.put("b.parquet", lines[300:330])
	s.read(stored)
	want := s.read(Options{})
	entries, err := s.mem.ReadDir("/store")
	if err != nil {
		t.Fatal(err)
	}
	r := rand.New(rand.NewPCG(3, 3))
	for _, e := range entries {
		if e.Name() == storeLockName {
			continue
		}
		path := filepath.Join("/store", e.Name())
		sound, err := readWhole(s.mem, path)
		if err != nil {
			t.Fatal(err)
		}
		for i := range 40 {
			mem := s.mem.Clone()
			b := slices.Clone(sound)
			what := ""
			switch i {
			case 0:
				what = "missing"
			case 1:
				what, b = "empty", nil
			case 2:
				what, b = "cut short", b[:len(b)-1]
			default:
				at := r.IntN(len(b))
				what = fmt.Sprintf("byte %d", at)
				b[at] ^= 1 << r.IntN(8)
			}
			if rewrite(t, mem, path, b); what == "missing" {
				if err := mem.Remove(path); err != nil {
					t.Fatal(err)
				}
			}
			got, err := readShelf(t, mem, stored)
			if err != nil {
				t.Fatalf("%s, %s: %v", e.Name(), what, err)
			}
			sameNight(t, e.Name()+" "+what, got, want)
			damaged := 2 // files that have to be read again
			if isNumbered(e.Name(), segmentPrefix) {
				damaged = 1
			}
			if got.report.Read != damaged || len(got.report.Faults)+len(got.report.Notes) == 0 {
				t.Errorf("%s, %s: %+v", e.Name(), what, got.report)
			}
			again, err := readShelf(t, mem, stored)
			if err != nil {
				t.Fatal(err)
			}
			sameNight(t, "after "+e.Name()+" "+what, again, want)
			if again.report.Kept != 2 {
				t.Errorf("after %s, %s: %+v", e.Name(), what, again.report)
			}
		}
	}
}

// situations are nights that change the store in every way.
func situations(t *testing.T) map[string]*shelf {
	lines := testLines(240)
	first, fresh, changed := newShelf(t), newShelf(t), newShelf(t)
	first.put("a.parquet", lines[:200])
	for _, s := range []*shelf{fresh, changed} {
		s.put("a.parquet", lines[:200])
		s.read(stored)
	}
	fresh.put("b.parquet", lines[200:220])
	changed.put("a.parquet", lines[20:210])
	return map[string]*shelf{"first": first, "fresh": fresh, "changed": changed}
}

// A night that stops anywhere leaves a store from which the next one gives the
// result of a full read.
func TestStore_CrashAnywhereIsHarmless(t *testing.T) {
	for name, s := range situations(t) {
		want := s.read(Options{})
		counting := fsystest.NewFaulty(s.mem.Clone(), fsystest.Fault{})
		if _, err := readShelf(t, counting, stored); err != nil {
			t.Fatal(err)
		}
		for at, op := range counting.Ops() {
			if !op.Changes() && op.Name != "open" {
				continue
			}
			mem := s.mem.Clone()
			if n, err := readShelf(t, fsystest.NewFaulty(mem, fsystest.Fault{At: at + 1, Stop: true}), stored); err == nil && len(n.report.Faults) == 0 && op.Changes() && op.Name != "remove" {
				t.Fatalf("%s: a crash at %v was not noticed", name, op)
			}
			for _, loss := range []fsystest.Loss{fsystest.Dropped, fsystest.Kept, fsystest.HalfKept} {
				after := mem.Clone()
				after.Crash(loss, uint64(at))
				got, err := readShelf(t, after, stored)
				if err != nil {
					t.Fatalf("%s: after a crash at %d %v, %v: %v", name, at, op, loss, err)
				}
				sameNight(t, fmt.Sprintf("%s: after a crash at %d %v, %v", name, at, op, loss), got, want)
			}
		}
	}
}

// A failing disk is an error that names the store, or no matter; the next night
// is as good as any.
func TestStore_FailingDiskIsReported(t *testing.T) {
	for name, s := range situations(t) {
		want := s.read(Options{})
		counting := fsystest.NewFaulty(s.mem.Clone(), fsystest.Fault{})
		if _, err := readShelf(t, counting, stored); err != nil {
			t.Fatal(err)
		}
		for at, op := range counting.Ops() {
			if !strings.HasPrefix(op.Path, "/store") {
				continue
			}
			mem := s.mem.Clone()
			got, err := readShelf(t, fsystest.NewFaulty(mem, fsystest.Fault{At: at + 1, Err: syscall.EIO}), stored)
			var failed *StoreError
			switch {
			case err == nil:
				sameNight(t, fmt.Sprintf("%s: in spite of a fault at %v", name, op), got, want)
			case !errors.As(err, &failed) || failed.ExitCode() != 7 || !strings.Contains(err.Error(), "/store"):
				t.Errorf("%s: fault at %v: %v", name, op, err)
			}
			if got, err = readShelf(t, mem, stored); err != nil {
				t.Fatalf("%s: the night after a fault at %v: %v", name, op, err)
			}
			sameNight(t, fmt.Sprintf("%s: the night after a fault at %v", name, op), got, want)
		}
	}
}

// What a night has put into the store survives a loss of power behind it.
func TestStore_IsDurableWhenANightIsOver(t *testing.T) {
	for name, s := range situations(t) {
		got := s.read(stored)
		s.mem.Crash(fsystest.Dropped, 1)
		again := s.read(stored)
		sameNight(t, name, again, got)
		if again.report.Read != 0 || len(again.report.Notes)+len(again.report.Faults) > 0 {
			t.Errorf("%s: %+v", name, again.report)
		}
	}
}

// Rows set aside can only be written out when all files are read.
func TestStore_IsNotUsedForRejects(t *testing.T) {
	s := newShelf(t)
	s.put("a.parquet", testLines(300))
	s.read(stored)
	opts := stored
	opts.KeepRejects = true
	if got := s.read(opts); got.report.Read != 1 || len(got.report.Notes) == 0 {
		t.Errorf("%+v", got.report)
	}
}

// swappedFS gives other bytes for a file from its n-th opening on.
type swappedFS struct {
	fsys.FS
	path, other string
	left        *int
}

func (f swappedFS) Open(path string) (fsys.ReadFile, error) {
	if path == f.path {
		if *f.left--; *f.left < 0 {
			path = f.other
		}
	}
	return f.FS.Open(path)
}

// A file that changes between its digest and the end of its reading is not
// taken for known the next night.
func TestStore_AFileThatChangesWhileItIsReadIsNotKept(t *testing.T) {
	s := newShelf(t)
	lines := testLines(300)
	s.put("a.parquet", lines[:200])
	s.put("b.parquet", lines[200:])
	want := s.read(Options{})
	for opened := 1; opened < 4; opened++ {
		mem, left := s.mem.Clone(), opened
		if _, err := readShelf(t, swappedFS{mem, "/orders/a.parquet", "/orders/b.parquet", &left}, stored); err != nil {
			continue // the change shows at once: another size
		}
		got, err := readShelf(t, mem, stored)
		if err != nil {
			t.Fatal(err)
		}
		sameNight(t, "the night after", got, want)
		if opened == 1 && got.report.Kept != 1 {
			t.Errorf("%+v", got.report)
		}
	}
}

// The lines of earlier nights count for no memory until they are visited.
func TestStore_KeepsTheBoundOfMemory(t *testing.T) {
	s := newShelf(t)
	lines := testLines(3000)
	s.put("a.parquet", lines[:2900])
	s.read(stored)
	s.put("b.parquet", lines[2900:])
	found, err := source.Find(s.mem, []string{"/orders"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	o, err := Read(context.Background(), s.mem, found, stored)
	if err != nil {
		t.Fatal(err)
	}
	defer o.Close()
	all := int64(0)
	for part := range o.Partitions() {
		all += o.store.size(part)
	}
	if o.store.held > all/10 {
		t.Errorf("%d of %d bytes are held before the first walk", o.store.held, all)
	}
}
