package run_test

import (
	"errors"
	"flag"
	"fmt"
	"math/rand/v2"
	"net/http"
	"sync"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/internal/objectstore/storetest"
	"winback/pipeline/run"
)

var storeEvery = flag.Int("store-every", 4, "of so many requests to a store, one is the last before a crash")

// storedNight writes tonight's run into a store, as a new process.
func storedNight(s *storetest.Store, out string, content tree) error {
	_, err := writeRun(s.Files(), out, tonight, content, 2)
	return err
}

func TestStore_PublishesReadsAndRetires(t *testing.T) {
	s := storetest.Start(t, time.Now)
	out := s.Bucket + "/shop/winback"
	for i := range 4 {
		content := someTree(6, 40, fmt.Sprint(i))
		dir := mustWriteRun(t, s.Files(), out, tonight, content, 2)
		if want := fmt.Sprintf("%s/runs/%s-%d", out, tonight, i+1); dir != want {
			t.Errorf("published %s, want %s", dir, want)
		}
		if found, err := current(s.Files(), out); err != nil || !same(found, content) {
			t.Fatalf("run %d: %v", i, err)
		}
		if report, err := run.Verify(s.Files(), dir); err != nil || !report.OK() {
			t.Errorf("%v, %v", report.Findings, err)
		}
	}
	if runs, err := run.Runs(s.Files(), out); err != nil || len(runs) != 2 {
		t.Errorf("kept: %v, %v", runs, err)
	}
}

// checkStored wants last night's run whole or tonight's, and nothing half among the
// runs that are listed.
func checkStored(t *testing.T, s *storetest.Store, out string, lastNight, tonight tree) {
	t.Helper()
	found, err := current(s.Files(), out)
	if err != nil || !same(found, lastNight) && !same(found, tonight) {
		t.Errorf("current is no whole run: %v", err)
	}
	names, err := run.Runs(s.Files(), out)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range names {
		if report, err := run.Verify(s.Files(), run.FolderOf(out, name)); err != nil || !report.OK() {
			t.Errorf("listed run %s: %v, %v", name, report.Findings, err)
		}
	}
}

func TestStore_CrashBetweenAnyTwoRequestsLeavesAWholeRun(t *testing.T) {
	s := storetest.Start(t, time.Now)
	out := s.Bucket + "/winback"
	night := func(i int) tree { return someTree(15, 40, fmt.Sprint(i)) }
	mustWriteRun(t, s.Files(), out, lastNight, night(0), 2)
	mustWriteRun(t, s.Files(), out, lastNight, night(0), 2)
	points, nights := 0, 0
	for _, fault := range []storetest.Fault{storetest.Dead, storetest.DeadAfter} {
		for at, crashed := 1, true; crashed; at += *storeEvery {
			old, content, next := night(nights), night(nights+1), night(nights+2)
			nights += 2
			crashed = false
			s.Fail(func(n int, _ *http.Request) storetest.Fault {
				if n != at {
					return storetest.None
				}
				crashed = true
				return fault
			})
			err := storedNight(s, out, content)
			s.Fail(nil)
			if crashed {
				points++
			} else if err != nil {
				t.Fatal(err)
			}
			checkStored(t, s, out, old, content)
			if err := errors.Join(s.Orphan(out), storedNight(s, out, next)); err != nil {
				t.Fatalf("after a crash at request %d: %v", at, err)
			}
			if found, err := current(s.Files(), out); err != nil || !same(found, next) {
				t.Errorf("after a crash at request %d, and another run: %v", at, err)
			}
		}
	}
	t.Logf("%d points of a crash, %d runs", points, nights)
	if points**storeEvery < 100 {
		t.Errorf("%d points, of every %d one; want 100 in all", points, *storeEvery)
	}
}

func TestStore_FaultsLoseNoRun(t *testing.T) {
	s := storetest.Start(t, time.Now)
	out := s.Bucket + "/winback"
	random := rand.New(rand.NewPCG(1, 2))
	var mu sync.Mutex
	injected := 0
	s.Fail(func(int, *http.Request) storetest.Fault {
		mu.Lock()
		defer mu.Unlock()
		if random.IntN(4) > 0 {
			return storetest.None
		}
		injected++
		return storetest.ServerError + storetest.Fault(random.IntN(int(storetest.Cut)))
	})
	for i := 0; injected < 300; i++ {
		content := someTree(6, 40, fmt.Sprint(i))
		if err := storedNight(s, out, content); err != nil {
			t.Fatal(err)
		}
		if found, err := current(s.Files(), out); err != nil || !same(found, content) {
			t.Fatalf("night %d: %v", i, err)
		}
		checkStored(t, s, out, content, content)
	}
	t.Logf("%d faults", injected)
}

func TestStore_OneOfEightRunsPublishes(t *testing.T) {
	s := storetest.Start(t, time.Now)
	out := s.Bucket + "/winback"
	mustWriteRun(t, s.Files(), out, lastNight, someTree(6, 40, "old"), 2)
	hold, err := run.Lock(s.Files(), out)
	if err != nil {
		t.Fatal(err)
	}
	var wait sync.WaitGroup
	for range 8 {
		wait.Go(func() {
			if err := storedNight(s, out, someTree(6, 40, "new")); !errors.Is(err, fsys.ErrLocked) {
				t.Error(err)
			}
		})
	}
	wait.Wait()
	if err := hold.Release(); err != nil {
		t.Fatal(err)
	}
	if err := storedNight(s, out, someTree(6, 40, "new")); err != nil {
		t.Error(err)
	}
}

// TestStore_SleeperDoesNotPublishOverItsSuccessor lets a run lose its lock while it
// writes: the other one publishes, and the first can neither write nor point.
func TestStore_SleeperDoesNotPublishOverItsSuccessor(t *testing.T) {
	s := storetest.Start(t, time.Now)
	out := s.Bucket + "/winback"
	sleeper, err := run.Begin(s.Files(), out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := writeFile(sleeper, "a", "of the sleeper"); err != nil {
		t.Fatal(err)
	}
	if err := s.Orphan(out); err != nil {
		t.Fatal(err)
	}
	content := someTree(6, 40, "new")
	if err := storedNight(s, out, content); err != nil {
		t.Fatal(err)
	}
	if dir, err := sleeper.Publish(manifestOf(tonight)); !errors.Is(err, fsys.ErrLocked) || dir != "" {
		t.Errorf("published %q: %v", dir, err)
	}
	if found, err := current(s.Files(), out); err != nil || !same(found, content) {
		t.Errorf("current: %v", err)
	}
}
