// Package spill keeps on disk what memory has no room for: stretches of bytes in a
// file that has no name, so that nothing is left behind however the process ends.
package spill

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"sync"

	"github.com/cespare/xxhash/v2"

	"winback/internal/fsys"
)

// File takes stretches and gives them back; several goroutines may use it. It is made
// with the first stretch, and taken out of its folder as soon as it is open, where
// the system lets it. The FORMAT page of data/orders describes it.
type File struct {
	fsy    fsys.FS
	folder string
	what   string

	mu      sync.Mutex
	path    string // that it has or had; "" where it was never made
	named   bool   // it still has its name
	file    fsys.File
	in      fsys.ReadFile
	out     *bufio.Writer
	at      int64 // behind the last stretch
	flushed int64
}

// New readies a file in a folder, "order lines" or what it is that goes there.
func New(fsy fsys.FS, folder, what string) *File {
	return &File{fsy: fsy, folder: folder, what: what}
}

// Extent is where a stretch lies.
type Extent struct{ at, size int64 }

// Size is how many bytes it takes.
func (e Extent) Size() int64 { return e.size }

// Error says that the disk for what memory has no room for failed.
type Error struct {
	What string
	Path string // of the file, or of its folder where it could not be made
	Err  error
}

// Error names the file and what failed.
func (e *Error) Error() string {
	return fmt.Sprintf("keep %s on disk in %s: %v", e.What, e.Path, e.Err)
}

// Unwrap returns why the disk failed.
func (e *Error) Unwrap() error { return e.Err }

// ExitCode is 7: an input or output operation failed.
func (e *Error) ExitCode() int { return 7 }

// ErrChanged says that bytes came back other than they were written.
var ErrChanged = errors.New("they came back from disk other than they were written")

const (
	buffer        = 1 << 20
	checksumBytes = 8
	mostNames     = 10_000
)

// Fail makes an error of the file.
func (f *File) Fail(err error) error {
	path := f.path
	if path == "" {
		path = f.folder
	}
	return &Error{f.what, path, err}
}

// open makes the file.
func (f *File) open() error {
	if err := f.fsy.MkdirAll(f.folder); err != nil {
		return f.Fail(err)
	}
	for n := 0; f.file == nil; n++ {
		path := filepath.Join(f.folder, fmt.Sprintf(".winback-spill-%d", n))
		file, err := f.fsy.Create(path)
		if errors.Is(err, fs.ErrExist) && n < mostNames {
			continue
		}
		if err != nil {
			return f.Fail(err)
		}
		f.path, f.named, f.file, f.out = path, true, file, bufio.NewWriterSize(file, buffer)
	}
	in, err := f.fsy.Open(f.path)
	if err != nil {
		return f.Fail(err)
	}
	f.in = in
	f.named = f.fsy.Remove(f.path) != nil
	return nil
}

// Write appends a stretch, given in parts that follow each other.
func (f *File) Write(parts ...[]byte) (Extent, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		if err := f.open(); err != nil {
			return Extent{}, err
		}
	}
	size, err := WriteTo(f.out, parts...)
	if err != nil {
		return Extent{}, f.Fail(err)
	}
	e := Extent{f.at, size}
	f.at += size
	return e, nil
}

// WriteTo writes a stretch, its parts and their checksum, and says how many bytes it
// takes.
func WriteTo(w io.Writer, parts ...[]byte) (size int64, err error) {
	sum := xxhash.New()
	for _, part := range parts {
		sum.Write(part)
		if _, err := w.Write(part); err != nil {
			return 0, err
		}
		size += int64(len(part))
	}
	_, err = w.Write(binary.LittleEndian.AppendUint64(nil, sum.Sum64()))
	return size + checksumBytes, err
}

// Body is a stretch without its checksum; ErrChanged where that does not fit.
func Body(stretch []byte) ([]byte, error) {
	if len(stretch) < checksumBytes {
		return nil, ErrChanged
	}
	body := stretch[:len(stretch)-checksumBytes]
	if xxhash.Sum64(body) != binary.LittleEndian.Uint64(stretch[len(body):]) {
		return nil, ErrChanged
	}
	return body, nil
}

// Read returns the bytes of a stretch, in scratch where that has room.
func (f *File) Read(e Extent, scratch []byte) ([]byte, error) {
	if err := f.flush(e); err != nil {
		return nil, err
	}
	if int64(cap(scratch)) < e.size {
		scratch = make([]byte, e.size)
	}
	b := scratch[:e.size]
	if _, err := f.in.ReadAt(b, e.at); err != nil {
		return nil, f.Fail(err)
	}
	body, err := Body(b)
	if err != nil {
		return nil, f.Fail(err)
	}
	return body, nil
}

// flush makes a stretch readable that may still wait to be written.
func (f *File) flush(e Extent) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if e.at+e.size <= f.flushed {
		return nil
	}
	if err := f.out.Flush(); err != nil {
		return f.Fail(err)
	}
	f.flushed = f.at
	return nil
}

// Close gives the space back.
func (f *File) Close() error {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.file == nil {
		return nil
	}
	err := f.file.Close()
	if f.in != nil {
		err = errors.Join(err, f.in.Close())
	}
	if f.named {
		err = errors.Join(err, f.fsy.Remove(f.path))
	}
	f.file, f.in, f.named = nil, nil, false
	if err != nil {
		return f.Fail(err)
	}
	return nil
}
