package tablelog

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"

	"github.com/klauspost/compress/flate"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
)

// An Avro object file starts with avroMagic and a map of its schema and codec;
// blocks of records follow, each between marks of 16 bytes. A library is not
// used: the one at hand makes room for as many bytes as a file claims.
const (
	avroMagic = "Obj\x01"
	markBytes = 16
)

var errAvro = errors.New("the Avro file is damaged")

// avroValue is a decoded value; which part counts depends on its type.
type avroValue struct {
	of     *avroType   // nil: null
	number int64       // boolean, int, long, enum, bits of a float or double
	text   string      // bytes, string, fixed
	fields []avroValue // of a record, in the order of its type
	items  []avroValue // of an array
}

// field is the field of a record by name; null where there is none.
func (v avroValue) field(name string) avroValue {
	if v.of != nil {
		for i, f := range v.of.fields {
			if f.name == name && i < len(v.fields) {
				return v.fields[i]
			}
		}
	}
	return avroValue{}
}

func (v avroValue) isNull() bool { return v.of == nil }

// eachAvro decodes the records of an object file one after the other.
func eachAvro(file []byte, room int64, each func(avroValue) error) error {
	d := &avroDecoder{rest: file}
	if !bytes.HasPrefix(file, []byte(avroMagic)) {
		return errors.New("this is no Avro file")
	}
	d.rest = d.rest[len(avroMagic):]
	meta := map[string]string{}
	d.blocks(func() {
		key := d.text()
		meta[key] = d.text()
	})
	mark := d.take(markBytes)
	if d.err != nil {
		return d.err
	}
	schema, err := parseAvroSchema([]byte(meta["avro.schema"]))
	if err != nil {
		return err
	}
	for len(d.rest) > 0 {
		records := d.long()
		block, err := unpackAvro(meta["avro.codec"], []byte(d.text()), room)
		if again := d.take(markBytes); d.err != nil || !bytes.Equal(again, mark) || records < 0 {
			return errAvro
		}
		if err != nil {
			return err
		}
		if err := eachRecord(schema, block, records, room, each); err != nil {
			return err
		}
	}
	return nil
}

func eachRecord(schema *avroType, block []byte, records, room int64, each func(avroValue) error) error {
	b := &avroDecoder{rest: block}
	for range records {
		b.room = room
		before := len(b.rest)
		v := b.value(schema, 0)
		if len(b.rest) == before { // a record takes a byte at least
			return errAvro
		}
		if b.err != nil {
			return b.err
		}
		if err := each(v); err != nil {
			return err
		}
	}
	if len(b.rest) > 0 {
		return errAvro
	}
	return nil
}

// unpackAvro decompresses a block to no more than room bytes.
func unpackAvro(codec string, block []byte, room int64) ([]byte, error) {
	switch codec {
	case "", "null":
		return block, nil
	case "deflate":
		out, err := io.ReadAll(io.LimitReader(flate.NewReader(bytes.NewReader(block)), room+1))
		return unpacked(out, err, room)
	case "zstandard":
		z, err := zstd.NewReader(bytes.NewReader(block), zstd.WithDecoderConcurrency(1), zstd.WithDecoderMaxMemory(uint64(room)), zstd.WithDecoderLowmem(true))
		if err != nil {
			return nil, err
		}
		defer z.Close()
		out, err := io.ReadAll(io.LimitReader(z, room+1))
		return unpacked(out, err, room)
	case "snappy":
		return unsnappy(block, room)
	}
	return nil, fmt.Errorf("the Avro codec %q is not known", codec)
}

// unsnappy decompresses a block that ends with a checksum of what is in it.
func unsnappy(block []byte, room int64) ([]byte, error) {
	const sumBytes = 4
	if len(block) < sumBytes {
		return nil, errAvro
	}
	packed, sum := block[:len(block)-sumBytes], block[len(block)-sumBytes:]
	if n, err := snappy.DecodedLen(packed); err != nil || int64(n) > room {
		return nil, errAvro
	}
	out, err := snappy.Decode(nil, packed)
	if err == nil && crc32.ChecksumIEEE(out) != binary.BigEndian.Uint32(sum) {
		err = errAvro
	}
	return unpacked(out, err, room)
}

func unpacked(out []byte, err error, room int64) ([]byte, error) {
	if err != nil {
		return nil, fmt.Errorf("%w: a block does not decompress: %v", errAvro, err)
	}
	if int64(len(out)) > room {
		return nil, errors.New("a block of the Avro file takes more than the memory limit")
	}
	return out, nil
}

// avroDecoder reads values from bytes; the first fault ends it.
type avroDecoder struct {
	rest []byte
	room int64 // bytes that one record may still take in memory
	err  error
}

func (d *avroDecoder) fail() {
	if d.err == nil {
		d.err = errAvro
	}
	d.rest = nil
}

func (d *avroDecoder) take(n int64) []byte {
	if n < 0 || n > int64(len(d.rest)) {
		d.fail()
		return nil
	}
	b := d.rest[:n]
	d.rest = d.rest[n:]
	return b
}

func (d *avroDecoder) long() int64 {
	v, n := binary.Varint(d.rest)
	if n <= 0 {
		d.fail()
		return 0
	}
	d.rest = d.rest[n:]
	return v
}

func (d *avroDecoder) text() string { return string(d.take(d.long())) }

// blocks reads the items of an array or map, which come in blocks.
func (d *avroDecoder) blocks(item func()) {
	for d.err == nil {
		n := d.long()
		if n < 0 {
			n = -n
			d.long() // bytes of the block
		}
		if n == 0 {
			return
		}
		for before := -1; n != 0 && d.err == nil; n-- {
			if before == len(d.rest) { // an item takes a byte at least
				d.fail()
			}
			before = len(d.rest)
			item()
		}
	}
}

// mostNested is how deep values may lie in others.
const mostNested = 32

// valueBytes is what a value takes in memory beside its text.
const valueBytes = 96

func (d *avroDecoder) value(t *avroType, depth int) avroValue {
	v := avroValue{of: t}
	if d.room -= valueBytes; depth > mostNested || d.room < 0 {
		d.fail()
	}
	if d.err != nil {
		return v
	}
	switch t.kind {
	case "null":
		v.of = nil
	case "boolean":
		if b := d.take(1); len(b) == 1 {
			v.number = int64(b[0])
		}
	case "int", "long", "enum":
		v.number = d.long()
	case "float":
		if b := d.take(4); len(b) == 4 {
			v.number = int64(binary.LittleEndian.Uint32(b))
		}
	case "double":
		if b := d.take(8); len(b) == 8 {
			v.number = int64(binary.LittleEndian.Uint64(b))
		}
	case "bytes", "string":
		v.text = d.text()
	case "fixed":
		v.text = string(d.take(t.size))
	case "array":
		d.blocks(func() { v.items = append(v.items, d.value(t.items, depth+1)) })
	case "map": // none of those that are read counts
		d.blocks(func() { d.text(); d.value(t.items, depth+1) })
	case "union":
		if branch := d.long(); branch >= 0 && branch < int64(len(t.union)) {
			return d.value(t.union[branch], depth+1)
		}
		d.fail()
	case "record":
		for _, f := range t.fields {
			v.fields = append(v.fields, d.value(f.of, depth+1))
		}
	default:
		d.fail()
	}
	return v
}
