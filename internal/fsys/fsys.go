// Package fsys is the one seam between winback and the file system, so that a
// crash, a full disk and an I/O error are ordinary tests.
package fsys

import (
	"io"
	"io/fs"
)

// FS is what winback asks of a file system. Paths are those of the operating
// system. Errors wrap the usual io/fs errors and name the path.
type FS interface {
	// Create makes a new file for writing, with mode 0640 where nothing else was asked for; it fails where the file exists.
	Create(path string) (File, error)
	// Open opens a file for reading.
	Open(path string) (ReadFile, error)
	// MkdirAll makes a folder and its parents, with mode 0750 likewise.
	MkdirAll(path string) error
	ReadDir(path string) ([]fs.DirEntry, error) // by name
	Stat(path string) (fs.FileInfo, error)
	Rename(from, to string) error
	Remove(path string) error    // a file, a link or an empty folder
	RemoveAll(path string) error // nil where nothing is there
	Symlink(target, link string) error
	Readlink(link string) (string, error)
	// SyncDir makes the entries of a folder durable.
	SyncDir(path string) error
	// Lock takes the exclusive lock of a file without waiting, creating it
	// where needed; ErrLocked where another process holds it. The lock ends
	// with Close or with the process.
	Lock(path string) (io.Closer, error)
}

// File is a file being written. Close does not sync.
type File interface {
	io.Writer
	Sync() error
	Close() error
}

// ReadFile is a file being read.
type ReadFile interface {
	io.Reader
	io.ReaderAt
	io.Closer
	Stat() (fs.FileInfo, error)
}
