// Package scale has the jobs of a night whose order lines another engine, such as
// Spark, reads and deals by ranges of customers: what its driver and each of its tasks
// call. The protocol is written in docs/scale.md.
package scale

import (
	"bytes"
	"context"
	"io"
	"io/fs"
	"os"
	"time"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/data/wire"
	"winback/internal/fsys"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// DealSettings are what Deal reads.
type DealSettings struct {
	settings.Reading
	settings.Sampled
}

// Settings lists them.
func (s *DealSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Reading, &s.Sampled)
}

// standardInput is what errors call it.
const standardInput = "standard input"

// Deal reads the order lines of one range of customers as an Arrow stream on standard
// input and writes their histories on standard output, for Drive. It writes nothing
// where it fails.
func Deal(ctx context.Context, s DealSettings, ui console.UI) error {
	return deal(ctx, &s, os.Stdin, ui.Out)
}

func deal(ctx context.Context, s *DealSettings, in io.Reader, out io.Writer) error {
	stream, err := wire.Read(in)
	if err != nil {
		return &data.InputError{Path: standardInput, Err: err}
	}
	dealt, err := dealLines(ctx, s, stream.Parquet)
	if err == nil && dealt.DependsOnOrder() { // a repeated task has the same lines in another order
		dealt, err = dealLines(ctx, s, stream.InOrder)
	}
	if err != nil {
		return err
	}
	parts, err := dealt.Parts()
	if err != nil {
		return err
	}
	return wire.WriteParts(out, parts)
}

// dealLines deals the lines of a Parquet file.
func dealLines(ctx context.Context, s *DealSettings, lines func() ([]byte, error)) (*orders.Dealt, error) {
	file, err := lines()
	if err != nil {
		return nil, &data.InputError{Path: standardInput, Err: err}
	}
	files := linesFS{s.FS(), file}
	opts, err := jobs.DealtOptions(files, s.Reading)
	if err != nil {
		return nil, err
	}
	sample, err := source.Find(files, []string{s.SampleFile}, opts.MemoryBytes)
	if err != nil {
		return nil, err
	}
	return orders.Deal(ctx, files, sample, source.File{Path: standardInput, Size: int64(len(file))}, opts)
}

// linesFS is the file system with the lines of standard input as a file.
type linesFS struct {
	fsys.FS
	lines []byte
}

func (f linesFS) Open(path string) (fsys.ReadFile, error) {
	if path != standardInput {
		return f.FS.Open(path)
	}
	return linesFile{bytes.NewReader(f.lines)}, nil
}

type linesFile struct{ *bytes.Reader }

func (linesFile) Close() error                 { return nil }
func (f linesFile) Stat() (fs.FileInfo, error) { return f, nil }
func (linesFile) Name() string                 { return standardInput }
func (linesFile) Mode() fs.FileMode            { return 0 }
func (linesFile) ModTime() time.Time           { return time.Time{} }
func (linesFile) IsDir() bool                  { return false }
func (linesFile) Sys() any                     { return nil }
