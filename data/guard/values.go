package guard

import "encoding/binary"

// pageWalk unpacks and proves pages of one column chunk, uncompressed.
type pageWalk struct {
	column     *Column
	limit      int64
	dictionary int  // values in the dictionary, -1 where none was seen
	elsewhere  bool // the values are proved for parquet-go

	// Of the page at hand, used again for the next.
	ends    []uint32
	numbers []byte
	decoded []byte
	codes   []int32
	set     []bool
}

// values unpacks n values (no nulls) in the encoding and proves that they fill b.
// Where the encoding is one of numbers in the dictionary it returns those instead.
func (p *pageWalk) values(e Encoding, b []byte, n int) (v Values, codes []int32, err *Error) {
	if n == 0 && len(b) == 0 {
		return Values{Width: p.width()}, nil, nil
	}
	switch e {
	case Plain:
		v, err = p.plain(b, n)
	case PlainDictionary, RLEDictionary:
		codes, err = p.codesOf(b, n)
	case DeltaBinaryPacked:
		v, err = p.deltas(b, n)
	case DeltaLengthByteArray:
		v, err = p.lengths(b, n)
	case DeltaByteArray:
		v, err = p.prefixes(b, n, p.column.Length)
	case ByteStreamSplit:
		v, err = p.split(b, n)
	case RLE:
		v, err = p.truths(b, n)
	default:
		err = wrong("encoding %s cannot be read", e)
	}
	return v, codes, err
}

// takes says whether the encoding is one of those for the column's type.
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
	case Boolean:
		return 1 // unpacked
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

func (p *pageWalk) plain(b []byte, n int) (Values, *Error) {
	switch p.column.Physical {
	case Boolean:
		if len(b) != (n+7)/8 {
			return Values{}, wrong("%s for %s truth values", bytesText(int64(len(b))), count(int64(n)))
		}
		p.decoded = resize(p.decoded, n)
		for i := range p.decoded {
			p.decoded[i] = b[i/8] >> (i % 8) & 1
		}
		return FixedValues(1, p.decoded), nil
	case ByteArray:
		return p.texts(b, n)
	}
	return p.exactly(b, n)
}

// maxPadding is how many zeros one writer (fastparquet) puts behind the values
// of a page.
const maxPadding = 8

// exactly takes n values of the same width, as they lie there.
func (p *pageWalk) exactly(b []byte, n int) (Values, *Error) {
	size := int64(n) * int64(p.width())
	more := int64(len(b)) - size
	if more < 0 || more > maxPadding || nothingLeft(b[size:]) != nil {
		return Values{}, wrong("%s for %s values of %d bytes", bytesText(int64(len(b))), count(int64(n)), p.width())
	}
	return FixedValues(p.width(), b[:size]), nil
}

// texts finds n length-prefixed values.
func (p *pageWalk) texts(b []byte, n int) (Values, *Error) {
	p.ends = resize(p.ends, n+1)
	p.ends[0] = 0
	ends, at := p.ends[1:], 0
	for i := range ends {
		if len(b)-at < prefix {
			return Values{}, wrong("only %s of %s values are there", count(int64(i)), count(int64(n)))
		}
		length, left := uint64(binary.LittleEndian.Uint32(b[at:])), uint64(len(b)-at-prefix)
		if length > left {
			return Values{}, wrong("value %s is said to be %s long, %s are left", count(int64(i)+1), bytesText(int64(length)), bytesText(int64(left)))
		}
		at += prefix + int(length)
		ends[i] = uint32(at)
	}
	if len(b)-at > maxPadding || nothingLeft(b[at:]) != nil {
		return Values{}, wrong("%s of %s bytes are left after the last value", count(int64(len(b)-at)), count(int64(len(b))))
	}
	return Values{Count: n, bytes: b, ends: p.ends, before: prefix}, nil
}

// deltas unpacks whole numbers that are stored as differences.
func (p *pageWalk) deltas(b []byte, n int) (Values, *Error) {
	d := delta{b: b, bits: 8 * p.width()}
	p.decoded = resize(p.decoded, n*p.width())
	if err := d.numbers(n, p.decoded); err != nil {
		return Values{}, err
	}
	if err := nothingLeft(d.b); err != nil {
		return Values{}, err
	}
	return FixedValues(p.width(), p.decoded), nil
}

// split puts the bytes of values together that are stored first bytes first.
func (p *pageWalk) split(b []byte, n int) (Values, *Error) {
	v, err := p.exactly(b, n)
	if err != nil {
		return v, err
	}
	p.decoded = resize(p.decoded, len(v.bytes))
	for k := range v.Width {
		at := k
		for _, x := range v.bytes[k*n : (k+1)*n] {
			p.decoded[at] = x
			at += v.Width
		}
	}
	return FixedValues(v.Width, p.decoded), nil
}

// codesOf unpacks n numbers of dictionary values.
func (p *pageWalk) codesOf(b []byte, n int) ([]int32, *Error) {
	if p.dictionary < 0 {
		return nil, wrong("it refers to a dictionary, and none stands before it")
	}
	if p.dictionary == 0 && n > 0 {
		return nil, wrong("it refers to a dictionary that is empty")
	}
	if len(b) == 0 {
		return nil, wrong("it is empty, and should hold %s values", count(int64(n)))
	}
	width := int(b[0])
	if width > 32 {
		return nil, wrong("dictionary numbers of %d bits", width)
	}
	p.codes = resize(p.codes, n)
	r := newRuns(b[1:], n, width, uint32(max(p.dictionary-1, 0)))
	return p.codes, r.numbers(p.codes)
}

// truths unpacks a page of n truth values in runs.
func (p *pageWalk) truths(b []byte, n int) (Values, *Error) {
	if len(b) < 4 {
		return Values{}, wrong("its truth values end early")
	}
	if size := uint64(binary.LittleEndian.Uint32(b)); size != uint64(len(b)-4) {
		return Values{}, wrong("its truth values are said to be %s bytes, %s are left", countU(size), count(int64(len(b)-4)))
	}
	if p.elsewhere {
		return Values{}, truths(b, n)
	}
	p.codes = resize(p.codes, n)
	r := newRuns(b[4:], n, 1, 1)
	if err := r.numbers(p.codes); err != nil {
		return Values{}, err
	}
	p.decoded = resize(p.decoded, n)
	for i, bit := range p.codes {
		p.decoded[i] = byte(bit)
	}
	return FixedValues(1, p.decoded), nil
}

// truths proves a page of n truth values in runs for parquet-go, which takes the
// byte of a run for eight values, so that runs of true come out wrong; they are
// refused.
func truths(b []byte, n int) *Error {
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

// nothingLeft accepts zeros, with which some writers fill up.
func nothingLeft(b []byte) *Error {
	for _, x := range b {
		if x != 0 {
			return wrong("%s are left after the last value", bytesText(int64(len(b))))
		}
	}
	return nil
}
