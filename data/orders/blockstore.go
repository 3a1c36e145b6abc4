package orders

import (
	"runtime"
	"sync"

	"winback/data/spill"
	"winback/internal/fsys"
)

// blockStore keeps the blocks of all partitions: in memory up to a limit, and
// on disk beyond it. Those of earlier nights stay in their store until the
// histories of their partition are built.
type blockStore struct {
	mu    sync.Mutex
	kept  keptHistory
	parts []storedPart
	held  int64       // bytes in memory
	freed int64       // bytes released since garbage was last collected for it
	limit int64       // of held; 0 for none
	disk  *spill.File // nil: all stay in memory
}

// storedPart is what is kept of one partition.
type storedPart struct {
	blocks     [][]byte
	spilled    []spill.Extent // stretches of the spill file
	sealed     bool           // one block, of histories as they were built
	duplicates int64          // dropped when the histories were built
	dealt      bool           // names in the blocks have the codes that the first block lists
	lateKnown  bool           // what the building of its histories sets aside is counted already
}

func newBlockStore(partitions int) *blockStore {
	return &blockStore{parts: make([]storedPart, partitions)}
}

// spillTo makes the store write to disk what goes beyond so many bytes.
func (s *blockStore) spillTo(fsy fsys.FS, folder string, limit int64) {
	if folder != "" {
		s.limit, s.disk = limit, spill.New(fsy, folder, "order lines")
	}
}

func (s *blockStore) add(part int, block []byte) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[part].blocks = append(s.parts[part].blocks, block)
	return s.hold(int64(len(block)))
}

// hold counts bytes that came into memory, and moves all blocks to disk where
// they have become too many. One stretch of the file for each partition keeps
// reading them back cheap.
func (s *blockStore) hold(bytes int64) error {
	s.held += bytes
	if s.limit == 0 || s.held <= s.limit || s.disk == nil {
		return nil
	}
	return s.toDisk()
}

// toDisk moves all blocks to disk.
func (s *blockStore) toDisk() error {
	for i := range s.parts {
		p := &s.parts[i]
		if len(p.blocks) == 0 {
			continue
		}
		e, err := s.disk.Write(stretchOf(p.blocks)...)
		if err != nil {
			return err
		}
		p.spilled = append(p.spilled, e)
		p.blocks = nil
	}
	s.held = 0
	return nil
}

// makeRoom leaves at most so many bytes in memory, of what may go to disk.
func (s *blockStore) makeRoom(bytes int64) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.held <= bytes || s.limit == 0 || s.disk == nil {
		return nil
	}
	return s.toDisk()
}

// blocks returns all blocks of a partition. Those in memory must not be
// changed, and those that come from scratch are valid until its next use.
func (s *blockStore) blocks(part int, scratch *[]byte) (blocks [][]byte, sealed bool, err error) {
	fresh, sealed, err := s.fresh(part)
	if err != nil || sealed || len(s.kept.segments) == 0 {
		return fresh, sealed, err
	}
	kept, err := s.kept.blocks(part, scratch)
	return append(kept, fresh...), false, err
}

// fresh returns the blocks of a partition that came since this reading began.
func (s *blockStore) fresh(part int) ([][]byte, bool, error) {
	s.mu.Lock()
	p := s.parts[part]
	s.mu.Unlock()
	if len(p.spilled) == 0 {
		return p.blocks, p.sealed, nil
	}
	var all [][]byte
	for _, e := range p.spilled {
		body, err := s.disk.Read(e, nil)
		if err != nil {
			return nil, false, err
		}
		blocks, err := blocksOf(body)
		if err != nil {
			return nil, false, s.disk.Fail(err)
		}
		all = append(all, blocks...)
	}
	return append(all, p.blocks...), p.sealed, nil
}

// size is how many bytes the blocks of a partition take.
func (s *blockStore) size(part int) (bytes int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, block := range s.parts[part].blocks {
		bytes += int64(len(block))
	}
	for _, e := range s.parts[part].spilled {
		bytes += e.Size()
	}
	if !s.parts[part].sealed {
		bytes += s.kept.size(part)
	}
	return bytes
}

// close gives back the space on disk.
func (s *blockStore) close() error {
	if s.disk == nil {
		return nil
	}
	return s.disk.Close()
}

// largest is how many bytes the largest partition takes.
func (s *blockStore) largest() (bytes int64) {
	for part := range s.parts {
		bytes = max(bytes, s.size(part))
	}
	return bytes
}

// seal puts the histories of a partition in the place of its blocks.
func (s *blockStore) seal(part int, block []byte, duplicates int64) error {
	s.release(part)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.parts[part] = storedPart{blocks: [][]byte{block}, sealed: true, duplicates: duplicates}
	return s.hold(int64(len(block)))
}

// release forgets the blocks of a partition.
func (s *blockStore) release(part int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, block := range s.parts[part].blocks {
		s.held -= int64(len(block))
		s.freed += int64(len(block))
	}
	s.parts[part] = storedPart{}
}

// give releases a partition for good. As soon as half of what is in memory is
// garbage it is collected, so that what the walk makes takes its place; the
// collector by itself waits until there is twice as much.
func (s *blockStore) give(part int) {
	s.release(part)
	const worthwhile = 32 << 20
	s.mu.Lock()
	collect := s.freed > max(s.held, worthwhile)
	if collect {
		s.freed = 0
	}
	s.mu.Unlock()
	if collect {
		runtime.GC()
	}
}
