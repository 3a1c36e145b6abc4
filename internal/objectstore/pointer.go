package objectstore

import (
	"crypto/rand"
	"fmt"
	"io"
	"io/fs"
	"strings"
	"syscall"

	"winback/internal/fsys"
)

// A pointer is an object of two lines: where it leads, and the stamp of who may move
// it. The target is empty where nothing was pointed to yet.

// mostPointer is how long a pointer may be, in bytes.
const mostPointer = 4096

// readPointer is the target and the version of a pointer. The error wraps
// fs.ErrNotExist where there is none, and syscall.EINVAL where it is something else.
func (s *Store) readPointer(path string) (target, etag string, err error) {
	file, err := s.Open(path)
	if err != nil {
		return "", "", err
	}
	defer file.Close()
	text, err := io.ReadAll(io.LimitReader(file, mostPointer))
	if err != nil {
		return "", "", err
	}
	lines := strings.Split(string(text), "\n")
	if len(lines) != 3 || lines[2] != "" {
		return "", "", &fs.PathError{Op: "readlink", Path: at(path).url(), Err: syscall.EINVAL}
	}
	return lines[0], file.(*reader).etag, nil
}

// Readlink is where a pointer leads.
func (s *Store) Readlink(path string) (string, error) {
	target, _, err := s.readPointer(path)
	if err == nil && target == "" {
		err = &fs.PathError{Op: "readlink", Path: at(path).url(), Err: fs.ErrNotExist}
	}
	return target, err
}

// stamped is a pointer with one's own stamp.
type stamped struct {
	s      *Store
	object object
	stamp  string
	etag   string
}

// Stamp implements fsys.Objects.
func (s *Store) Stamp(path string) (fsys.Pointer, error) {
	p := &stamped{s: s, object: at(path), stamp: rand.Text()}
	target, etag, err := s.readPointer(path)
	when := condition{match: etag}
	if isAbsent(err) {
		when, err = condition{absent: true}, nil
	}
	if err == nil {
		err = p.write(target, when)
	}
	if err != nil {
		return nil, err
	}
	return p, nil
}

// Point implements fsys.Pointer.
func (p *stamped) Point(target string) error { return p.write(target, condition{match: p.etag}) }

func (p *stamped) write(target string, when condition) error {
	if err := p.s.allowed(p.object); err != nil {
		return err
	}
	etag, err := p.s.put(p.object, fmt.Appendf(nil, "%s\n%s\n", target, p.stamp), when)
	if unmatched(err) || err != nil && isAbsent(failed("point", p.object, err)) {
		return &fs.PathError{Op: "point", Path: p.object.url(), Err: &fault{"another process has begun to publish here since", fsys.ErrLocked}}
	}
	if err == nil {
		p.etag = etag
	}
	return failed("point", p.object, err)
}
