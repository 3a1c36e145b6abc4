package scoring

import (
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"syscall"
	"testing"

	"winback/data"
	"winback/data/spill"
	"winback/features"
	"winback/internal/fsys/fsystest"
)

// someLapsed makes n customers, the first of whom is number from.
func someLapsed(rng *rand.Rand, from, n int) *Lapsed {
	l := &Lapsed{Channels: []string{"app", "web"}, Others: make([][]float32, 2)}
	for i := range n {
		l.IDs = append(l.IDs, fmt.Sprintf("c%07d%s", from+i, strings.Repeat("x", rng.IntN(3))))
		l.Probability = append(l.Probability, rng.Float64())
		l.ExpectedSpend = append(l.ExpectedSpend, []float64{20, -40.5, math.Inf(1)}[rng.IntN(3)])
		l.Leaf = append(l.Leaf, int32(rng.IntN(5)))
		l.RecencyDays, l.Orders = append(l.RecencyDays, int32(rng.IntN(400))), append(l.Orders, int32(rng.IntN(9)))
		l.Monetary, l.LastPurchaseDay = append(l.Monetary, data.Money(rng.Int64()-rng.Int64())), append(l.LastPurchaseDay, data.Day(rng.IntN(9)-4))
		l.IntervalMeanDays = append(l.IntervalMeanDays, rng.Float32())
		l.PreferredChannel = append(l.PreferredChannel, uint32(rng.IntN(3)))
		l.Weekday, l.WaitDays = append(l.Weekday, int8(rng.IntN(8)-1)), append(l.WaitDays, int16(rng.IntN(400)))
		for k := range l.Others {
			l.Others[k] = append(l.Others[k], rng.Float32())
		}
	}
	return l
}

// stored puts the same customers into a store, some at a time.
func stored(t testing.TB, s *Store) error {
	t.Helper()
	rng := rand.New(rand.NewPCG(1, 2))
	for from := 0; from < 10_000; {
		n := rng.IntN(400)
		if err := s.Add(someLapsed(rng, from, n)); err != nil {
			return err
		}
		from += n
	}
	return nil
}

// all are the customers of a store.
func all(s *Store) (*Lapsed, error) {
	var out *Lapsed
	err := s.Each(func(l *Lapsed) error {
		if out == nil {
			out = l.like()
		}
		out.add(l, nil, 0)
		return nil
	})
	return out, err
}

func storeOnDisk(files *fsystest.Mem, customers int) *Store {
	return NewStore(spill.New(files, "/out", "lists"), int64(2*customerBytes*customers))
}

func TestStore_GivesTheSameCustomersWhateverTheLimit(t *testing.T) {
	unbounded := NewStore(nil, 0)
	if err := stored(t, unbounded); err != nil {
		t.Fatal(err)
	}
	want, err := all(unbounded)
	if err != nil {
		t.Fatal(err)
	}
	mark := func(l *Lapsed) error {
		l.HeldOut, l.Stage, l.Hold = make([]bool, l.Len()), make([]features.Stage, l.Len()), make([]string, l.Len())
		for i, id := range l.IDs {
			l.HeldOut[i], l.Stage[i], l.Hold[i] = strings.HasSuffix(id, "x"), features.Stage(id[7]%4), strings.Repeat("in a campaign", int(id[7]%2))
		}
		return nil
	}
	for _, most := range []int{1, 700, 3000, 9999, 1 << 20} {
		s := storeOnDisk(fsystest.NewMem(), most)
		if err := stored(t, s); err != nil {
			t.Fatal(err)
		}
		if got, err := all(s); err != nil || s.Len() != unbounded.Len() || !reflect.DeepEqual(withRoom(got), withRoom(want)) {
			t.Fatalf("most %d: other customers, %v", most, err)
		}
		if err := s.Revise(mark); err != nil {
			t.Fatal(err)
		}
		marked := want.like()
		marked.add(want, nil, 0)
		if err := mark(marked); err != nil {
			t.Fatal(err)
		}
		if got, err := all(s); err != nil || !reflect.DeepEqual(withRoom(got), withRoom(marked)) {
			t.Fatalf("most %d: other customers once columns are set, %v", most, err)
		}
		if s.last.Len() > most+400 {
			t.Errorf("most %d: %d customers are in memory", most, s.last.Len())
		}
		parts, before := 0, ""
		err := s.EachPart(func(l *Lapsed, _ bool) error {
			parts += l.Len()
			if l.Len() > 0 && l.IDs[0] <= before {
				return errors.New("parts are not in order of the ids")
			}
			before = slices.Max(append(l.IDs, before))
			return l.Validate(5)
		})
		if err != nil || parts != s.Len() {
			t.Errorf("most %d: parts of %d customers, %v", most, parts, err)
		}
	}
}

