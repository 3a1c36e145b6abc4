package fsystest

import (
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"sync"
	"syscall"

	"winback/internal/fsys"
)

// Fault says which operation of a Faulty file system fails, and how.
type Fault struct {
	// At is the operation that fails, counted from 1; 0 stands for none.
	At int
	// Err is the error that it gives. A failing write writes half of its
	// bytes first. A nil Err makes a write short without an error and leaves
	// every other operation alone.
	Err error
	// Stop makes the operation and all that follow fail with ErrCrashed and
	// do nothing at all, as after a crash.
	Stop bool
}

// Op is one operation that was asked of a Faulty file system.
type Op struct {
	Name string // the method, as in "rename"
	Path string // for a rename where it goes
}

var changingOps = []string{"create", "write", "sync", "mkdir", "rename", "remove", "symlink", "syncdir", "lock"}

// Changes says whether the operation can change what is stored or whether it
// is durable.
func (o Op) Changes() bool { return slices.Contains(changingOps, o.Name) }

// Faulty counts the operations on a file system and lets one of them fail.
// Writes, syncs and closes of files count, too; RemoveAll counts as the many
// operations that it is. Safe for concurrent use.
type Faulty struct {
	inner fsys.FS
	fault Fault

	mu  sync.Mutex
	ops []Op
}

// NewFaulty returns inner with one fault.
func NewFaulty(inner fsys.FS, fault Fault) *Faulty {
	return &Faulty{inner: inner, fault: fault}
}

// Ops returns the operations asked for so far, the failed ones included.
func (f *Faulty) Ops() []Op {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Clone(f.ops)
}

// errShort asks a write to be short; it never leaves this file.
var errShort = errors.New("short write")

// next counts an operation and returns the error with which it fails, if any.
func (f *Faulty) next(name, path string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.ops = append(f.ops, Op{Name: name, Path: path})
	at := len(f.ops)
	switch {
	case f.fault.At == 0 || at < f.fault.At:
		return nil
	case f.fault.Stop:
		return &fs.PathError{Op: name, Path: path, Err: ErrCrashed}
	case at == f.fault.At && f.fault.Err == nil && name == "write":
		return errShort
	case at == f.fault.At && f.fault.Err != nil:
		return &fs.PathError{Op: name, Path: path, Err: f.fault.Err}
	}
	return nil
}

// Create implements FS.
func (f *Faulty) Create(path string) (fsys.File, error) {
	if err := f.next("create", path); err != nil {
		return nil, err
	}
	inner, err := f.inner.Create(path)
	if err != nil {
		return nil, err
	}
	return &faultyFile{faulty: f, inner: inner, path: path}, nil
}

// Open implements FS.
func (f *Faulty) Open(path string) (fsys.ReadFile, error) {
	if err := f.next("open", path); err != nil {
		return nil, err
	}
	inner, err := f.inner.Open(path)
	if err != nil {
		return nil, err
	}
	return &faultyReader{faulty: f, inner: inner, path: path}, nil
}

// MkdirAll implements FS.
func (f *Faulty) MkdirAll(path string) error {
	if err := f.next("mkdir", path); err != nil {
		return err
	}
	return f.inner.MkdirAll(path)
}

// ReadDir implements FS.
func (f *Faulty) ReadDir(path string) ([]fs.DirEntry, error) {
	if err := f.next("readdir", path); err != nil {
		return nil, err
	}
	return f.inner.ReadDir(path)
}

// Stat implements FS.
func (f *Faulty) Stat(path string) (fs.FileInfo, error) {
	if err := f.next("stat", path); err != nil {
		return nil, err
	}
	return f.inner.Stat(path)
}

// Rename implements FS.
func (f *Faulty) Rename(from, to string) error {
	if err := f.next("rename", to); err != nil {
		return err
	}
	return f.inner.Rename(from, to)
}

// Remove implements FS.
func (f *Faulty) Remove(path string) error {
	if err := f.next("remove", path); err != nil {
		return err
	}
	return f.inner.Remove(path)
}

// RemoveAll removes entry by entry, each an operation that may fail.
func (f *Faulty) RemoveAll(path string) error {
	err := f.Remove(path)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if !errors.Is(err, syscall.ENOTEMPTY) && !errors.Is(err, syscall.EEXIST) {
		return err
	}
	entries, err := f.ReadDir(path)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if err := f.RemoveAll(filepath.Join(path, e.Name())); err != nil {
			return err
		}
	}
	return f.Remove(path)
}

// Symlink implements FS.
func (f *Faulty) Symlink(target, link string) error {
	if err := f.next("symlink", link); err != nil {
		return err
	}
	return f.inner.Symlink(target, link)
}

// Readlink implements FS.
func (f *Faulty) Readlink(link string) (string, error) {
	if err := f.next("readlink", link); err != nil {
		return "", err
	}
	return f.inner.Readlink(link)
}

// SyncDir implements FS.
func (f *Faulty) SyncDir(path string) error {
	if err := f.next("syncdir", path); err != nil {
		return err
	}
	return f.inner.SyncDir(path)
}

// Lock implements FS. The failing close of a lock ends the lock all the same.
func (f *Faulty) Lock(path string) (io.Closer, error) {
	if err := f.next("lock", path); err != nil {
		return nil, err
	}
	inner, err := f.inner.Lock(path)
	if err != nil {
		return nil, err
	}
	return &faultyLock{faulty: f, inner: inner, path: path}, nil
}

type faultyFile struct {
	faulty *Faulty
	inner  fsys.File
	path   string
}

func (w *faultyFile) Write(p []byte) (int, error) {
	err := w.faulty.next("write", w.path)
	switch {
	case err == nil:
		return w.inner.Write(p)
	case errors.Is(err, ErrCrashed):
		return 0, err
	}
	n, innerErr := w.inner.Write(p[:len(p)/2])
	if errors.Is(err, errShort) {
		err = nil
	}
	return n, errors.Join(err, innerErr)
}

func (w *faultyFile) Sync() error {
	if err := w.faulty.next("sync", w.path); err != nil {
		return err
	}
	return w.inner.Sync()
}

// Close closes the file even where it fails, as close(2) does.
func (w *faultyFile) Close() error {
	if err := w.faulty.next("close", w.path); err != nil {
		return errors.Join(err, w.inner.Close())
	}
	return w.inner.Close()
}

type faultyReader struct {
	faulty *Faulty
	inner  fsys.ReadFile
	path   string
}

func (r *faultyReader) Read(p []byte) (int, error) {
	if err := r.faulty.next("read", r.path); err != nil {
		return 0, err
	}
	return r.inner.Read(p)
}

func (r *faultyReader) ReadAt(p []byte, off int64) (int, error) {
	if err := r.faulty.next("readat", r.path); err != nil {
		return 0, err
	}
	return r.inner.ReadAt(p, off)
}

func (r *faultyReader) Stat() (fs.FileInfo, error) {
	if err := r.faulty.next("statread", r.path); err != nil {
		return nil, err
	}
	return r.inner.Stat()
}

func (r *faultyReader) Close() error {
	if err := r.faulty.next("closeread", r.path); err != nil {
		return errors.Join(err, r.inner.Close())
	}
	return r.inner.Close()
}

type faultyLock struct {
	faulty *Faulty
	inner  io.Closer
	path   string
}

func (l *faultyLock) Close() error {
	err := l.faulty.next("unlock", l.path)
	if errors.Is(err, ErrCrashed) {
		return err
	}
	return errors.Join(err, l.inner.Close())
}
