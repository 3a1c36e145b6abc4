package fsystest_test

import (
	"errors"
	"io"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// after crashes a copy and returns the copy.
func after(mem *fsystest.Mem, loss fsystest.Loss, seed uint64) *fsystest.Mem {
	c := mem.Clone()
	c.Crash(loss, seed)
	return c
}

func exists(files fsys.FS, path string) bool {
	_, err := files.Stat(path)
	return err == nil
}

func TestMem_UnsyncedEntriesAndBytesAreLost(t *testing.T) {
	mem := fsystest.NewMem()
	must(t, mem.MkdirAll("/out"))
	must(t, mem.SyncDir("/"))
	f, err := mem.Create("/out/f")
	must(t, err)
	_, err = io.WriteString(f, "synced")
	must(t, errors.Join(err, f.Sync()))
	if exists(after(mem, fsystest.Dropped, 0), "/out/f") {
		t.Error("the entry of a synced file survived without SyncDir")
	}
	must(t, mem.SyncDir("/out"))
	_, err = io.WriteString(f, "+more")
	must(t, err)
	if got := read(after(mem, fsystest.Dropped, 0), "/out/f"); got != "synced" {
		t.Errorf("dropped: %q", got)
	}
	if got := read(after(mem, fsystest.Kept, 0), "/out/f"); got != "synced+more" {
		t.Errorf("kept: %q", got)
	}
	seen := map[string]bool{}
	for seed := range uint64(64) {
		seen[read(after(mem, fsystest.HalfKept, seed), "/out/f")] = true
	}
	for _, want := range []string{"synced", "synced+m", "synced+more", "synced+m\x00\x00\x00"} {
		if !seen[want] {
			t.Errorf("half kept never left %q", want)
		}
	}
	if len(seen) != 4 {
		t.Errorf("half kept left %v", seen)
	}
}

func TestMem_CrashKillsLocksAndOpenFiles(t *testing.T) {
	mem := fsystest.NewMem()
	f, err := mem.Create("/f")
	must(t, err)
	lock, err := mem.Lock("/lock")
	must(t, err)
	mem.Crash(fsystest.Kept, 0)
	if _, err := f.Write([]byte("x")); !errors.Is(err, fsystest.ErrCrashed) {
		t.Errorf("write: %v", err)
	}
	second, err := mem.Lock("/lock")
	must(t, err)
	must(t, lock.Close()) // the dead lock must not free the living one
	if _, err := mem.Lock("/lock"); !errors.Is(err, fsys.ErrLocked) {
		t.Errorf("third lock: %v", err)
	}
	must(t, second.Close())
}

// TestMem_RenameIsDurableAsAWhole wants the file under one of its two names
// after any loss.
func TestMem_RenameIsDurableAsAWhole(t *testing.T) {
	mem := fsystest.NewMem()
	must(t, mem.MkdirAll("/a"))
	must(t, mem.MkdirAll("/b"))
	write(t, mem, "/a/f", "x")
	for _, dir := range []string{"/", "/a", "/b"} {
		must(t, mem.SyncDir(dir))
	}
	must(t, mem.Rename("/a/f", "/b/f"))
	moved := 0
	for seed := range uint64(20) {
		c := after(mem, fsystest.HalfKept, seed)
		if exists(c, "/a/f") == exists(c, "/b/f") {
			t.Fatal("the file has two names or none")
		}
		if exists(c, "/b/f") {
			moved++
		}
	}
	if moved == 0 || moved == 20 {
		t.Errorf("moved in %d of 20", moved)
	}
	must(t, mem.SyncDir("/b"))
	if c := after(mem, fsystest.Dropped, 0); exists(c, "/a/f") || !exists(c, "/b/f") {
		t.Error("a synced rename was lost")
	}
}

// TestMem_SyncOfARenameTakesEarlierChangesAlong wants no second name to come
// back: the entry that was renamed away was never durable by itself.
func TestMem_SyncOfARenameTakesEarlierChangesAlong(t *testing.T) {
	mem := fsystest.NewMem()
	must(t, mem.MkdirAll("/a"))
	must(t, mem.MkdirAll("/b"))
	must(t, mem.SyncDir("/"))
	write(t, mem, "/a/f", "x")
	must(t, mem.Rename("/a/f", "/b/f"))
	must(t, mem.SyncDir("/b"))
	for seed := range uint64(10) {
		if c := after(mem, fsystest.HalfKept, seed); exists(c, "/a/f") || read(c, "/b/f") != "x" {
			t.Fatal("the old name came back")
		}
	}
}

func TestMem_RemoveAllMayStopHalfWay(t *testing.T) {
	mem := fsystest.NewMem()
	must(t, mem.MkdirAll("/d"))
	write(t, mem, "/d/1", "x")
	write(t, mem, "/d/2", "x")
	must(t, mem.SyncDir("/"))
	must(t, mem.SyncDir("/d"))
	must(t, mem.RemoveAll("/d"))
	half := false
	for seed := range uint64(40) {
		c := after(mem, fsystest.HalfKept, seed)
		half = half || exists(c, "/d/1") != exists(c, "/d/2")
	}
	if !half {
		t.Error("no crash left a half")
	}
	if !exists(after(mem, fsystest.Dropped, 0), "/d/2") {
		t.Error("an unsynced removal was durable")
	}
}

func TestMem_CloneSharesNothing(t *testing.T) {
	mem := fsystest.NewMem()
	f, err := mem.Create("/f")
	must(t, err)
	_, err = io.WriteString(f, "ab")
	must(t, err)
	clone := mem.Clone()
	_, err = io.WriteString(f, "cd")
	must(t, err)
	write(t, mem, "/g", "x")
	must(t, mem.SyncDir("/"))
	if read(clone, "/f") != "ab" || exists(clone, "/g") || exists(after(clone, fsystest.Dropped, 0), "/f") {
		t.Error("the clone follows the original")
	}
	write(t, clone, "/h", "x")
	if exists(mem, "/h") || read(mem, "/f") != "abcd" {
		t.Error("the original follows the clone")
	}
}
