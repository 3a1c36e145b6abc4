package guard

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"sync"

	"github.com/andybalholm/brotli"
	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/snappy"
	"github.com/klauspost/compress/zstd"
	"github.com/pierrec/lz4/v4"
)

// spare is the room beyond the announced size, in bytes, in which data shows
// that it gives more.
const spare = 16

// unpacker decompresses pages, never to more than announced.
type unpacker struct {
	gzip   gzip.Reader
	brotli brotli.Reader
	zstd   *zstd.Decoder
	in     bytes.Reader
}

// unpackers keeps decoders from one page to the next.
var unpackers = sync.Pool{New: func() any { return new(unpacker) }}

// unpack decompresses b into out, which is spare bytes longer than the size that
// b must give exactly.
func (u *unpacker) unpack(codec Codec, b []byte, size int, out []byte) ([]byte, *Error) {
	if size == 0 && len(b) == 0 {
		return b, nil // nothing but nulls, which some writers do not compress
	}
	if err := announcedSize(codec, b, size); err != nil {
		return nil, err
	}
	out = out[:len(out):len(out)]
	switch codec {
	case Snappy:
		got, err := snappy.Decode(out, b)
		return whole(codec, got, err, size)
	case LZ4Raw:
		n, err := lz4.UncompressBlock(b, out)
		return whole(codec, out[:max(n, 0)], err, size)
	case LZ4:
		got, err := unframe(b, out, size)
		return whole(codec, got, err, size)
	case Zstd:
		got, err := u.unzstd(b, out[:0])
		return whole(codec, got, err, size)
	case Gzip:
		u.in.Reset(b)
		if err := u.gzip.Reset(&u.in); err != nil {
			return nil, wrong("its GZIP data is damaged (%v)", err)
		}
		return stream(codec, &u.gzip, out, size)
	case Brotli:
		u.in.Reset(b)
		if err := u.brotli.Reset(&u.in); err != nil {
			return nil, wrong("its BROTLI data is damaged (%v)", err)
		}
		return stream(codec, &u.brotli, out, size)
	}
	return nil, wrong("compression %s cannot be read", codec)
}

func (u *unpacker) unzstd(b, out []byte) ([]byte, error) {
	if u.zstd == nil {
		d, err := zstd.NewReader(nil, zstd.WithDecoderConcurrency(1), zstd.WithDecodeAllCapLimit(true))
		if err != nil {
			return nil, err
		}
		u.zstd = d
	}
	return u.zstd.DecodeAll(b, out)
}

// announcedSize proves that data which says how much it gives says the same as
// the page header; decoders believe it.
func announcedSize(codec Codec, b []byte, size int) *Error {
	if codec != Snappy {
		return nil
	}
	if n, used := binary.Uvarint(b); used <= 0 || n != uint64(size) {
		return wrong("its SNAPPY data is said to give %s bytes, its header says %s", countU(n), bytesText(int64(size)))
	}
	return nil
}

// readable says whether pages in the codec can be decoded.
func (c Codec) readable() bool {
	return c >= Uncompressed && c <= LZ4Raw && c != LZO
}

func whole(codec Codec, got []byte, err error, size int) ([]byte, *Error) {
	if err != nil {
		return nil, wrong("its %s data is damaged (%v)", codec, err)
	}
	switch {
	case len(got) > size:
		return nil, wrong("its %s data gives more than the %s that its header says", codec, bytesText(int64(size)))
	case len(got) < size:
		return nil, wrong("its %s data gives %s, its header says %s", codec, bytesText(int64(len(got))), bytesText(int64(size)))
	}
	return got, nil
}

// stream reads data that must end after size bytes of out, which is longer.
func stream(codec Codec, r io.Reader, out []byte, size int) ([]byte, *Error) {
	n, err := io.ReadFull(r, out)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) && n == size {
		err = nil
	}
	return whole(codec, out[:n], err, size)
}
