package jobs

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"maps"
	"path"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"winback/data"
	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

var faultEvery = flag.Int("fault-every", 3, "every so many operations of a run fail, one at a time")

// shopInMemory is a file system with the orders of a small shop and a list of
// suppressed customers.
func shopInMemory(t *testing.T) *fsystest.Mem {
	return inMemory(t, before(plantedShop(300, 4), shopOpens+420))
}

func inMemory(t *testing.T, lines []orderLine) *fsystest.Mem {
	t.Helper()
	files := fsystest.NewMem()
	for i := range 2 {
		var file bytes.Buffer
		if err := parquet.Write(&file, lines[len(lines)*i/2:len(lines)*(i+1)/2]); err != nil {
			t.Fatal(err)
		}
		putFile(t, files, fmt.Sprintf("/orders/part-%d.parquet", i), file.Bytes())
	}
	putFile(t, files, "/optout.txt", []byte(lines[0].CustomerID+"\n"))
	return files
}

func putFile(t *testing.T, files fsys.FS, path string, content []byte) {
	t.Helper()
	if err := files.MkdirAll(filepath.Dir(path)); err != nil {
		t.Fatal(err)
	}
	f, err := files.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close(), files.SyncDir(filepath.Dir(path)), files.SyncDir("/")); err != nil {
		t.Fatal(err)
	}
}

// nightIn is a night on a file system. Two of one day differ in nothing but the
// time that the clock shows.
func nightIn(files fsys.FS, asOf data.Day) *nightly {
	s := quickly("/out")
	s.AsOf, s.Workers, s.Keep, s.SuppressFile = asOf, 1, 2, "/optout.txt"
	return &nightly{files: files, s: s, now: func() time.Time { return time.Unix(1_800_000_000, 0) }, sources: []string{"/orders"}}
}

// memContent reads the current run, without the manifest.
func memContent(t *testing.T, files fsys.FS) (dir string, content map[string]string) {
	t.Helper()
	r, err := run.Open(files, "/out", "")
	if err != nil {
		t.Fatal(err)
	}
	if report, err := run.Verify(files, r.Dir); err != nil || !report.OK() {
		t.Fatalf("the current run does not fit: %v %v", err, report.Findings)
	}
	content = map[string]string{}
	for _, f := range r.Manifest.Files {
		file, err := files.Open(filepath.Join(r.Dir, f.Path))
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(file)
		if err := errors.Join(err, file.Close()); err != nil {
			t.Fatal(err)
		}
		content[f.Path] = string(text)
	}
	return r.Dir, content
}

// Every operation of a night that fails ends it with its exit code and the path
// that it is about, last night's run stays current, and the next night is as if
// nothing had been.
func TestRun_AnyFailureOfTheFileSystemLeavesLastNight(t *testing.T) {
	start := shopInMemory(t)
	lastNight, tonight := shopOpens+300, shopOpens+301
	if _, err := nightIn(start, lastNight).run(context.Background()); err != nil {
		t.Fatal(err)
	}
	before, _ := memContent(t, start)
	good := start.Clone()
	counted := fsystest.NewFaulty(good, fsystest.Fault{})
	if _, err := nightIn(counted, tonight).run(context.Background()); err != nil {
		t.Fatal(err)
	}
	_, want := memContent(t, good)
	total, failures, ignored := len(counted.Ops()), 0, map[string]int{}
	causes := []error{syscall.EIO, syscall.ENOSPC, syscall.EACCES, nil}
	for at := 1; at <= total; at += *faultEvery {
		cause := causes[(at / *faultEvery)%len(causes)]
		files := start.Clone()
		faulty := fsystest.NewFaulty(files, fsystest.Fault{At: at, Err: cause})
		_, err := nightIn(faulty, tonight).run(context.Background())
		op := faulty.Ops()[at-1]
		what := fmt.Sprintf("operation %d of %d, %s of %s, fails with %v", at, total, op.Name, op.Path, cause)
		now, content := memContent(t, files)
		switch {
		case err == nil && (op.Name == "closeread" || op.Name == "readlink" && path.Base(op.Path) != "current" || op.Name == "stat" && (expectedCode(op) == ExitInput || op.Path == "/out") || // lines spill elsewhere
			cause == nil): // an empty write cannot be short
			ignored[op.Name]++
		case err == nil:
			t.Errorf("%s: done all the same", what)
		case !strings.Contains(err.Error(), op.Path) || cause != nil && !errors.Is(err, cause):
			t.Errorf("%s: said %v", what, err)
		case Code(err) != expectedCode(op):
			t.Errorf("%s: exit code %d, want %d: %v", what, Code(err), expectedCode(op), err)
		default:
			failures++
		}
		if published := now != before; published && !maps.Equal(content, want) {
			t.Errorf("%s: the new run has other bytes", what)
		} else if err != nil && published && op.Name != "unlock" && !strings.Contains(err.Error(), string(run.StageRetire)) {
			t.Errorf("%s: published in spite of %v", what, err)
		}
		if _, err := nightIn(files, tonight).run(context.Background()); err != nil {
			t.Fatalf("%s: the next night: %v", what, err)
		}
		if _, content := memContent(t, files); !maps.Equal(content, want) {
			t.Errorf("%s: the next night has other bytes", what)
		}
		if entries, err := files.ReadDir("/out"); err != nil || len(entries) != 3 {
			t.Errorf("%s: the next night leaves %v, %v", what, entries, err)
		}
	}
	t.Logf("%d operations; %d failures of every %dth; without effect %v", total, failures, *faultEvery, ignored)
}

// expectedCode is 3 where an input cannot be read, 7 where the output folder is
// at fault.
func expectedCode(op fsystest.Op) int {
	if strings.HasPrefix(op.Path, "/out/") || op.Path == "/out" {
		return ExitIO
	}
	return ExitInput
}
