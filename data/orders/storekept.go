package orders

import (
	"context"
	"encoding/binary"
	"errors"
	"path/filepath"

	"winback/data/columns"
	"winback/data/spill"
	"winback/internal/fsys"
	"winback/internal/parallel"
)

// keptHistory is what a store holds of the lines of earlier nights. They stay
// on disk until their partition is visited.
type keptHistory struct {
	segments []*keptSegment
	live     map[uint32]bool // numbers of the files whose lines count
}

// keptSegment is an open segment.
type keptSegment struct {
	storedSegment
	folder string
	at     []int64 // of each stretch
	in     fsys.ReadFile
}

// openSegment opens a segment and proves that it is what was written.
func openSegment(ctx context.Context, fsy fsys.FS, folder string, entry storedSegment, workers int) (*keptSegment, error) {
	s := &keptSegment{storedSegment: entry, folder: folder, at: make([]int64, len(entry.Sizes))}
	at := int64(0)
	for i, size := range entry.Sizes {
		if s.at[i] = at; size < 0 || at+size < at {
			return nil, errStoreDamaged
		}
		at += size
	}
	var err error
	if s.in, err = fsy.Open(filepath.Join(folder, entry.Name)); err != nil {
		return nil, err
	}
	if err = s.verify(ctx, workers, at); err != nil {
		s.in.Close()
		return nil, err
	}
	return s, nil
}

// verify compares the size and all checksums, and reads the days of names.
func (s *keptSegment) verify(ctx context.Context, workers int, size int64) error {
	if info, err := s.in.Stat(); err != nil || info.Size() != size {
		return errors.Join(err, errStoreDamaged)
	}
	last := len(s.at) - 1
	errs := make([]error, last)
	scratch := make(chan []byte, workers)
	for range workers {
		scratch <- nil
	}
	parallel.EachOf(last, workers, func(part int) {
		if ctx.Err() != nil {
			return
		}
		own := <-scratch
		own = columns.Resize(own, int(s.Sizes[part]))
		_, errs[part] = s.stretch(part, own)
		scratch <- own
	})
	if err := errors.Join(errs...); err != nil {
		return errStoreDamaged
	}
	return s.takeNameDays(last)
}

// takeNameDays reads the days of names of the files, each behind the number of
// its file. There may be more than of those that still count.
func (s *keptSegment) takeNameDays(stretch int) error {
	all, err := s.stretch(stretch, make([]byte, s.Sizes[stretch]))
	if err != nil {
		return errStoreDamaged
	}
	days := map[uint64][]byte{}
	for _, b := range all {
		number, n := binary.Uvarint(b)
		if n <= 0 {
			return errStoreDamaged
		}
		days[number] = b[n:]
	}
	for i := range s.Files {
		own, ok := days[uint64(s.Files[i].Number)]
		if !ok {
			return errStoreDamaged
		}
		s.Files[i].nameDays = own
	}
	return nil
}

// stretch reads a stretch into memory of its size and returns its blocks.
func (s *keptSegment) stretch(i int, into []byte) ([][]byte, error) {
	if len(into) == 0 {
		return nil, nil
	}
	if _, err := s.in.ReadAt(into, s.at[i]); err != nil {
		return nil, err
	}
	body, err := spill.Body(into)
	if err != nil {
		return nil, err
	}
	return blocksOf(body)
}

// size is how many bytes are kept of a partition, with those that no longer
// count.
func (k *keptHistory) size(part int) (bytes int64) {
	for _, s := range k.segments {
		bytes += s.Sizes[part]
	}
	return bytes
}

// blocks reads the blocks of a partition that count into scratch.
func (k *keptHistory) blocks(part int, scratch *[]byte) (blocks [][]byte, err error) {
	*scratch = columns.Resize(*scratch, int(k.size(part)))
	left := *scratch
	for _, s := range k.segments {
		size := s.Sizes[part]
		all, err := s.stretch(part, left[:size:size])
		if err != nil {
			return nil, &StoreError{s.folder, err}
		}
		left = left[size:]
		for _, b := range all {
			if k.live[fileOfBlock(b)] {
				blocks = append(blocks, b)
			}
		}
	}
	return blocks, nil
}

// fileOfBlock reads the number of the file that the lines of a block came from;
// the greatest number stands for a block that is none.
func fileOfBlock(block []byte) uint32 {
	number := uint64(0)
	for range 5 {
		n := 0
		if number, n = binary.Uvarint(block); n <= 0 {
			return ^uint32(0)
		}
		block = block[n:]
	}
	return uint32(number)
}

func (k *keptHistory) close() (err error) {
	for _, s := range k.segments {
		err = errors.Join(err, s.in.Close())
	}
	k.segments = nil
	return err
}
