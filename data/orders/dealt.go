package orders

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"slices"

	"winback/data"
	"winback/data/columns"
	"winback/data/source"
	"winback/internal/fsys"
)

// dealtFormat changes with what Dealt holds.
const dealtFormat = 1

// Dealt are the lines of a range of customers as one process has dealt them, for
// another that gathers all ranges: histories in one sealed block, duplicates dropped.
// Where lines lie on days that stand for no date in some shops, which only all ranges
// together tell, they are blocks of lines as they were read. The codes of names are
// those of its own names.
type Dealt struct {
	head   dealtHead
	names  []byte // as encodeNames writes them
	days   []byte // of the first line of each name, as appendNameDays writes them
	blocks [][]byte
	sum    [sha256.Size]byte // of what carried the parts
	size   int64             // bytes of the parts
}

type dealtHead struct {
	Format     int          `json:"format"`
	Settings   string       `json:"settings"` // digest of all that decides what becomes of a row
	Rows       int64        `json:"rows"`
	First      []byte       `json:"first_customer,omitempty"`
	Last       []byte       `json:"last_customer,omitempty"`
	Sealed     bool         `json:"sealed"`
	Duplicates int64        `json:"duplicates"`
	Late       Late         `json:"late"`
	Counts     storedCounts `json:"counts"`
}

// Deal reads lines, the rows of a range of customers, as the columns of the sample
// say: what takes which role and how it is read is decided from the sample alone, so
// that all ranges are read alike. Errors of either are *data.InputError.
func Deal(ctx context.Context, fsy fsys.FS, sample source.Found, lines source.File, opts Options) (*Dealt, error) {
	opts.NamesBefore, opts.KeepRejects = 0, false
	of, err := inspect(ctx, fsy, sample, opts)
	if err != nil {
		return nil, err
	}
	if err := of.dealable(); err != nil {
		return nil, err
	}
	file, err := columns.Like(fsy, lines, &of.Files[0].File, opts.columns())
	if err != nil {
		return nil, err
	}
	o := newTable([]columns.File{file})
	o.opts = of.opts
	d := &Dealt{head: dealtHead{Format: dealtFormat, Rows: file.Rows}}
	if d.head.Settings, err = of.dealtSettings(fsy); err != nil {
		return nil, err
	}
	return d, d.take(ctx, fsy, o)
}

// DependsOnOrder says whether other bytes come of the same lines in another order: where
// they are blocks of lines as they were read.
func (d *Dealt) DependsOnOrder() bool { return !d.head.Sealed }

// DealPlan is what an engine must know that deals the lines of a table.
type DealPlan struct {
	Columns  []string `json:"columns"` // that are needed
	Customer string   `json:"customer"`
	// NoCustomer are the words in the customer's place that stand for none.
	NoCustomer []string `json:"no_customer"`
}

// PlanDeal finds it from the sample.
func PlanDeal(ctx context.Context, fsy fsys.FS, sample source.Found, opts Options) (*DealPlan, error) {
	o, err := inspect(ctx, fsy, sample, opts)
	if err != nil {
		return nil, err
	}
	if err := o.dealable(); err != nil {
		return nil, err
	}
	p := &DealPlan{Customer: o.ColumnOf(data.Customer), NoCustomer: o.opts.NoCustomer}
	for _, c := range o.Files[0].Roles {
		if c.IsPresent && !slices.Contains(p.Columns, c.Name) {
			p.Columns = append(p.Columns, c.Name)
		}
	}
	return p, nil
}

// dealable refuses what one range of the customers cannot decide.
func (o *Table) dealable() error {
	refuse := func(why string) error { return &data.InputError{Path: o.Files[0].Path, Err: errors.New(why)} }
	switch {
	case len(o.Files) != 1:
		return refuse(fmt.Sprintf("want one file as the sample, found %d", len(o.Files)))
	case o.opts.header != columns.HeaderRoles{}:
		return refuse("values that belong to a whole order stand on one of its rows alone, so that the rows of a customer do not suffice: complete them in the table")
	case o.opts.Pool != nil:
		return refuse("customers of a pool are joined across all ranges")
	}
	return nil
}

