package run_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

// faults are the errors that a file system gives; nil is a short write.
var faults = []error{syscall.EIO, syscall.ENOSPC, syscall.EACCES, nil}

// TestPublish_AnyFailureLeavesThePublishedRun lets every single operation of a
// run fail in every way. The error must name stage and path, current must be
// as before (or complete, where only the tidying up failed), and the lock must
// be free.
func TestPublish_AnyFailureLeavesThePublishedRun(t *testing.T) {
	count := 0
	for _, s := range situations(t, 3, 60) {
		total := countOps(t, s)
		for at := 1; at <= total; at++ {
			for _, cause := range faults {
				count++
				if err := checkFault(s, at, cause); err != nil {
					t.Fatalf("%s, operation %d of %d fails with %v: %v", s.name, at, total, cause, err)
				}
			}
		}
	}
	t.Logf("%d failures", count)
}

func checkFault(s situation, at int, cause error) error {
	s.mem = s.mem.Clone()
	faulty := fsystest.NewFaulty(s.mem, fsystest.Fault{At: at, Err: cause})
	dir, err := writeRun(faulty, out, tonight, s.content, s.keep)
	if cause != nil || err != nil {
		if err := checkError(err, dir, faulty.Ops()[at-1], cause); err != nil {
			return err
		}
	}
	want := s.old
	if dir != "" {
		want = s.content
	}
	found, err := current(s.mem, out)
	if err != nil {
		return err
	}
	if !same(found, want) {
		return fmt.Errorf("current holds %v", sortedNames(found))
	}
	if _, err := writeRun(s.mem, out, tonight, s.content, s.keep); err != nil {
		return fmt.Errorf("next run: %w", err)
	}
	return tidy(s.mem, s.keep)
}

// checkError wants an error that names the stage, the path of the operation
// that failed and the cause.
func checkError(err error, dir string, op fsystest.Op, cause error) error {
	var e *run.Error
	switch {
	case !errors.As(err, &e):
		return fmt.Errorf("no run.Error: %v", err)
	case e.Stage == "" || !strings.HasPrefix(err.Error(), string(e.Stage)+" "+e.Path):
		return fmt.Errorf("stage %q and path %q are not told: %v", e.Stage, e.Path, err)
	case !strings.Contains(err.Error(), op.Path):
		return fmt.Errorf("%s of %s failed, told was: %v", op.Name, op.Path, err)
	case cause != nil && !errors.Is(err, cause):
		return fmt.Errorf("cause %v is lost: %v", cause, err)
	case dir != "" && e.Stage != run.StageRetire && e.Stage != run.StageUnlock:
		return fmt.Errorf("published in spite of: %v", err)
	}
	return nil
}

// TestPublish_PowerLossAfterAFailure loses power after each failure, before
// what the failed run put back was durable by itself.
func TestPublish_PowerLossAfterAFailure(t *testing.T) {
	for _, s := range situations(t, 2, 60) {
		total := countOps(t, s)
		for at := 1; at <= total; at++ {
			mem := s.mem.Clone()
			_, _ = writeRun(fsystest.NewFaulty(mem, fsystest.Fault{At: at, Err: syscall.EIO}), out, tonight, s.content, s.keep)
			for _, l := range losses(4) {
				if err := checkCrash(s, ending{at: at, mem: mem}, l, uint64(at)); err != nil {
					t.Fatalf("%s, failure at %d, unsynced data %v: %v", s.name, at, l.kind, err)
				}
			}
		}
	}
}

// TestPublish_CrashWhileAFailureIsCleanedUp lets an operation fail and stops
// the machine at one of those that follow, which put things back.
func TestPublish_CrashWhileAFailureIsCleanedUp(t *testing.T) {
	states := 0
	for _, s := range situations(t, 1, 60)[:2] {
		total := countOps(t, s)
		for at := 1; at <= total; at++ {
			for stop := at + 1; stop <= at+12; stop++ {
				mem := s.mem.Clone()
				failing := fsystest.NewFaulty(mem, fsystest.Fault{At: at, Err: syscall.EIO})
				stopping := fsystest.NewFaulty(failing, fsystest.Fault{At: stop, Stop: true})
				_, _ = writeRun(stopping, out, tonight, s.content, s.keep)
				if len(stopping.Ops()) < stop {
					break
				}
				for _, l := range losses(3)[1:] {
					states++
					if err := checkCrash(s, ending{at: stop, mem: mem}, l, uint64(at*100+stop)); err != nil {
						t.Fatalf("%s, failure at %d, stop at %d, unsynced data %v: %v", s.name, at, stop, l.kind, err)
					}
				}
			}
		}
	}
	t.Logf("%d states", states)
}

