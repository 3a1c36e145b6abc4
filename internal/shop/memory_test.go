package shop

import (
	"bytes"
	"io"
	"sync"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// folder keeps written files in memory.
type folder struct {
	mu    sync.Mutex
	files map[string]*bytes.Buffer
	names []string
}

func newFolder() *folder { return &folder{files: map[string]*bytes.Buffer{}} }

type memoryFile struct{ *bytes.Buffer }

func (memoryFile) Close() error { return nil }

func (f *folder) create(name string) (io.WriteCloser, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	b := &bytes.Buffer{}
	f.files[name] = b
	f.names = append(f.names, name)
	return memoryFile{b}, nil
}

// discard counts bytes and keeps nothing.
type discard struct{}

func (discard) Write(p []byte) (int, error)         { return len(p), nil }
func (discard) Close() error                        { return nil }
func discardFiles(_ string) (io.WriteCloser, error) { return discard{}, nil }

// lines reads the order lines of a file back.
func (f *folder) lines(t *testing.T, name string) []orderLine {
	t.Helper()
	b := f.files[name].Bytes()
	rows, err := parquet.Read[orderLine](bytes.NewReader(b), int64(len(b)))
	if err != nil {
		t.Fatalf("read %s: %v", name, err)
	}
	return rows
}
