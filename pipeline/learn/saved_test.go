package learn

import (
	"bytes"
	"io"
)

// savedFiles keeps what is created.
type savedFiles map[string]*bytes.Buffer

func (m savedFiles) create(path string) (io.WriteCloser, error) {
	m[path] = &bytes.Buffer{}
	return savedFile{m[path]}, nil
}

type savedFile struct{ *bytes.Buffer }

func (savedFile) Close() error { return nil }
