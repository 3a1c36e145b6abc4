//go:build unix

package fsystest_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

func TestMasked_OpensFilesToThoseWhomTheMaskLeavesIn(t *testing.T) {
	for mask, want := range map[os.FileMode][2]os.FileMode{0o007: {0o660, 0o770}, 0o022: {0o644, 0o755}, 0o077: {0o600, 0o700}} {
		dir, before := t.TempDir(), syscall.Umask(0o077)
		files := fsys.Masked(mask)
		write(t, files, filepath.Join(dir, "file"), "x")
		must(t, files.MkdirAll(filepath.Join(dir, "a", "b")))
		lock, err := files.Lock(filepath.Join(dir, "lock"))
		syscall.Umask(before)
		must(t, err)
		must(t, lock.Close())
		for name, want := range map[string]os.FileMode{"file": want[0], "lock": want[0], "a": want[1], "a/b": want[1]} {
			info, err := os.Stat(filepath.Join(dir, name))
			must(t, err)
			if info.Mode().Perm() != want {
				t.Errorf("mask %03o: %s has mode %v, want %v", mask, name, info.Mode(), want)
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

// The second one learns who holds the lock, without the arguments that may be secret.
func TestOS_ALockNamesItsHolder(t *testing.T) {
	path := filepath.Join(t.TempDir(), ".lock")
	must(t, os.WriteFile(path, []byte("a holder that was killed, with a longer name than that of the next one, process 1 on nowhere\n"), 0o640))
	before := os.Args
	defer func() { os.Args = before }()
	os.Args = []string{"/usr/bin/winback", "run", "--holdout-key", "secret"}
	lock, err := fsys.OS().Lock(path)
	must(t, err)
	defer lock.Close()
	host, err := os.Hostname()
	must(t, err)
	_, err = fsys.OS().Lock(path)
	if want := fmt.Sprintf("locked by another process: winback run, process %d on %s, since 2", os.Getpid(), host); err == nil || !strings.Contains(err.Error(), want) ||
		!strings.HasSuffix(err.Error(), " UTC") || strings.Contains(err.Error(), "secret") || strings.Contains(err.Error(), "killed") {
		t.Errorf("want %q, found %v", want, err)
	}
}
