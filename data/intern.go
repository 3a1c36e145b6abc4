package data

import (
	"slices"
	"sync"

	"github.com/cespare/xxhash/v2"
)

// nameTable gives each distinct name a code, in order of arrival, from 1. It is
// shared by the workers of a reading.
type nameTable struct {
	mu    sync.RWMutex
	codes map[string]uint32
	names []string
}

func newNameTable() *nameTable { return &nameTable{codes: map[string]uint32{}} }

// code returns the code of a name; the empty name is 0.
func (t *nameTable) code(name []byte) uint32 {
	if len(name) == 0 {
		return 0
	}
	t.mu.RLock()
	c, ok := t.codes[string(name)]
	t.mu.RUnlock()
	if ok {
		return c
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if c, ok := t.codes[string(name)]; ok {
		return c
	}
	own := string(name)
	t.names = append(t.names, own)
	t.codes[own] = uint32(len(t.names))
	return uint32(len(t.names))
}

// sorted returns the names that lines have, in byte order, and for each code
// of arrival the code in that order (0 for none).
func (t *nameTable) sorted(seen []bool) (names []string, recode []uint32) {
	for code, name := range t.names {
		if code+1 < len(seen) && seen[code+1] {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	recode = make([]uint32, len(t.names)+1)
	for i, name := range names {
		recode[t.codes[name]] = uint32(i + 1)
	}
	return names, recode
}

// textHash identifies a text by 64 bits, never 0. Orders, products and lines
// of one customer are told apart by it: two different ids of the same customer
// collide with a chance of 2^-64 per pair.
func textHash(b []byte) uint64 {
	h := xxhash.Sum64(b)
	if h == 0 {
		return 1
	}
	return h
}

// mixHash folds a value into the identity of a line (the finaliser of
// splitmix64, Steele, Lea and Flood 2014).
func mixHash(h, v uint64) uint64 {
	h = (h ^ v) + 0x9e3779b97f4a7c15
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return h ^ h>>31
}
