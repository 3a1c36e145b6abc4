package guard

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"io"

	"github.com/andybalholm/brotli"
	"github.com/parquet-go/parquet-go"
)

// unpacker decompresses pages into one buffer, never to more than announced.
type unpacker struct {
	out  []byte
	gzip gzip.Reader
	in   bytes.Reader
}

// unpack decompresses b, which must give exactly size bytes. They are valid
// until the next call. limit bounds what the decoder may take on the way.
func (u *unpacker) unpack(codec Codec, b []byte, size int, limit int64) ([]byte, *Error) {
	if cap(u.out) < size {
		u.out = make([]byte, size)
	}
	out := u.out[:size:size]
	if err := announcedSize(codec, b, size, limit); err != nil {
		return nil, err
	}
	switch codec {
	case Uncompressed:
		return whole(codec, b, nil, size)
	case Snappy:
		got, err := parquet.Snappy.Decode(out, b)
		return whole(codec, got, err, size)
	case LZ4Raw:
		got, err := parquet.Lz4Raw.Decode(out, b)
		return whole(codec, got, err, size)
	case Zstd:
		got, err := parquet.Zstd.Decode(out[:0], b)
		return whole(codec, got, err, size)
	case Gzip:
		u.in.Reset(b)
		if err := u.gzip.Reset(&u.in); err != nil {
			return nil, wrong("its GZIP data is damaged (%v)", err)
		}
		return exactly(codec, &u.gzip, out)
	case Brotli:
		return exactly(codec, brotli.NewReader(bytes.NewReader(b)), out)
	}
	return nil, wrong("compression %s cannot be read", codec)
}

// announcedSize proves that the compressed data can give size bytes and not
// more, as far as its own marks say; the decoder behind believes them.
func announcedSize(codec Codec, b []byte, size int, limit int64) *Error {
	switch codec {
	case Snappy:
		if n, used := binary.Uvarint(b); used <= 0 || n != uint64(size) {
			return wrong("its SNAPPY data is said to give %d bytes, its header says %s", n, bytesText(int64(size)))
		}
	case LZ4Raw:
		return checkLZ4(b, size)
	case Zstd:
		return checkZstd(b, size, limit)
	}
	return nil
}

// readable says whether pages in the codec can be decoded.
func (c Codec) readable() bool {
	return c >= Uncompressed && c <= LZ4Raw && c != LZO && c != LZ4
}

func whole(codec Codec, got []byte, err error, size int) ([]byte, *Error) {
	if err != nil {
		return nil, wrong("its %s data is damaged (%v)", codec, err)
	}
	if len(got) != size {
		return nil, wrong("its %s data gives %s, its header says %s", codec, bytesText(int64(len(got))), bytesText(int64(size)))
	}
	return got, nil
}

// exactly reads a stream that must end where out is full.
func exactly(codec Codec, r io.Reader, out []byte) ([]byte, *Error) {
	n, err := io.ReadFull(r, out)
	if err != nil && !errors.Is(err, io.EOF) && !errors.Is(err, io.ErrUnexpectedEOF) || err != nil && n == len(out) {
		return nil, wrong("its %s data is damaged (%v)", codec, err)
	}
	if n < len(out) {
		return nil, wrong("its %s data gives %s, its header says %s", codec, bytesText(int64(n)), bytesText(int64(len(out))))
	}
	var more [1]byte
	switch n, err := r.Read(more[:]); {
	case n > 0:
		return nil, wrong("its %s data gives more than the %s of its header", codec, bytesText(int64(len(out))))
	case err != nil && !errors.Is(err, io.EOF):
		return nil, wrong("its %s data is damaged (%v)", codec, err)
	}
	return out, nil
}

// checkLZ4 walks an LZ4 block without copying: the decoder behind takes every
// fault for a lack of room and doubles its buffer without end.
func checkLZ4(b []byte, size int) *Error {
	damaged := wrong("its LZ4_RAW data is damaged")
	made := 0
	for len(b) > 0 {
		token := b[0]
		literals, rest, ok := lengthLZ4(int(token>>4), b[1:])
		if !ok || literals > len(rest) || literals > size-made {
			return damaged
		}
		made += literals
		b = rest[literals:]
		if len(b) == 0 {
			break // the last sequence has no copy
		}
		if len(b) < 2 {
			return damaged
		}
		back := int(binary.LittleEndian.Uint16(b))
		copied, rest, ok := lengthLZ4(int(token&15), b[2:])
		if copied += 4; !ok || back == 0 || back > made || copied > size-made {
			return damaged
		}
		made += copied
		b = rest
		if len(b) == 0 {
			return damaged // a block ends with literals
		}
	}
	if made != size {
		return wrong("its LZ4_RAW data gives %s, its header says %s", bytesText(int64(made)), bytesText(int64(size)))
	}
	return nil
}

func lengthLZ4(n int, b []byte) (int, []byte, bool) {
	if n < 15 {
		return n, b, true
	}
	for i, x := range b {
		n += int(x)
		if n > 1<<31 {
			return 0, nil, false
		}
		if x != 255 {
			return n, b[i+1:], true
		}
	}
	return 0, nil, false
}