// TestPublish_CrashOfTheRunAfterAKilledOne kills a process, which loses
// nothing, and stops the machine while the next run sweeps: what the first had
// not made durable may still be lost then.
func TestPublish_CrashOfTheRunAfterAKilledOne(t *testing.T) {
	s := situations(t, 1, 60)[1]
	s.keep = 1
	states := 0
	for _, killed := range crashes(t, s) {
		for stop := 1 + killed.at%4; stop <= 36; stop += 4 {
			mem := killed.mem.Clone()
			_, _ = writeRun(fsystest.NewFaulty(mem, fsystest.Fault{At: stop, Stop: true}), out, tonight, s.content, s.keep)
			for _, l := range losses(4)[1:] {
				states++
				if err := checkCrash(s, ending{at: stop, mem: mem}, l, uint64(killed.at*100+stop)); err != nil {
					t.Fatalf("killed at %d, stop at %d, unsynced data %v: %v", killed.at, stop, l.kind, err)
				}
			}
		}
	}
	t.Logf("%d states", states)
}

// TestPublish_FailuresOnTheRealFileSystem repeats the failures on the disk of
// the machine, whose errors may differ from those of the one in memory.
func TestPublish_FailuresOnTheRealFileSystem(t *testing.T) {
	old, content := someTree(1, 50, "old"), someTree(2, 50, "new")
	for at := 1; ; at++ {
		dir := t.TempDir()
		mustWriteRun(t, fsys.OS(), dir, lastNight, old, 1)
		faulty := fsystest.NewFaulty(fsys.OS(), fsystest.Fault{At: at, Err: syscall.ENOSPC})
		path, err := writeRun(faulty, dir, tonight, content, 1)
		if len(faulty.Ops()) < at {
			return
		}
		if err := checkError(err, path, faulty.Ops()[at-1], syscall.ENOSPC); err != nil {
			t.Fatalf("operation %d: %v", at, err)
		}
		want := old
		if path != "" {
			want = content
		}
		if found, err := current(fsys.OS(), dir); err != nil || !same(found, want) {
			t.Fatalf("operation %d: current holds %v, %v", at, sortedNames(found), err)
		}
		mustWriteRun(t, fsys.OS(), dir, tonight, content, 1)
	}
}

// TestPublish_RefusesAFileThatFailed holds even for a writer that ignores the
// error of its file.
func TestPublish_RefusesAFileThatFailed(t *testing.T) {
	upToCreate := func(fault fsystest.Fault) (*fsystest.Faulty, *run.Draft, io.WriteCloser) {
		faulty := fsystest.NewFaulty(fsystest.NewMem(), fault)
		draft, err := run.Begin(faulty, out, tonight, run.Options{})
		if err != nil {
			t.Fatal(err)
		}
		f, err := draft.Create("scores.parquet")
		if err != nil {
			t.Fatal(err)
		}
		return faulty, draft, f
	}
	whole, _, _ := upToCreate(fsystest.Fault{})
	_, draft, f := upToCreate(fsystest.Fault{At: len(whole.Ops()) + 1, Err: syscall.EIO})
	if _, err := f.Write([]byte("half of this")); !errors.Is(err, syscall.EIO) {
		t.Fatalf("write: %v", err)
	}
	_, _ = f.Write([]byte("more"))
	_ = f.Close()
	if dir, err := draft.Publish(manifestOf(tonight)); dir != "" || !errors.Is(err, syscall.EIO) {
		t.Errorf("published %q, %v", dir, err)
	}
}

// TestPublish_RefusesAnOpenFile keeps half a file out of a run.
func TestPublish_RefusesAnOpenFile(t *testing.T) {
	mem := fsystest.NewMem()
	draft, err := run.Begin(mem, out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	f, err := draft.Create("scores.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if dir, err := draft.Publish(manifestOf(tonight)); dir != "" || err == nil || !strings.Contains(err.Error(), "still open") {
		t.Errorf("published %q, %v", dir, err)
	}
	if _, err := f.Write([]byte("late")); err == nil {
		t.Error("a file of a discarded run can still be written")
	}
	if left := names(t, mem, out); len(left) != 2 {
		t.Errorf("left behind: %v", left)
	}
}
