package orders

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"slices"

	"winback/data"
	"winback/data/source"
	"winback/internal/fsys"
)

// Gathered tells of the ranges of customers that a table was made of.
type Gathered struct {
	Ranges int
	Bytes  int64  // that they had on their way
	SHA256 string // hex, of the digests of all ranges
	// Parts are the digests of the ranges that the partitions of the table came from; those
	// without a customer have none.
	Parts    [][sha256.Size]byte
	settings string // of each range
}

// gathering is a table in the making from ranges that other processes have dealt.
type gathering struct {
	table  *Table
	shared *reading
	want   string // settings of each range
	counts fileCounts
	ranges []dealtRange
	sums   [][sha256.Size]byte // of all ranges, those without customers too
	bytes  int64
}

// dealtRange is where a range of customers is in the store, and whom it holds.
type dealtRange struct {
	part        int
	first, last []byte
	sum         [sha256.Size]byte
}

// Gather makes a table of what Deal has made of all ranges of customers, in any order:
// next gives one after the other, then io.EOF. The sample and the settings are those
// of Deal. Lines are kept as Read keeps them, in memory or, beyond its limit, in the
// spill file.
func Gather(ctx context.Context, fsy fsys.FS, sample source.Found, opts Options, next func() (*Dealt, error)) (*Table, error) {
	opts.KeepRejects = false
	o, err := inspect(ctx, fsy, sample, opts)
	if err != nil {
		return nil, err
	}
	if err := o.dealable(); err != nil {
		return nil, err
	}
	g := gathering{table: o, shared: newReading(ctx, o.opts, newSplitter(nil, 1)), counts: noCounts}
	g.shared.store.parts = nil
	g.shared.store.spillTo(fsy, opts.SpillFolder, opts.MemoryBytes/4) // as Read does
	if g.want, err = o.dealtSettings(fsy); err != nil {
		return nil, err
	}
	o.RowsRead = 0 // those of the sample are among the ranges
	if err := g.takeAll(ctx, next); err != nil {
		return nil, errors.Join(err, g.shared.store.close())
	}
	if err := g.order(); err != nil {
		return nil, errors.Join(err, g.shared.store.close())
	}
	o.Files[0].counts, o.Gathered = g.counts, g.tell()
	o.finish(g.shared)
	if err := o.lookAgain(ctx, fsy); err != nil {
		return nil, err
	}
	return o, nil
}

// unfit is the fault of what was dealt.
func unfit(format string, args ...any) error {
	return &data.InputError{Path: "dealt ranges", Err: fmt.Errorf(format, args...)}
}

func (g *gathering) takeAll(ctx context.Context, next func() (*Dealt, error)) error {
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		d, err := next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = g.take(d)
		}
		if err != nil {
			return err
		}
	}
}

// take puts a range into the store, behind the codes of its names.
func (g *gathering) take(d *Dealt) error {
	if d.head.Settings != g.want {
		return unfit("lines were dealt with other settings or another sample: want %q, found %q", g.want, d.head.Settings)
	}
	codes, err := g.takeNames(d)
	if err != nil {
		return err
	}
	g.sums, g.bytes = append(g.sums, d.sum), g.bytes+d.size
	if progress := g.shared.opts.Progress; progress != nil {
		progress(d.head.Rows)
	}
	counts := d.head.Counts.counts()
	g.counts.add(&counts)
	g.table.RowsRead += d.head.Rows
	if d.head.First == nil {
		return nil // nothing but lines that were set aside
	}
	store := g.shared.store
	part := len(store.parts)
	g.ranges = append(g.ranges, dealtRange{part, d.head.First, d.head.Last, d.sum})
	store.parts = append(store.parts, storedPart{sealed: d.head.Sealed, duplicates: d.head.Duplicates, dealt: true})
	if d.head.Sealed {
		late := lateCountsOf(d.head.Late)
		g.table.noteLate(&late)
	}
	for _, block := range append([][]byte{codes}, d.blocks...) {
		if err := store.add(part, block); err != nil {
			return err
		}
	}
	return nil
}

// takeNames takes up the names of a range and their days, and lists for each of its
// codes that of arrival here.
func (g *gathering) takeNames(d *Dealt) (codes []byte, err error) {
	names, err := decodeNames(d.names)
	if err != nil {
		return nil, unfit("names of lines: %w", err)
	}
	var own [len(data.NamedRoles)][]data.Day
	for k, t := range names {
		own[k] = slices.Repeat([]data.Day{never}, len(t.names)+1)
	}
	if err := noteNameDays(d.days, &own); err != nil {
		return nil, unfit("days of names: %w", err)
	}
	for k, t := range names {
		codes = binary.LittleEndian.AppendUint32(codes, uint32(len(t.names)))
		for i, name := range t.names {
			code := g.shared.names[k].code([]byte(name))
			codes = binary.LittleEndian.AppendUint32(codes, code)
			seen := &g.table.seen[k]
			for len(*seen) <= int(code) {
				*seen = append(*seen, never)
			}
			(*seen)[code] = min((*seen)[code], own[k][i+1])
		}
	}
	return codes, nil
}

func (g *gathering) tell() *Gathered {
	slices.SortFunc(g.sums, func(a, b [sha256.Size]byte) int { return bytes.Compare(a[:], b[:]) })
	all := sha256.New()
	for _, sum := range g.sums {
		all.Write(sum[:])
	}
	t := &Gathered{Ranges: len(g.sums), Bytes: g.bytes, SHA256: hex.EncodeToString(all.Sum(nil)), settings: g.want}
	for _, r := range g.ranges { // as order has left them
		t.Parts = append(t.Parts, r.sum)
	}
	return t
}

// order brings the ranges into the order of the customers, none of whom may be in two.
func (g *gathering) order() error {
	slices.SortFunc(g.ranges, func(a, b dealtRange) int { return bytes.Compare(a.first, b.first) })
	parts := make([]storedPart, 0, max(len(g.ranges), 1))
	for i, r := range g.ranges {
		if i > 0 && bytes.Compare(g.ranges[i-1].last, r.first) >= 0 {
			return unfit("the customers were not dealt by ranges of their ids: %q to %q and %q to %q overlap", g.ranges[i-1].first, g.ranges[i-1].last, r.first, r.last)
		}
		parts = append(parts, g.shared.store.parts[r.part])
	}
	g.shared.store.parts = parts[:max(len(parts), 1)]
	return nil
}

// dealtOptions are the options of a range whose names have codes of their own.
func (o *Table) dealtOptions(codes []byte) (*buildOptions, error) {
	opts := o.build
	for k, recode := range o.build.recodes {
		if len(codes) < 4 {
			return nil, errBlock
		}
		n := int(binary.LittleEndian.Uint32(codes))
		if codes = codes[4:]; n > len(codes)/4 {
			return nil, errBlock
		}
		own := make([]uint32, n+1)
		for i := range n {
			own[i+1] = recode[binary.LittleEndian.Uint32(codes[4*i:])]
		}
		opts.recodes[k], codes = own, codes[4*n:]
	}
	return &opts, nil
}

// rename gives the names of unsealed histories the codes of the table.
func (b *historyBuilder) rename(opts *buildOptions) error {
	for k, role := range data.NamedRoles {
		recode, codes := opts.recodes[k], b.out.Codes[role]
		for i, code := range codes {
			if uint64(code) >= uint64(len(recode)) {
				return errBlock
			}
			codes[i] = recode[code]
		}
	}
	b.hideNames(opts.namesUntil)
	return nil
}
