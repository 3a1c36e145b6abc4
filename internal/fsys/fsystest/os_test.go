//go:build unix

package fsystest_test

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"winback/internal/fsys"
)

func TestOS_ModesDoNotHangOnTheUmask(t *testing.T) {
	for _, mask := range []int{0, 0o027, 0o077} {
		dir := t.TempDir()
		must(t, os.Chmod(dir, 0o777))
		before := syscall.Umask(mask)
		write(t, fsys.OS(), filepath.Join(dir, "file"), "x")
		must(t, fsys.OS().MkdirAll(filepath.Join(dir, "a", "b")))
		lock, err := fsys.OS().Lock(filepath.Join(dir, "lock"))
		syscall.Umask(before)
		must(t, err)
		must(t, lock.Close())
		for name, want := range map[string]os.FileMode{".": 0o777, "file": 0o640, "lock": 0o640, "a": 0o750, "a/b": 0o750} {
			info, err := os.Stat(filepath.Join(dir, name))
			must(t, err)
			if info.Mode().Perm() != want {
				t.Errorf("umask %03o: %s has mode %v, want %v", mask, name, info.Mode(), want)
			}
		}
	}
}

// TestOS_FoldersKeepTheGroupOfTheirParent holds where a team shares a folder.
func TestOS_FoldersKeepTheGroupOfTheirParent(t *testing.T) {
	dir := t.TempDir()
	must(t, os.Chmod(dir, 0o770|os.ModeSetgid))
	must(t, fsys.OS().MkdirAll(filepath.Join(dir, "a", "b")))
	parent, err := os.Stat(dir)
	must(t, err)
	info, err := os.Stat(filepath.Join(dir, "a", "b"))
	must(t, err)
	if info.Mode()&os.ModeSetgid != parent.Mode()&os.ModeSetgid {
		t.Errorf("mode %v under a folder of mode %v", info.Mode(), parent.Mode())
	}
}
