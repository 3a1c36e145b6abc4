package run_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"sync"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

// The test binary starts itself as another process; these variables say what
// that process does, and in which output folder.
const (
	roleVariable = "WINBACK_TEST_ROLE"
	outVariable  = "WINBACK_TEST_OUT"
)

func TestMain(m *testing.M) {
	switch os.Getenv(roleVariable) {
	case "hold":
		hold(os.Getenv(outVariable))
	case "publish":
		publishForEver(os.Getenv(outVariable))
	default:
		os.Exit(m.Run())
	}
}

// hold begins a run, says whether it could, and waits for the end of its input.
func hold(out string) {
	draft, err := run.Begin(fsys.OS(), out, tonight, run.Options{})
	switch {
	case err == nil:
		fmt.Println("writing")
	case errors.Is(err, fsys.ErrLocked):
		fmt.Println("locked")
	default:
		fmt.Println(err)
	}
	_, _ = io.Copy(io.Discard, os.Stdin)
	if draft != nil {
		_ = draft.Abort()
	}
}

// publishForEver publishes until it is killed.
func publishForEver(out string) {
	for i := 0; ; i++ {
		fmt.Println(i)
		if _, err := writeRun(fsys.OS(), out, tonight, killedTree, 2); err != nil {
			fmt.Println(err)
			return
		}
	}
}

var killedTree = someTree(5, 2000, "killed")

// start runs this test binary in another role.
func start(t *testing.T, role, out string) (cmd *exec.Cmd, stdin io.Closer, lines *bufio.Scanner) {
	t.Helper()
	cmd = exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), roleVariable+"="+role, outVariable+"="+out)
	in, inErr := cmd.StdinPipe()
	output, outErr := cmd.StdoutPipe()
	if err := errors.Join(inErr, outErr, cmd.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { in.Close(); cmd.Process.Kill(); cmd.Wait() })
	return cmd, in, bufio.NewScanner(output)
}

// TestBegin_OneOfEightProcessesWrites also kills the one that writes: its lock
// must not outlive it.
func TestBegin_OneOfEightProcessesWrites(t *testing.T) {
	dir := t.TempDir()
	answers := make(chan string, 8)
	commands := make([]*exec.Cmd, 8)
	began := time.Now()
	for i := range commands {
		cmd, _, lines := start(t, "hold", dir)
		commands[i] = cmd
		go func() {
			lines.Scan()
			answers <- strconv.Itoa(i) + lines.Text()
		}()
	}
	writer, locked := -1, 0
	for range commands {
		switch a := <-answers; a[1:] {
		case "writing":
			if writer >= 0 {
				t.Error("two processes write")
			}
			writer = int(a[0] - '0')
		case "locked":
			locked++
		default:
			t.Error(a)
		}
	}
	took := time.Since(began)
	if writer < 0 || locked != 7 || took > 2*time.Second {
		t.Fatalf("process %d writes, %d are locked out, after %v", writer, locked, took)
	}
	t.Logf("all eight had their answer after %v", took.Round(time.Millisecond))
	if _, err := run.Begin(fsys.OS(), dir, tonight, run.Options{}); !errors.Is(err, fsys.ErrLocked) {
		t.Errorf("a ninth: %v", err)
	}
	if err := commands[writer].Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = commands[writer].Wait()
	mustWriteRun(t, fsys.OS(), dir, tonight, someTree(2, 5, "x"), 0)
}

// TestBegin_OneOfEightGoroutinesWrites holds inside a process, too.
func TestBegin_OneOfEightGoroutinesWrites(t *testing.T) {
	for name, files := range map[string]fsys.FS{"disk": fsys.OS(), "memory": fsystest.NewMem()} {
		dir := t.TempDir()
		errs := make([]error, 8)
		runs := make([]*run.Draft, 8)
		var wait sync.WaitGroup
		for i := range errs {
			wait.Go(func() { runs[i], errs[i] = run.Begin(files, dir, tonight, run.Options{}) })
		}
		wait.Wait()
		writers := 0
		for i, err := range errs {
			if err == nil {
				writers++
				if err := runs[i].Abort(); err != nil {
					t.Error(err)
				}
			} else if !errors.Is(err, fsys.ErrLocked) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if writers != 1 {
			t.Errorf("%s: %d write", name, writers)
		}
		mustWriteRun(t, files, dir, tonight, nil, 0)
	}
}

// TestPublish_KilledAtAnyMoment kills a process that publishes without a
// pause. What it leaves must be a whole run, and the next run needs no help.
func TestPublish_KilledAtAnyMoment(t *testing.T) {
	dir := t.TempDir()
	for i := range 12 {
		cmd, _, lines := start(t, "publish", dir)
		lines.Scan()
		time.Sleep(time.Duration(rand.IntN(40)) * time.Millisecond)
		if err := cmd.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if found, err := current(fsys.OS(), dir); err != nil || (found != nil && !same(found, killedTree)) {
			t.Fatalf("kill %d: current holds %v, %v", i, sortedNames(found), err)
		}
	}
	mustWriteRun(t, fsys.OS(), dir, tonight, killedTree, 2)
	if found, err := current(fsys.OS(), dir); err != nil || !same(found, killedTree) {
		t.Errorf("current holds %v, %v", sortedNames(found), err)
	}
	if left := names(t, fsys.OS(), dir); len(left) != 3 {
		t.Errorf("left behind: %v", left)
	}
}

// TestCurrent_ReadersSeeWholeRunsWhileOthersArePublished reads as fast as it
// can beside a writer.
func TestCurrent_ReadersSeeWholeRunsWhileOthersArePublished(t *testing.T) {
	dir := t.TempDir()
	nights := make([]tree, 10)
	for i := range nights {
		nights[i] = someTree(4, 100, "night "+strconv.Itoa(i))
	}
	mustWriteRun(t, fsys.OS(), dir, tonight, nights[0], 0)
	done := make(chan struct{})
	go func() {
		defer close(done)
		for _, content := range nights[1:] {
			if _, err := writeRun(fsys.OS(), dir, tonight, content, 0); err != nil {
				t.Error(err)
			}
		}
	}()
	for at, reads := 0, 0; ; reads++ {
		select {
		case <-done:
			t.Logf("%d reads", reads)
			return
		default:
		}
		found, err := current(fsys.OS(), dir)
		if err != nil {
			t.Fatal(err)
		}
		for at < len(nights) && !same(found, nights[at]) {
			at++
		}
		if at == len(nights) {
			t.Fatal("a run that is not whole, or older than one seen before")
		}
	}
}
