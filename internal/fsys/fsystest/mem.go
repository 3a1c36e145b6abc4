// Package fsystest has file systems for tests: one in memory, which can crash
// and lose what was not synced, and one that fails at an operation of choice.
package fsystest

import (
	"bytes"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"winback/internal/fsys"
)

// Mem is a file system in memory that knows what would survive a loss of
// power. A file has the bytes written and, of those, the bytes synced by its
// Sync. A folder has the entries that readers see and the entries that its
// SyncDir made durable; a rename is one change, durable once either of its two
// folders is synced. Crash drops, keeps or half keeps what is not durable.
//
// Paths have the slash form; relative ones start at the root. Safe for
// concurrent use.
type Mem struct {
	mu      sync.Mutex
	root    *node
	pending []change // changes of entries not yet durable, in order
	locks   map[*node]bool
	boot    int // counts crashes: what was opened before one is dead
}

// NewMem returns an empty file system.
func NewMem() *Mem {
	return &Mem{root: newFolder(), locks: map[*node]bool{}}
}

// node is a file, a link or a folder; mode says which.
type node struct {
	mode    fs.FileMode
	data    []byte           // of a file; only ever appended to
	synced  int              // of a file: so many bytes of data are durable
	target  string           // of a link
	entries map[string]*node // of a folder
	durable map[string]*node // of a folder
}

func newFolder() *node {
	return &node{mode: fs.ModeDir | fsys.FolderMode, entries: map[string]*node{}, durable: map[string]*node{}}
}

func (n *node) isDir() bool  { return n.mode.IsDir() }
func (n *node) isLink() bool { return n.mode&fs.ModeSymlink != 0 }

const maxLinks = 40 // as Linux has it

// walk finds the node that path leads to. The last link is followed only
// where follow says so.
func (m *Mem) walk(path string, follow bool) (*node, error) {
	parts := splitPath(path)
	way := []*node{m.root}
	for links := 0; len(parts) > 0; {
		part := parts[0]
		parts = parts[1:]
		here := way[len(way)-1]
		if !here.isDir() {
			return nil, syscall.ENOTDIR
		}
		if part == ".." {
			way = way[:max(1, len(way)-1)]
			continue
		}
		next := here.entries[part]
		if next == nil {
			return nil, syscall.ENOENT
		}
		if !next.isLink() || (len(parts) == 0 && !follow) {
			way = append(way, next)
			continue
		}
		if links++; links > maxLinks {
			return nil, syscall.ELOOP
		}
		parts = append(splitPath(next.target), parts...)
		if strings.HasPrefix(filepath.ToSlash(next.target), "/") {
			way = way[:1]
		}
	}
	return way[len(way)-1], nil
}

func splitPath(path string) []string {
	parts := strings.Split(filepath.ToSlash(path), "/")
	return slices.DeleteFunc(parts, func(s string) bool { return s == "" || s == "." })
}

// place finds the folder that holds, or would hold, the last name of path.
func (m *Mem) place(path string) (folder *node, name string, err error) {
	dir, name := filepath.Split(strings.TrimRight(path, "/"))
	if name == "" || name == "." || name == ".." {
		return nil, "", syscall.EINVAL
	}
	folder, err = m.walk(dir, true)
	if err == nil && !folder.isDir() {
		err = syscall.ENOTDIR
	}
	return folder, name, err
}

func pathError(op, path string, err error) error {
	if err == nil {
		return nil
	}
	return &fs.PathError{Op: op, Path: path, Err: err}
}

// memInfo is what Stat says about a node.
type memInfo struct {
	name string
	size int64
	mode fs.FileMode
}

func infoOf(name string, n *node) memInfo {
	return memInfo{name: name, size: int64(len(n.data)), mode: n.mode}
}

func (i memInfo) Name() string       { return i.name }
func (i memInfo) Size() int64        { return i.size }
func (i memInfo) Mode() fs.FileMode  { return i.mode }
func (i memInfo) ModTime() time.Time { return time.Time{} }
func (i memInfo) IsDir() bool        { return i.mode.IsDir() }
func (i memInfo) Sys() any           { return nil }

// memFile is a file being written.
type memFile struct {
	mem    *Mem
	node   *node
	path   string
	boot   int
	closed bool
}

// alive says why the file cannot be used any more, nil where it can.
func (f *memFile) alive(op string) error {
	switch {
	case f.closed:
		return pathError(op, f.path, fs.ErrClosed)
	case f.boot != f.mem.boot:
		return pathError(op, f.path, ErrCrashed)
	}
	return nil
}

func (f *memFile) Write(p []byte) (int, error) {
	f.mem.mu.Lock()
	defer f.mem.mu.Unlock()
	if err := f.alive("write"); err != nil {
		return 0, err
	}
	f.node.data = append(f.node.data, p...)
	return len(p), nil
}

func (f *memFile) Sync() error {
	f.mem.mu.Lock()
	defer f.mem.mu.Unlock()
	if err := f.alive("sync"); err != nil {
		return err
	}
	f.node.synced = len(f.node.data)
	return nil
}

func (f *memFile) Close() error {
	f.mem.mu.Lock()
	defer f.mem.mu.Unlock()
	err := f.alive("close")
	f.closed = true
	return err
}

// memReader is a file being read: to Read, the bytes that it had when it was
// opened.
type memReader struct {
	*bytes.Reader
	mem  *Mem
	node *node
	info memInfo
}

func (r memReader) ReadAt(b []byte, at int64) (int, error) {
	r.mem.mu.Lock()
	data := r.node.data[:len(r.node.data):len(r.node.data)] // only ever appended to
	r.mem.mu.Unlock()
	return bytes.NewReader(data).ReadAt(b, at)
}

func (r memReader) Close() error               { return nil }
func (r memReader) Stat() (fs.FileInfo, error) { return r.info, nil }
