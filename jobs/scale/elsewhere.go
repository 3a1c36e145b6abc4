package scale

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/data/spill"
	"winback/data/wire"
	"winback/jobs"
	"winback/pipeline/run"
)

// originFormat changes with what stages give of a range.
const originFormat = 2

// digest is a SHA-256 that JSON has as text.
type digest [sha256.Size]byte

// MarshalText writes it in hex.
func (d digest) MarshalText() ([]byte, error) { return []byte(hex.EncodeToString(d[:])), nil }

// UnmarshalText reads it.
func (d *digest) UnmarshalText(text []byte) error {
	if n, err := hex.Decode(d[:], text[:min(len(text), 2*len(d))]); err != nil || n != len(d) || len(text) != 2*len(d) {
		return fmt.Errorf("want a SHA-256, found %q", text)
	}
	return nil
}

// origin is the head of what a stage has made: of which range, as it was dealt, and with
// which package.
type origin struct {
	Format    int         `json:"format"`
	Stage     string      `json:"stage"`
	Range     digest      `json:"range_sha256"`
	Package   digest      `json:"package_sha256"`
	Customers int         `json:"customers"`
	Late      orders.Late `json:"late"` // of ranges that are not sealed
}

// stages is the night's way of having stages done: it writes the package of each, and
// reads what came of all ranges on the input.
func (s *DriveSettings) stages(in io.Reader) jobs.Stage {
	return func(ctx context.Context, table *orders.Table, name string, write func(run.Create) error, disk *spill.File) (func(int) ([][]byte, error), error) {
		text, sum, err := packed(table, name, write)
		if err != nil {
			return nil, err
		}
		k := keptParts{table: table, name: name, sum: sum, disk: disk, at: make([][]spill.Extent, table.Partitions()), late: make([]orders.Late, table.Partitions())}
		err = run.WriteFile(s.FS(), filepath.Join(s.PackagesDir, name), func(w io.Writer) error {
			_, err := w.Write(text)
			return err
		})
		if err != nil {
			return nil, err
		}
		return k.part, k.takeAll(ctx, &streams{in: in, what: "range of the stage " + name})
	}
}

// keptParts are what a stage has made of ranges.
type keptParts struct {
	table *orders.Table
	name  string
	sum   digest // of the package
	disk  *spill.File
	at    [][]spill.Extent // by partition, of the byte strings of its part
	late  []orders.Late
}

// takeAll keeps what came of every partition.
func (k *keptParts) takeAll(ctx context.Context, in *streams) error {
	for ctx.Err() == nil {
		stream, err := in.next()
		if errors.Is(err, io.EOF) {
			return k.complete(in)
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
	var from origin
	if len(parts) == 0 {
		return nil, 0, errors.New("want a head, found nothing")
	}
	if err := json.Unmarshal(parts[0], &from); err != nil {
		return nil, 0, fmt.Errorf("the head: %w", err)
	}
	part = slices.Index(k.table.Gathered.Parts, [sha256.Size]byte(from.Range))
	switch {
	case from.Format != originFormat:
		err = fmt.Errorf("it was made by another version of winback: want format %d, found %d", originFormat, from.Format)
	case from.Package != k.sum || from.Stage != k.name:
		err = fmt.Errorf("it was made with another package: want %x of the stage %s, found %x of %s", k.sum[:8], k.name, from.Package[:8], from.Stage)
	case part < 0 && from.Customers > 0:
		err = fmt.Errorf("it is of no range that was dealt: found %x", from.Range[:8])
	case part >= 0 && k.at[part] != nil:
		err = fmt.Errorf("range %x came twice", from.Range[:8])
	case part >= 0:
		k.late[part] = from.Late
	}
	return parts[1:], part, err
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

// complete wants all partitions, and nothing behind the last stage.
func (k *keptParts) complete(in *streams) error {
	missing := 0
	for _, at := range k.at {
		if at == nil {
			missing++
		}
	}
	if missing > 0 {
		return &data.InputError{Path: standardInput, Err: fmt.Errorf("%d of %d ranges are missing from the stage %s", missing, len(k.at), k.name)}
	}
	k.table.WalkedElsewhere(k.late)
	if k.name == jobs.StageScore {
		return in.end()
	}
	return nil
}

// part reads one back.
func (k *keptParts) part(number int) (parts [][]byte, err error) {
	for _, at := range k.at[number] {
		bytes, err := k.disk.Read(at, nil)
		if err != nil {
			return nil, err
		}
		parts = append(parts, bytes)
	}
	return parts, nil
}
