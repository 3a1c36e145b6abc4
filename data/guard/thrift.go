package guard

import "encoding/binary"

// Types of the Thrift compact protocol.
const (
	thriftStop   = 0
	thriftTrue   = 1
	thriftFalse  = 2
	thriftByte   = 3
	thriftI16    = 4
	thriftI32    = 5
	thriftI64    = 6
	thriftDouble = 7
	thriftBinary = 8
	thriftList   = 9
	thriftSet    = 10
	thriftMap    = 11
	thriftStruct = 12
	thriftUUID   = 13
)

// maxNesting is how deep structures may lie within each other. Parquet's own
// reach five levels.
const maxNesting = 24

// thrift walks bytes in the Thrift compact protocol. Nothing is allocated on
// the word of the data: a list is refused where its elements cannot fit into
// the bytes that are left. After the first fault every method returns zero
// values and err says what was wrong.
type thrift struct {
	b        []byte
	at       int
	depth    int
	elements int64 // list elements and structures met so far
	most     int64 // as many as there may be
	err      *Error
	short    bool // the fault is that the bytes end early
}

func (t *thrift) fail(format string, args ...any) {
	if t.err == nil {
		t.err = wrong(format, args...)
	}
}

func (t *thrift) need(n int) bool {
	if t.err != nil {
		return false
	}
	if n < 0 || n > len(t.b)-t.at {
		t.short = true
		t.fail("it ends in the middle of a value, at byte %s", count(int64(t.at)))
		return false
	}
	return true
}

func (t *thrift) byte() byte {
	if !t.need(1) {
		return 0
	}
	t.at++
	return t.b[t.at-1]
}

func (t *thrift) uvarint() uint64 {
	if t.err != nil {
		return 0
	}
	u, n := binary.Uvarint(t.b[t.at:])
	if n == 0 {
		t.need(len(t.b) - t.at + 1)
		return 0
	}
	if n < 0 {
		t.fail("a number at byte %s is longer than 64 bits", count(int64(t.at)))
		return 0
	}
	t.at += n
	return u
}

func (t *thrift) varint() int64 {
	u := t.uvarint()
	return int64(u>>1) ^ -int64(u&1)
}

// is checks the type of a field whose meaning is known.
func (t *thrift) is(have, want byte, name string) bool {
	if t.err == nil && have != want {
		t.fail("%s has the wrong type %d at byte %s", name, have, count(int64(t.at)))
	}
	return t.err == nil
}

func (t *thrift) i32(have byte, name string) int32 {
	if !t.is(have, thriftI32, name) {
		return 0
	}
	v := t.varint()
	if int64(int32(v)) != v {
		t.fail("%s is out of range: %d", name, v)
		return 0
	}
	return int32(v)
}

func (t *thrift) i64(have byte, name string) int64 {
	if !t.is(have, thriftI64, name) {
		return 0
	}
	return t.varint()
}

func (t *thrift) bool(have byte, name string) bool {
	if have != thriftTrue {
		t.is(have, thriftFalse, name)
	}
	return have == thriftTrue
}

func (t *thrift) text(have byte, name string) string {
	if !t.is(have, thriftBinary, name) {
		return ""
	}
	return string(t.take())
}

// take returns the bytes of a length-prefixed value, without copying.
func (t *thrift) take() []byte {
	n := t.uvarint()
	if n > uint64(len(t.b)) {
		t.need(len(t.b) - t.at + 1)
		return nil
	}
	if !t.need(int(n)) {
		return nil
	}
	t.at += int(n)
	return t.b[t.at-int(n) : t.at]
}

// list reads the head of a list and returns how many elements of the wanted
// type follow.
func (t *thrift) list(have, elem byte, name string) int {
	if !t.is(have, thriftList, name) {
		return 0
	}
	n, typ := t.listHead()
	if n > 0 && typ != elem {
		t.fail("%s holds elements of the wrong type %d at byte %s", name, typ, count(int64(t.at)))
	}
	if t.err != nil {
		return 0
	}
	return n
}

