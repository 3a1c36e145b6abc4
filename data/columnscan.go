package data

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"winback/data/guard"
	"winback/internal/fsys"
)

// columnReadings say how columns are read whose types leave it open: found from
// all values of all files before any line counts.
type columnReadings struct {
	decimal [roleCount]DecimalSign // of text columns
	numbers DateOrder              // of times that are numbers; AnyDateOrder where none are
}

// openColumn is a column whose type does not say how its values are read.
type openColumn struct {
	file, group int
	role        Role
	leaf        leaf
	name        string
}

// columnFacts are what one chunk of an open column shows.
type columnFacts struct {
	text  numberColumn
	times timeNumbers
}

// findReadings looks at all open columns of all files. Where their values
// leave two readings, it is an *InputError that asks for the setting.
func findReadings(ctx context.Context, fsy fsys.FS, files []ReadFile, opts ReadOptions) (columnReadings, error) {
	open, err := openColumns(ctx, fsy, files, opts)
	if err != nil || len(open) == 0 {
		return columnReadings{}, err
	}
	facts, err := scanColumns(ctx, fsy, files, open, opts)
	if err != nil {
		return columnReadings{}, err
	}
	return decideReadings(files, open, facts, opts)
}

// openColumns lists the chunks to look at. A time written as text is one only
// where its first value is a number.
func openColumns(ctx context.Context, fsy fsys.FS, files []ReadFile, opts ReadOptions) ([]openColumn, error) {
	var open []openColumn
	numberText := false
	for f := range files {
		for _, role := range [...]Role{Time, Amount, Price, Quantity} {
			c := &files[f].cols[role]
			text := c.leaf.Physical == guard.ByteArray && !c.leaf.means(guard.Decimal)
			if !c.isLeaf || !text && (role != Time || !c.leaf.countsTime()) {
				continue
			}
			for g := range files[f].footer.RowGroups {
				column := openColumn{f, g, role, c.leaf, c.name}
				if role == Time && text && !numberText {
					var err error
					if numberText, err = column.startsWithNumber(ctx, fsy, &files[f], opts); err != nil {
						return nil, &InputError{files[f].Path, err}
					}
					if !numberText {
						break
					}
				}
				open = append(open, column)
			}
		}
	}
	return open, nil
}

// startsWithNumber says whether the first text of the column is a whole number.
func (c *openColumn) startsWithNumber(ctx context.Context, fsy fsys.FS, f *ReadFile, opts ReadOptions) (bool, error) {
	found, number := false, false
	err := c.scan(ctx, fsy, f, opts, true, fromBytes(func(s []byte) int64 {
		if text := string(s); !found && !isMissing(text) {
			_, _, number = splitNumber(text)
			found = true
		}
		return 0
	}))
	return number, err
}

// scanColumns scans all chunks, several at a time.
func scanColumns(ctx context.Context, fsy fsys.FS, files []ReadFile, open []openColumn, opts ReadOptions) ([]columnFacts, error) {
	facts := make([]columnFacts, len(open))
	errs := make([]error, len(open))
	var next atomic.Int64
	var wait sync.WaitGroup
	for range min(opts.Workers, len(open)) {
		wait.Go(func() {
			for at := int(next.Add(1)) - 1; at < len(open) && ctx.Err() == nil; at = int(next.Add(1)) - 1 {
				f := &files[open[at].file]
				convert := open[at].converter(&facts[at], place{file: f.Path})
				if err := open[at].scan(ctx, fsy, f, opts, false, convert); err != nil {
					errs[at] = &InputError{f.Path, err}
				}
			}
		})
	}
	wait.Wait()
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return facts, ctx.Err()
}

