package scale

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"winback/data"
	"winback/data/orders"
	"winback/data/source"
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
	settings.Packages
}

// Settings lists them.
func (s *DriveSettings) Settings() []settings.Setting {
	return append(s.RunSettings.Settings(), settings.Rows(&s.Sampled, &s.Gathered, &s.Packages)...)
}

// Drive runs the night over what Deal has written of all ranges of customers, in any
// order: on standard input, each behind its length, as eight bytes, lowest first, and
// a length of 0 behind the last. Where packages are asked for it writes one for each
// stage, survey, lookback and score, and reads what Stage makes of each range so. It
// publishes what Run publishes of the same lines.
func Drive(ctx context.Context, s DriveSettings, ui console.UI) error {
	return drive(ctx, &s, os.Stdin, ui)
}

func drive(ctx context.Context, s *DriveSettings, in io.Reader, ui console.UI) error {
	e := jobs.Elsewhere{Table: s.Table, Gather: s.gather(in)}
	if s.PackagesDir != "" {
		e.Stage = s.stages(in)
	}
	return jobs.RunGathered(ctx, s.RunSettings, e, ui)
}

// gather makes the table of what was dealt.
func (s *DriveSettings) gather(in io.Reader) jobs.Gather {
	return func(ctx context.Context, files fsys.FS, opts orders.Options) (*orders.Table, error) {
		sample, err := source.Find(files, []string{s.SampleFile}, opts.MemoryBytes)
		if err != nil {
			return nil, err
		}
		opts.Total(s.TableRows)
		ranges := &streams{in: in, what: "range"}
		table, err := orders.Gather(ctx, files, sample, opts, func() (*orders.Dealt, error) { return s.nextDealt(ranges) })
		if err != nil {
			return nil, err
		}
		if n := s.TableRows; n > 0 && n != table.RowsRead {
			err := fmt.Errorf("%d rows of %s arrived in %d ranges; it has %d", table.RowsRead, s.Table, table.Gathered.Ranges, n)
			return nil, errors.Join(&data.InputError{Path: standardInput, Err: err}, table.Close())
		}
		return table, nil
	}
}

// nextDealt is the next range; io.EOF behind the last, which only what stages have made
// may follow.
func (s *DriveSettings) nextDealt(ranges *streams) (*orders.Dealt, error) {
	stream, err := ranges.next()
	if errors.Is(err, io.EOF) && s.PackagesDir == "" {
		if more := ranges.end(); more != nil {
			return nil, more
		}
	}
	if err != nil {
		return nil, err
	}
	d, err := dealtOf(stream)
	if err != nil {
		return nil, ranges.fault(err)
	}
	return d, nil
}
