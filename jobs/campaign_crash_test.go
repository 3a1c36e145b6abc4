package jobs

import (
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/ledger"
)

// step is a command that adds an entry to a ledger that has some.
type step struct {
	name   string
	before int // entries
	do     func(l *loop) error
}

// steps are a campaign from launch to result, each with what was before it.
var steps = []step{
	{"launch", 0, func(l *loop) error {
		return l.launch("spring", func(s *LaunchSettings) { s.Margin, s.ContactCost, s.LapsedAfterDays = .4, .1, 90 })
	}},
	{"sent", 1, func(l *loop) error { return l.sent("spring", ofLog("/log.csv")) }},
	{"result", 2, func(l *loop) error { return l.measure("2025-11-01", nothing[MeasureSettings]) }},
	{"stop", 3, func(l *loop) error {
		return l.campaigner().stop(with(func(s *StopSettings) { s.Out = "/out" }), "spring")
	}},
	{"void", 4, func(l *loop) error {
		return l.campaigner().void(with(func(s *VoidSettings) { s.Out = "/out" }), "4")
	}},
}

// atStep is a shop in which all steps before one were done, durable.
func atStep(t *testing.T, at int) (*loop, *fsystest.Mem) {
	t.Helper()
	l := newLoop(t)
	l.today = "2025-12-01"
	mem := l.files.(*fsystest.Mem)
	l.orders("customer_id,ordered_at,amount\nc1,2025-01-15,20\nc2,2025-01-15,20\nc3,2025-01-15,20\nc4,2025-01-15,20\nc1,2025-07-04,30\nc4,2025-11-01,5\n")
	l.write("/list.csv", "customer_id,group,arm\nc1,1,mail\nc2,1,mail\nc3,1,holdout\nc4,1,holdout\n")
	l.write("/log.csv", "customer_id,sent_at\nc1,2025-07-03\nc2,2025-07-03\n")
	for _, s := range steps[:at] {
		must(t, s.do(l))
	}
	mem.Crash(fsystest.Kept, 0)
	return l, mem
}

// on does a step on other files.
func on(l *loop, files fsys.FS, s step) error {
	other := &loop{t: l.t, files: files, today: l.today}
	return s.do(other)
}

// wholeLedger wants a ledger that fits itself, of so many entries or one more, and
// says how many.
func wholeLedger(files fsys.FS, before int) (int, error) {
	l, err := ledger.Read(files, "/out")
	if err != nil {
		return 0, err
	}
	if n := len(l.Entries); n == before || n == before+1 {
		return n, nil
	}
	return 0, fmt.Errorf("%d entries, want %d or one more", len(l.Entries), before)
}

// tidyLedger wants nothing beside entries and head.
func tidyLedger(files fsys.FS) error {
	for _, dir := range []string{"/out", "/out/ledger"} {
		entries, err := files.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if strings.HasPrefix(e.Name(), ".winback-") || strings.HasSuffix(e.Name(), ".unfinished") {
				return fmt.Errorf("left behind: %s", path.Join(dir, e.Name()))
			}
		}
	}
	return nil
}

// comesThrough does the step once more and wants its one entry.
func comesThrough(l *loop, mem *fsystest.Mem, s step) error {
	if err := on(l, mem, s); err != nil {
		return fmt.Errorf("again: %w", err)
	}
	n, err := wholeLedger(mem, s.before)
	if err == nil && n != s.before+1 {
		err = fmt.Errorf("again: %d entries, want %d", n, s.before+1)
	}
	return err
}

// TestCampaign_CrashAnywhereLeavesTheLedgerBeforeOrAfter stops the machine after
// every operation of every command that changes something, with unsynced data
// dropped, kept and half kept.
func TestCampaign_CrashAnywhereLeavesTheLedgerBeforeOrAfter(t *testing.T) {
	states := 0
	for at, s := range steps {
		l, mem := atStep(t, at)
		whole := fsystest.NewFaulty(mem.Clone(), fsystest.Fault{})
		must(t, on(l, whole, s))
		for i, op := range whole.Ops() {
			if !op.Changes() {
				continue
			}
			stopped := mem.Clone()
			told := on(l, fsystest.NewFaulty(stopped, fsystest.Fault{At: i + 2, Stop: true}), s) == nil
			for seed, loss := range []fsystest.Loss{fsystest.Dropped, fsystest.Kept, fsystest.HalfKept, fsystest.HalfKept, fsystest.HalfKept} {
				states++
				end := stopped.Clone()
				end.Crash(loss, uint64(100*i+seed))
				n, err := wholeLedger(end, s.before)
				if err == nil && told && n != s.before+1 {
					err = errors.New("the command said that it was done")
				}
				if err == nil {
					err = comesThrough(l, end, s)
				}
				if err == nil {
					err = tidyLedger(end)
				}
				if err != nil {
					t.Fatalf("%s, stop after %s %s (%d), %v: %v", s.name, op.Name, op.Path, i+1, loss, err)
				}
			}
		}
	}
	t.Logf("%d states", states)
	if states < 300 {
		t.Errorf("%d states, want 300 at least", states)
	}
}

