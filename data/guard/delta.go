package guard

import (
	"encoding/binary"
	"math"
)

// maxDeltaBlock is the largest block that the reader behind takes, in values.
const maxDeltaBlock = 65536

// delta walks a DELTA_BINARY_PACKED sequence.
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

// walk proves that the sequence holds n values. It leaves in d.b what follows.
// Where each is not nil it is called with every value, and may refuse it.
func (d *delta) walk(n int, each func(v int64) *Error) *Error {
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
	if each != nil {
		if err := each(h.first); err != nil {
			return err
		}
	}
	value := h.first
	for left := n - 1; left > 0; {
		took, err := d.block(h, left, &value, each)
		if err != nil {
			return err
		}
		left -= took
	}
	return nil
}

func (d *delta) block(h deltaHead, left int, value *int64, each func(v int64) *Error) (took int, err *Error) {
	least, ok := d.varint()
	if !ok || len(d.b) < h.minis {
		return 0, wrong("the deltas end early")
	}
	widths := d.b[:h.minis]
	d.b = d.b[h.minis:]
	size := h.block / h.minis
	for _, w := range widths {
		n := min(size, left-took)
		if n == 0 {
			break // what follows the last value holds nothing
		}
		if int(w) > d.bits {
			return 0, wrong("deltas of %d bits for values of %d", w, d.bits)
		}
		part := d.b[:min(size*int(w)/8, len(d.b))]
		if need := (n*int(w) + 7) / 8; need > len(part) {
			return 0, wrong("the deltas end early")
		}
		d.b = d.b[len(part):]
		if each != nil {
			if err := d.values(part, int(w), n, least, value, each); err != nil {
				return 0, err
			}
		}
		took += n
	}
	return took, nil
}

func (d *delta) values(part []byte, width, n int, least int64, value *int64, each func(v int64) *Error) *Error {
	bit := 0
	for range n {
		*value += least + int64(bitsAt(part, bit, width))
		bit += width
		if d.bits == 32 {
			*value = int64(int32(*value)) // wraps, as the format says
		}
		if err := each(*value); err != nil {
			return err
		}
	}
	return nil
}

// bitsAt reads width bits from bit on, the lowest first.
func bitsAt(b []byte, bit, width int) uint64 {
	var v uint64
	for got := 0; got < width; {
		x := uint64(b[(bit+got)/8]) >> ((bit + got) % 8)
		v |= x << got
		got += 8 - (bit+got)%8
	}
	if width < 64 {
		v &= 1<<width - 1
	}
	return v
}

// lengths proves that the n lengths at the start of b, and what they measure,
// fill b.
func (p *pageWalk) lengths(b []byte, n int) *Error {
	d := delta{b: b, bits: 32}
	var sum int64
	err := d.walk(n, func(v int64) *Error {
		if v < 0 {
			return wrong("a value of negative length")
		}
		sum += v
		return nil
	})
	if err == nil && sum != int64(len(d.b)) {
		return wrong("its texts are %s together, %s are there", bytesText(sum), bytesText(int64(len(d.b))))
	}
	return err
}

// prefixes proves a DELTA_BYTE_ARRAY page: how much each value takes over from
// the one before, and what is new. fixed is the length that every value must
// have, 0 for any.
func (p *pageWalk) prefixes(b []byte, n, fixed int) *Error {
	d := delta{b: b, bits: 32}
	shared := make([]int32, 0, n)
	err := d.walk(n, func(v int64) *Error {
		shared = append(shared, int32(v))
		return nil
	})
	if err != nil {
		return err
	}
	var last, total, fresh int64
	i := 0
	err = d.walk(n, func(v int64) *Error {
		take := int64(shared[i])
		i++
		if v < 0 || take < 0 || take > last {
			return wrong("a value takes %d bytes over from one of %d", take, last)
		}
		last = take + v
		if fixed > 0 && last != int64(fixed) {
			return wrong("a value of %d bytes where all have %d", last, fixed)
		}
		total += last
		fresh += v
		return nil
	})
	switch {
	case err != nil:
		return err
	case fresh != int64(len(d.b)):
		return wrong("its texts are %s together, %s are there", bytesText(fresh), bytesText(int64(len(d.b))))
	case total > p.limit:
		return wrong("its texts would take %s, the limit is %s", bytesText(total), bytesText(p.limit))
	}
	return nil
}