// converter notes the values that pass instead of converting them.
func (c *openColumn) converter(facts *columnFacts, at place) numberConverter {
	text := c.leaf.Physical == guard.ByteArray
	switch {
	case text && c.role != Time:
		return fromBytes(func(s []byte) int64 {
			if len(s) > 4 || !isMissing(string(s)) {
				facts.text.see(at, s)
			}
			return 0
		})
	case text:
		return fromBytes(func(s []byte) int64 {
			if text := string(s); !isMissing(text) {
				whole, _, ok := splitNumber(text)
				facts.times.see(whole, ok)
				if _, date := scanWritten(text); !ok && date {
					facts.times.dates++
				}
			}
			return 0
		})
	}
	facts.times.sixteenBits = c.leaf.unsigned() && c.leaf.Logical.Bits == 16
	return eachNumber(c.leaf, func(whole int64, _ float64, ok bool) int64 {
		facts.times.see(whole, ok)
		return 0
	})
}

// scan walks over the pages of the chunk, or reads the first one alone.
func (c *openColumn) scan(ctx context.Context, fsy fsys.FS, f *ReadFile, opts ReadOptions, firstPage bool, see numberConverter) error {
	return guard.Run(f.Path, func() error {
		handle, err := fsy.Open(f.Path)
		if err != nil {
			return err
		}
		defer handle.Close()
		group := openRowGroup{handle, f.footer, c.group, guard.Limits{MemoryBytes: opts.MemoryBytes}}
		return c.walk(ctx, &group, firstPage, see)
	})
}

func (c *openColumn) walk(ctx context.Context, group *openRowGroup, firstPage bool, see numberConverter) error {
	cursor := numberCursor{convert: func(v guard.Values, out []int64) error {
		clear(out)
		return see(v, out)
	}}
	if err := cursor.open(group, c.leaf, c.name); err != nil {
		return err
	}
	for left := group.rows(); left > 0; left -= cursor.rows {
		cursor.at = cursor.rows
		if err := cursor.next(); err != nil {
			return err
		}
		if firstPage {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return cursor.end()
}

// decideReadings joins what the chunks of each column show, in the order of
// the files, and decides.
func decideReadings(files []ReadFile, open []openColumn, facts []columnFacts, opts ReadOptions) (columnReadings, error) {
	var found columnReadings
	for _, role := range [...]Role{Time, Amount, Price, Quantity} {
		first := slices.IndexFunc(open, func(c openColumn) bool { return c.role == role })
		if first < 0 {
			continue
		}
		var whole columnFacts
		for i := range open {
			if open[i].role == role {
				whole.text.add(&facts[i].text)
				whole.times.add(&facts[i].times)
			}
		}
		var err error
		if role == Time && whole.times.dates > 0 {
			continue // written dates, some of digits alone
		}
		if role == Time {
			found.numbers, err = whole.times.decide(open[first].name, opts.DateOrder)
		} else if err = whole.text.anyNumber(open[first].name, role); err == nil {
			found.decimal[role], err = whole.text.decide(open[first].name, opts.Decimal)
		}
		var input *InputError
		if err != nil && !errors.As(err, &input) {
			err = &InputError{files[open[first].file].Path, err}
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// timeOrder is how the times of a column are read.
func (opts *ReadOptions) timeOrder(l leaf) DateOrder {
	if l.countsTime() || l.Physical == guard.ByteArray && opts.found.numbers != AnyDateOrder {
		return opts.found.numbers
	}
	return opts.DateOrder
}

// written is the fixed point for numbers of a text column.
func (p fixedPoint) written(sign DecimalSign) fixedPoint {
	p.sign = sign
	return p
}

// tell adds to what was taken for what how it is read.
func (found *columnReadings) tell(columns []string) {
	for i, text := range columns {
		role, err := ParseRole(text[:strings.IndexByte(text, '=')])
		switch {
		case err != nil:
		case role == Time && found.numbers != AnyDateOrder:
			columns[i] += fmt.Sprintf(" (numbers, read as %s)", found.numbers)
		case found.decimal[role] == DecimalComma:
			columns[i] += " (decimal comma)"
		}
	}
}
