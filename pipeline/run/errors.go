package run

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// ErrNoRun says that the output folder has no complete run yet.
var ErrNoRun = errors.New("no complete run")

// ErrDamaged says that a run does not fit its manifest, or that the manifest
// does not fit itself.
var ErrDamaged = errors.New("damaged run")

// ErrVersion says that a run is whole, but of another version of winback.
var ErrVersion = errors.New("format version of another winback")

// Stage is the part of publishing that an error belongs to.
type Stage string

// The stages, in the order in which a run passes them. StageRetire and
// StageUnlock come when the new run is already the current one.
const (
	StagePrepare  Stage = "prepare"              // make the output folder and the folder of the run
	StageLock     Stage = "lock"                 // take the lock of the output folder
	StageSweep    Stage = "sweep"                // remove what dead runs left
	StageWrite    Stage = "write"                // write a file of the run
	StageManifest Stage = "write manifest"       // write the manifest, the last file
	StageSync     Stage = "sync"                 // make the folders of the run durable
	StageMove     Stage = "move run to"          // give the run folder its name
	StagePoint    Stage = "point to the new run" // swap the pointer
	StageRetire   Stage = "remove old run"       // remove the oldest runs
	StageUnlock   Stage = "unlock"               // give the lock back
	StageAbort    Stage = "discard"              // remove an unfinished run
	StageRead     Stage = "read"                 // read a published run
)

// Error is a failure of the file system, or of the lock, while publishing or
// reading a run.
type Error struct {
	Stage Stage
	Path  string // file or folder, as given to the file system
	Err   error
}

// Error names the stage and the path, each once.
func (e *Error) Error() string {
	cause := e.Err
	switch inner := e.Err.(type) {
	case *fs.PathError:
		if inner.Path == e.Path {
			cause = inner.Err
		}
	case *os.LinkError:
		cause = inner.Err
	}
	return fmt.Sprintf("%s %s: %v", e.Stage, e.Path, cause)
}

// Unwrap gives the cause, so that errors.Is finds fsys.ErrLocked, a full disk
// and the like.
func (e *Error) Unwrap() error { return e.Err }

// fail wraps a failure; nil stays nil.
func fail(stage Stage, path string, err error) error {
	if err == nil {
		return nil
	}
	return &Error{Stage: stage, Path: path, Err: err}
}
