package run_test

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

func sortedNames(t tree) []string { return slices.Sorted(maps.Keys(t)) }

// situation is an output folder in which a run is about to start.
type situation struct {
	name    string
	mem     *fsystest.Mem
	old     tree // what is current, nil where nothing is
	content tree // tonight's run
	keep    int
}

const out = "/data/out"

// situations are a first run, a run after others of which some must go, and
// runs after dead ones.
func situations(t *testing.T, fileCount, size int) []situation {
	content := someTree(fileCount, size, "tonight")
	first := situation{name: "first run", mem: fsystest.NewMem(), content: content}

	old := someTree(fileCount+1, size, "last night")
	later := situation{name: "later run", mem: fsystest.NewMem(), old: old, content: content, keep: 2}
	mustWriteRun(t, later.mem, out, "2007-11-12", someTree(2, size, "a"), 0)
	mustWriteRun(t, later.mem, out, "2007-11-13", someTree(1, size, "b"), 0)
	mustWriteRun(t, later.mem, out, lastNight, old, 0)
	later.mem.Crash(fsystest.Kept, 0)

	// The machine stopped in the middle of writing, and in the middle of
	// removing the old runs.
	count := countOps(t, later)
	writing := stopped(later, count/3)
	writing.name, writing.old = "after a run that died writing", old
	removing := stopped(later, count-6)
	removing.name, removing.old = "after a run that died removing", content
	removing.content = someTree(fileCount, size, "third")
	return []situation{first, later, writing, removing}
}

func countOps(t *testing.T, s situation) int {
	t.Helper()
	faulty := fsystest.NewFaulty(s.mem.Clone(), fsystest.Fault{})
	mustWriteRun(t, faulty, out, tonight, s.content, s.keep)
	return len(faulty.Ops())
}

// stopped returns the situation after a run that died before operation at,
// with nothing lost.
func stopped(s situation, at int) situation {
	s.mem = s.mem.Clone()
	_, _ = writeRun(fsystest.NewFaulty(s.mem, fsystest.Fault{At: at, Stop: true}), out, tonight, s.content, s.keep)
	s.mem.Crash(fsystest.Kept, 0)
	return s
}

// loss is what a crash does to unsynced data.
type loss struct {
	kind fsystest.Loss
	seed uint64
}

func losses(seeds int) []loss {
	list := []loss{{fsystest.Dropped, 0}, {fsystest.Kept, 0}}
	for seed := range seeds {
		list = append(list, loss{fsystest.HalfKept, uint64(seed)})
	}
	return list
}

// TestPublish_CrashAnywhereLeavesAWholeRun stops the machine after every
// operation that changes something, with unsynced data dropped, kept and half
// kept. A reader must find the run before or the new one, each whole, and the
// next run must need no help and give the same files.
func TestPublish_CrashAnywhereLeavesAWholeRun(t *testing.T) {
	states, bad := 0, 0
	for _, fileCount := range []int{1, 4, 7} {
		for _, s := range situations(t, fileCount, 30*fileCount) {
			for _, end := range crashes(t, s) {
				if err := isOldOrNew(end.mem, s); err != nil {
					t.Errorf("%s, reader after operation %d: %v", s.name, end.at-1, err)
				}
				for _, l := range losses(3) {
					states++
					if err := checkCrash(s, end, l, uint64(states)); err != nil {
						bad++
						t.Errorf("%d files, %s, stop at %d, unsynced data %v (seed %d): %v",
							fileCount, s.name, end.at, l.kind, l.seed, err)
						if bad > 10 {
							t.Fatal("too many bad states")
						}
					}
				}
			}
		}
	}
	t.Logf("%d states, %d bad", states, bad)
	if states < 3000 {
		t.Errorf("%d states, want 3,000 at least", states)
	}
}

// ending is a run that died before operation at, or that was published.
type ending struct {
	at        int
	mem       *fsystest.Mem
	published bool // without an error: no loss may undo it
}

// crashes stops a run after each changing operation, and before the first.
func crashes(t *testing.T, s situation) []ending {
	t.Helper()
	complete := fsystest.NewFaulty(s.mem.Clone(), fsystest.Fault{})
	mustWriteRun(t, complete, out, tonight, s.content, s.keep)
	list := []ending{{at: 0, mem: s.mem}}
	for i, op := range complete.Ops() {
		if !op.Changes() {
			continue
		}
		mem := s.mem.Clone()
		_, err := writeRun(fsystest.NewFaulty(mem, fsystest.Fault{At: i + 2, Stop: true}), out, tonight, s.content, s.keep)
		if err == nil && i+2 <= len(complete.Ops()) {
			t.Fatalf("%s: no error though the machine stopped at operation %d", s.name, i+2)
		}
		list = append(list, ending{i + 2, mem, err == nil})
	}
	whole := s.mem.Clone()
	mustWriteRun(t, whole, out, tonight, s.content, s.keep)
	return append(list, ending{len(complete.Ops()) + 1, whole, true})
}

// checkCrash loses power and looks at what is there after the restart.
func checkCrash(s situation, end ending, l loss, seed uint64) error {
	mem := end.mem.Clone()
	mem.Crash(l.kind, l.seed+seed)
	if end.published {
		s.old = s.content
	}
	if err := errors.Join(isOldOrNew(mem, s), completeRunsAreWhole(mem)); err != nil {
		return err
	}
	dir, err := writeRun(mem, out, tonight, s.content, s.keep)
	if err != nil {
		return fmt.Errorf("next run: %w", err)
	}
	found, err := current(mem, out)
	if err != nil {
		return fmt.Errorf("after the next run: %w", err)
	}
	if !same(found, s.content) {
		return fmt.Errorf("after the next run: other files in %s", dir)
	}
	return tidy(mem, s.keep)
}

func isOldOrNew(mem *fsystest.Mem, s situation) error {
	found, err := current(mem, out)
	if err != nil {
		return err
	}
	if !same(found, s.old) && !same(found, s.content) {
		return fmt.Errorf("neither the run before nor the new one: %v", sortedNames(found))
	}
	return nil
}

// completeRunsAreWhole wants no run with a valid manifest and other damage.
func completeRunsAreWhole(files fsys.FS) error { return wholeRuns(files, 0) }

func wholeRuns(files fsys.FS, atLeast int) error {
	runs, err := run.Runs(files, out)
	if err != nil {
		return err
	}
	if len(runs) < atLeast {
		return fmt.Errorf("%d complete runs, want %d", len(runs), atLeast)
	}
	for _, name := range runs {
		report, err := run.Verify(files, path.Join(out, "runs", name.String()))
		if err != nil {
			return err
		}
		if !report.OK() {
			return fmt.Errorf("run %s: %v", name, report.Findings)
		}
	}
	return nil
}

// tidy wants nothing in the output folder but runs, pointer and lock, every
// run whole, and not more of them than may stay.
func tidy(files fsys.FS, keep int) error {
	entries, err := files.ReadDir(out)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".winback-") {
			return fmt.Errorf("left behind: %s", e.Name())
		}
	}
	entries, err = files.ReadDir(out + "/runs")
	if err != nil {
		return err
	}
	if keep > 0 && len(entries) > max(2, keep) {
		return fmt.Errorf("%d runs, want %d at most", len(entries), keep)
	}
	return wholeRuns(files, len(entries))
}
