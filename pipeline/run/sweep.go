package run

import (
	"cmp"
	"errors"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"winback/internal/fsys"
)

// complete is a run with a valid manifest.
type complete struct {
	name     Name
	finished time.Time
}

// content is what an output folder holds.
type content struct {
	current    string // target of the pointer; empty where there is none
	complete   []complete
	incomplete []string       // run folders without a valid manifest
	highest    map[string]int // the highest number of a run by as-of day
	swept      []string
}

// sweep removes temporary folders and links, and run folders without a valid
// manifest unless current points to them: that one is left to look into. The
// caller holds the lock.
func sweep(files fsys.FS, out string) (content, error) {
	if err := sweepTemporaries(files, out); err != nil {
		return content{}, err
	}
	runs := fsys.Join(out, runsFolder)
	found, err := scan(files, out)
	if err != nil {
		return content{}, err
	}
	for _, name := range found.incomplete {
		found.swept = append(found.swept, fsys.Join(runs, name))
	}
	return found, discard(files, out, StageSweep, found.swept)
}

// sweepTemporaries removes what dead writers left beside runs/ and the ledger.
func sweepTemporaries(files fsys.FS, out string) error {
	leftovers, err := temporaries(files, out)
	if err != nil || len(leftovers) == 0 {
		return err
	}
	// A dead run may have moved a folder out of its place just now. Only when
	// that is durable its files may go.
	if err := syncMoves(files, out, StageSweep); err != nil {
		return err
	}
	return removeAll(files, out, StageSweep, leftovers)
}

// temporaries lists what dead runs left beside runs/.
func temporaries(files fsys.FS, out string) ([]string, error) {
	entries, err := files.ReadDir(out)
	if err != nil {
		return nil, fail(StageSweep, out, err)
	}
	var paths []string
	for _, e := range entries {
		if isTemporary(e.Name()) {
			paths = append(paths, fsys.Join(out, e.Name()))
		}
	}
	return paths, nil
}

// scan looks at all run folders; other names in runs/ are not ours.
func scan(files fsys.FS, out string) (content, error) {
	found := content{highest: map[string]int{}}
	var err error
	if found.current, err = pointer(files, out); err != nil {
		return found, err
	}
	runs := fsys.Join(out, runsFolder)
	entries, err := files.ReadDir(runs)
	if errors.Is(err, fs.ErrNotExist) {
		return found, nil
	}
	if err != nil {
		return found, fail(StageSweep, runs, err)
	}
	for _, e := range entries {
		name, err := ParseName(e.Name())
		if err != nil {
			continue
		}
		found.highest[name.AsOf] = max(found.highest[name.AsOf], name.N)
		if !e.IsDir() {
			continue
		}
		m, err := ReadManifest(files, fsys.Join(runs, e.Name()))
		switch {
		case err == nil || errors.Is(err, ErrVersion):
			found.complete = append(found.complete, complete{name, m.Finished})
		case !errors.Is(err, ErrDamaged):
			return found, err
		case found.current != runsFolder+"/"+e.Name():
			found.incomplete = append(found.incomplete, e.Name())
		}
	}
	slices.SortFunc(found.complete, func(a, b complete) int {
		return cmp.Or(a.finished.Compare(b.finished), a.name.Compare(b.name))
	})
	return found, nil
}

// retire removes the oldest complete runs beyond the number to keep.
func (d *Draft) retire() error {
	return discard(d.files, d.out, StageRetire, retired(d.out, d.complete, d.previous, d.opts))
}

// retired are the folders of the runs that go when one more is published.
// previous, as current points to it, is not among them.
func retired(out string, complete []complete, previous string, opts Options) (old []string) {
	surplus := len(complete) + 1 - opts.Keep
	for _, c := range complete {
		if opts.Keep <= 0 || len(old) >= surplus {
			break
		}
		if previous != runsFolder+"/"+c.name.String() {
			old = append(old, FolderOf(out, c.name))
		}
	}
	return old
}

// Next is what publishing a run would do.
type Next struct {
	Folder  string   // of the run
	Current string   // run that is current before; "" for none
	Removed []string // folders of runs beyond the number to keep
}

// NextRun says what publishing a run of an as-of day (YYYY-MM-DD) in an output
// folder, which may be missing, would do now.
func NextRun(files fsys.FS, out, asOf string, opts Options) (Next, error) {
	if err := checkAsOf(asOf); err != nil {
		return Next{}, err
	}
	found, err := scan(files, out)
	if err != nil {
		return Next{}, err
	}
	return Next{
		Folder:  FolderOf(out, Name{AsOf: asOf, N: found.highest[asOf] + 1}),
		Current: strings.TrimPrefix(found.current, runsFolder+"/"),
		Removed: retired(out, found.complete, found.current, opts),
	}, nil
}

// discard removes run folders so that no crash leaves a part of one under
// runs/: they leave it first, durably, then their files go. In a store it is the
// manifest that goes first.
func discard(files fsys.FS, out string, stage Stage, dirs []string) error {
	if len(dirs) == 0 {
		return nil
	}
	if fsys.ObjectsAt(files, out) != nil {
		for _, dir := range dirs {
			if err := removeFolder(files, stage, dir, ManifestFile); err != nil {
				return err
			}
		}
		return nil
	}
	var moved []string
	for _, dir := range dirs {
		to := fsys.Join(out, oldPrefix+filepath.Base(dir))
		if err := files.Rename(dir, to); err != nil {
			return fail(stage, dir, err)
		}
		moved = append(moved, to)
	}
	if err := syncMoves(files, out, stage); err != nil {
		return err
	}
	return removeAll(files, out, stage, moved)
}

// removeFolder removes a folder; in a store the file that describes the others goes
// first, so that what is left of them is no folder of ours.
func removeFolder(files fsys.FS, stage Stage, dir, last string) error {
	if fsys.ObjectsAt(files, dir) != nil {
		if err := files.Remove(fsys.Join(dir, last)); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fail(stage, dir, err)
		}
	}
	return fail(stage, dir, files.RemoveAll(dir))
}

// syncMoves makes moves between the output folder and its folders durable.
func syncMoves(files fsys.FS, out string, stage Stage) error {
	for _, name := range []string{runsFolder, LedgerFolder} {
		folder := fsys.Join(out, name)
		if err := files.SyncDir(folder); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fail(stage, folder, err)
		}
	}
	return fail(stage, out, files.SyncDir(out))
}

// removeAll removes folders and links of the output folder.
func removeAll(files fsys.FS, out string, stage Stage, paths []string) error {
	for _, path := range paths {
		if err := files.RemoveAll(path); err != nil {
			return fail(stage, path, err)
		}
	}
	return fail(stage, out, files.SyncDir(out))
}
