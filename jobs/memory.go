package jobs

import (
	"os"
	"path/filepath"
	"runtime/debug"

	"winback/internal/fsys"
)

// spillFolder is where order lines go that memory has no room for: next to what
// is written, else where the system keeps what is temporary.
func spillFolder(files fsys.FS, s Settings) string {
	if s.Output != "" {
		return filepath.Dir(s.Output)
	}
	if info, err := files.Stat(s.Out); err == nil && info.IsDir() {
		return s.Out
	}
	return os.TempDir()
}

// boundMemory makes the garbage collector run as often as needed near the limit
// of memory. What the environment says (GOMEMLIMIT) stands.
func boundMemory(s Settings) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(s.MemoryLimit())
	}
}
