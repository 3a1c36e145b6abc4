package snapshots

import (
	"encoding/binary"
	"errors"
	"math"
)

var errRanks = errors.New("the table of ranks cannot be read")

// AppendRanks writes rank tables, column by column: how many values there are, and of
// each by how much its key is above that of the one before (the first above 0), and its
// rank as the four bytes of a number of single precision. The keys of numbers of single
// precision are their bits, all turned around where they are below 0, else the highest.
func AppendRanks(b []byte, tables []Ranks) []byte {
	for i := range tables {
		b = binary.AppendUvarint(b, uint64(len(tables[i].values)))
		before := uint32(0)
		for _, v := range tables[i].values {
			key := orderedKey(v.value)
			b = binary.AppendUvarint(b, uint64(key-before))
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v.rank))
			before = key
		}
	}
	return b
}

// RanksOf reads the tables of so many columns, as AppendRanks wrote them. Values must
// ascend, and ranks within 0 and 1 not fall.
func RanksOf(b []byte, columns int) ([]Ranks, error) {
	tables := make([]Ranks, columns)
	for k := range tables {
		count, n := binary.Uvarint(b)
		if b = b[max(n, 0):]; n <= 0 || count > uint64(len(b)) {
			return nil, errRanks
		}
		c := &tables[k]
		key := uint64(0)
		for i := range count {
			step, n := binary.Uvarint(b)
			if n <= 0 || step > math.MaxUint32 || i > 0 && step == 0 || len(b) < n+4 {
				return nil, errRanks
			}
			key += step
			v := rankOf{valueOfKey(uint32(key)), math.Float32frombits(binary.LittleEndian.Uint32(b[n:]))}
			if key > math.MaxUint32 || v.value != v.value || !(v.rank >= 0 && v.rank <= 1) || i > 0 && v.rank < c.values[i-1].rank {
				return nil, errRanks
			}
			c.values, b = append(c.values, v), b[n+4:]
		}
		c.index()
	}
	if len(b) > 0 {
		return nil, errRanks
	}
	return tables, nil
}

// valueOfKey is the number of a key of orderedKey.
func valueOfKey(key uint32) float32 {
	if key>>31 == 1 {
		return math.Float32frombits(key &^ (1 << 31))
	}
	return math.Float32frombits(^key)
}
