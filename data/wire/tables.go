package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// table is a table of FlatBuffers (https://flatbuffers.dev/internals), of which the heads
// of Arrow's messages are made. Whatever lies outside of the bytes panics.
type table struct {
	bytes  []byte
	at     int
	fields *int // that may still be met in the whole message
}

func rootOf(b []byte) table {
	most := len(b) / 4 // each takes an offset of four bytes
	return table{b, int(binary.LittleEndian.Uint32(b)), &most}
}

// place is where a value lies; 0 where it is not set.
func (t table) place(slot int) int {
	slots := t.at - int(int32(binary.LittleEndian.Uint32(t.bytes[t.at:])))
	if 4+2*slot >= int(binary.LittleEndian.Uint16(t.bytes[slots:])) {
		return 0
	}
	offset := int(binary.LittleEndian.Uint16(t.bytes[slots+4+2*slot:]))
	if offset == 0 {
		return 0
	}
	return t.at + offset
}

func (t table) kind(slot int) byte {
	if at := t.place(slot); at > 0 {
		return t.bytes[at]
	}
	return 0
}

func (t table) number(slot int) int64 {
	if at := t.place(slot); at > 0 {
		return int64(binary.LittleEndian.Uint64(t.bytes[at:]))
	}
	return 0
}

func (t table) offset(at int) int { return at + int(binary.LittleEndian.Uint32(t.bytes[at:])) }

func (t table) table(slot int) table {
	if at := t.place(slot); at > 0 {
		t.at = t.offset(at)
		return t
	}
	panic(errors.New("a part of it is missing"))
}

// tables is where a list of tables begins, and how many it has. The error says that it
// has more than the message has room for.
func (t table) tables(slot int) (at, n int, err error) {
	if at = t.place(slot); at == 0 {
		return 0, 0, nil
	}
	at = t.offset(at)
	n = int(binary.LittleEndian.Uint32(t.bytes[at:]))
	if at += 4; n > (len(t.bytes)-at)/4 {
		return 0, 0, fmt.Errorf("the schema says %d entries of a list, but has room for %d", n, (len(t.bytes)-at)/4)
	}
	return at, n, nil
}

// checkSchema checks the lengths of all lists in a schema.
func (t table) checkSchema() error {
	_, _, err := t.tables(schemaMetadata)
	if err != nil {
		return err
	}
	return t.checkFields(schemaFields, deepest)
}

func (t table) checkFields(slot, deeper int) error {
	at, n, err := t.tables(slot)
	if err != nil {
		return err
	}
	if *t.fields -= n; *t.fields < 0 || deeper == 0 {
		return errors.New("the schema has fields within fields without an end")
	}
	for i := range n {
		field := t
		field.at = t.offset(at + 4*i)
		if _, _, err := field.tables(fieldMetadata); err != nil {
			return err
		}
		if err := field.checkFields(fieldChildren, deeper-1); err != nil {
			return err
		}
	}
	return nil
}
