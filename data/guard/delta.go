package guard

import (
	"encoding/binary"
	"math"
)

// maxDeltaBlock is the largest block that readers take, in values.
const maxDeltaBlock = 65536

// delta takes a DELTA_BINARY_PACKED sequence apart.
type delta struct {
	b    []byte
	bits int // of the values: 32 or 64
}

// deltaHead is what stands before the blocks.
type deltaHead struct {
	block, minis int
	total        uint64
	first        int64
}

func (d *delta) uvarint() (uint64, bool) {
	u, n := binary.Uvarint(d.b)
	if n <= 0 {
		return 0, false
	}
	d.b = d.b[n:]
	return u, true
}

func (d *delta) varint() (int64, bool) {
	u, ok := d.uvarint()
	return int64(u>>1) ^ -int64(u&1), ok
}

func (d *delta) head() (h deltaHead, err *Error) {
	block, ok1 := d.uvarint()
	minis, ok2 := d.uvarint()
	total, ok3 := d.uvarint()
	first, ok4 := d.varint()
	switch {
	case !ok1 || !ok2 || !ok3 || !ok4:
		return h, wrong("the head of the deltas ends early")
	case block == 0 || block%128 != 0 || block > maxDeltaBlock:
		return h, wrong("delta blocks of %d values, must be a multiple of 128 up to %s", block, count(maxDeltaBlock))
	case minis == 0 || minis > block/32 || block%minis != 0 || block/minis%32 != 0:
		return h, wrong("delta blocks of %d values in %d parts", block, minis)
	case d.bits == 32 && (first < math.MinInt32 || first > math.MaxInt32):
		return h, wrong("the first value %d does not fit 32 bits", first)
	}
	return deltaHead{int(block), int(minis), total, first}, nil
}

// numbers unpacks the n values of the sequence to little-endian numbers of its
// bits, behind each other in out. It leaves in d.b what follows.
func (d *delta) numbers(n int, out []byte) *Error {
	h, err := d.head()
	if err != nil {
		return err
	}
	if h.total != uint64(n) {
		return wrong("%s delta values where %s are announced", countU(h.total), count(int64(n)))
	}
	if n == 0 {
		return nil
	}
	size := d.bits / 8
	d.put(out, h.first)
	value := h.first
	for out = out[size:]; len(out) > 0; {
		took, err := d.block(h, &value, out)
		if err != nil {
			return err
		}
		out = out[took*size:]
	}
	return nil
}

func (d *delta) put(out []byte, v int64) {
	if d.bits == 32 {
		binary.LittleEndian.PutUint32(out, uint32(v)) // wraps, as the format says
	} else {
		binary.LittleEndian.PutUint64(out, uint64(v))
	}
}

func (d *delta) block(h deltaHead, value *int64, out []byte) (took int, err *Error) {
	least, ok := d.varint()
	if !ok || len(d.b) < h.minis {
		return 0, wrong("the deltas end early")
	}
	widths := d.b[:h.minis]
	d.b = d.b[h.minis:]
	size := h.block / h.minis
	for _, w := range widths {
		n := min(size, len(out)*8/d.bits)
		if n == 0 {
			break // what follows the last value holds nothing
		}
		if int(w) > d.bits {
			return 0, wrong("deltas of %d bits for values of %d", w, d.bits)
		}
		if need := (n*int(w) + 7) / 8; need > len(d.b) {
			return 0, wrong("the deltas end early")
		}
		d.unpack(int(w), n, least, value, out)
		d.b = d.b[min(size*int(w)/8, len(d.b)):]
		out = out[n*d.bits/8:]
		took += n
	}
	return took, nil
}

