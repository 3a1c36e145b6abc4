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

// orderIndex finds the position of an order by its key. It grows with the
// orders: most customers have so few that looking through them is faster, and
// one customer may have a million.
type orderIndex struct {
	slots  []uint32 // open addressing: position + 1; only the first size are in use
	size   int
	filled int // orders that are in it
}

// fewOrders is up to how many orders are looked through.
const fewOrders = 12

func (x *orderIndex) reset() {
	clear(x.slots[:x.size])
	x.size, x.filled = 0, 0
}

// find returns the position of the order with that key, the number of orders
// where it is none of them.
func (x *orderIndex) find(key uint64, orders []order) int {
	if len(orders) <= fewOrders {
		for i := len(orders) - 1; i >= 0; i-- {
			if orders[i].key == key {
				return i
			}
		}
		return len(orders)
	}
	if 2*len(orders) > x.size {
		x.widen(len(orders))
	}
	for ; x.filled < len(orders); x.filled++ {
		x.slots[x.slot(orders[x.filled].key, orders)] = uint32(x.filled + 1)
	}
	if position := x.slots[x.slot(key, orders)]; position != 0 {
		return int(position - 1)
	}
	return len(orders)
}

// slot returns where the key is, or would be.
func (x *orderIndex) slot(key uint64, orders []order) int {
	mask := x.size - 1
	for slot := int(spread(key)) & mask; ; slot = (slot + 1) & mask {
		if position := x.slots[slot]; position == 0 || orders[position-1].key == key {
			return slot
		}
	}
}

func (x *orderIndex) widen(orders int) {
	clear(x.slots[:x.size])
	x.size, x.filled = 2*tableSize(orders), 0
	if x.size > len(x.slots) {
		x.slots = make([]uint32, x.size)
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