// withRoom makes columns without entries one and the same.
func withRoom(l *Lapsed) Lapsed {
	out := *l
	v := reflect.ValueOf(&out).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); f.Len() == 0 {
			f.SetZero()
		}
	}
	return out
}

// Every column that a customer has must come back from disk.
func TestColumns_AreAllThere(t *testing.T) {
	l := &Lapsed{Others: make([][]float32, 1)}
	v := reflect.ValueOf(l).Elem()
	for i := range v.NumField() {
		if v.Type().Field(i).Name == "Channels" || v.Type().Field(i).Name == "Others" {
			continue
		}
		f := v.Field(i)
		f.Set(reflect.Append(f, reflect.Zero(f.Type().Elem())))
	}
	l.Others[0] = []float32{1}
	again := l.like()
	if err := again.decode(l.encode(nil)); err != nil {
		t.Fatal(err)
	}
	if !reflect.DeepEqual(again, l) {
		t.Errorf("%+v came back as %+v", l, again)
	}
	encoded := l.encode(nil)
	for cut := range encoded {
		if err := l.like().decode(encoded[:cut]); err == nil {
			t.Errorf("cut at byte %d: no error", cut)
		}
	}
	if err := l.like().decode(append(encoded, 0)); err == nil {
		t.Error("a byte too many: no error")
	}
}

func TestStore_FullDiskNamesTheFile(t *testing.T) {
	use := func(fault fsystest.Fault) (*fsystest.Faulty, error) {
		files := fsystest.NewFaulty(fsystest.NewMem(), fault)
		s := NewStore(spill.New(files, "/out", "lists"), int64(2*customerBytes*3000))
		err := stored(t, s)
		if err == nil {
			_, err = all(s)
		}
		return files, err
	}
	counting, err := use(fsystest.Fault{})
	if err != nil {
		t.Fatal(err)
	}
	faults := 0
	for at, op := range counting.Ops() {
		if !strings.HasPrefix(op.Name, "write") {
			continue
		}
		_, err := use(fsystest.Fault{At: at + 1, Err: syscall.ENOSPC})
		var failed *spill.Error
		if !errors.As(err, &failed) || failed.ExitCode() != 7 || !strings.Contains(err.Error(), "keep lists on disk in /out/.winback-spill-0") {
			t.Errorf("fault at %v: %v", op, err)
		}
		faults++
	}
	if faults == 0 {
		t.Error("nothing was written")
	}
}

func BenchmarkStore_OnDisk(b *testing.B) {
	l := someLapsed(rand.New(rand.NewPCG(1, 1)), 0, blockCustomers)
	s := NewStore(spill.New(fsystest.NewMem(), "/out", "lists"), 1<<30)
	s.last = l
	blocks, err := s.Keep(l, rowsTo(l.Len()))
	if err != nil {
		b.Fatal(err)
	}
	r := s.NewReader()
	b.ReportAllocs()
	for b.Loop() {
		if _, err := r.Read(blocks[0]); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/blockCustomers, "ns/customer")
}
