package jobs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"syscall"
	"testing"

	"winback/data"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
)

// ledgerNight is a shop with a campaign that a night of the returned day settles.
func ledgerNight(t *testing.T) (*fsystest.Mem, data.Day) {
	t.Helper()
	mem := shopInMemory(t)
	l := &loop{t: t, files: mem}
	asOf := shopOpens + 300
	l.night(asOf, nothing[RunSettings])
	must(t, l.fromRun("spring", nothing[LaunchSettings]))
	must(t, l.sent("spring", func(s *SentSettings) { s.Groups.All, s.On = true, asOf+1 }))
	mem.Crash(fsystest.Kept, 0)
	return mem, asOf + 92
}

// kindsAfter are the kinds of the entries of a ledger that is whole.
func kindsAfter(files fsys.FS) (kinds []string, err error) {
	l, err := ledger.Read(files, "/out")
	if err != nil {
		return nil, err
	}
	for i := range l.Entries {
		kinds = append(kinds, string(l.Entries[i].Kind))
	}
	return kinds, nil
}

// lastsThrough wants a whole ledger, which the night once more completes: a result of
// the wave, one of the forecast, and the month's forecast, each once.
func lastsThrough(files *fsystest.Mem, tonight data.Day) error {
	kinds, err := kindsAfter(files)
	if err != nil || len(kinds) < 2 || kinds[0] != "launch" || kinds[1] != "sent" {
		return fmt.Errorf("the ledger has %q: %w", kinds, err)
	}
	if _, err := nightIn(files, tonight).run(context.Background()); err != nil {
		return fmt.Errorf("the night once more: %w", err)
	}
	kinds, err = kindsAfter(files)
	if slices.Sort(kinds); err != nil || !slices.Equal(kinds, []string{"forecast", "launch", "result", "result", "sent"}) {
		return fmt.Errorf("the night once more leaves %q: %w", kinds, err)
	}
	return tidyLedger(files)
}

// aboutLedger says whether an operation is one of the ledger's.
func aboutLedger(op fsystest.Op) bool { return strings.Contains(op.Path, "ledger") }

// TestRun_WithALedgerCrashOrFailureLeavesItBeforeOrAfter stops the machine after, and
// lets fail, operations of a night that settles a campaign: those on the ledger, as often
// as -fault-every says, and some of the others.
func TestRun_WithALedgerCrashOrFailureLeavesItBeforeOrAfter(t *testing.T) {
	start, tonight := ledgerNight(t)
	whole := fsystest.NewFaulty(start.Clone(), fsystest.Fault{})
	if _, err := nightIn(whole, tonight).run(context.Background()); err != nil {
		t.Fatal(err)
	}
	causes := []error{syscall.EIO, syscall.ENOSPC, syscall.EACCES, nil}
	losses := []fsystest.Loss{fsystest.Dropped, fsystest.Kept, fsystest.HalfKept}
	crashes, failures := 0, 0
	for i, op := range whole.Ops() {
		if !aboutLedger(op) && i%(40**faultEvery) != 0 {
			continue
		}
		what := fmt.Sprintf("%s %s (%d)", op.Name, op.Path, i+1)
		if aboutLedger(op) && op.Changes() && i%*faultEvery == 0 {
			crashes++
			stopped := start.Clone()
			_, _ = nightIn(fsystest.NewFaulty(stopped, fsystest.Fault{At: i + 2, Stop: true}), tonight).run(context.Background())
			stopped.Crash(losses[i%len(losses)], uint64(i))
			if err := lastsThrough(stopped, tonight); err != nil {
				t.Fatalf("stop after %s: %v", what, err)
			}
		}
		if i%(3**faultEvery) != 0 {
			continue
		}
		failures++
		failed, cause := start.Clone(), causes[failures%len(causes)]
		_, err := nightIn(fsystest.NewFaulty(failed, fsystest.Fault{At: i + 1, Err: cause}), tonight).run(context.Background())
		switch code := Code(err); {
		case err == nil:
		case code != ExitIO && code != ExitInput:
			t.Errorf("%s fails with %v: exit code %d, %v", what, cause, code, err)
		case cause != nil && !errors.Is(err, cause):
			t.Errorf("%s fails with %v: the cause is lost: %v", what, cause, err)
		}
		if _, err := run.Open(failed, "/out", ""); err != nil {
			t.Errorf("%s fails with %v: no run is current: %v", what, cause, err)
		}
		if err := lastsThrough(failed, tonight); err != nil {
			t.Fatalf("%s fails with %v: %v", what, cause, err)
		}
	}
	t.Logf("%d crashes, %d failures of %d operations", crashes, failures, len(whole.Ops()))
}
