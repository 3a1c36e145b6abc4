package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"winback/jobs"
)

// shortRun are the arguments of a run that learns, within a second.
func shortRun(orders, out string) []string {
	return []string{"run", orders, "--as-of", "2024-09-01", "--lapsed-after", "60", "--out", out, "--keep", "3"}
}

func TestRun_KilledAnywhereNeedsNoHelp(t *testing.T) {
	orders := written(t, generatedLines(t, 400))
	reference := t.TempDir()
	began := time.Now()
	if text, err := process(shortRun(orders, reference)...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	usual := time.Since(began)
	want := runContent(t, currentRun(t, reference))

	rng := rand.New(rand.NewPCG(uint64(time.Now().UnixNano()), 1))
	out := t.TempDir()
	finished, dirty := 0, 0
	for point := range *crashPoints {
		before := ""
		if point > 0 {
			before = currentRun(t, out)
		}
		cmd := process(shortRun(orders, out)...)
		said, err := cmd.StderrPipe()
		if err := errors.Join(err, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(said)
		moment := time.Duration(rng.Float64() * float64(usual))
		if point%2 == 1 { // half of the points when results are written
			for lines.Scan() && !strings.HasPrefix(lines.Text(), "learn") {
			}
			moment = time.Duration(rng.Float64() * float64(usual) / 5)
		}
		time.Sleep(moment)
		if err := cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		if err := cmd.Wait(); err == nil {
			finished++
		}
		if _, err := os.Stat(filepath.Join(out, "current")); point > 0 || err == nil {
			if now := currentRun(t, out); now != before {
				if code, text := does(t, "verify", "--out", out); code != jobs.ExitDone {
					t.Errorf("point %d: killed after %v, the current run does not fit: %s", point, moment, text)
				}
			}
		}
		if entries, err := os.ReadDir(out); err != nil {
			t.Fatal(err)
		} else if slices.ContainsFunc(entries, func(e os.DirEntry) bool { return !slices.Contains(published, e.Name()) }) {
			dirty++
		}
		text, err := process(shortRun(orders, out)...).CombinedOutput()
		if err != nil {
			t.Fatalf("point %d: killed after %v, the next run: %v\n%s", point, moment, err, text)
		}
		if !maps.Equal(runContent(t, currentRun(t, out)), want) {
			t.Errorf("point %d: killed after %v, the next run has other bytes than an undisturbed one", point, moment)
		}
		if left := leftovers(t, out); len(left) > 0 {
			t.Errorf("point %d: killed after %v, left over: %q", point, moment, left)
		}
	}
	t.Logf("%d kills, of which %d came too late and %d left unfinished files", *crashPoints, finished, dirty)
}

func TestRun_OneOfTwoAtATimeIsLockedOut(t *testing.T) {
	orders, out := written(t, generatedLines(t, 400)), t.TempDir()
	first := process(shortRun(orders, out)...)
	said, err := first.StderrPipe()
	if err := errors.Join(err, first.Start()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = first.Process.Kill() })
	lines := bufio.NewScanner(said)
	for lines.Scan() && !strings.HasPrefix(lines.Text(), "read orders") {
	}
	began := time.Now()
	text, err := process(shortRun(orders, out)...).CombinedOutput()
	took := time.Since(began)
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != jobs.ExitLocked || took > 2*time.Second || !bytes.Contains(text, []byte(".lock")) {
		t.Errorf("the second run: %v after %v: %s", err, took, text)
	}
	for lines.Scan() {
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first run: %v", err)
	}
	if left := leftovers(t, out); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
	t.Logf("locked out after %v", took.Round(time.Millisecond))
}

func TestRun_ASignalPublishesNothing(t *testing.T) {
	orders, out := written(t, generatedLines(t, 1500)), t.TempDir()
	for _, signal := range []os.Signal{syscall.SIGTERM, os.Interrupt} {
		cmd := process(shortRun(orders, out)...)
		said, err := cmd.StderrPipe()
		if err := errors.Join(err, cmd.Start()); err != nil {
			t.Fatal(err)
		}
		lines := bufio.NewScanner(said)
		last := ""
		for lines.Scan() {
			if last = lines.Text(); strings.HasPrefix(last, "build features") {
				if err := cmd.Process.Signal(signal); err != nil {
					t.Fatal(err)
				}
			}
		}
		var exit *exec.ExitError
		if err := cmd.Wait(); !errors.As(err, &exit) || exit.ExitCode() != jobs.ExitOther || last != "winback: interrupted, nothing published" {
			t.Errorf("%v: %v, %q", signal, err, last)
		}
		if _, err := os.Lstat(filepath.Join(out, "current")); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("%v: there is a current run: %v", signal, err)
		}
	}
}

// The machine's zone, language and umask leave no trace in what is published.
func TestRun_SameBytesOnAnyMachine(t *testing.T) {
	orders := written(t, generatedLines(t, 400))
	var want map[string]string
	for _, machine := range [][]string{{"TZ=UTC", "LC_ALL=C"}, {"TZ=Pacific/Kiritimati", "LC_ALL=tr_TR.UTF-8", "LANG=tr_TR.UTF-8"}, {"TZ=America/New_York", "LC_ALL=de_DE.UTF-8", "GOMAXPROCS=1"}} {
		out := filepath.Join(t.TempDir(), "out")
		cmd := exec.CommandContext(context.Background(), "/bin/sh", append([]string{"-c", `umask 0; exec "$0" "$@"`, os.Args[0]}, shortRun(orders, out)...)...)
		if want == nil {
			cmd.Args[2] = `umask 077; exec "$0" "$@"`
		}
		cmd.Env = append(append(os.Environ(), commandVariable+"=1"), machine...)
		if text, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", machine, err, text)
		}
		got := runContent(t, currentRun(t, out))
		if want == nil {
			want = got
		}
		if !maps.Equal(got, want) {
			t.Errorf("%v: other bytes", machine)
		}
	}
}
