package fsystest_test

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
)

// eachFS runs a test on the disk, in memory, and through a Faulty without a
// fault: all three must behave alike. The folder is empty.
func eachFS(t *testing.T, test func(t *testing.T, files fsys.FS, dir string)) {
	t.Run("disk", func(t *testing.T) { test(t, fsys.OS(), t.TempDir()) })
	for name, files := range map[string]fsys.FS{
		"memory": fsystest.NewMem(),
		"faulty": fsystest.NewFaulty(fsystest.NewMem(), fsystest.Fault{}),
	} {
		t.Run(name, func(t *testing.T) {
			must(t, files.MkdirAll("/tmp/test"))
			test(t, files, "/tmp/test")
		})
	}
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func write(t *testing.T, files fsys.FS, path, content string) {
	t.Helper()
	f, err := files.Create(path)
	must(t, err)
	_, err = io.WriteString(f, content)
	must(t, errors.Join(err, f.Sync(), f.Close()))
}

// read returns the content of a file, or the error in angle brackets.
func read(files fsys.FS, path string) string {
	f, err := files.Open(path)
	if err != nil {
		return "<" + err.Error() + ">"
	}
	defer f.Close()
	text, err := io.ReadAll(f)
	if err != nil {
		return "<" + err.Error() + ">"
	}
	return string(text)
}

func TestFS_CreateWriteRead(t *testing.T) {
	eachFS(t, func(t *testing.T, files fsys.FS, dir string) {
		path := filepath.Join(dir, "a")
		write(t, files, path, "hello world")
		f, err := files.Open(path)
		must(t, err)
		defer f.Close()
		part := make([]byte, 5)
		if _, err := f.ReadAt(part, 6); err != nil || string(part) != "world" {
			t.Errorf("read at 6: %q, %v", part, err)
		}
		info, err := f.Stat()
		if err != nil || info.Size() != 11 || info.Name() != "a" || info.Mode() != 0o640 {
			t.Errorf("stat of the open file: %v, %v", info, err)
		}
		if _, err := f.ReadAt(part, 20); err != io.EOF {
			t.Errorf("read behind the end: %v", err)
		}
		info, err = files.Stat(path)
		if err != nil || info.Size() != 11 || info.Mode() != 0o640 || info.IsDir() {
			t.Errorf("stat: %v, %v", info, err)
		}
	})
}

// TestFS_ErrorsAreOfTheUsualKind wants the same kind of error everywhere, with
// the path in it.
func TestFS_ErrorsAreOfTheUsualKind(t *testing.T) {
	anything := errors.New("any error")
	for name, test := range map[string]struct {
		do   func(files fsys.FS, at func(string) string) error
		want error
	}{
		"create over a file": {func(f fsys.FS, at func(string) string) error { _, err := f.Create(at("file")); return err }, fs.ErrExist},
		"create over a link": {func(f fsys.FS, at func(string) string) error { _, err := f.Create(at("link")); return err }, fs.ErrExist},
		"create in nothing":  {func(f fsys.FS, at func(string) string) error { _, err := f.Create(at("no/x")); return err }, fs.ErrNotExist},
		"create in a file":   {func(f fsys.FS, at func(string) string) error { _, err := f.Create(at("file/x")); return err }, anything},
		"open nothing":       {func(f fsys.FS, at func(string) string) error { _, err := f.Open(at("no")); return err }, fs.ErrNotExist},
		"mkdir over a file":  {func(f fsys.FS, at func(string) string) error { return f.MkdirAll(at("file")) }, anything},
		"mkdir in a file":    {func(f fsys.FS, at func(string) string) error { return f.MkdirAll(at("file/x")) }, anything},
		"list nothing":       {func(f fsys.FS, at func(string) string) error { _, err := f.ReadDir(at("no")); return err }, fs.ErrNotExist},
		"list a file":        {func(f fsys.FS, at func(string) string) error { _, err := f.ReadDir(at("file")); return err }, anything},
		"stat nothing":       {func(f fsys.FS, at func(string) string) error { _, err := f.Stat(at("no")); return err }, fs.ErrNotExist},
		"stat a dead link":   {func(f fsys.FS, at func(string) string) error { _, err := f.Stat(at("dead")); return err }, fs.ErrNotExist},
		"rename nothing":     {func(f fsys.FS, at func(string) string) error { return f.Rename(at("no"), at("y")) }, fs.ErrNotExist},
		"rename to nowhere":  {func(f fsys.FS, at func(string) string) error { return f.Rename(at("file"), at("no/y")) }, fs.ErrNotExist},
		"rename onto folder": {func(f fsys.FS, at func(string) string) error { return f.Rename(at("file"), at("empty")) }, fs.ErrExist},
		"folder onto folder": {func(f fsys.FS, at func(string) string) error { return f.Rename(at("full"), at("empty")) }, fs.ErrExist},
		"folder onto file":   {func(f fsys.FS, at func(string) string) error { return f.Rename(at("full"), at("file")) }, anything},
		"folder into itself": {func(f fsys.FS, at func(string) string) error { return f.Rename(at("full"), at("full/x")) }, anything},
		"remove nothing":     {func(f fsys.FS, at func(string) string) error { return f.Remove(at("no")) }, fs.ErrNotExist},
		"remove full folder": {func(f fsys.FS, at func(string) string) error { return f.Remove(at("full")) }, anything},
		"link over a file":   {func(f fsys.FS, at func(string) string) error { return f.Symlink("x", at("file")) }, fs.ErrExist},
		"readlink of a file": {func(f fsys.FS, at func(string) string) error { _, err := f.Readlink(at("file")); return err }, anything},
		"readlink nothing":   {func(f fsys.FS, at func(string) string) error { _, err := f.Readlink(at("no")); return err }, fs.ErrNotExist},
		"sync no folder":     {func(f fsys.FS, at func(string) string) error { return f.SyncDir(at("no")) }, fs.ErrNotExist},
		"lock in nothing":    {func(f fsys.FS, at func(string) string) error { _, err := f.Lock(at("no/x")); return err }, fs.ErrNotExist},
		"links in a circle":  {func(f fsys.FS, at func(string) string) error { _, err := f.Open(at("circle")); return err }, anything},
	} {
		eachFS(t, func(t *testing.T, files fsys.FS, dir string) {
			at := func(path string) string { return filepath.Join(dir, path) }
			write(t, files, at("file"), "x")
			must(t, files.Symlink("file", at("link")))
			must(t, files.Symlink("nowhere", at("dead")))
			must(t, files.Symlink("circle", at("circle")))
			must(t, files.MkdirAll(at("empty")))
			must(t, files.MkdirAll(at("full/folder")))
			err := test.do(files, at)
			if err == nil || (test.want != anything && !errors.Is(err, test.want)) {
				t.Errorf("%s: error %v, want %v", name, err, test.want)
			}
			if err != nil && !strings.Contains(err.Error(), dir) {
				t.Errorf("%s: no path in %q", name, err)
			}
		})
	}
}

func TestFS_Folders(t *testing.T) {
	eachFS(t, func(t *testing.T, files fsys.FS, dir string) {
		deep := filepath.Join(dir, "a", "b", "c")
		must(t, files.MkdirAll(deep))
		must(t, files.MkdirAll(deep+"/"))
		write(t, files, filepath.Join(deep, "z"), "1")
		write(t, files, filepath.Join(deep, "y"), "2")
		must(t, files.Symlink("z", filepath.Join(deep, "x")))
		entries, err := files.ReadDir(deep)
		must(t, err)
		var found []string
		for _, e := range entries {
			found = append(found, e.Name()+" "+e.Type().String())
		}
		if want := []string{"x L---------", "y ----------", "z ----------"}; !slices.Equal(found, want) {
			t.Errorf("found %v, want %v", found, want)
		}
		if info, err := files.Stat(filepath.Join(dir, "a")); err != nil || info.Mode() != fs.ModeDir|0o750 {
			t.Errorf("stat of a folder: %v, %v", info, err)
		}
		must(t, files.RemoveAll(filepath.Join(dir, "a")))
		must(t, files.RemoveAll(filepath.Join(dir, "a")))
		must(t, files.RemoveAll(filepath.Join(dir, "a", "b")))
		if entries, err := files.ReadDir(dir); err != nil || len(entries) != 0 {
			t.Errorf("left: %v, %v", entries, err)
		}
	})
}

func TestFS_RenameReplacesFilesAndLinks(t *testing.T) {
	eachFS(t, func(t *testing.T, files fsys.FS, dir string) {
		at := func(path string) string { return filepath.Join(dir, path) }
		must(t, files.MkdirAll(at("runs/1")))
		must(t, files.MkdirAll(at("runs/2")))
		write(t, files, at("runs/1/f"), "one")
		write(t, files, at("runs/2/f"), "two")
		must(t, files.Symlink("runs/1", at("current")))
		if got := read(files, at("current/f")); got != "one" {
			t.Errorf("through the link: %q", got)
		}
		must(t, files.Symlink("runs/2", at("next")))
		must(t, files.Rename(at("next"), at("current")))
		if got := read(files, at("current/f")); got != "two" {
			t.Errorf("through the swapped link: %q", got)
		}
		if got := read(files, dir+"/current/../1/f"); got != "one" {
			t.Errorf("beside the target of the link: %q", got)
		}
		if target, err := files.Readlink(at("current")); err != nil || target != "runs/2" {
			t.Errorf("link to %q, %v", target, err)
		}
		must(t, files.Rename(at("runs/1/f"), at("runs/2/f")))
		if got := read(files, at("current/f")); got != "one" {
			t.Errorf("renamed over: %q", got)
		}
		must(t, files.Rename(at("runs/2"), at("moved")))
		if got := read(files, at("moved/f")); got != "one" {
			t.Errorf("in the moved folder: %q", got)
		}
		must(t, files.Remove(at("current")))
		must(t, files.Symlink("moved", at("link")))
		must(t, files.RemoveAll(at("link")))
		if got := read(files, at("moved/f")); got != "one" {
			t.Errorf("removing a link removed its target: %q", got)
		}
	})
}

func TestFS_LockIsExclusiveUntilClosed(t *testing.T) {
	eachFS(t, func(t *testing.T, files fsys.FS, dir string) {
		path := filepath.Join(dir, ".lock")
		for range 2 {
			lock, err := files.Lock(path)
			must(t, err)
			if _, err := files.Lock(path); !errors.Is(err, fsys.ErrLocked) || !strings.Contains(err.Error(), path) {
				t.Errorf("second lock: %v", err)
			}
			must(t, lock.Close())
			must(t, lock.Close())
		}
		if info, err := files.Stat(path); err != nil || info.Mode() != 0o640 {
			t.Errorf("lock file: %v, %v", info, err)
		}
	})
}

func TestFS_ClosedFileTakesNoMore(t *testing.T) {
	eachFS(t, func(t *testing.T, files fsys.FS, dir string) {
		f, err := files.Create(filepath.Join(dir, "f"))
		must(t, err)
		must(t, f.Close())
		if _, err := f.Write([]byte("x")); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("write: %v", err)
		}
		if err := f.Sync(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("sync: %v", err)
		}
		if err := f.Close(); !errors.Is(err, fs.ErrClosed) {
			t.Errorf("close: %v", err)
		}
	})
}
