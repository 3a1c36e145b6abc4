package run

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"winback/internal/fsys"
)

// TestWriteFile_LeavesWhatIsNoFile: a rename would replace a device, with the rights of
// those who may, and all programs of the machine would lose it.
func TestWriteFile_LeavesWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe, link, folder, file := filepath.Join(dir, "pipe"), filepath.Join(dir, "link"), filepath.Join(dir, "folder"), filepath.Join(dir, "file")
	if err := errors.Join(syscall.Mkfifo(pipe, 0o600), os.Symlink(pipe, link), os.Mkdir(folder, 0o700), os.WriteFile(file, []byte("old"), 0o600)); err != nil {
		t.Fatal(err)
	}
	fill := func(w io.Writer) error { _, err := io.WriteString(w, "new"); return err }
	for path, want := range map[string]error{pipe: errNoFile, link: errNoFile, folder: errNoFile, file: nil, filepath.Join(dir, "fresh"): nil} {
		if err := WriteFile(fsys.OS(), path, fill); !errors.Is(err, want) {
			t.Errorf("%s: %v, want %v", path, err, want)
		}
	}
	if info, err := os.Lstat(pipe); err != nil || info.Mode()&os.ModeNamedPipe == 0 {
		t.Errorf("the pipe is %v, %v", info, err)
	}
	if text, err := os.ReadFile(file); string(text) != "new" {
		t.Errorf("the file is %q, %v", text, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, ".*unfinished")); len(left) > 0 {
		t.Errorf("left over: %q", left)
	}
}
