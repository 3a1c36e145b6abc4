package fsystest_test

import (
	"errors"
	"slices"
	"strings"
	"syscall"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// work does six operations and stops at the first error.
func work(files fsys.FS) error {
	if err := files.MkdirAll("/d"); err != nil {
		return err
	}
	f, err := files.Create("/d/f")
	if err != nil {
		return err
	}
	_, err = f.Write([]byte("abcdef"))
	return errors.Join(err, f.Sync(), f.Close(), files.SyncDir("/d"))
}

func TestFaulty_OneOperationFails(t *testing.T) {
	clean := fsystest.NewFaulty(fsystest.NewMem(), fsystest.Fault{})
	must(t, work(clean))
	var ops []string
	for _, op := range clean.Ops() {
		ops = append(ops, op.Name)
	}
	if want := []string{"mkdir", "create", "write", "sync", "close", "syncdir"}; !slices.Equal(ops, want) {
		t.Fatalf("operations %v, want %v", ops, want)
	}
	for at := 1; at <= len(ops); at++ {
		mem := fsystest.NewMem()
		err := work(fsystest.NewFaulty(mem, fsystest.Fault{At: at, Err: syscall.ENOSPC}))
		if !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), "/d") {
			t.Errorf("operation %d: %v", at, err)
		}
		if got := read(mem, "/d/f"); at == 3 && got != "abc" {
			t.Errorf("a failing write left %q", got)
		}
	}
}

func TestFaulty_NothingHappensAfterAStop(t *testing.T) {
	mem := fsystest.NewMem()
	faulty := fsystest.NewFaulty(mem, fsystest.Fault{At: 3, Stop: true})
	if err := work(faulty); !errors.Is(err, fsystest.ErrCrashed) {
		t.Errorf("error %v", err)
	}
	if err := faulty.Remove("/d/f"); !errors.Is(err, fsystest.ErrCrashed) {
		t.Errorf("error %v", err)
	}
	if got := read(mem, "/d/f"); got != "" {
		t.Errorf("the file holds %q", got)
	}
}

func TestFaulty_ShortWriteWithoutAnError(t *testing.T) {
	mem := fsystest.NewMem()
	must(t, work(fsystest.NewFaulty(mem, fsystest.Fault{At: 3})))
	if got := read(mem, "/d/f"); got != "abc" {
		t.Errorf("the file holds %q", got)
	}
	must(t, work(fsystest.NewFaulty(fsystest.NewMem(), fsystest.Fault{At: 2})))
}

func TestFaulty_FailedUnlockUnlocks(t *testing.T) {
	mem := fsystest.NewMem()
	lock, err := fsystest.NewFaulty(mem, fsystest.Fault{At: 2, Err: syscall.EIO}).Lock("/lock")
	must(t, err)
	if err := lock.Close(); !errors.Is(err, syscall.EIO) {
		t.Errorf("error %v", err)
	}
	lock, err = mem.Lock("/lock")
	must(t, err)
	must(t, lock.Close())
}
