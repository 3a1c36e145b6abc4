package plan

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"syscall"
	"testing"

	"winback/data/spill"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/scoring"
)

// rowsFromTo are some of the customers.
func rowsFromTo(l *scoring.Lapsed, from, to int) *scoring.Lapsed {
	out := *l
	v := reflect.ValueOf(&out).Elem()
	for i := range v.NumField() {
		if f := v.Field(i); v.Type().Field(i).Name != "Channels" && f.Len() > 0 {
			f.Set(f.Slice(from, to))
		}
	}
	return &out
}

// onDisk is a store of the customers with memory for so many bytes.
func onDisk(files fsys.FS, l *scoring.Lapsed, memoryBytes int64) (*scoring.Store, error) {
	s := scoring.NewStore(spill.New(files, "/out", "lists"), memoryBytes)
	for from := 0; from < len(l.IDs); from += 97 {
		if err := s.Add(rowsFromTo(l, from, min(from+97, len(l.IDs)))); err != nil {
			return s, err
		}
	}
	return s, nil
}

// told is all that groups say of the customers of a store, each row as text.
func told(s *scoring.Store, leaves int) (string, error) {
	g, err := BuildGroups(s, plainLeaves(leaves), Settings{Target: &Target{.4, true}})
	if err != nil {
		return "", err
	}
	var text strings.Builder
	fmt.Fprintf(&text, "%+v\n%+v\n", g.Rows, g.Plan)
	for group := 1; group <= g.Ranking.Groups(); group++ {
		facts, err := g.FactsOf(group)
		fmt.Fprintf(&text, "%+v\n", facts)
		for row, rowErr := range g.Contacts(group) {
			err = errors.Join(err, rowErr)
			fmt.Fprintf(&text, "%+v\n", row)
		}
		if err != nil {
			return "", err
		}
	}
	for row, err := range g.Holdout() {
		if err != nil {
			return "", err
		}
		fmt.Fprintf(&text, "%+v\n", row)
	}
	return text.String(), nil
}

func TestRanking_IsTheSameWhateverTheMemory(t *testing.T) {
	for seed := range uint64(12) {
		rng := rand.New(rand.NewPCG(seed, 7))
		leaves := 1 + rng.IntN(6)
		l := randomLapsed(rng, 1+rng.IntN(9000), leaves)
		if seed%3 == 0 {
			for range l.IDs {
				l.Inside = append(l.Inside, float64(rng.IntN(7)))
			}
		}
		want, err := told(scoring.StoreOf(l), leaves)
		if err != nil {
			t.Fatal(err)
		}
		for _, memory := range []int64{1, 100_000, 1_000_000, 1 << 30} {
			s, err := onDisk(fsystest.NewMem(), l, memory)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := told(s, leaves); err != nil || got != want {
				t.Errorf("seed %d, %d customers in %d bytes: other lists, %v", seed, len(l.IDs), memory, err)
			}
		}
	}
}

func TestRanking_FailingDiskEndsTheLists(t *testing.T) {
	l := randomLapsed(rand.New(rand.NewPCG(1, 8)), 5000, 3)
	use := func(fault fsystest.Fault) (*fsystest.Faulty, error) {
		files := fsystest.NewFaulty(fsystest.NewMem(), fault)
		s, err := onDisk(files, l, 500_000)
		if err == nil {
			_, err = told(s, 3)
		}
		return files, err
	}
	counting, err := use(fsystest.Fault{})
	if err != nil {
		t.Fatal(err)
	}
	for at, op := range counting.Ops() {
		_, err := use(fsystest.Fault{At: at + 1, Err: syscall.EIO})
		var failed *spill.Error
		if op.Name != "remove" && (!errors.As(err, &failed) || !errors.Is(err, syscall.EIO)) {
			t.Errorf("fault at %v: %v", op, err)
		}
	}
}

// The merge of lists that lie on disk, beside lists in memory.
func BenchmarkRanking(b *testing.B) {
	const customers = 200_000
	l := randomLapsed(rand.New(rand.NewPCG(1, 9)), customers, 8)
	for _, memory := range []int64{0, 4 << 20, 16 << 20} {
		name, store := "memory", scoring.StoreOf(l)
		if memory > 0 {
			var err error
			if store, err = onDisk(fsystest.NewMem(), l, memory); err != nil {
				b.Fatal(err)
			}
			name = fmt.Sprintf("in %d MiB", memory>>20)
		}
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ranking, err := Rank(store, plainLeaves(8))
				if err != nil {
					b.Fatal(err)
				}
				rowsRead := 0
				for group := 1; group <= ranking.Groups(); group++ {
					for _, err := range ranking.Group(group) {
						if err != nil {
							b.Fatal(err)
						}
						rowsRead++
					}
				}
				if rowsRead != ranking.Len() {
					b.Fatal(rowsRead)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/customers, "ns/customer")
		})
	}
}
