package scale

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"winback/data"
	"winback/data/wire"
)

// mostStreamed is what one stream may have, in bytes: the histories of some 4 billion lines.
const mostStreamed = 1 << 36

// streams reads one stream after the other, each behind its length.
type streams struct {
	in    io.Reader
	what  string // such as "range"
	count int
}

// next is the next stream; io.EOF behind the last.
func (r *streams) next() (*wire.Stream, error) {
	r.count++
	s, err := r.read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, r.fault(err)
	}
	return s, err
}

// fault is an error of the stream that was read last.
func (r *streams) fault(err error) error {
	return &data.InputError{Path: standardInput, Err: fmt.Errorf("%s %d: %w", r.what, r.count, err)}
}

func (r *streams) read() (*wire.Stream, error) {
	var head [8]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return nil, fmt.Errorf("want a %s or the end of all, but the input ends: %w", r.what, cut(err))
	}
	size := binary.LittleEndian.Uint64(head[:])
	if size == 0 {
		return nil, io.EOF
	}
	if size > mostStreamed {
		return nil, fmt.Errorf("its length says %d bytes, more than the %d that a %s may have: the input is damaged, or does not begin with a length", size, uint64(mostStreamed), r.what)
	}
	var body bytes.Buffer // grows with what arrives: a damaged length asks for no memory
	if n, err := io.Copy(&body, io.LimitReader(r.in, int64(size))); err != nil || n != int64(size) {
		return nil, errors.Join(fmt.Errorf("want %d bytes, found %d", size, n), err)
	}
	return wire.Whole(body.Bytes())
}

// end wants nothing behind the last of all streams.
func (r *streams) end() error {
	var one [1]byte
	if n, err := io.ReadFull(r.in, one[:]); n > 0 || !errors.Is(err, io.EOF) {
		return &data.InputError{Path: standardInput, Err: errors.Join(fmt.Errorf("something follows the last %s", r.what), cut(err))}
	}
	return nil
}

// cut makes of the end of the input an error that is none of a whole one.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
