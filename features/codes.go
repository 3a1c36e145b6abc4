package features

import "math/bits"

// Scratch of one builder. All of it is cleared between customers by raising a
// generation instead of by writing: an entry of an older generation is empty.

// codeSet counts distinct codes by open addressing. An entry holds the
// generation in its upper half and the code in its lower.
type codeSet struct {
	entries    []uint64
	mask       uint32
	generation uint32
	count      int64
}

// reset empties the set and makes it large enough for that many distinct codes.
func (s *codeSet) reset(codes int) {
	size := tableSize(codes)
	if size > len(s.entries) {
		s.entries = make([]uint64, size)
		s.generation = 0
	}
	s.generation++
	if s.generation == 0 {
		clear(s.entries)
		s.generation = 1
	}
	s.mask = uint32(size - 1)
	s.count = 0
}

// add takes up a code; 0, which is no code, is skipped.
func (s *codeSet) add(code uint32) {
	if code == 0 {
		return
	}
	want := uint64(s.generation)<<32 | uint64(code)
	for slot := spread(uint64(code)) & s.mask; ; slot = (slot + 1) & s.mask {
		switch entry := s.entries[slot]; {
		case entry == want:
			return
		case uint32(entry>>32) != s.generation:
			if s.count == int64(s.mask) { // a full table would never end a search
				panic("features: more distinct codes than names")
			}
			s.entries[slot] = want
			s.count++
			return
		}
	}
}

// codeCounter counts how often each code occurs and keeps the most frequent
// one, of equally frequent ones the smallest.
type codeCounter struct {
	entries    []codeCount // by code
	generation uint32
	distinct   int64
	top        uint32 // 0: none yet
	topCount   uint32
}

type codeCount struct{ generation, count uint32 }

// reset empties the counter, for codes up to maxCode.
func (c *codeCounter) reset(maxCode int) {
	if maxCode >= len(c.entries) {
		c.entries = make([]codeCount, maxCode+1)
		c.generation = 0
	}
	c.generation++
	if c.generation == 0 {
		clear(c.entries)
		c.generation = 1
	}
	c.distinct, c.top, c.topCount = 0, 0, 0
}

// add counts a code; 0, which is no code, is skipped.
func (c *codeCounter) add(code uint32) {
	if code == 0 {
		return
	}
	entry := &c.entries[code]
	if entry.generation != c.generation {
		*entry = codeCount{generation: c.generation}
		c.distinct++
	}
	entry.count++
	if entry.count > c.topCount || (entry.count == c.topCount && code < c.top) {
		c.top, c.topCount = code, entry.count
	}
}

// orderIndex finds the position of an order by its identity.
type orderIndex struct {
	entries    []orderEntry
	mask       uint32
	generation uint32
}

type orderEntry struct {
	key        uint64
	generation uint32
	position   uint32
}

func (x *orderIndex) reset(orders int) {
	size := tableSize(orders)
	if size > len(x.entries) {
		x.entries = make([]orderEntry, size)
		x.generation = 0
	}
	x.generation++
	if x.generation == 0 {
		clear(x.entries)
		x.generation = 1
	}
	x.mask = uint32(size - 1)
}

// find returns the position of an order, which is next where it is new.
func (x *orderIndex) find(key uint64, next int) int {
	for slot := spread(key) & x.mask; ; slot = (slot + 1) & x.mask {
		entry := &x.entries[slot]
		if entry.generation != x.generation {
			*entry = orderEntry{key: key, generation: x.generation, position: uint32(next)}
			return next
		}
		if entry.key == key {
			return int(entry.position)
		}
	}
}

// tableSize is the power of two that keeps a table of so many entries at most
// half full.
func tableSize(entries int) int {
	return 1 << bits.Len(uint(max(2*entries, 16)-1))
}

// spread mixes the bits of a key (the finaliser of MurmurHash3), so that keys
// that differ in few bits do not meet.
func spread(key uint64) uint32 {
	key ^= key >> 33
	key *= 0xff51afd7ed558ccd
	key ^= key >> 33
	return uint32(key)
}
