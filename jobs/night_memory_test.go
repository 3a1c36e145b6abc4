package jobs

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"runtime/debug"
	"strings"
	"syscall"
	"testing"

	"winback/data/spill"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// keepMemoryLimit gives the process the limit back that runs set.
func keepMemoryLimit(t *testing.T) {
	before := debug.SetMemoryLimit(-1)
	t.Cleanup(func() { debug.SetMemoryLimit(min(before, math.MaxInt64)) })
}

// spillsOf are the operations on the file of lists.
func spillsOf(files *fsystest.Faulty) (at []int) {
	for i, op := range files.Ops() {
		if strings.Contains(op.Path, ".winback-spill-") {
			at = append(at, i+1)
		}
	}
	return at
}

// nightWithin is a night whose lists have so many bytes of memory.
func nightWithin(files fsys.FS, listMemory int64) *nightly {
	n := nightIn(files, shopOpens+300)
	n.listMemory = listMemory
	return n
}

func TestRun_SameBytesWhateverTheMemory(t *testing.T) {
	keepMemoryLimit(t)
	start := inMemory(t, before(plantedShop(900, 4), shopOpens+420))
	if _, err := nightIn(start, shopOpens+290).run(context.Background()); err != nil { // whose moves tonight's counts
		t.Fatal(err)
	}
	good := start.Clone()
	if _, err := nightIn(good, shopOpens+300).run(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, want := memContent(t, good)
	for name, c := range map[string]struct{ memory, lists int64 }{
		"256 MiB": {256 << 20, 0}, "1 GiB": {1 << 30, 0}, "lists a customer at a time": {0, 1}, "lists in 20 kB": {0, 20_000}, "lists in 60 kB": {0, 60_000},
	} {
		files := start.Clone()
		counted := fsystest.NewFaulty(files, fsystest.Fault{})
		n := nightWithin(counted, c.lists)
		n.s.MemoryBytes, n.s.Workers = c.memory, 2
		if _, err := n.run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if spilled := len(spillsOf(counted)) > 0; spilled != (c.lists > 0) {
			t.Errorf("%s: lists on disk: %v", name, spilled)
		}
		if _, got := memContent(t, files); !maps.Equal(got, want) {
			t.Errorf("%s: other bytes in %s", name, differing(want, got))
		}
	}
}

func TestRun_FullDiskUnderTheListsLeavesLastNight(t *testing.T) {
	keepMemoryLimit(t)
	start := shopInMemory(t)
	if _, err := nightIn(start, shopOpens+290).run(context.Background()); err != nil {
		t.Fatal(err)
	}
	before, _ := memContent(t, start)
	counted := fsystest.NewFaulty(start.Clone(), fsystest.Fault{})
	if _, err := nightWithin(counted, 5000).run(context.Background()); err != nil {
		t.Fatal(err)
	}
	spills := spillsOf(counted)
	for i := 0; i < len(spills); i += max(len(spills)/12, 1) {
		op := counted.Ops()[spills[i]-1]
		if op.Name == "remove" || strings.HasPrefix(op.Name, "close") { // nothing is lost
			continue
		}
		files := start.Clone()
		_, err := nightWithin(fsystest.NewFaulty(files, fsystest.Fault{At: spills[i], Err: syscall.ENOSPC}), 5000).run(context.Background())
		var failed *spill.Error
		if !errors.As(err, &failed) || Code(err) != ExitIO || !strings.Contains(fmt.Sprint(err), "keep lists of customers on disk in /out") {
			t.Errorf("%v: %v, exit code %d", op, err, Code(err))
		}
		if now, _ := memContent(t, files); now != before {
			t.Errorf("%v: %s is current, want %s", op, now, before)
		}
		if entries, err := files.ReadDir("/out"); err != nil || len(entries) != 3 {
			t.Errorf("%v leaves %v, %v", op, entries, err)
		}
	}
}
