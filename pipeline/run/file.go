package run

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"maps"
	"slices"
	"sync"

	"winback/internal/fsys"
)

// draftFile is a file of a run being written: its bytes are counted and digested on
// the way. It is part of the run once Close has returned nil. An error stays:
// a run with a file that failed is never published.
type draftFile struct {
	name string // in the run folder, with slashes
	path string // whole

	mu     sync.Mutex
	inner  fsys.File
	sum    hash.Hash
	size   int64
	err    error
	closed bool
}

func newFile(inner fsys.File, name, path string) *draftFile {
	return &draftFile{name: name, path: path, inner: inner, sum: sha256.New()}
}

// Write implements io.Writer. The error is an *Error that names the file.
func (f *draftFile) Write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err == nil && f.closed {
		return 0, fail(StageWrite, f.path, errors.New("the file is closed"))
	}
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.inner.Write(p)
	if err == nil && n != len(p) {
		err = io.ErrShortWrite
	}
	f.sum.Write(p[:n])
	f.size += int64(n)
	f.err = fail(StageWrite, f.path, err)
	return n, f.err
}

// Close makes the file durable and closes it; it returns the first error of
// the file, each time it is called.
func (f *draftFile) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return f.err
	}
	f.closed = true
	if f.err == nil {
		f.err = fail(StageWrite, f.path, f.inner.Sync())
	}
	if err := f.inner.Close(); f.err == nil {
		f.err = fail(StageWrite, f.path, err)
	}
	return f.err
}

// drop closes the file where it is still open and spoils it.
func (f *draftFile) drop() {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.closed {
		return
	}
	f.closed = true
	f.err = fail(StageWrite, f.path, errEnded)
	_ = f.inner.Close() // the file is about to be removed
}

// digest describes the closed file, or says why it cannot be published.
func (f *draftFile) digest() (FileDigest, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.err != nil {
		return FileDigest{}, f.err
	}
	if !f.closed {
		return FileDigest{}, fail(StageWrite, f.path, errors.New("the file is still open"))
	}
	return FileDigest{Path: f.name, Size: f.size, SHA256: hex.EncodeToString(f.sum.Sum(nil))}, nil
}

func sortedKeys[V any](m map[string]V) []string {
	return slices.Sorted(maps.Keys(m))
}
