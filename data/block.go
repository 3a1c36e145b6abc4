package data

import (
	"encoding/binary"
	"errors"
	"math"
	"math/bits"
)

// lineBuffer collects normalised order lines of one partition, as columns,
// until they become a block.
type lineBuffer struct {
	ids      []byte
	idEnds   []uint32
	time     []int64
	order    []uint64
	amount   []int64
	quantity []int64
	product  []uint32
	category []uint32
	channel  []uint32
	flags    []uint8
	identity []uint64 // of the whole line, for duplicates and for ties in time
	position []uint64 // file and row, only kept where rows set aside are written out
}

func (b *lineBuffer) lines() int { return len(b.idEnds) }

func (b *lineBuffer) reset() {
	b.ids, b.idEnds = b.ids[:0], b.idEnds[:0]
	b.time, b.order, b.amount, b.quantity = b.time[:0], b.order[:0], b.amount[:0], b.quantity[:0]
	b.product, b.category, b.channel, b.flags = b.product[:0], b.category[:0], b.channel[:0], b.flags[:0]
	b.identity, b.position = b.identity[:0], b.position[:0]
}

func (b *lineBuffer) id(i int) []byte {
	start := uint32(0)
	if i > 0 {
		start = b.idEnds[i-1]
	}
	return b.ids[start:b.idEnds[i]]
}

// encodeBlock writes the lines as a block, the unit in which partitions are
// kept in memory and on disk. data/FORMAT.md describes it.
func encodeBlock(b *lineBuffer) []byte {
	out := make([]byte, 0, b.lines()*40+64)
	out = binary.AppendUvarint(out, uint64(b.lines()))
	out = appendIDs(out, b)
	out = packInts(out, b.time)
	out = packWords(out, b.order)
	out = packInts(out, b.amount)
	out = packInts(out, b.quantity)
	out = packCodes(out, b.product)
	out = packCodes(out, b.category)
	out = packCodes(out, b.channel)
	out = append(out, b.flags...)
	out = packWords(out, b.identity)
	out = packWords(out, b.position)
	return out
}

// appendIDs writes the common prefix of the ids once, then each rest.
func appendIDs(out []byte, b *lineBuffer) []byte {
	prefix := b.id(0)
	for i := 1; i < b.lines(); i++ {
		prefix = prefix[:commonPrefix(prefix, b.id(i))]
		if len(prefix) == 0 {
			break
		}
	}
	out = binary.AppendUvarint(out, uint64(len(prefix)))
	out = append(out, prefix...)
	for i := range b.lines() {
		rest := b.id(i)[len(prefix):]
		out = binary.AppendUvarint(out, uint64(len(rest)))
		out = append(out, rest...)
	}
	return out
}

func commonPrefix(a, b []byte) int {
	n := min(len(a), len(b))
	for i := range n {
		if a[i] != b[i] {
			return i
		}
	}
	return n
}

// packInts writes whole numbers as offsets from their minimum, in units of
// their common scale (whole seconds, whole units of money), in the fewest of
// 0, 1, 2, 4 or 8 bytes each.
func packInts(out []byte, v []int64) []byte {
	scale := int64(1)
	for _, s := range []int64{microsPerDay, 1_000_000, MoneyScale, MoneyScale / 100} {
		if allMultiples(v, s) {
			scale = s
			break
		}
	}
	low, high := int64(math.MaxInt64), int64(math.MinInt64)
	for _, x := range v {
		low, high = min(low, x), max(high, x)
	}
	width := widthOf(uint64(high-low) / uint64(scale))
	out = binary.AppendVarint(out, low)
	out = binary.AppendUvarint(out, uint64(scale))
	out = append(out, width)
	for _, x := range v {
		out = appendFixedWidth(out, uint64(x-low)/uint64(scale), width)
	}
	return out
}

func allMultiples(v []int64, scale int64) bool {
	for _, x := range v {
		if x%scale != 0 {
			return false
		}
	}
	return true
}

func widthOf(most uint64) uint8 {
	switch n := bits.Len64(most); {
	case n == 0:
		return 0
	case n <= 8:
		return 1
	case n <= 16:
		return 2
	case n <= 32:
		return 4
	}
	return 8
}

