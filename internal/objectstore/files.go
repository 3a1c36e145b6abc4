package objectstore

import (
	"io"
	"io/fs"
	"sync"

	"winback/internal/fsys"
)

// Files are the paths of a file system and the objects of a store as one: what begins
// with s3:// lies in the store, which is first spoken to where such a path is met.
func Files(local fsys.FS, opts Options) fsys.FS {
	return &files{local, sync.OnceValues(func() (*Store, error) { return New(opts) })}
}

type files struct {
	local fsys.FS
	store func() (*Store, error)
}

// of is where a path lies.
func (f *files) of(path string) (fsys.FS, error) {
	if !fsys.InStore(path) {
		return f.local, nil
	}
	if !fsys.NamesBucket(path) {
		return nil, &fs.PathError{Op: "open", Path: path, Err: &fault{"the bucket is missing; want one, as in s3://bucket/orders", ErrNoBucket}}
	}
	s, err := f.store()
	return s, failed("open", at(path), err)
}

// ObjectsAt makes fsys.ObjectsAt find the store.
func (f *files) ObjectsAt(path string) fsys.Objects {
	if fsys.InStore(path) {
		if s, err := f.store(); err == nil {
			return s
		}
	}
	return nil
}

func with[T any](f *files, path string, do func(fsys.FS) (T, error)) (T, error) {
	inner, err := f.of(path)
	if err != nil {
		var none T
		return none, err
	}
	return do(inner)
}

func (f *files) do(path string, do func(fsys.FS) error) error {
	_, err := with(f, path, func(inner fsys.FS) (struct{}, error) { return struct{}{}, do(inner) })
	return err
}

func (f *files) Create(path string) (fsys.File, error) {
	return with(f, path, func(inner fsys.FS) (fsys.File, error) { return inner.Create(path) })
}

func (f *files) Open(path string) (fsys.ReadFile, error) {
	return with(f, path, func(inner fsys.FS) (fsys.ReadFile, error) { return inner.Open(path) })
}

func (f *files) MkdirAll(path string) error {
	return f.do(path, func(inner fsys.FS) error { return inner.MkdirAll(path) })
}

func (f *files) ReadDir(path string) ([]fs.DirEntry, error) {
	return with(f, path, func(inner fsys.FS) ([]fs.DirEntry, error) { return inner.ReadDir(path) })
}

func (f *files) Stat(path string) (fs.FileInfo, error) {
	return with(f, path, func(inner fsys.FS) (fs.FileInfo, error) { return inner.Stat(path) })
}

func (f *files) Rename(from, to string) error {
	return f.do(to, func(inner fsys.FS) error { return inner.Rename(from, to) })
}

func (f *files) Remove(path string) error {
	return f.do(path, func(inner fsys.FS) error { return inner.Remove(path) })
}

func (f *files) RemoveAll(path string) error {
	return f.do(path, func(inner fsys.FS) error { return inner.RemoveAll(path) })
}

func (f *files) Symlink(target, link string) error {
	return f.do(link, func(inner fsys.FS) error { return inner.Symlink(target, link) })
}

func (f *files) Readlink(link string) (string, error) {
	return with(f, link, func(inner fsys.FS) (string, error) { return inner.Readlink(link) })
}

func (f *files) SyncDir(path string) error {
	return f.do(path, func(inner fsys.FS) error { return inner.SyncDir(path) })
}

func (f *files) Lock(path string) (io.Closer, error) {
	return with(f, path, func(inner fsys.FS) (io.Closer, error) { return inner.Lock(path) })
}
