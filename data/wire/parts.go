package wire

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"io"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"
)

var partSchema = arrow.NewSchema([]arrow.Field{{Name: "part", Type: arrow.BinaryTypes.LargeBinary}}, nil)

// WriteParts writes byte strings as a stream of one column, one to a batch.
func WriteParts(w io.Writer, parts [][]byte) error {
	sum := sha256.New()
	out := ipc.NewWriter(io.MultiWriter(w, sum), ipc.WithSchema(partSchema))
	for _, part := range parts {
		if err := out.Write(partRecord(part)); err != nil {
			return err
		}
	}
	if err := out.Close(); err != nil {
		return err
	}
	return end(w, int64(len(parts)), sum.Sum(nil))
}

// partRecord is a batch of one row, over the memory of its value.
func partRecord(part []byte) arrow.Record {
	offsets := binary.LittleEndian.AppendUint64(make([]byte, 8), uint64(len(part)))
	buffers := []*memory.Buffer{nil, memory.NewBufferBytes(offsets), memory.NewBufferBytes(part)}
	column := array.NewLargeBinaryData(array.NewData(arrow.BinaryTypes.LargeBinary, 1, buffers, nil, 0, 0))
	return array.NewRecord(partSchema, []arrow.Array{column}, 1)
}

// Parts are the byte strings of a stream that WriteParts wrote.
func (s *Stream) Parts() (parts [][]byte, err error) {
	err = decoded(func() error {
		return s.each(func(batch arrow.Record) error {
			if !batch.Schema().Equal(partSchema) {
				return fmt.Errorf("want the column part of large_binary, found %s", batch.Schema())
			}
			column := batch.Column(0).(*array.LargeBinary)
			for i := range column.Len() {
				parts = append(parts, column.Value(i))
			}
			return nil
		})
	})
	return parts, err
}
