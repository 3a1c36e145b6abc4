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

// spareMemory makes the garbage collector run more often than it would by
// itself, and as often as needed near the limit of memory. Nearly all that is
// held are long columns without pointers, which cost it nothing to pass over.
// What the environment says (GOGC, GOMEMLIMIT) stands.
func spareMemory(s Settings) {
	const percent = 40
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(percent)
	}
	if os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(s.MemoryLimit())
	}
}
