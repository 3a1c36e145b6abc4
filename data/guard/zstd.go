package guard

import (
	"encoding/binary"
	"math/bits"
)

const (
	zstdMagic     = 0xfd2fb528
	zstdSkippable = 0x184d2a50 // and the fifteen that follow
	zstdBlockMost = 128 << 10  // bytes that a compressed block can give
)

// checkZstd walks the frames and block headers of zstd data, which say how
// much it can give at most: no more than size by their word, and no more than
// limit where they leave it open.
func checkZstd(b []byte, size int, limit int64) *Error {
	var most int64
	for len(b) > 0 {
		if len(b) < 8 {
			return damagedZstd()
		}
		if m := binary.LittleEndian.Uint32(b); m&^15 == zstdSkippable {
			n := int64(binary.LittleEndian.Uint32(b[4:]))
			if n > int64(len(b)-8) {
				return damagedZstd()
			}
			b = b[8+n:]
			continue
		} else if m != zstdMagic {
			return damagedZstd()
		}
		gives, rest, err := zstdFrame(b[4:], size, limit)
		if err != nil {
			return err
		}
		most += gives
		b = rest
	}
	if most > limit {
		return wrong("its ZSTD data could give %s, the limit is %s", bytesText(most), bytesText(limit))
	}
	return nil
}

func damagedZstd() *Error { return wrong("its ZSTD data is damaged") }

// zstdFrame walks a frame after its magic number.
func zstdFrame(b []byte, size int, limit int64) (gives int64, rest []byte, err *Error) {
	descriptor := b[0]
	b = b[1:]
	single := descriptor&0x20 != 0
	sizeBytes := [4]int{0, 2, 4, 8}[descriptor>>6]
	if single && sizeBytes == 0 {
		sizeBytes = 1
	}
	dictionaryBytes := [4]int{0, 1, 2, 4}[descriptor&3]
	need := dictionaryBytes + sizeBytes
	if !single {
		need++
	}
	if len(b) < need {
		return 0, nil, damagedZstd()
	}
	if !single {
		if window := zstdWindow(b[0]); window > limit {
			return 0, nil, wrong("its ZSTD data asks for a window of %s, the limit is %s", bytesText(window), bytesText(limit))
		}
		b = b[1:]
	}
	content, known := zstdContentSize(b[dictionaryBytes : dictionaryBytes+sizeBytes])
	if known && content > uint64(size) {
		return 0, nil, wrong("its ZSTD data is said to give %d bytes, its header says %s", content, bytesText(int64(size)))
	}
	gives, b, err = zstdBlocks(b[dictionaryBytes+sizeBytes:])
	if err != nil {
		return 0, nil, err
	}
	if known {
		gives = int64(content)
	}
	if descriptor&4 != 0 { // a checksum ends the frame
		if len(b) < 4 {
			return 0, nil, damagedZstd()
		}
		b = b[4:]
	}
	return gives, b, nil
}

func zstdWindow(b byte) int64 {
	base := int64(1) << (10 + b>>3)
	return base + base/8*int64(b&7)
}

func zstdContentSize(b []byte) (n uint64, known bool) {
	for i, x := range b {
		n |= uint64(x) << (8 * i)
	}
	if len(b) == 2 {
		n, _ = bits.Add64(n, 256, 0)
	}
	return n, len(b) > 0
}

// zstdBlocks adds up what the blocks of a frame give at most.
func zstdBlocks(b []byte) (gives int64, rest []byte, err *Error) {
	for last := false; !last; {
		if len(b) < 3 {
			return 0, nil, damagedZstd()
		}
		head := uint32(b[0]) | uint32(b[1])<<8 | uint32(b[2])<<16
		b = b[3:]
		last = head&1 != 0
		size := int(head >> 3)
		taken := size
		switch head >> 1 & 3 {
		case 0: // stored
			gives += int64(size)
		case 1: // one byte many times
			gives += int64(size)
			taken = 1
		case 2: // compressed
			gives += zstdBlockMost
		default:
			return 0, nil, damagedZstd()
		}
		if taken > len(b) {
			return 0, nil, damagedZstd()
		}
		b = b[taken:]
	}
	return gives, b, nil
}