func (t *thrift) listHead() (n int, typ byte) {
	head := t.byte()
	u := uint64(head >> 4)
	if u == 15 {
		u = t.uvarint()
	}
	return t.size(u), head & 15
}

// size bounds the number of elements by the bytes that are left: each takes at
// least one.
func (t *thrift) size(u uint64) int {
	if t.err == nil && u > uint64(len(t.b)-t.at) {
		t.short = true
		t.fail("a list of %s elements at byte %s is longer than what is left (%s)", countU(u), count(int64(t.at)), bytesText(int64(len(t.b)-t.at)))
	}
	if t.err != nil {
		return 0
	}
	t.meet(int64(u))
	return int(u)
}

// meet counts elements against their bound.
func (t *thrift) meet(n int64) {
	if t.elements += n; t.elements > t.most {
		t.fail("it lists more than %s elements, too many for the memory limit", count(t.most))
	}
}

// structure calls field for every field of the structure that starts here.
// field consumes the value. A field that stands twice is a fault, since readers
// differ in which one they believe.
func (t *thrift) structure(field func(id int16, typ byte)) {
	if t.depth++; t.depth > maxNesting {
		t.fail("structures lie more than %d levels deep", maxNesting)
	}
	t.meet(1)
	var seen uint64
	id := int16(0)
	for t.err == nil {
		head := t.byte()
		if t.err != nil || head == thriftStop {
			break
		}
		if delta := int16(head >> 4); delta != 0 {
			id += delta
		} else {
			id = t.fieldID()
		}
		if id >= 0 && id < 64 {
			if seen&(1<<id) != 0 {
				t.fail("field %d stands twice in one structure, at byte %s", id, count(int64(t.at)))
			}
			seen |= 1 << id
		}
		if t.err == nil {
			field(id, head&15)
		}
	}
	t.depth--
}

func (t *thrift) fieldID() int16 {
	v := t.varint()
	if int64(int16(v)) != v {
		t.fail("field number %d is out of range", v)
	}
	return int16(v)
}

// skip consumes a value whose meaning does not matter here.
func (t *thrift) skip(typ byte) {
	switch typ {
	case thriftTrue, thriftFalse: // the type is the value
	case thriftByte:
		t.byte()
	case thriftI16, thriftI32, thriftI64:
		t.uvarint()
	case thriftDouble:
		t.advance(8)
	case thriftUUID:
		t.advance(16)
	case thriftBinary:
		t.take()
	case thriftList, thriftSet:
		n, elem := t.listHead()
		t.skipMany(n, elem)
	case thriftMap:
		t.skipMap()
	case thriftStruct:
		t.structure(func(_ int16, typ byte) { t.skip(typ) })
	default:
		t.fail("unknown type %d at byte %s", typ, count(int64(t.at)))
	}
}

func (t *thrift) advance(n int) {
	if t.need(n) {
		t.at += n
	}
}

// element skips one element of a list or map, where a truth value takes a byte.
func (t *thrift) element(typ byte) {
	if typ == thriftTrue || typ == thriftFalse {
		t.byte()
		return
	}
	t.skip(typ)
}

func (t *thrift) skipMany(n int, elem byte) {
	if t.depth++; t.depth > maxNesting {
		t.fail("lists lie more than %d levels deep", maxNesting)
	}
	for i := 0; i < n && t.err == nil; i++ {
		t.element(elem)
	}
	t.depth--
}

func (t *thrift) skipMap() {
	u := t.uvarint()
	if u == 0 || t.err != nil {
		return
	}
	types := t.byte()
	n := t.size(u)
	if t.depth++; t.depth > maxNesting {
		t.fail("maps lie more than %d levels deep", maxNesting)
	}
	for i := 0; i < n && t.err == nil; i++ {
		t.element(types >> 4)
		t.element(types & 15)
	}
	t.depth--
}
