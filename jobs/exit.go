package jobs

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"runtime/debug"
	"syscall"

	"winback/internal/fsys"
	"winback/jobs/settings"
)

// The exit codes of winback.
const (
	ExitDone   = 0
	ExitOther  = 1 // anything else, a signal among them
	ExitUsage  = 2 // usage or settings
	ExitInput  = 3 // an input or a run cannot be read, or has the wrong schema
	ExitGate   = 4 // the data fails the quality gate
	ExitLocked = 5 // another run holds the lock
	ExitModel  = 6 // the model fails its gate; nothing was published
	ExitIO     = 7 // writing or another use of the file system failed
)

// ExitError gives an error its exit code.
type ExitError struct {
	Code int
	Err  error
}

// Error is the text of the error that has the exit code.
func (e *ExitError) Error() string { return e.Err.Error() }

// Unwrap returns the error that has the exit code.
func (e *ExitError) Unwrap() error { return e.Err }

// ExitCode returns the code of the error.
func (e *ExitError) ExitCode() int { return e.Code }

// Code returns the exit code of an error. The outermost error that carries a
// code of its own, by a method ExitCode, decides; a lock held elsewhere is
// ExitLocked and what the file system refused is ExitIO.
func Code(err error) int {
	var coded interface{ ExitCode() int }
	var path *fs.PathError
	var link *os.LinkError
	var call *os.SyscallError
	var errno syscall.Errno
	var setting *settings.Error
	switch {
	case err == nil:
		return ExitDone
	case errors.Is(err, context.Canceled):
		return ExitOther
	case errors.As(err, &coded):
		return coded.ExitCode()
	case errors.As(err, &setting):
		return ExitUsage
	case errors.Is(err, fsys.ErrLocked):
		return ExitLocked
	case errors.As(err, &path), errors.As(err, &link), errors.As(err, &call), errors.As(err, &errno), errors.Is(err, io.ErrShortWrite):
		return ExitIO
	}
	return ExitOther
}

// release is the version of a release build, set by the linker.
var release string

// Version is that of the release, else of the commit that was built.
func Version() string {
	if release != "" {
		return release
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" {
		return "(devel)"
	}
	return info.Main.Version
}