// unpack adds up n deltas of width bits, each on top of least.
func (d *delta) unpack(width, n int, least int64, value *int64, out []byte) {
	const fast = 57 // bits that eight bytes hold from any bit of the first on
	mask := uint64(1)<<width - 1
	v, bit, size := *value, 0, d.bits/8
	for i := range n {
		var more uint64
		if at := bit >> 3; width <= fast && at+8 <= len(d.b) {
			more = binary.LittleEndian.Uint64(d.b[at:]) >> (bit & 7) & mask
		} else {
			more = bitsAt(d.b, bit, width)
		}
		v += least + int64(more)
		bit += width
		d.put(out[i*size:], v)
	}
	*value = v
}

// lengths unpacks DELTA_LENGTH_BYTE_ARRAY: n lengths, and the texts that they
// measure.
func (p *pageWalk) lengths(b []byte, n int) (Values, *Error) {
	d := delta{b: b, bits: 32}
	p.numbers = resize(p.numbers, 4*n)
	if err := d.numbers(n, p.numbers); err != nil {
		return Values{}, err
	}
	p.ends = resize(p.ends, n+1)
	p.ends[0] = 0
	var sum int64
	for i := range n {
		length := int32(binary.LittleEndian.Uint32(p.numbers[4*i:]))
		if length < 0 {
			return Values{}, wrong("a value of negative length")
		}
		sum += int64(length)
		p.ends[i+1] = uint32(sum)
	}
	if sum != int64(len(d.b)) {
		return Values{}, wrong("its texts are %s together, %s are there", bytesText(sum), bytesText(int64(len(d.b))))
	}
	return Values{Count: n, bytes: d.b, ends: p.ends}, nil
}

// prefixes unpacks DELTA_BYTE_ARRAY: how much each value takes over from the one
// before, and what is new. fixed is the length that every value must have, 0 for
// any.
func (p *pageWalk) prefixes(b []byte, n, fixed int) (Values, *Error) {
	d := delta{b: b, bits: 32}
	p.numbers = resize(p.numbers, 8*n)
	shared, fresh := p.numbers[:4*n], p.numbers[4*n:]
	if err := d.numbers(n, shared); err != nil {
		return Values{}, err
	}
	if err := d.numbers(n, fresh); err != nil {
		return Values{}, err
	}
	total, err := p.measure(shared, fresh, len(d.b), fixed)
	if err != nil {
		return Values{}, err
	}
	p.decoded = resize(p.decoded, total)
	last := p.decoded[:0]
	out := p.decoded
	for i := range n {
		take, more := binary.LittleEndian.Uint32(shared[4*i:]), binary.LittleEndian.Uint32(fresh[4*i:])
		copy(out, last[:take])
		copy(out[take:], d.b[:more])
		d.b = d.b[more:]
		last, out = out[:take+more], out[take+more:]
	}
	return Values{Count: n, Width: fixed, bytes: p.decoded, ends: p.ends}, nil
}

// measure proves the lengths of a DELTA_BYTE_ARRAY page of which size bytes are
// new, notes the ends of its values, and says how long they are together.
func (p *pageWalk) measure(shared, fresh []byte, size, fixed int) (int, *Error) {
	n := len(shared) / 4
	p.ends = resize(p.ends, n+1)
	p.ends[0] = 0
	var last, total, new int64
	for i := range n {
		take, more := int64(int32(binary.LittleEndian.Uint32(shared[4*i:]))), int64(int32(binary.LittleEndian.Uint32(fresh[4*i:])))
		if more < 0 || take < 0 || take > last {
			return 0, wrong("a value takes %d bytes over from one of %d", take, last)
		}
		last = take + more
		if fixed > 0 && last != int64(fixed) {
			return 0, wrong("a value of %d bytes where all have %d", last, fixed)
		}
		total += last
		new += more
		p.ends[i+1] = uint32(total)
	}
	switch most := min(p.limit, math.MaxInt32); {
	case new != int64(size):
		return 0, wrong("its texts are %s together, %s are there", bytesText(new), bytesText(int64(size)))
	case total > most:
		return 0, wrong("its texts would take %s, the limit is %s", bytesText(total), bytesText(most))
	}
	return int(total), nil
}