// dealtSettings digests what decides what becomes of a row.
func (o *Table) dealtSettings(fsy fsys.FS) (string, error) {
	sum, err := columns.Digest(fsy, o.Files[0].Path)
	return fmt.Sprintf("%s sample %s duplicates %d", o.opts.settingsDigest(), sum, o.opts.Duplicates), err
}

// take reads the lines.
func (d *Dealt) take(ctx context.Context, fsy fsys.FS, o *Table) error {
	shared := newReading(ctx, o.opts, newSplitter(nil, 1))
	shared.headers = make([]headerOnce, len(o.Files))
	if err := shared.readAll(fsy, o); err != nil {
		return err
	}
	read := shared.store.parts[0].blocks
	counts := &o.Files[0].counts
	d.head.Counts = counts.stored()
	o.finish(shared)
	o.build.noDates = nil // a range does not decide who has no lines
	_, err := o.Each(ctx, 1, func(_ int, h *Histories) error {
		if n := h.Customers(); n > 0 {
			d.head.First, d.head.Last = []byte(h.IDs[0]), []byte(h.IDs[n-1])
		}
		return nil
	})
	if err != nil {
		return err
	}
	if counts.hasDoubtful() {
		d.names, d.days, d.blocks = encodeNames(&shared.names), appendNameDays(nil, &o.seen), read
		return nil
	}
	names, seen := inByteOrder(o, shared)
	d.names, d.days = encodeNames(&names), appendNameDays(nil, &seen)
	part := &shared.store.parts[0]
	d.head.Sealed, d.head.Duplicates, d.head.Late, d.blocks = true, part.duplicates, o.late.list(), part.blocks
	return nil
}

// inByteOrder are the names of all lines and the days on which they were first seen,
// by the codes that histories have.
func inByteOrder(o *Table, shared *reading) (names [len(data.NamedRoles)]*nameTable, seen [len(data.NamedRoles)][]data.Day) {
	for k, role := range data.NamedRoles {
		names[k] = newNameTable()
		seen[k] = make([]data.Day, len(o.Names[role])+1)
		seen[k][0] = never
		for _, name := range o.Names[role] {
			arrived := shared.names[k].codes[name]
			seen[k][names[k].code([]byte(name))] = o.seen[k][arrived]
		}
	}
	return names, seen
}

// Parts are what a reader needs to have it again, as byte strings.
func (d *Dealt) Parts() ([][]byte, error) {
	head, err := json.Marshal(d.head)
	return slices.Concat([][]byte{head, d.names, d.days}, d.blocks), err
}

// DealtOf is what Parts has written. Of blocks it proves no more than their number:
// what carried the parts, with the given digest, has proved their bytes.
func DealtOf(parts [][]byte, sum [sha256.Size]byte) (*Dealt, error) {
	const fixed = 3
	if len(parts) < fixed {
		return nil, fmt.Errorf("want a head, names, days and blocks of lines, found %d parts", len(parts))
	}
	d := &Dealt{names: parts[1], days: parts[2], blocks: parts[fixed:], sum: sum}
	for _, part := range parts {
		d.size += int64(len(part))
	}
	if err := json.Unmarshal(parts[0], &d.head); err != nil {
		return nil, fmt.Errorf("the head of the lines: %w", err)
	}
	switch {
	case d.head.Format != dealtFormat:
		return nil, fmt.Errorf("the lines were dealt by another version of winback: want format %d, found %d", dealtFormat, d.head.Format)
	case d.head.Sealed && len(d.blocks) != 1:
		return nil, fmt.Errorf("want one block of histories, found %d", len(d.blocks))
	}
	return d, nil
}

// Common is what the histories of one range of customers need to know of the whole
// table, so that they are the same wherever they are built.
type Common struct {
	head  commonHead
	names Names
}

