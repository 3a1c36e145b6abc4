package scale

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
	"winback/data/wire"
	"winback/internal/fsys"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
)

// DriveSettings are what Drive reads.
type DriveSettings struct {
	jobs.RunSettings
	settings.Sampled
	settings.Gathered
}

// Settings lists them.
func (s *DriveSettings) Settings() []settings.Setting {
	return append(s.RunSettings.Settings(), settings.Rows(&s.Sampled, &s.Gathered)...)
}

// Drive runs the night over what Deal has written of all ranges of customers, in any
// order: on standard input, each behind its length, as eight bytes, lowest first, and
// a length of 0 behind the last. It publishes what Run publishes of the same lines.
func Drive(ctx context.Context, s DriveSettings, ui console.UI) error {
	return drive(ctx, &s, os.Stdin, ui)
}

func drive(ctx context.Context, s *DriveSettings, in io.Reader, ui console.UI) error {
	gather := func(ctx context.Context, files fsys.FS, opts orders.Options) (*orders.Table, error) {
		sample, err := source.Find(files, []string{s.SampleFile}, opts.MemoryBytes)
		if err != nil {
			return nil, err
		}
		opts.Total(s.TableRows)
		ranges := &rangeReader{in: in}
		table, err := orders.Gather(ctx, files, sample, opts, ranges.next)
		if err != nil {
			return nil, err
		}
		if n := s.TableRows; n > 0 && n != table.RowsRead {
			err := fmt.Errorf("%d rows of %s arrived in %d ranges; it has %d", table.RowsRead, s.Table, table.Gathered.Ranges, n)
			return nil, errors.Join(&data.InputError{Path: standardInput, Err: err}, table.Close())
		}
		return table, nil
	}
	return jobs.RunGathered(ctx, s.RunSettings, s.Table, gather, ui)
}

// mostDealt is what the histories of one range may have, in bytes: some 4 billion lines.
const mostDealt = 1 << 36

// rangeReader reads what was dealt of one range after the other.
type rangeReader struct {
	in    io.Reader
	count int
}

// next is the next range; io.EOF behind the last.
func (r *rangeReader) next() (*orders.Dealt, error) {
	r.count++
	d, err := r.read()
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, &data.InputError{Path: standardInput, Err: fmt.Errorf("range %d: %w", r.count, err)}
	}
	return d, err
}

func (r *rangeReader) read() (*orders.Dealt, error) {
	var head [8]byte
	if _, err := io.ReadFull(r.in, head[:]); err != nil {
		return nil, fmt.Errorf("want a range or the end of all, but the input ends: %w", cut(err))
	}
	size := binary.LittleEndian.Uint64(head[:])
	if size == 0 {
		if n, err := io.ReadFull(r.in, head[:1]); n > 0 || !errors.Is(err, io.EOF) {
			return nil, errors.Join(errors.New("something follows the end of all ranges"), cut(err))
		}
		return nil, io.EOF
	}
	if size > mostDealt {
		return nil, fmt.Errorf("its length says %d bytes, more than the %d that a range may have: the input is damaged, or does not begin with a length", size, uint64(mostDealt))
	}
	var body bytes.Buffer // grows with what arrives: a damaged length asks for no memory
	if n, err := io.Copy(&body, io.LimitReader(r.in, int64(size))); err != nil || n != int64(size) {
		return nil, errors.Join(fmt.Errorf("want %d bytes, found %d", size, n), err)
	}
	stream, err := wire.Whole(body.Bytes())
	if err != nil {
		return nil, err
	}
	parts, err := stream.Parts()
	if err != nil {
		return nil, err
	}
	return orders.DealtOf(parts, stream.SHA256())
}

// cut makes of the end of the input an error that is none of a whole one.
func cut(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}
