package scale

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/data/spill"
	"winback/data/wire"
	"winback/jobs"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
)

// ScoreSettings are what Score reads.
type ScoreSettings struct{ settings.Night }

// Settings lists them.
func (s *ScoreSettings) Settings() []settings.Setting { return settings.Rows(&s.Night) }

// Score reads on standard input what Deal has written of one range of customers, and
// writes its lapsed customers, their features and scores on standard output, for Drive.
// The night package says how. It writes nothing where it fails.
func Score(ctx context.Context, s ScoreSettings, ui console.UI) error {
	return score(ctx, &s, os.Stdin, ui.Out)
}

func score(ctx context.Context, s *ScoreSettings, in io.Reader, out io.Writer) error {
	dealt, err := readDealt(in)
	if err != nil {
		return &data.InputError{Path: standardInput, Err: err}
	}
	night, common, sum, err := readNight(s.NightFile)
	if err != nil {
		return &data.InputError{Path: s.NightFile, Err: err}
	}
	table, err := dealt.Table(common)
	if err != nil {
		return err
	}
	var part *scoring.Part
	_, err = table.Last(ctx, 1, func(_ int, h *orders.Histories) error {
		part, err = night.Score(h)
		return err
	})
	if err != nil && jobs.Code(err) == jobs.ExitOther && ctx.Err() == nil {
		err = &data.InputError{Path: standardInput, Err: err}
	}
	if err != nil {
		return err
	}
	parts, err := part.Parts(scoring.Origin{Range: dealt.SHA256(), Night: sum})
	if err != nil {
		return err
	}
	return wire.WriteParts(out, parts)
}

func readDealt(in io.Reader) (*orders.Dealt, error) {
	stream, err := wire.Read(in)
	if err != nil {
		return nil, err
	}
	return dealtOf(stream)
}

// dealtOf is what Deal has written as a stream.
func dealtOf(stream *wire.Stream) (*orders.Dealt, error) {
	parts, err := stream.Parts()
	if err != nil {
		return nil, err
	}
	return orders.DealtOf(parts, stream.SHA256())
}

func readNight(path string) (night *scoring.Night, common *orders.Common, sum [sha256.Size]byte, err error) {
	text, err := run.ReadFile(settings.Files(), path)
	if err != nil {
		return nil, nil, sum, err
	}
	stream, err := wire.Whole(text)
	if err != nil {
		return nil, nil, sum, err
	}
	night, common, err = scoring.NightOf(stream)
	return night, common, stream.SHA256(), err
}

// score writes the night package, and reads what was scored with it.
func (s *DriveSettings) score(in io.Reader) jobs.Scorer {
	return func(ctx context.Context, table *orders.Table, night *scoring.Night, disk *spill.File) (func(int) (*scoring.Part, error), error) {
		text, sum, err := night.Package(table)
		if err != nil {
			return nil, err
		}
		err = run.WriteFile(s.FS(), s.NightFile, func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
		if err != nil {
			return nil, err
		}
		k := keptParts{table, night, sum, disk, make([][]spill.Extent, table.Partitions())}
		if err := k.takeAll(ctx, &streams{in: in, what: "scored range"}); err != nil {
			return nil, err
		}
		return k.part, nil
	}
}

// keptParts are scored ranges on their way into the lists.
type keptParts struct {
	table *orders.Table
	night *scoring.Night
	sum   [sha256.Size]byte // of the night package
	disk  *spill.File
	at    [][]spill.Extent // by partition, of the byte strings of its part
}

// takeAll keeps the scored part of every partition.
func (k *keptParts) takeAll(ctx context.Context, in *streams) error {
	for ctx.Err() == nil {
		stream, err := in.next()
		if errors.Is(err, io.EOF) {
			if err := in.end(); err != nil {
				return err
			}
			return k.complete()
		}
		if err != nil {
			return err
		}
		parts, part, err := k.place(stream)
		if err != nil {
			return in.fault(err)
		}
		if err := k.keep(parts, part); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// place says which partition a stream is of; -1: of none, and it has no customers.
func (k *keptParts) place(stream *wire.Stream) (parts [][]byte, part int, err error) {
	if parts, err = stream.Parts(); err != nil {
		return nil, 0, err
	}
	from, customers, err := scoring.OriginOf(parts)
	if err != nil {
		return nil, 0, err
	}
	part = slices.Index(k.table.Gathered.Parts, from.Range)
	switch {
	case from.Night != k.sum:
		err = fmt.Errorf("it was scored with another night package: want %x, found %x", k.sum[:8], from.Night[:8])
	case part < 0 && customers > 0:
		err = fmt.Errorf("it is of no range that was dealt: found %x", from.Range[:8])
	case part >= 0 && k.at[part] != nil:
		err = fmt.Errorf("range %x was scored twice", from.Range[:8])
	}
	return parts, part, err
}

func (k *keptParts) keep(parts [][]byte, part int) error {
	if part < 0 {
		return nil
	}
	for _, p := range parts {
		extent, err := k.disk.Write(p)
		if err != nil {
			return err
		}
		k.at[part] = append(k.at[part], extent)
	}
	return nil
}

func (k *keptParts) complete() error {
	missing := 0
	for _, at := range k.at {
		if at == nil {
			missing++
		}
	}
	if missing > 0 {
		return &data.InputError{Path: standardInput, Err: fmt.Errorf("%d of %d ranges were not scored", missing, len(k.at))}
	}
	return nil
}

// part reads one back.
func (k *keptParts) part(number int) (*scoring.Part, error) {
	var parts [][]byte
	for _, at := range k.at[number] {
		bytes, err := k.disk.Read(at, nil)
		if err != nil {
			return nil, err
		}
		parts = append(parts, bytes)
	}
	p, err := k.night.PartOf(parts, k.table.Names)
	if err != nil {
		return nil, &data.InputError{Path: standardInput, Err: fmt.Errorf("what was scored of partition %d: %w", number, err)}
	}
	return p, nil
}
