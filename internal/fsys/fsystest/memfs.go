package fsystest

import (
	"bytes"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"winback/internal/fsys"
)

// Create makes a new empty file.
func (m *Mem) Create(path string) (fsys.File, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.add(path, &node{mode: fsys.FileMode})
	if err != nil {
		return nil, pathError("open", path, err)
	}
	return &memFile{mem: m, node: n, path: path, boot: m.boot}, nil
}

// add puts a new node into the folder that path names.
func (m *Mem) add(path string, n *node) (*node, error) {
	folder, name, err := m.place(path)
	if err != nil {
		return nil, err
	}
	if folder.entries[name] != nil {
		return nil, syscall.EEXIST
	}
	m.change(change{to: folder, toName: name, child: n})
	return n, nil
}

// Open opens a file. What is written to it later is seen by ReadAt, not by Read.
func (m *Mem) Open(path string) (fsys.ReadFile, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.walk(path, true)
	if err == nil && n.isDir() {
		err = syscall.EISDIR
	}
	if err != nil {
		return nil, pathError("open", path, err)
	}
	r := bytes.NewReader(n.data[:len(n.data):len(n.data)])
	return memReader{Reader: r, mem: m, node: n, info: infoOf(filepath.Base(path), n)}, nil
}

// MkdirAll makes a folder and its parents.
func (m *Mem) MkdirAll(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return pathError("mkdir", path, m.mkdirAll(path))
}

func (m *Mem) mkdirAll(path string) error {
	n, err := m.walk(path, true)
	switch {
	case err == nil && n.isDir():
		return nil
	case err == nil:
		return syscall.ENOTDIR
	case err != syscall.ENOENT:
		return err
	}
	trimmed := strings.TrimRight(path, "/")
	if parent := filepath.Dir(trimmed); parent != trimmed {
		if err := m.mkdirAll(parent); err != nil {
			return err
		}
	}
	_, err = m.add(path, newFolder())
	return err
}

// ReadDir lists a folder by name.
func (m *Mem) ReadDir(path string) ([]fs.DirEntry, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.walk(path, true)
	if err == nil && !n.isDir() {
		err = syscall.ENOTDIR
	}
	if err != nil {
		return nil, pathError("open", path, err)
	}
	list := make([]fs.DirEntry, 0, len(n.entries))
	for _, name := range sortedNames(n.entries) {
		list = append(list, fs.FileInfoToDirEntry(infoOf(name, n.entries[name])))
	}
	return list, nil
}

func sortedNames(entries map[string]*node) []string {
	names := make([]string, 0, len(entries))
	for name := range entries {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// Stat describes what path leads to, through links.
func (m *Mem) Stat(path string) (fs.FileInfo, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.walk(path, true)
	if err != nil {
		return nil, pathError("stat", path, err)
	}
	return infoOf(filepath.Base(path), n), nil
}

// Rename follows os.Rename: a file or link replaces a file or link, a folder
// is never replaced.
func (m *Mem) Rename(from, to string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	return pathError("rename", to, m.rename(from, to))
}

func (m *Mem) rename(from, to string) error {
	source, sourceName, err := m.place(from)
	if err != nil {
		return err
	}
	child := source.entries[sourceName]
	if child == nil {
		return syscall.ENOENT
	}
	target, targetName, err := m.place(to)
	if err != nil {
		return err
	}
	old := target.entries[targetName]
	switch {
	case old != nil && old.isDir():
		return syscall.EEXIST
	case old != nil && child.isDir():
		return syscall.ENOTDIR
	case old == child:
		return nil
	case child.holds(target):
		return syscall.EINVAL
	}
	m.change(change{from: source, fromName: sourceName, to: target, toName: targetName, child: child})
	return nil
}

// holds says whether folder other is n or lies under it.
func (n *node) holds(other *node) bool {
	if n == other {
		return true
	}
	for _, child := range n.entries {
		if child.isDir() && child.holds(other) {
			return true
		}
	}
	return false
}

// Remove removes a file, a link or an empty folder.
func (m *Mem) Remove(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	folder, name, err := m.place(path)
	if err == nil {
		err = m.remove(folder, name)
	}
	return pathError("remove", path, err)
}

func (m *Mem) remove(folder *node, name string) error {
	child := folder.entries[name]
	switch {
	case child == nil:
		return syscall.ENOENT
	case child.isDir() && len(child.entries) > 0:
		return syscall.ENOTEMPTY
	}
	m.change(change{from: folder, fromName: name})
	return nil
}

// RemoveAll removes what path names and all that is in it, entry by entry: a
// crash may keep a part.
func (m *Mem) RemoveAll(path string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	folder, name, err := m.place(path)
	if err == syscall.ENOENT {
		return nil
	}
	if err == nil && folder.entries[name] != nil {
		m.removeAll(folder, name)
	}
	return pathError("remove", path, err)
}

func (m *Mem) removeAll(folder *node, name string) {
	child := folder.entries[name]
	for _, inner := range sortedNames(child.entries) {
		m.removeAll(child, inner)
	}
	m.change(change{from: folder, fromName: name})
}

// Symlink makes a link to target, which need not be there.
func (m *Mem) Symlink(target, link string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	_, err := m.add(link, &node{mode: fs.ModeSymlink | fs.ModePerm, target: target})
	return pathError("symlink", link, err)
}

// Readlink says where a link points.
func (m *Mem) Readlink(link string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.walk(link, false)
	if err == nil && !n.isLink() {
		err = syscall.EINVAL
	}
	if err != nil {
		return "", pathError("readlink", link, err)
	}
	return n.target, nil
}

// Lock takes the exclusive lock of a file until its Close or a crash.
func (m *Mem) Lock(path string) (io.Closer, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	n, err := m.walk(path, true)
	if err == syscall.ENOENT {
		n, err = m.add(path, &node{mode: fsys.FileMode})
	}
	if err == nil && m.locks[n] {
		err = fsys.ErrLocked
	}
	if err != nil {
		return nil, pathError("lock", path, err)
	}
	m.locks[n] = true
	return &memLock{mem: m, node: n, boot: m.boot}, nil
}

type memLock struct {
	mem  *Mem
	node *node
	boot int
}

func (l *memLock) Close() error {
	l.mem.mu.Lock()
	defer l.mem.mu.Unlock()
	if l.node != nil && l.boot == l.mem.boot {
		delete(l.mem.locks, l.node)
	}
	l.node = nil
	return nil
}
