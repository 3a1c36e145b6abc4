package orders

import (
	"encoding/binary"

	"winback/data/spill"
)

// SpillError says that the disk for order lines that memory has no room for failed.
type SpillError = spill.Error

var errChecksum = spill.ErrChanged

// stretchOf are the parts of a stretch of blocks, of one partition.
func stretchOf(blocks [][]byte) [][]byte {
	head := binary.AppendUvarint(nil, uint64(len(blocks)))
	for _, b := range blocks {
		head = binary.AppendUvarint(head, uint64(len(b)))
	}
	return append([][]byte{head}, blocks...)
}

// blocksOf takes a stretch without its checksum apart.
func blocksOf(body []byte) ([][]byte, error) {
	count, used := binary.Uvarint(body)
	if used <= 0 || count > uint64(len(body)) {
		return nil, errChecksum
	}
	body = body[used:]
	sizes := make([]uint64, count)
	for i := range sizes {
		if sizes[i], used = binary.Uvarint(body); used <= 0 {
			return nil, errChecksum
		}
		body = body[used:]
	}
	blocks := make([][]byte, count)
	for i, size := range sizes {
		if size > uint64(len(body)) {
			return nil, errChecksum
		}
		blocks[i], body = body[:size:size], body[size:]
	}
	return blocks, nil
}
