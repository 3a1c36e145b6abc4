package orders

import (
	"encoding/binary"
	"math/bits"

	"github.com/cespare/xxhash/v2"

	"winback/data/columns"
)

// customerIndex numbers the customers of a partition in order of appearance.
type customerIndex struct {
	ids    []byte
	ends   []uint32
	hashes []uint64
	table  []int32 // open addressing: customer + 1, by hash of the id
}

func (x *customerIndex) reset() {
	x.ids, x.ends, x.hashes = x.ids[:0], x.ends[:0], x.hashes[:0]
	if len(x.table) == 0 {
		x.table = make([]int32, 1024)
	}
	clear(x.table)
}

func (x *customerIndex) len() int { return len(x.ends) }

func (x *customerIndex) id(c int) []byte {
	start := uint32(0)
	if c > 0 {
		start = x.ends[c-1]
	}
	return x.ids[start:x.ends[c]]
}

// add returns the number of the customer with that id.
func (x *customerIndex) add(prefix, rest []byte) int32 {
	start := len(x.ids)
	x.ids = append(x.ids, prefix...)
	x.ids = append(x.ids, rest...)
	id := x.ids[start:]
	hash := idHash(id)
	mask := uint64(len(x.table) - 1)
	for at := hash & mask; ; at = (at + 1) & mask {
		c := x.table[at]
		if c == 0 {
			x.ends, x.hashes = append(x.ends, uint32(len(x.ids))), append(x.hashes, hash)
			x.table[at] = int32(len(x.ends))
			if 2*len(x.ends) > len(x.table) {
				x.widen()
			}
			return int32(len(x.ends) - 1)
		}
		if x.hashes[c-1] == hash && columns.SameText(x.id(int(c-1)), id) {
			x.ids = x.ids[:start]
			return c - 1
		}
	}
}

// idHash spreads ids over the table; those of 8 to 16 bytes, as most are, by a
// product of 128 bits of all that they hold.
func idHash(id []byte) uint64 {
	n := len(id)
	if n < 8 || n > 16 {
		return xxhash.Sum64(id)
	}
	hi, lo := bits.Mul64(binary.LittleEndian.Uint64(id)^0xa0761d6478bd642f, binary.LittleEndian.Uint64(id[n-8:])^0xe7037ed1a0b428db)
	return hi ^ lo
}

func (x *customerIndex) widen() {
	x.table = make([]int32, 4*len(x.table))
	mask := uint64(len(x.table) - 1)
	for c, hash := range x.hashes {
		at := hash & mask
		for x.table[at] != 0 {
			at = (at + 1) & mask
		}
		x.table[at] = int32(c + 1)
	}
}