// TestCampaign_AnyFailureLeavesTheLedgerBeforeOrAfter lets every single operation
// fail in every way. Where no entry is written the exit code says why.
func TestCampaign_AnyFailureLeavesTheLedgerBeforeOrAfter(t *testing.T) {
	failures := 0
	for at, s := range steps {
		l, mem := atStep(t, at)
		whole := fsystest.NewFaulty(mem.Clone(), fsystest.Fault{})
		must(t, on(l, whole, s))
		for i, op := range whole.Ops() {
			causes := []error{syscall.EIO, syscall.ENOSPC, syscall.EACCES, nil}
			if s.before > 1 { // what reads more operations fail in the same ways
				causes = causes[i%4 : i%4+1]
			}
			for _, cause := range causes {
				failures++
				failed := mem.Clone()
				err := on(l, fsystest.NewFaulty(failed, fsystest.Fault{At: i + 1, Err: cause}), s)
				n, broken := wholeLedger(failed, s.before)
				switch code := Code(err); {
				case broken != nil:
				case err == nil && n != s.before+1:
					broken = errors.New("no error and no entry")
				case err != nil && cause != nil && !errors.Is(err, cause):
					broken = fmt.Errorf("the cause is lost: %w", err)
				case err != nil && code != ExitIO && code != ExitInput:
					broken = fmt.Errorf("exit code %d: %w", code, err)
				default:
					broken = comesThrough(l, failed, s)
				}
				if broken != nil {
					t.Fatalf("%s, %s %s (%d) fails with %v: %v", s.name, op.Name, op.Path, i+1, cause, broken)
				}
			}
		}
	}
	t.Logf("%d failures", failures)
}

// TestCampaign_OneOfEightAtATimeWrites lets eight tell the same: one entry comes of
// it, and who is not told "already" is locked out.
func TestCampaign_OneOfEightAtATimeWrites(t *testing.T) {
	l, mem := atStep(t, 1)
	errs := make([]error, 8)
	var wait sync.WaitGroup
	for i := range errs {
		wait.Go(func() { errs[i] = on(l, mem, steps[1]) })
	}
	wait.Wait()
	done := 0
	for _, err := range errs {
		switch {
		case err == nil:
			done++
		case Code(err) != ExitLocked:
			t.Errorf("code %d, %v", Code(err), err)
		}
	}
	if n, err := wholeLedger(mem, 1); err != nil || n != 2 || done == 0 {
		t.Errorf("%d entries, %d done, %v", n, done, err)
	}
}

// TestCampaign_EveryChangeOfTheLedgerIsFound flips, removes, adds and swaps what is
// in it.
func TestCampaign_EveryChangeOfTheLedgerIsFound(t *testing.T) {
	_, mem := atStep(t, len(steps))
	entries, problems, err := ledger.Verify(mem, "/out")
	if err != nil || entries != 5 || len(problems) > 0 {
		t.Fatalf("%d entries, %v, %v", entries, problems, err)
	}
	listed, err := mem.ReadDir("/out/ledger")
	must(t, err)
	changes := map[string]func(m *fsystest.Mem) error{
		"head removed": func(m *fsystest.Mem) error { return m.Remove("/out/ledger/head") },
		"entry added":  func(m *fsystest.Mem) error { return m.MkdirAll("/out/ledger/000006-sent") },
		"file beside":  func(m *fsystest.Mem) error { return m.MkdirAll("/out/ledger/notes") },
		"swapped": func(m *fsystest.Mem) error {
			return errors.Join(m.Rename("/out/ledger/000004-stop", "/out/x"), m.Rename("/out/ledger/000005-void", "/out/ledger/000004-stop"), m.Rename("/out/x", "/out/ledger/000005-void"))
		},
	}
	for _, e := range listed {
		if !e.IsDir() {
			continue
		}
		dir := "/out/ledger/" + e.Name()
		changes["removed "+e.Name()] = func(m *fsystest.Mem) error { return m.RemoveAll(dir) }
		changes["added to "+e.Name()] = func(m *fsystest.Mem) error { return m.MkdirAll(dir + "/more") }
		files, err := mem.ReadDir(dir)
		must(t, err)
		for _, f := range files {
			for _, place := range []float64{0, .3, .6, .99} {
				changes[fmt.Sprintf("flipped %s/%s at %g", e.Name(), f.Name(), place)] = func(m *fsystest.Mem) error { return flip(m, dir+"/"+f.Name(), place) }
			}
			changes[fmt.Sprintf("missing %s/%s", e.Name(), f.Name())] = func(m *fsystest.Mem) error { return m.Remove(dir + "/" + f.Name()) }
		}
	}
	for name, change := range changes {
		other := mem.Clone()
		must(t, change(other))
		if _, problems, err := ledger.Verify(other, "/out"); err == nil && len(problems) == 0 {
			t.Errorf("%s: not found", name)
		}
		if _, err := ledger.Read(other, "/out"); !errors.Is(err, ledger.ErrDamaged) {
			t.Errorf("%s: read as if nothing were, or with another error: %v", name, err)
		}
	}
	t.Logf("%d changes", len(changes))
}

// flip changes one bit of a file.
func flip(m *fsystest.Mem, path string, place float64) error {
	f, err := m.Open(path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		return err
	}
	content := make([]byte, info.Size())
	if _, err := f.ReadAt(content, 0); err != nil && !strings.Contains(err.Error(), "EOF") {
		return err
	}
	content = slices.Clone(content)
	content[int(place*float64(len(content)))] ^= 4
	if err := m.Remove(path); err != nil {
		return err
	}
	out, err := m.Create(path)
	if err != nil {
		return err
	}
	_, err = out.Write(content)
	return errors.Join(err, out.Sync(), out.Close())
}