type commonHead struct {
	Settings       string      `json:"settings"` // that the lines were dealt with
	NamesUntil     int64       `json:"names_until"`
	NoDates        []data.Day  `json:"no_dates"`
	Versions       versionRule `json:"versions"`
	DropDuplicates bool        `json:"drop_duplicates"`
	RepeatedTotals bool        `json:"repeated_totals"`
}

// Common gives it, of a table that was gathered, as a head in JSON and as names; CommonOf
// reads it.
func (o *Table) Common() (head, names []byte, err error) {
	b := &o.build
	head, err = json.Marshal(commonHead{o.Gathered.settings, b.namesUntil, b.noDates, b.versions, b.dropDuplicates, b.repeatedTotals})
	var tables [len(data.NamedRoles)]*nameTable
	for k, role := range data.NamedRoles {
		tables[k] = newNameTable()
		for _, name := range o.Names[role] {
			tables[k].code([]byte(name))
		}
	}
	return head, encodeNames(&tables), err
}

// CommonOf reads what Common gave.
func CommonOf(head, names []byte) (*Common, error) {
	c := &Common{}
	if err := json.Unmarshal(head, &c.head); err != nil {
		return nil, err
	}
	if c.head.Versions > versionsByColumn {
		return nil, fmt.Errorf("versions %d: want at most %d", c.head.Versions, versionsByColumn)
	}
	tables, err := decodeNames(names)
	if err != nil {
		return nil, fmt.Errorf("names of the table: %w", err)
	}
	for k, role := range data.NamedRoles {
		if c.names[role] = tables[k].names; !slices.IsSorted(c.names[role]) {
			return nil, fmt.Errorf("names of the %s: want them in byte order", role)
		}
	}
	return c, nil
}

// Names are those of the whole table.
func (c *Common) Names() *Names { return &c.names }

// Table has the histories of the range alone, as the table of all ranges has them.
func (d *Dealt) Table(c *Common) (*Table, error) {
	if d.head.Settings != c.head.Settings {
		return nil, unfit("lines were dealt with other settings or another sample: want %q, found %q", c.head.Settings, d.head.Settings)
	}
	own, err := decodeNames(d.names)
	if err != nil {
		return nil, unfit("names of lines: %w", err)
	}
	o := &Table{Names: &c.names, store: newBlockStore(1)}
	o.build = buildOptions{names: &c.names, namesUntil: c.head.NamesUntil, noDates: c.head.NoDates, versions: c.head.Versions, dropDuplicates: c.head.DropDuplicates, repeatedTotals: c.head.RepeatedTotals}
	var codes []byte
	for k, role := range data.NamedRoles {
		recode := make([]uint32, len(own[k].names)+1)
		codes = binary.LittleEndian.AppendUint32(codes, uint32(len(own[k].names)))
		for i, name := range own[k].names {
			codes = binary.LittleEndian.AppendUint32(codes, uint32(i+1))
			if at, known := slices.BinarySearch(c.names[role], name); known { // others have no line that shows them
				recode[i+1] = uint32(at + 1)
			}
		}
		o.build.recodes[k] = recode
	}
	o.store.parts[0] = storedPart{blocks: slices.Concat([][]byte{codes}, d.blocks), sealed: d.head.Sealed, duplicates: d.head.Duplicates, dealt: true}
	return o, nil
}

// SHA256 is the digest of what carried the range.
func (d *Dealt) SHA256() [sha256.Size]byte { return d.sum }

// Late are lines that the building of histories sets aside or leaves unsettled: older
// versions, excluded statuses, lines of unsettled versions.
type Late [lateCountCount]int64

// Late are those that walks over the table have found, without those of sealed ranges.
func (o *Table) Late() Late { return o.late.list() }

// WalkedElsewhere is the first walk where other machines have made it, each over its
// range, and found so many late lines by partition.
func (o *Table) WalkedElsewhere(late []Late) {
	for part, l := range late {
		if p := &o.store.parts[part]; !p.lateKnown {
			counts := lateCountsOf(l)
			o.noteLate(&counts)
			p.lateKnown = true
		}
	}
	o.countLate()
}