func appendFixedWidth(out []byte, x uint64, width uint8) []byte {
	switch width {
	case 1:
		return append(out, byte(x))
	case 2:
		return binary.LittleEndian.AppendUint16(out, uint16(x))
	case 4:
		return binary.LittleEndian.AppendUint32(out, uint32(x))
	case 8:
		return binary.LittleEndian.AppendUint64(out, x)
	}
	return out
}

func packCodes(out []byte, v []uint32) []byte {
	most := uint32(0)
	for _, x := range v {
		most = max(most, x)
	}
	width := widthOf(uint64(most))
	out = append(out, width)
	for _, x := range v {
		out = appendFixedWidth(out, uint64(x), width)
	}
	return out
}

func packWords(out []byte, v []uint64) []byte {
	if len(v) == 0 {
		return append(out, 0)
	}
	out = append(out, 8)
	for _, x := range v {
		out = binary.LittleEndian.AppendUint64(out, x)
	}
	return out
}

var errBlock = errors.New("damaged block of order lines")

// blockReader takes a block apart; the first fault sticks in err.
type blockReader struct {
	b   []byte
	err error
}

// decodeBlock appends the lines of a block to buf.
func decodeBlock(block []byte, buf *lineBuffer) error {
	r := blockReader{b: block}
	n := int(r.uvarint())
	if n > len(block) {
		return errBlock
	}
	r.ids(n, buf)
	buf.time = r.ints(n, buf.time)
	buf.order = r.words(n, buf.order)
	buf.amount = r.ints(n, buf.amount)
	buf.quantity = r.ints(n, buf.quantity)
	buf.product = r.codes(n, buf.product)
	buf.category = r.codes(n, buf.category)
	buf.channel = r.codes(n, buf.channel)
	buf.flags = append(buf.flags, r.take(n)...)
	buf.identity = r.words(n, buf.identity)
	buf.position = r.words(n, buf.position)
	return r.err
}

func (r *blockReader) take(n int) []byte {
	if r.err != nil || n < 0 || n > len(r.b) {
		r.err = errBlock
		return nil
	}
	taken := r.b[:n]
	r.b = r.b[n:]
	return taken
}

func (r *blockReader) uvarint() uint64 {
	x, n := binary.Uvarint(r.b)
	if n <= 0 {
		r.err = errBlock
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *blockReader) varint() int64 {
	x, n := binary.Varint(r.b)
	if n <= 0 {
		r.err = errBlock
		return 0
	}
	r.b = r.b[n:]
	return x
}

func (r *blockReader) ids(n int, buf *lineBuffer) {
	prefix := r.take(int(r.uvarint()))
	for range n {
		rest := r.take(int(r.uvarint()))
		if r.err != nil {
			return
		}
		buf.ids = append(buf.ids, prefix...)
		buf.ids = append(buf.ids, rest...)
		buf.idEnds = append(buf.idEnds, uint32(len(buf.ids)))
	}
}

func (r *blockReader) width() int {
	w := r.take(1)
	if len(w) == 0 || bits.OnesCount8(w[0]) > 1 || w[0] > 8 {
		r.err = errBlock
		return 0
	}
	return int(w[0])
}

func (r *blockReader) ints(n int, out []int64) []int64 {
	low, scale := r.varint(), int64(r.uvarint())
	width := r.width()
	b := r.take(n * width)
	if r.err != nil {
		return out
	}
	for i := range n {
		out = append(out, low+int64(fixedWidth(b, i, width))*scale)
	}
	return out
}

func fixedWidth(b []byte, i, width int) uint64 {
	switch width {
	case 1:
		return uint64(b[i])
	case 2:
		return uint64(binary.LittleEndian.Uint16(b[2*i:]))
	case 4:
		return uint64(binary.LittleEndian.Uint32(b[4*i:]))
	case 8:
		return binary.LittleEndian.Uint64(b[8*i:])
	}
	return 0
}

func (r *blockReader) codes(n int, out []uint32) []uint32 {
	width := r.width()
	b := r.take(n * width)
	if r.err != nil {
		return out
	}
	for i := range n {
		out = append(out, uint32(fixedWidth(b, i, width)))
	}
	return out
}

func (r *blockReader) words(n int, out []uint64) []uint64 {
	if r.width() == 0 {
		return out
	}
	b := r.take(n * 8)
	if r.err != nil {
		return out
	}
	for i := range n {
		out = append(out, binary.LittleEndian.Uint64(b[8*i:]))
	}
	return out
}
