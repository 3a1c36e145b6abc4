package guard

import (
	"encoding/binary"
	"math/bits"
)

// runs takes apart the hybrid of run lengths and bit packing in which levels and
// dictionary numbers are stored, and proves it on the way.
type runs struct {
	b     []byte // not yet taken
	width int    // bits of a value, 0 to 32
	top   uint32 // the highest value that is possible
	n     int    // values wanted
	left  int    // of those, not yet taken
}

// run is a stretch of values: all the same, or packed.
type run struct {
	count  int
	value  uint32
	packed []byte // nil where all are the same
}

func newRuns(b []byte, n, width int, top uint32) runs {
	return runs{b: b, width: width, top: top, n: n, left: n}
}

// next returns the next run of wanted values, one of no values behind the last.
// It proves that the runs hold all values, and little beyond them.
func (r *runs) next() (run, *Error) {
	for len(r.b) > 0 {
		u, size := binary.Uvarint(r.b)
		if size <= 0 {
			return run{}, wrong("a run is damaged")
		}
		r.b = r.b[size:]
		many := u >> 1
		if many == 0 {
			continue // writers fill up with zeros
		}
		if r.left == 0 {
			return run{}, wrong("more than %s values follow", count(int64(r.n)))
		}
		if u&1 == 0 {
			return r.repeated(many)
		}
		return r.groups(many)
	}
	if r.left > 0 && r.width > 0 {
		return run{}, wrong("only %s of %s values are there", count(int64(r.n-r.left)), count(int64(r.n)))
	}
	rest := r.left
	r.left = 0
	return run{count: rest}, nil // with no bits, no run needs to say so
}

// repeated takes a run of one value. It may not go beyond the last value that is
// wanted: any length could be claimed.
func (r *runs) repeated(many uint64) (run, *Error) {
	if many > uint64(r.left) {
		return run{}, wrong("a run of %s values where %s are left", countU(many), count(int64(r.left)))
	}
	size := (r.width + 7) / 8
	if size > len(r.b) {
		return run{}, wrong("a run ends early")
	}
	var value uint32
	for i := size - 1; i >= 0; i-- {
		value = value<<8 | uint32(r.b[i])
	}
	if value > r.top {
		return run{}, wrong("value %d where at most %d is possible", value, r.top)
	}
	r.b = r.b[size:]
	r.left -= int(many)
	return run{count: int(many), value: value}, nil
}

// groups takes packed groups of eight values. Groups beyond the values that are
// wanted must be there in full, as some writers fill up blocks of them; the last
// group that is wanted may be cut.
func (r *runs) groups(many uint64) (run, *Error) {
	wanted := uint64(r.left+7) / 8
	if many > wanted && (r.width == 0 || many > uint64(len(r.b)/r.width)) {
		return run{}, wrong("%s groups of packed values where %s values are left", countU(many), count(int64(r.left)))
	}
	n := int(min(many*8, uint64(r.left)))
	need := (n*r.width + 7) / 8
	if need > len(r.b) {
		return run{}, wrong("packed values end early")
	}
	found := run{count: n, packed: r.b[:need]}
	r.b = r.b[min(int(many)*r.width, len(r.b)):]
	r.left -= n
	if r.width == 0 {
		found.packed = nil
	}
	return found, nil
}

// numbers unpacks the values, as many as out holds.
func (r *runs) numbers(out []int32) *Error {
	for {
		found, err := r.next()
		if err != nil || found.count == 0 {
			return err
		}
		part := out[:found.count]
		out = out[found.count:]
		if found.packed == nil {
			fill(part, int32(found.value))
		} else if err := r.unpack(part, found.packed); err != nil {
			return err
		}
	}
}

// unpack unpacks values and proves that none is above the top.
func (r *runs) unpack(out []int32, b []byte) *Error {
	if most := unpackBits(out, b, r.width); most > r.top {
		return wrong("value %d where at most %d is possible", most, r.top)
	}
	return nil
}

// unpackBits unpacks values of 0 to 32 bits, and returns the highest.
func unpackBits(out []int32, b []byte, width int) (most uint32) {
	mask := uint64(1)<<width - 1
	bit := 0
	for i := range out {
		var v uint32
		if at := bit >> 3; at+8 <= len(b) {
			v = uint32(binary.LittleEndian.Uint64(b[at:]) >> (bit & 7) & mask)
		} else {
			v = uint32(bitsAt(b, bit, width))
		}
		out[i] = int32(v)
		most = max(most, v)
		bit += width
	}
	return most
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

func fill[T any](out []T, value T) {
	for i := range out {
		out[i] = value
	}
}

// tally is what a walk over levels found.
type tally struct {
	equal int // levels that equal the top
	zero  int // levels that are 0
}

// levels proves n levels up to top, and counts them.
func levels(b []byte, n, top int) (found tally, err *Error) {
	r := newRuns(b, n, bits.Len(uint(top)), uint32(top))
	for {
		next, err := r.next()
		switch {
		case err != nil || next.count == 0:
			return found, err
		case next.packed == nil:
			found.add(next.value, next.count, r.top)
		case r.width == 1:
			ones := popcount(next.packed, next.count)
			found.add(1, ones, r.top)
			found.add(0, next.count-ones, r.top)
		default:
			if err := found.addPacked(&r, next); err != nil {
				return found, err
			}
		}
	}
}

func (t *tally) add(value uint32, n int, top uint32) {
	if value == top {
		t.equal += n
	}
	if value == 0 {
		t.zero += n
	}
}

func (t *tally) addPacked(r *runs, next run) *Error {
	for i := range next.count {
		v := uint32(bitsAt(next.packed, i*r.width, r.width))
		if v > r.top {
			return wrong("value %d where at most %d is possible", v, r.top)
		}
		t.add(v, 1, r.top)
	}
	return nil
}

// defined unpacks proven levels: whether each equals top.
func defined(b []byte, top int, out []bool) {
	r := newRuns(b, len(out), bits.Len(uint(top)), uint32(top))
	for len(out) > 0 {
		next, err := r.next()
		if err != nil || next.count == 0 {
			return // not so: they were proven
		}
		part := out[:next.count]
		out = out[next.count:]
		if next.packed == nil {
			fill(part, next.value == r.top)
			continue
		}
		for i := range part {
			part[i] = bitsAt(next.packed, i*r.width, r.width) == uint64(top)
		}
	}
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
