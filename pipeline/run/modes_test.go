//go:build unix

package run_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"winback/internal/fsys"
)

// TestPublish_ModesDoNotHangOnTheUmask wants 0640 for files and 0750 for
// folders under the strictest and the most open umask.
func TestPublish_ModesDoNotHangOnTheUmask(t *testing.T) {
	for _, mask := range []int{0o077, 0} {
		dir := filepath.Join(t.TempDir(), "out")
		before := syscall.Umask(mask)
		_, err := writeRun(fsys.OS(), dir, tonight, someTree(3, 20, "x"), 0)
		syscall.Umask(before)
		if err != nil {
			t.Fatal(err)
		}
		seen := 0
		err = filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			if err != nil {
				return err
			}
			info, err := os.Lstat(path)
			if err != nil {
				return err
			}
			seen++
			switch mode := info.Mode(); {
			case mode.IsDir() && mode.Perm() != 0o750, mode.IsRegular() && mode.Perm() != 0o640:
				t.Errorf("umask %03o: %s has mode %v", mask, path, mode)
			}
			return nil
		})
		if err != nil || seen < 10 {
			t.Errorf("walk: %d seen, %v", seen, err)
		}
	}
}
