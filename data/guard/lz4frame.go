package guard

import (
	"encoding/binary"
	"errors"

	"github.com/pierrec/lz4/v4"
)

var errFrame = errors.New("it has no framing of Hadoop")

// unframe decompresses data of the codec LZ4: blocks in the framing of Hadoop or,
// as some writers (fastparquet, Arrow before 2.0) leave that out, one block.
func unframe(b, out []byte, size int) ([]byte, error) {
	if got, err := unhadoop(b, out, size); err == nil {
		return got, nil
	}
	n, err := lz4.UncompressBlock(b, out)
	return out[:max(n, 0)], err
}

// unhadoop decompresses frames that give size bytes: each states what it gives,
// and holds blocks that each state what they take, both in four bytes, the highest
// first.
func unhadoop(b, out []byte, size int) ([]byte, error) {
	at := 0
	for len(b) > 0 {
		if len(b) < 4 {
			return nil, errFrame
		}
		frame := uint64(binary.BigEndian.Uint32(b))
		b = b[4:]
		if frame > uint64(size-at) {
			return nil, errFrame
		}
		for end := at + int(frame); at < end; {
			if len(b) < 4 {
				return nil, errFrame
			}
			block := uint64(binary.BigEndian.Uint32(b))
			if block > uint64(len(b)-4) {
				return nil, errFrame
			}
			n, err := lz4.UncompressBlock(b[4:4+block], out[at:end])
			if err != nil || n == 0 {
				return nil, errFrame
			}
			b = b[4+block:]
			at += n
		}
	}
	if at != size {
		return nil, errFrame
	}
	return out[:at], nil
}
