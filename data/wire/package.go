package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

// packageFormat changes with what packages and what is made with them hold.
const packageFormat = 1

// Package is what a stage must know of the whole night wherever it is done, as files.
type Package struct {
	head  packageHead
	files []*bytes.Buffer
}

type packageHead struct {
	Format int      `json:"format"`
	Stage  string   `json:"stage"`
	Files  []string `json:"files"`
}

// NewPackage is one without files, for the stage of a name.
func NewPackage(stage string) *Package { return &Package{head: packageHead{packageFormat, stage, nil}} }

type packedFile struct{ *bytes.Buffer }

func (packedFile) Close() error { return nil }

// Create adds a file.
func (p *Package) Create(path string) (io.WriteCloser, error) {
	f := new(bytes.Buffer)
	p.head.Files, p.files = append(p.head.Files, path), append(p.files, f)
	return packedFile{f}, nil
}

// Stream is the package as a stream, and its digest.
func (p *Package) Stream() (text []byte, sum [sha256.Size]byte, err error) {
	head, err := json.Marshal(p.head)
	parts := [][]byte{head}
	for _, f := range p.files {
		parts = append(parts, f.Bytes())
	}
	var out bytes.Buffer
	if err = errors.Join(err, WriteParts(&out, parts)); err != nil {
		return nil, sum, err
	}
	whole, err := Whole(out.Bytes())
	if err != nil {
		return nil, sum, err
	}
	return out.Bytes(), whole.SHA256(), nil
}

// Package is the stage and the files of a stream that Package.Stream wrote: read gives
// the content of one, or fs.ErrNotExist.
func (s *Stream) Package() (stage string, read func(path string) ([]byte, error), err error) {
	parts, err := s.Parts()
	if err != nil {
		return "", nil, err
	}
	if len(parts) == 0 {
		return "", nil, errors.New("want a head with a list of files, found nothing")
	}
	var head packageHead
	if err := json.Unmarshal(parts[0], &head); err != nil {
		return "", nil, fmt.Errorf("the head: %w", err)
	}
	switch {
	case head.Format != packageFormat:
		return "", nil, fmt.Errorf("it was written by another version of winback: want format %d, found %d", packageFormat, head.Format)
	case len(head.Files) != len(parts)-1:
		return "", nil, fmt.Errorf("the list has %d files, found %d", len(head.Files), len(parts)-1)
	}
	files := map[string][]byte{}
	for i, name := range head.Files {
		files[name] = parts[i+1]
	}
	return head.Stage, func(path string) ([]byte, error) {
		if content, ok := files[path]; ok {
			return content, nil
		}
		return nil, fmt.Errorf("%s: %w", path, fs.ErrNotExist)
	}, nil
}
