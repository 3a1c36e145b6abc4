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
	}
	return wrong("encoding %s cannot be read", e)
}

// takes says whether the encoding is one of those for the column's type that
// the reader behind decodes.
func (c *Column) takes(e Encoding) bool {
	switch e {
	case Plain:
		return true
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

func (p *pageWalk) exactly(b []byte, n int) *Error {
	if int64(len(b)) != int64(n)*int64(p.width()) {
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
	if len(b) > 0 {
		return wrong("%s of %s are left after the last value", bytesText(int64(len(b))), bytesText(size))
	}
	return nil
}

// numbers proves a page of n numbers of dictionary values.
func (p *pageWalk) numbers(b []byte, n int) *Error {
	if p.dictionary < 0 {
		return wrong("it refers to a dictionary, and none stands before it")
	}
	if n == 0 {
		return nil
	}
	if p.dictionary == 0 {
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
	_, err := r.walk(n, uint32(p.dictionary-1), math.MaxUint32)
	return err
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
