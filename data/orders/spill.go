package orders

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"

	"github.com/cespare/xxhash/v2"

	"winback/internal/fsys"
)

// spill is the file to which blocks go that memory has no room for.
// FORMAT.md describes it. It is taken out of its folder as soon as it is
// open, where the system lets it, so that nothing is left behind however the
// process ends.
type spill struct {
	fsy    fsys.FS
	folder string
	path   string // "" where the file has no name any more
	file   fsys.File
	out    *bufio.Writer
	at     int64

	in fsys.ReadFile
}

// extent is a stretch of a spill file: the blocks of one partition.
type extent struct{ at, size int64 }

// SpillError says that the disk for what memory has no room for failed.
type SpillError struct {
	Folder string
	Err    error
}

// Error names the folder and what failed.
func (e *SpillError) Error() string {
	return fmt.Sprintf("keep order lines on disk in %s: %v", e.Folder, e.Err)
}

// Unwrap returns why the disk failed.
func (e *SpillError) Unwrap() error { return e.Err }

// ExitCode is 7: an input or output operation failed.
func (e *SpillError) ExitCode() int { return 7 }

const spillBuffer = 1 << 20

func (s *spill) fail(err error) error { return &SpillError{s.folder, err} }

// open makes the file.
func (s *spill) open() error {
	if err := s.fsy.MkdirAll(s.folder); err != nil {
		return s.fail(err)
	}
	for n := 0; s.file == nil; n++ {
		path := filepath.Join(s.folder, fmt.Sprintf(".winback-spill-%d", n))
		file, err := s.fsy.Create(path)
		if errors.Is(err, fs.ErrExist) && n < 10_000 {
			continue
		}
		if err != nil {
			return s.fail(err)
		}
		s.path, s.file, s.out = path, file, bufio.NewWriterSize(file, spillBuffer)
	}
	in, err := s.fsy.Open(s.path)
	if err != nil {
		return s.fail(err)
	}
	s.in = in
	if err := s.fsy.Remove(s.path); err == nil {
		s.path = ""
	}
	return nil
}

// write appends blocks of one partition. They can be read after the next flush.
func (s *spill) write(blocks [][]byte) (extent, error) {
	if s.file == nil {
		if err := s.open(); err != nil {
			return extent{}, err
		}
	}
	head := binary.AppendUvarint(nil, uint64(len(blocks)))
	for _, b := range blocks {
		head = binary.AppendUvarint(head, uint64(len(b)))
	}
	sum := xxhash.New()
	e := extent{at: s.at}
	for _, part := range append([][]byte{head}, blocks...) {
		sum.Write(part)
		if _, err := s.out.Write(part); err != nil {
			return e, s.fail(err)
		}
		e.size += int64(len(part))
	}
	if _, err := s.out.Write(binary.LittleEndian.AppendUint64(nil, sum.Sum64())); err != nil {
		return e, s.fail(err)
	}
	e.size += checksumBytes
	s.at += e.size
	return e, nil
}

const checksumBytes = 8

func (s *spill) flush() error {
	if err := s.out.Flush(); err != nil {
		return s.fail(err)
	}
	return nil
}

// read returns the blocks of a stretch.
func (s *spill) read(e extent) ([][]byte, error) {
	b := make([]byte, e.size)
	if _, err := s.in.ReadAt(b, e.at); err != nil {
		return nil, s.fail(err)
	}
	blocks, err := blocksOf(b)
	if err != nil {
		return nil, s.fail(err)
	}
	return blocks, nil
}

var errChecksum = errors.New("order lines came back from disk other than they were written")

// blocksOf takes a stretch apart.
func blocksOf(b []byte) ([][]byte, error) {
	if len(b) < checksumBytes {
		return nil, errChecksum
	}
	body, sum := b[:len(b)-checksumBytes], binary.LittleEndian.Uint64(b[len(b)-checksumBytes:])
	if xxhash.Sum64(body) != sum {
		return nil, errChecksum
	}
	count, used := binary.Uvarint(body)
	if used <= 0 || count > uint64(len(body)) {
		return nil, errChecksum
	}
	body = body[used:]
	sizes := make([]uint64, count)
	for i := range sizes {
		if sizes[i], used = binary.Uvarint(body); used <= 0 {
			return nil, errChecksum
		}
		body = body[used:]
	}
	blocks := make([][]byte, count)
	for i, size := range sizes {
		if size > uint64(len(body)) {
			return nil, errChecksum
		}
		blocks[i], body = body[:size:size], body[size:]
	}
	return blocks, nil
}

// close gives the file back.
func (s *spill) close() error {
	if s.file == nil {
		return nil
	}
	err := s.file.Close()
	if s.in != nil {
		err = errors.Join(err, s.in.Close())
	}
	if s.path != "" {
		err = errors.Join(err, s.fsy.Remove(s.path))
	}
	s.file, s.in = nil, nil
	if err != nil {
		return s.fail(err)
	}
	return nil
}
