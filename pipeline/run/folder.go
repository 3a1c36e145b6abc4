package run

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"winback/internal/fsys"
)

// Folder is a folder of the output folder that appears under its name whole or
// not at all: a run, or an entry of the ledger. It is written file by file, each
// synced; the file that describes the others comes last. On a file system that is
// done beside its place. In an object store, which cannot move it, it is done in its
// place: without its last file it counts as not there. Its methods may be called from
// several goroutines.
type Folder struct {
	files fsys.FS
	out   string
	last  string // name of the file that is written last
	final string // its place
	dir   string // where it is written; "" where nothing is to be removed
	lock  io.Closer

	mu    sync.Mutex
	made  map[string]*draftFile // by name
	ended bool
}

// folder makes a folder that has the lock from now on.
func (h *Hold) folder(last string) *Folder {
	f := &Folder{files: h.files, out: h.out, last: last, lock: h.lock, made: map[string]*draftFile{}}
	h.lock = nil
	return f
}

// BeginFolder removes what dead writers left beside the folders of the output
// folder and starts another one, which takes the lock over: final is its place, whose
// parent must be there when it is published, last the name of the file that is written
// last. Follow it by `defer folder.Abort()`.
func (h *Hold) BeginFolder(name, final, last string) (*Folder, error) {
	f := h.folder(last)
	err := sweepTemporaries(f.files, f.out)
	if err == nil {
		err = f.make(name, final)
	}
	if err != nil {
		// What was begun is swept by the next writer; its error is the one to tell.
		_ = f.Abort()
		return nil, err
	}
	return f, nil
}

// make makes the folder in which the files are written.
func (f *Folder) make(name, final string) error {
	dir := fsys.Join(f.out, newPrefix+name)
	if f.inStore() {
		dir = final
	}
	f.final = final
	if err := f.files.MkdirAll(dir); err != nil {
		return fail(StagePrepare, dir, err)
	}
	f.dir = dir
	return nil
}

func (f *Folder) inStore() bool { return fsys.ObjectsAt(f.files, f.out) != nil }

// Dir is the folder in which the files are written.
func (f *Folder) Dir() string { return f.dir }

// Create makes a file; name is its path in the folder, with slashes. Folders are
// made as needed. Several files may be written at a time. The file is part of the
// folder once its Close has returned nil; a folder with a file that failed is
// never published.
func (f *Folder) Create(name string) (io.WriteCloser, error) {
	full := fsys.Join(f.dir, filepath.FromSlash(name))
	if !fs.ValidPath(name) || name == "." || name == f.last {
		return nil, fail(StageWrite, full, fmt.Errorf("name %q: want the path of a file inside the run", name))
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return nil, fail(StageWrite, full, errEnded)
	}
	if err := f.files.MkdirAll(fsys.Dir(full)); err != nil {
		return nil, fail(StageWrite, full, err)
	}
	inner, err := f.files.Create(full)
	if err != nil {
		return nil, fail(StageWrite, full, err)
	}
	file := newFile(inner, name, full)
	f.made[name] = file
	return file, nil
}

var errEnded = errors.New("the run is already published or discarded")

// Digests are those of all files so far, by path; an error where one of them
// failed or is open.
func (f *Folder) Digests() ([]FileDigest, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.digests()
}

func (f *Folder) digests() (list []FileDigest, err error) {
	for _, name := range sortedKeys(f.made) {
		digest, err := f.made[name].digest()
		if err != nil {
			return nil, err
		}
		list = append(list, digest)
	}
	return list, nil
}

// PublishAt writes the last file, gives the folder its place, does what comes
// after that under the lock, and gives the lock back. done says that the folder is
// in its place; an error beside it is one of what came after. Without done nothing is
// there.
func (f *Folder) PublishAt(last []byte, after func() error) (done bool, err error) {
	if err := f.finish(last); err != nil {
		// A folder that cannot be removed now is swept by the next writer; the
		// first error is the one to tell.
		_ = f.Abort()
		return false, err
	}
	err = after()
	return true, errors.Join(err, f.unlock())
}

func (f *Folder) finish(last []byte) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return fail(StageWrite, f.dir, errEnded)
	}
	if err := f.place(last); err != nil {
		return err
	}
	f.ended = true
	return nil
}

// place writes the last file, makes all durable and moves the folder to its
// place; the mutex is held.
func (f *Folder) place(last []byte) error {
	if err := f.writeLast(last); err != nil {
		return err
	}
	for _, dir := range f.folders() {
		if err := f.files.SyncDir(dir); err != nil {
			return fail(StageSync, dir, err)
		}
	}
	if f.inStore() {
		return nil
	}
	return f.move(f.final)
}

func (f *Folder) writeLast(text []byte) error {
	path := fsys.Join(f.dir, f.last)
	inner, err := f.files.Create(path)
	if err != nil {
		return fail(StageManifest, path, err)
	}
	file := newFile(inner, f.last, path)
	_, err = file.Write(text)
	if closeErr := file.Close(); err == nil {
		err = closeErr
	}
	if err != nil {
		return restage(err, StageManifest)
	}
	return nil
}

// move gives the folder its name and makes that durable.
func (f *Folder) move(final string) error {
	if err := f.files.Rename(f.dir, final); err != nil {
		return fail(StageMove, final, err)
	}
	for _, dir := range []string{fsys.Dir(final), f.out} {
		if err := f.files.SyncDir(dir); err != nil {
			f.takeBack(final)
			return fail(StageMove, dir, err)
		}
	}
	return nil
}

// takeBack removes a folder that was moved to its place in vain. What cannot be
// removed stays whole, or is swept by the next writer.
func (f *Folder) takeBack(final string) {
	_ = discard(f.files, f.out, StageAbort, []string{final})
}

// folders lists the folders from the innermost to the run's own.
func (f *Folder) folders() []string {
	inner := map[string]bool{}
	for name := range f.made {
		for dir := path.Dir(name); dir != "."; dir = path.Dir(dir) {
			inner[dir] = true
		}
	}
	list := []string{f.dir}
	for _, dir := range sortedKeys(inner) {
		list = append(list, fsys.Join(f.dir, filepath.FromSlash(dir)))
	}
	slices.Reverse(list)
	return list
}

// Abort removes what was written and gives the lock back. After the folder was
// published, or a second time, it does nothing.
func (f *Folder) Abort() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.ended {
		return nil
	}
	f.ended = true
	for _, name := range sortedKeys(f.made) {
		f.made[name].drop()
	}
	var err error
	if f.dir != "" {
		err = removeFolder(f.files, StageAbort, f.dir, f.last)
	}
	return errors.Join(err, f.unlock())
}

func (f *Folder) unlock() error {
	return fail(StageUnlock, fsys.Join(f.out, lockFile), f.lock.Close())
}

// isTemporary says whether a name in the output folder is ours to sweep.
func isTemporary(name string) bool { return strings.HasPrefix(name, tempPrefix) }
