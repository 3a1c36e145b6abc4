package orders

import (
	"slices"
	"sync"

	"winback/data"
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

// name returns the name of a code other than 0.
func (t *nameTable) name(code uint32) string {
	t.mu.RLock()
	defer t.mu.RUnlock()
	return t.names[code-1]
}

// sorted returns the names that lines before a day have, in byte order, and for
// each code of arrival the code in that order (0 for none). seen tells, by code
// of arrival, the day of the first such line.
func (t *nameTable) sorted(seen []data.Day, until data.Day) (names []string, recode []uint32) {
	for code, name := range t.names {
		if code+1 < len(seen) && seen[code+1] < until {
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

// nameCache is what one worker remembers of a nameTable, so that it asks once
// per name and not once per value.
type nameCache struct {
	entries []cachedName // open addressing by hash
	used    int
}

type cachedName struct {
	hash uint64 // 0: free
	name string
	code uint32
}

// code returns the code of a name, whose hash is 0 where it is none.
func (c *nameCache) code(t *nameTable, name []byte, hash uint64) uint32 {
	if hash == 0 {
		return 0
	}
	if 2*c.used >= len(c.entries) {
		c.widen()
	}
	entry := c.find(hash, name)
	if entry.hash == 0 {
		*entry = cachedName{hash: hash, code: t.code(name)}
		entry.name = t.name(entry.code)
		c.used++
	}
	return entry.code
}

func (c *nameCache) find(hash uint64, name []byte) *cachedName {
	mask := uint64(len(c.entries) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		if e := &c.entries[at]; e.hash == 0 || e.hash == hash && e.name == string(name) {
			return e
		}
	}
}

func (c *nameCache) widen() {
	old := c.entries
	c.entries = make([]cachedName, max(256, 4*len(old)))
	for _, e := range old {
		if e.hash != 0 {
			*c.find(e.hash, []byte(e.name)) = e
		}
	}
}
