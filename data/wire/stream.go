// Package wire is how order lines, and what was made of them, pass between
// processes: Arrow IPC streams with an end record behind them. An Arrow stream has
// no checksum, and one that is cut behind a batch reads as a whole one; so nothing of
// a stream is looked at before its end record has proved it.
package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
)

// The end record are 48 bytes: endMark, the rows of all batches (little-endian, 64
// bits), and the SHA-256 of all bytes before the end record.
const (
	endMark  = "winbEND1"
	endBytes = len(endMark) + 8 + sha256.Size
)

// Stream is a whole Arrow IPC stream that its end record has proved.
type Stream struct {
	arrow []byte
	rows  int64
	sum   [sha256.Size]byte
}

// Read reads a stream to its end. Where the end record is missing or does not fit,
// as behind a cut, damaged or reordered stream, it is an error.
func Read(r io.Reader) (*Stream, error) {
	var all bytes.Buffer
	if _, err := all.ReadFrom(r); err != nil {
		return nil, err
	}
	return Whole(all.Bytes())
}

// Whole is Read of what is in memory already, which must not change afterwards.
func Whole(b []byte) (*Stream, error) {
	if len(b) == 0 {
		return nil, errors.New("want an Arrow stream and its end record, found nothing")
	}
	at := len(b) - endBytes
	if at < 0 || string(b[at:at+len(endMark)]) != endMark {
		return nil, fmt.Errorf("the stream of %d bytes is cut: want the end record %s with rows and SHA-256 in its last %d bytes, found none", len(b), endMark, endBytes)
	}
	s := &Stream{arrow: b[:at:at], sum: sha256.Sum256(b[:at])}
	counted := b[at+len(endMark):]
	if !bytes.Equal(counted[8:], s.sum[:]) {
		return nil, fmt.Errorf("the stream is damaged: its %d bytes have the SHA-256 %x, its end record says %x", at, s.sum[:8], counted[8:16])
	}
	if s.rows = int64(binary.LittleEndian.Uint64(counted)); s.rows < 0 {
		return nil, fmt.Errorf("the end record counts %d rows", uint64(s.rows))
	}
	return s, nil
}

// SHA256 is that of the stream without its end record.
func (s *Stream) SHA256() [sha256.Size]byte { return s.sum }

// Rows is how many rows the end record counts.
func (s *Stream) Rows() int64 { return s.rows }

// end writes the end record of a stream.
func end(w io.Writer, rows int64, sum []byte) error {
	b := append([]byte(endMark), make([]byte, 8)...)
	binary.LittleEndian.PutUint64(b[len(endMark):], uint64(rows))
	_, err := w.Write(append(b, sum...))
	return err
}
