package jobs

import (
	"os"
	"runtime/debug"

	"winback/internal/fsys"
	"winback/jobs/settings"
)

// spillFolder is where order lines go that memory has no room for: next to what
// is written, else where the system keeps what is temporary.
func spillFolder(files fsys.FS, out string) string {
	if out == "" {
		return os.TempDir()
	}
	if info, err := files.Stat(out); err == nil && info.IsDir() {
		return out
	}
	return os.TempDir()
}

// boundMemory makes the garbage collector run as often as needed near the limit
// of memory. What the environment says (GOMEMLIMIT) stands.
func boundMemory(s settings.Machine) {
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(s.MemoryLimit())
	}
}
