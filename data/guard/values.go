package guard

import (
	"encoding/binary"
	"math"
	"math/bits"
)

// pageWalk proves pages of one column chunk, uncompressed.
type pageWalk struct {
	column     *Column
	limit      int64
	dictionary int // values in the dictionary, -1 where none was seen
}

// values proves that b holds n values (no nulls) in the encoding, exactly.
func (p *pageWalk) values(e Encoding, b []byte, n int) *Error {
	if n == 0 && len(b) == 0 {
		return nil
	}
	switch e {
	case Plain:
		return p.plain(b, n)
	case PlainDictionary, RLEDictionary:
		return p.numbers(b, n)
	case DeltaBinaryPacked:
		d := delta{b: b, bits: 8 * p.width()}
		if err := d.walk(n, nil); err != nil {
			return err
		}
		return nothingLeft(d.b)
	case DeltaLengthByteArray:
		return p.lengths(b, n)
	case DeltaByteArray:
		return p.prefixes(b, n, p.column.Length)
	case ByteStreamSplit:
		return p.exactly(b, n)
	case RLE:
		return truths(b, n)
	}
	return wrong("encoding %s cannot be read", e)
}

// takes says whether the encoding is one of those for the column's type that
// the reader behind decodes.
func (c *Column) takes(e Encoding) bool {
	switch e {
	case Plain:
		return true
	case RLE:
		return c.Physical == Boolean
	case PlainDictionary, RLEDictionary:
		return c.Physical != Boolean
	case DeltaBinaryPacked:
		return c.Physical == Int32 || c.Physical == Int64
	case DeltaLengthByteArray:
		return c.Physical == ByteArray
	case DeltaByteArray:
		return c.Physical == ByteArray || c.Physical == FixedLenByteArray
	case ByteStreamSplit:
		return c.Physical != Boolean && c.Physical != Int96 && c.Physical != ByteArray
	}
	return false
}

// width is how many bytes a value takes, 0 where they differ.
func (p *pageWalk) width() int {
	switch p.column.Physical {
	case Int32, Float:
		return 4
	case Int64, Double:
		return 8
	case Int96:
		return 12
	case FixedLenByteArray:
		return p.column.Length
	}
	return 0
}

func (p *pageWalk) plain(b []byte, n int) *Error {
	switch p.column.Physical {
	case Boolean:
		if len(b) != (n+7)/8 {
			return wrong("%s for %s truth values", bytesText(int64(len(b))), count(int64(n)))
		}
		return nil
	case ByteArray:
		return texts(b, n)
	}
	return p.exactly(b, n)
}

// maxPadding is how many zeros one writer (fastparquet) puts behind the values
// of a page.
const maxPadding = 8

func (p *pageWalk) exactly(b []byte, n int) *Error {
	more := int64(len(b)) - int64(n)*int64(p.width())
	if more < 0 || more > maxPadding || nothingLeft(b[int64(len(b))-more:]) != nil {
		return wrong("%s for %s values of %d bytes", bytesText(int64(len(b))), count(int64(n)), p.width())
	}
	return nil
}

// texts proves that n length-prefixed values fill b.
func texts(b []byte, n int) *Error {
	size := int64(len(b))
	for i := range n {
		if len(b) < 4 {
			return wrong("only %s of %s values are there", count(int64(i)), count(int64(n)))
		}
		length := uint64(binary.LittleEndian.Uint32(b))
		if length > uint64(len(b)-4) {
			return wrong("value %s is said to be %s long, %s are left", count(int64(i)+1), bytesText(int64(length)), bytesText(int64(len(b)-4)))
		}
		b = b[4+length:]
	}
	if len(b) > maxPadding || nothingLeft(b) != nil {
		return wrong("%s of %s bytes are left after the last value", count(int64(len(b))), count(size))
	}
	return nil
}

// numbers proves a page of n numbers of dictionary values.
func (p *pageWalk) numbers(b []byte, n int) *Error {
	if p.dictionary < 0 {
		return wrong("it refers to a dictionary, and none stands before it")
	}
	if p.dictionary == 0 && n > 0 {
		return wrong("it refers to a dictionary that is empty")
	}
	if len(b) == 0 {
		return wrong("it is empty, and should hold %s values", count(int64(n)))
	}
	width := int(b[0])
	if width > 32 {
		return wrong("dictionary numbers of %d bits", width)
	}
	r := runs{b: b[1:], width: width}
	_, err := r.walk(n, uint32(max(p.dictionary-1, 0)), math.MaxUint32)
	return err
}

// truths proves a page of n truth values in runs. The decoder behind takes the
// byte of a run for eight values, so that runs of true come out wrong; they are
// refused.
func truths(b []byte, n int) *Error {
	if len(b) < 4 {
		return wrong("its truth values end early")
	}
	if size := uint64(binary.LittleEndian.Uint32(b)); size != uint64(len(b)-4) {
		return wrong("its truth values are said to be %s bytes, %s are left", countU(size), count(int64(len(b)-4)))
	}
	left := n
	for b = b[4:]; len(b) > 0; {
		u, size := binary.Uvarint(b)
		many := u >> 1
		b = b[max(size, 0):]
		switch {
		case size <= 0 || len(b) == 0 && many > 0:
			return wrong("its truth values end early")
		case many == 0:
		case left == 0:
			return wrong("more than %s truth values follow", count(int64(n)))
		case u&1 == 1:
			if many > uint64(len(b)) {
				return wrong("its truth values end early")
			}
			left -= int(min(many*8, uint64(left)))
			b = b[many:]
		case many > uint64(left):
			return wrong("a run of %s truth values where %s are left", countU(many), count(int64(left)))
		case b[0] != 0 || many%8 != 0 && many < uint64(left):
			return wrong("truth values in runs cannot be read")
		default:
			left -= int(many)
			b = b[1:]
		}
	}
	if left > 0 {
		return wrong("only %s of %s truth values are there", count(int64(n-left)), count(int64(n)))
	}
	return nil
}

// levels proves n levels and counts those that equal top, and the zeros.
func levels(b []byte, n, top int) (tally, *Error) {
	r := runs{b: b, width: bits.Len(uint(top))}
	return r.walk(n, uint32(top), uint32(top))
}

// nothingLeft accepts zeros, with which some writers fill up.
func nothingLeft(b []byte) *Error {
	for _, x := range b {
		if x != 0 {
			return wrong("%s are left after the last value", bytesText(int64(len(b))))
		}
	}
	return nil
}
