// Package run owns what a night publishes: it knows the layout of the output
// folder and the names of all files of a run, brings a run into the folder whole
// or not at all, and is the only reader of published runs.
//
// A run is written in a temporary folder, file by file, each synced; the
// manifest comes last. Then the folder gets its name under runs/, and only
// then the link current is swapped. In an object store it is written under its name,
// where it is no run before its manifest, and current is an object that is replaced
// if nobody else has. At each point, a crash of the machine
// included, current leads to a complete run: the one before or the new one.
// What a dead run left is removed when the next one begins. One run at a time
// writes: it holds the lock of the output folder from Begin to Publish or
// Abort.
//
// A reader opens a run for the files that it needs; those are compared with the
// manifest before the first row, and no others are handed out.
package run

import (
	"errors"
	"io"
	"io/fs"

	"winback/internal/fsys"
)

// Options of a run.
type Options struct {
	// Keep is the number of complete runs that stay, the new one included;
	// the oldest beyond are removed. The run that was current before stays in
	// any case, since somebody may be reading it. 0 keeps all.
	Keep int
}

// Draft is a run being written. Its methods may be called from several
// goroutines.
type Draft struct {
	*Folder
	opts     Options
	name     Name
	previous string       // what current pointed to at Begin; empty where there was none
	pointer  fsys.Pointer // current, as an object; nil on a file system
	complete []complete
	swept    []string
}

// Hold is the lock of an output folder, taken before the as-of day of the run
// is known.
type Hold struct {
	files fsys.FS
	out   string
	lock  io.Closer
}

// Lock makes the output folder where needed and locks it. Where another
// process is writing, the error wraps fsys.ErrLocked and comes at once; it is
// ErrForgetting where winback forget was cut short. Follow it by `defer hold.Release()`.
func Lock(files fsys.FS, out string) (*Hold, error) {
	if err := makeFolder(files, out); err != nil {
		return nil, fail(StagePrepare, out, err)
	}
	hold, err := lock(files, out)
	if err != nil {
		return nil, err
	}
	if err := CheckForgetting(files, out); err != nil {
		return nil, errors.Join(err, hold.Release())
	}
	return hold, nil
}

func lock(files fsys.FS, out string) (*Hold, error) {
	lockPath := fsys.Join(out, lockFile)
	lock, err := files.Lock(lockPath)
	if err != nil {
		return nil, fail(StageLock, lockPath, err)
	}
	return &Hold{files, out, lock}, nil
}

// Release gives the lock back, unless a run that was begun has it now.
func (h *Hold) Release() error {
	if h.lock == nil {
		return nil
	}
	err := fail(StageUnlock, fsys.Join(h.out, lockFile), h.lock.Close())
	h.lock = nil
	return err
}

// Begin removes what dead runs left in the output folder and starts the next
// run of an as-of day (YYYY-MM-DD), which takes the lock over. Follow it by
// `defer run.Abort()`.
func (h *Hold) Begin(asOf string, opts Options) (*Draft, error) {
	if err := checkAsOf(asOf); err != nil {
		return nil, err
	}
	d := &Draft{Folder: h.folder(ManifestFile), opts: opts}
	if err := d.prepare(asOf); err != nil {
		// What prepare left is swept by the next run; its error is the one to tell.
		_ = d.Abort()
		return nil, err
	}
	return d, nil
}

// Begin locks an output folder and begins a run in it at once.
func Begin(files fsys.FS, out, asOf string, opts Options) (*Draft, error) {
	if err := checkAsOf(asOf); err != nil {
		return nil, err
	}
	hold, err := Lock(files, out)
	if err != nil {
		return nil, err
	}
	return hold.Begin(asOf, opts)
}

// prepare sweeps, chooses the name of the run and makes its folder. In a store it
// stamps the pointer first, so that nobody who lost the lock swaps it to a folder that
// is swept here.
func (d *Draft) prepare(asOf string) (err error) {
	if objects := fsys.ObjectsAt(d.files, d.out); objects != nil {
		current := fsys.Join(d.out, currentLink)
		if d.pointer, err = objects.Stamp(current); err != nil {
			return fail(StagePrepare, current, err)
		}
	}
	found, err := sweep(d.files, d.out)
	if err != nil {
		return err
	}
	d.previous, d.complete, d.swept = found.current, found.complete, found.swept
	d.name = Name{AsOf: asOf, N: found.highest[asOf] + 1}
	runs := fsys.Join(d.out, runsFolder)
	if err := makeFolder(d.files, runs); err != nil {
		return fail(StagePrepare, runs, err)
	}
	return d.make(d.name.String(), FolderOf(d.out, d.name))
}

// makeFolder makes a folder and its parents, durable.
func makeFolder(files fsys.FS, folder string) error {
	_, err := files.Stat(folder)
	if err == nil {
		return files.MkdirAll(folder) // tells where it is no folder
	}
	if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	parent := fsys.Dir(folder)
	if parent != folder {
		if err := makeFolder(files, parent); err != nil {
			return err
		}
	}
	if err := files.MkdirAll(folder); err != nil {
		return err
	}
	return files.SyncDir(parent)
}

// Name is the name that the run gets when it is published.
func (d *Draft) Name() Name { return d.name }

// Swept names the folders that dead or damaged runs had left in runs/ and
// that Begin has removed.
func (d *Draft) Swept() []string { return d.swept }
