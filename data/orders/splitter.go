package orders

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"slices"
	"sort"
)

// splitter deals customers to partitions: contiguous ranges of ids in byte
// order, so that partitions one after the other are in the order of the ids.
type splitter struct {
	bounds [][]byte // first id of partitions 1, 2, …; ascending
	prefix []byte   // common to all bounds
	keys   []uint64 // the eight bytes of each bound behind the prefix
	// first tells, for the leading bits of a key counted from the first bound's,
	// the first bound that can be greater.
	first []uint16
	shift int
}

// leadingBits is how many bits of a key the splitter looks up.
const leadingBits = 12

// newSplitter cuts a sample of ids into at most that many ranges of about
// equal size. The sample is reordered.
func newSplitter(sample [][]byte, partitions int) *splitter {
	slices.SortFunc(sample, bytes.Compare)
	var bounds [][]byte
	for i := 1; i < partitions; i++ {
		at := i * len(sample) / partitions
		if at == 0 || at >= len(sample) {
			continue
		}
		bound := sample[at]
		if bytes.Equal(bound, sample[0]) || len(bounds) > 0 && bytes.Equal(bound, bounds[len(bounds)-1]) {
			continue
		}
		bounds = append(bounds, bytes.Clone(bound))
	}
	return splitterOf(bounds)
}

// splitterOf deals customers at the given bounds, which ascend.
func splitterOf(bounds [][]byte) *splitter {
	s := &splitter{bounds: bounds}
	if len(bounds) == 0 {
		return s
	}
	first, last := s.bounds[0], s.bounds[len(s.bounds)-1]
	s.prefix = first[:commonPrefix(first, last)]
	for _, b := range s.bounds {
		s.keys = append(s.keys, keyOf(b[len(s.prefix):]))
	}
	s.index()
	return s
}

// index prepares the look-up by leading bits.
func (s *splitter) index() {
	span := s.keys[len(s.keys)-1] - s.keys[0]
	s.shift = max(bits.Len64(span)-leadingBits, 0)
	s.first = make([]uint16, span>>s.shift+2)
	bound := 0
	for i := range s.first {
		for bound < len(s.keys) && (s.keys[bound]-s.keys[0])>>s.shift < uint64(i) {
			bound++
		}
		s.first[i] = uint16(bound)
	}
}

func (s *splitter) partitions() int { return len(s.bounds) + 1 }

// keyOf returns the first eight bytes as a number that compares like them.
func keyOf(b []byte) uint64 {
	switch n := len(b); {
	case n >= 8:
		return binary.BigEndian.Uint64(b)
	case n >= 4: // the two halves overlap
		return uint64(binary.BigEndian.Uint32(b))<<32 | uint64(binary.BigEndian.Uint32(b[n-4:]))<<(64-8*n)
	}
	var padded [8]byte
	copy(padded[:], b)
	return binary.BigEndian.Uint64(padded[:])
}

// lowerBound returns the first bound whose key is not less.
func (s *splitter) lowerBound(key uint64) int {
	if key <= s.keys[0] {
		return 0
	}
	at := (key - s.keys[0]) >> s.shift
	if at >= uint64(len(s.first)-1) {
		return len(s.keys)
	}
	lo, hi := int(s.first[at]), int(s.first[at+1])
	for lo < hi {
		mid := int(uint(lo+hi) >> 1)
		if s.keys[mid] < key {
			lo = mid + 1
		} else {
			hi = mid
		}
	}
	return lo
}

// of returns the partition of a customer id.
func (s *splitter) of(id []byte) int {
	if len(s.bounds) == 0 {
		return 0
	}
	if !bytes.HasPrefix(id, s.prefix) {
		if bytes.Compare(id, s.prefix) < 0 {
			return 0
		}
		return len(s.bounds)
	}
	key := keyOf(id[len(s.prefix):])
	lo := s.lowerBound(key)
	if lo < len(s.keys) && s.keys[lo] == key { // the eight bytes do not decide
		rest := s.bounds[lo:]
		return lo + sort.Search(len(rest), func(i int) bool { return bytes.Compare(rest[i], id) > 0 })
	}
	return lo
}
