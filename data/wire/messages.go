package wire

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"winback/data/guard"
)

// messages are those of an Arrow IPC stream in memory. Arrow's own reader believes
// whatever sizes a message says of itself; here they are held against the bytes that
// are there, before anything of such a size is allocated. It is also the allocator of what
// Arrow makes of a message.
type messages struct {
	rest  []byte
	limit int // bytes that one buffer of the message may have
	memory.GoAllocator
}

// Parts of the messages, by the numbers of Arrow's Message.fbs and Schema.fbs.
const (
	continues = 0xFFFFFFFF // in front of the length of a message

	messageKind, messageHeader, messageBody = 1, 2, 3
	schemaKind, batchKind                   = 1, 3
	schemaFields, schemaMetadata            = 1, 2
	fieldChildren, fieldMetadata            = 5, 6
	batchCompression                        = 3
	deepest                                 = 64 // fields within fields

	unpacked, unpackedAlways = 64, 1 << 24 // bytes of a compressed column for each of its message, and in any case
)

// Message is the next message; io.EOF behind the last.
func (m *messages) Message() (*ipc.Message, error) {
	size, err := m.size()
	if err != nil {
		return nil, err
	}
	head, err := m.take(int64(size), "the head of a message")
	if err != nil {
		return nil, err
	}
	root := rootOf(head)
	body, err := m.take(root.number(messageBody), "the body of a message")
	if err != nil {
		return nil, err
	}
	m.limit = len(body)
	switch header := root.table(messageHeader); root.kind(messageKind) {
	case schemaKind:
		err = header.checkSchema()
	case batchKind:
		if header.place(batchCompression) > 0 {
			m.limit = unpacked*len(body) + unpackedAlways
		}
	}
	if err != nil {
		return nil, err
	}
	return ipc.NewMessage(memory.NewBufferBytes(head), memory.NewBufferBytes(body)), nil
}

// size is that of the next message's head.
func (m *messages) size() (uint32, error) {
	if len(m.rest) == 0 {
		return 0, io.EOF
	}
	word, err := m.take(4, "the length of a message")
	if err == nil && binary.LittleEndian.Uint32(word) == continues {
		word, err = m.take(4, "the length of a message")
	}
	if err != nil {
		return 0, err
	}
	size := binary.LittleEndian.Uint32(word)
	if size == 0 {
		return 0, io.EOF
	}
	return size, nil
}

func (m *messages) take(n int64, what string) ([]byte, error) {
	if n < 0 || n > int64(len(m.rest)) {
		return nil, fmt.Errorf("%s says %d bytes, but %d of the stream are left", what, n, len(m.rest))
	}
	taken := m.rest[:n:n]
	m.rest = m.rest[n:]
	return taken, nil
}

// Retain and Release implement ipc.MessageReader; there is nothing to give back.
func (m *messages) Retain() {}

// Release implements ipc.MessageReader.
func (m *messages) Release() {}

// Allocate implements memory.Allocator; it panics with words where a buffer is larger
// than its message, which Arrow makes an error of.
func (m *messages) Allocate(size int) []byte {
	m.check(size)
	return m.GoAllocator.Allocate(size)
}

// Reallocate implements memory.Allocator, as Allocate.
func (m *messages) Reallocate(size int, b []byte) []byte {
	m.check(size)
	return m.GoAllocator.Reallocate(size, b)
}

func (m *messages) check(size int) {
	const rounded = 64 // to which Arrow rounds up
	if size < 0 || size-rounded > m.limit {
		panic(fmt.Errorf("a column says %d bytes, but its message has room for %d", size, m.limit))
	}
}

// decoded runs what decodes a stream, and puts into words how it fails on a message
// that contradicts itself.
func decoded(do func() error) error {
	err := guard.Run("the Arrow stream", do)
	if err == nil {
		return nil
	}
	cause := err.Error()
	var crash *guard.CrashError
	if errors.As(err, &crash) {
		cause = crash.Cause
	} else if _, after, found := strings.Cut(cause, "unknown error while reading: "); found {
		cause = after
	} else {
		return err
	}
	if strings.HasPrefix(cause, "runtime error: ") {
		cause = "a place or a length that it names lies outside of it"
	}
	return fmt.Errorf("want an Arrow IPC stream, but a message contradicts itself: %s", cause)
}
