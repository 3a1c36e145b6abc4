package guard

import (
	"encoding/binary"
	"math/bits"
)

// runs walks the hybrid of run lengths and bit packing in which levels and
// dictionary numbers are stored, without unpacking more than it must.
type runs struct {
	b     []byte
	width int // bits of a value, 0 to 32
}

// tally is what a walk over runs found in the first values.
type tally struct {
	equal int // values that equal the level asked for
	zero  int // values that are 0
}

// walk proves that the runs hold n values, each at most top, and little beyond
// them. equal is the value to count.
func (r *runs) walk(n int, top, equal uint32) (tally, *Error) {
	var found tally
	left := n
	for at := 0; at < len(r.b); {
		u, size := binary.Uvarint(r.b[at:])
		if size <= 0 {
			return found, wrong("a run is damaged")
		}
		at += size
		many := u >> 1
		if many == 0 {
			continue // writers fill up with zeros
		}
		if left == 0 {
			return found, wrong("more than %s values follow", count(int64(n)))
		}
		var used int
		var err *Error
		if u&1 == 0 {
			used, err = r.repeat(r.b[at:], many, left, top, equal, &found)
			left -= int(min(many, uint64(left)))
		} else {
			used, err = r.packed(r.b[at:], many, left, top, equal, &found)
			left -= int(min(many*8, uint64(left)))
		}
		if err != nil {
			return found, err
		}
		at += used
	}
	if left > 0 && r.width > 0 {
		return found, wrong("only %s of %s values are there", count(int64(n-left)), count(int64(n)))
	}
	found.zero += left // with no bits, no run needs to say so
	return found, nil
}

// repeat takes a run of one value. Nothing may follow the last value that is
// wanted, for the decoder would believe any length.
func (r *runs) repeat(b []byte, many uint64, left int, top, equal uint32, found *tally) (int, *Error) {
	if many > uint64(left) {
		return 0, wrong("a run of %s values where %s are left", countU(many), count(int64(left)))
	}
	size := (r.width + 7) / 8
	if size > len(b) {
		return 0, wrong("a run ends early")
	}
	var value uint32
	for i := size - 1; i >= 0; i-- {
		value = value<<8 | uint32(b[i])
	}
	if value > top {
		return 0, wrong("value %d where at most %d is possible", value, top)
	}
	if value == equal {
		found.equal += int(many)
	}
	if value == 0 {
		found.zero += int(many)
	}
	return size, nil
}

// packed takes groups of eight values. Groups beyond the values that are wanted
// must be there in full, as some writers fill up blocks of them; the last group
// that is wanted may be cut.
func (r *runs) packed(b []byte, groups uint64, left int, top, equal uint32, found *tally) (int, *Error) {
	wanted := uint64(left+7) / 8
	if groups > wanted && (r.width == 0 || groups > uint64(len(b)/r.width)) {
		return 0, wrong("%s groups of packed values where %s values are left", countU(groups), count(int64(left)))
	}
	values := int(min(groups*8, uint64(left)))
	need := (values*r.width + 7) / 8
	if need > len(b) {
		return 0, wrong("packed values end early")
	}
	if err := r.unpack(b[:need], values, top, equal, found); err != nil {
		return 0, err
	}
	return min(int(groups)*r.width, len(b)), nil
}

// unpack counts in the packed values and proves that none is above top.
func (r *runs) unpack(b []byte, values int, top, equal uint32, found *tally) *Error {
	switch {
	case r.width == 0:
		found.zero += values
		return nil
	case r.width == 1 && top >= 1 && equal == 1:
		ones := popcount(b, values)
		found.equal += ones
		found.zero += values - ones
		return nil
	}
	mask := uint64(1)<<r.width - 1
	if mask <= uint64(top) && equal > top {
		return nil // nothing to refuse and nothing to count
	}
	if equal > top {
		return r.highest(b, values, top)
	}
	var held uint64
	var have, at int
	for range values {
		for have < r.width {
			held |= uint64(b[at]) << have
			at++
			have += 8
		}
		v := uint32(held & mask)
		held >>= r.width
		have -= r.width
		if v > top {
			return wrong("value %d where at most %d is possible", v, top)
		}
		if v == equal {
			found.equal++
		}
		if v == 0 {
			found.zero++
		}
	}
	return nil
}

// highest proves that no packed value is above top.
func (r *runs) highest(b []byte, values int, top uint32) *Error {
	mask := uint64(1)<<r.width - 1
	var most uint64
	bit := 0
	for ; bit/8+8 <= len(b) && values > 0; values-- {
		most = max(most, binary.LittleEndian.Uint64(b[bit/8:])>>(bit%8)&mask)
		bit += r.width
	}
	for ; values > 0; values-- {
		most = max(most, bitsAt(b, bit, r.width))
		bit += r.width
	}
	if most > uint64(top) {
		return wrong("value %d where at most %d is possible", most, top)
	}
	return nil
}

func popcount(b []byte, values int) int {
	n := 0
	for len(b) >= 8 && values >= 64 {
		n += bits.OnesCount64(binary.LittleEndian.Uint64(b))
		b, values = b[8:], values-64
	}
	for _, x := range b {
		if values < 8 {
			x &= 1<<values - 1
		}
		n += bits.OnesCount8(x)
		values -= min(values, 8)
	}
	return n
}
