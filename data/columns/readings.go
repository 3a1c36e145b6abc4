package columns

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
	"winback/internal/fsys"
	"winback/internal/parallel"
)

// Readings say how columns are read whose types leave it open: found from
// all values of all files before any line counts.
type Readings struct {
	decimal [data.RoleCount]parse.DecimalSign // of text columns
	numbers parse.DateOrder                   // of times that are numbers; AnyDateOrder where none are
	dates   parse.DateOrder                   // of written times that leave it open; AnyDateOrder where they all do
}

// openColumn is a column whose type does not say how its values are read.
type openColumn struct {
	file, group int
	role        data.Role
	Column
}

// columnFacts are what one chunk of an open column shows.
type columnFacts struct {
	text  parse.NumberColumn
	times parse.TimeNumbers
	dates parse.DateColumn
}

// FindReadings looks at all open columns of all files. Where their values
// leave two readings, it is an *InputError that asks for the setting.
func FindReadings(ctx context.Context, fsy fsys.FS, files []File, s Settings) (Readings, error) {
	open, err := openColumns(ctx, fsy, files, s)
	if err != nil || len(open) == 0 {
		return Readings{}, err
	}
	facts, err := scanColumns(ctx, fsy, files, open, s)
	if err != nil {
		return Readings{}, err
	}
	return decideReadings(files, open, facts, s)
}

// openColumns lists the chunks to look at. A time written as text is one only
// where its first value is a number, or a date whose order is open and not said.
func openColumns(ctx context.Context, fsy fsys.FS, files []File, s Settings) ([]openColumn, error) {
	var chunks []openColumn
	openText := false
	for f := range files {
		for _, role := range [...]data.Role{data.Time, data.Amount, data.Price, data.Quantity} {
			c := &files[f].Roles[role]
			text := c.Leaf.Physical == guard.ByteArray && !c.Leaf.means(guard.Decimal)
			if !c.IsLeaf || !text && (role != data.Time || !c.Leaf.countsTime()) {
				continue
			}
			for g := range files[f].Footer.RowGroups {
				column := openColumn{f, g, role, *c}
				if role == data.Time && text && !openText {
					found, open, err := column.startsOpen(ctx, fsy, &files[f], s)
					if err != nil {
						return nil, &data.InputError{Path: files[f].Path, Err: err}
					}
					if !found {
						continue // the next row group may say it
					}
					if openText = open; !openText {
						break
					}
				}
				chunks = append(chunks, column)
			}
		}
	}
	return chunks, nil
}

// startsOpen says whether the first page of the chunk has a text, and whether the
// first one is a whole number or a date whose order is open.
func (c *openColumn) startsOpen(ctx context.Context, fsy fsys.FS, f *File, s Settings) (found, open bool, err error) {
	err = f.EachPage(ctx, fsy, c.group, c.Column, s.MemoryBytes, true, fromBytes(func(b []byte) int64 {
		if text := string(b); !found && !parse.IsMissing(text) {
			_, _, open = parse.SplitNumber(text)
			open = open || (s.DateOrder == parse.AnyDateOrder || s.DateOrder.OfNumbers()) && parse.OpenOrder(text)
			found = true
		}
		return 0
	}))
	return found, open, err
}

// scanColumns scans all chunks, several at a time.
func scanColumns(ctx context.Context, fsy fsys.FS, files []File, open []openColumn, s Settings) ([]columnFacts, error) {
	facts := make([]columnFacts, len(open))
	errs := make([]error, len(open))
	parallel.EachOf(len(open), s.Workers, func(at int) {
		if ctx.Err() != nil {
			return
		}
		f := &files[open[at].file]
		convert := open[at].converter(&facts[at], parse.Place{File: f.Path})
		if err := f.EachPage(ctx, fsy, open[at].group, open[at].Column, s.MemoryBytes, false, convert); err != nil {
			errs[at] = &data.InputError{Path: f.Path, Err: err}
		}
	})
	for _, err := range errs {
		if err != nil {
			return nil, err
		}
	}
	return facts, ctx.Err()
}

// Converter notes the values that pass instead of converting them.
func (c *openColumn) converter(facts *columnFacts, at parse.Place) Converter {
	text := c.Leaf.Physical == guard.ByteArray
	switch {
	case text && c.role != data.Time:
		return fromBytes(func(b []byte) int64 {
			if len(b) > 4 || !parse.IsMissing(string(b)) {
				facts.text.See(at, b)
			}
			return 0
		})
	case text:
		return fromBytes(func(b []byte) int64 {
			if text := string(b); !parse.IsMissing(text) {
				whole, _, ok := parse.SplitNumber(text)
				facts.times.See(whole, ok)
				if _, date := parse.ScanWritten(text); !ok && date {
					facts.times.Dates++
					facts.dates.See(text)
				}
			}
			return 0
		})
	}
	facts.times.SixteenBits = c.Leaf.unsigned() && c.Leaf.Logical.Bits == 16
	return eachNumber(c.Leaf, func(whole int64, _ float64, ok bool) int64 {
		facts.times.See(whole, ok)
		return 0
	})
}

// EachPage passes the values of a column chunk on, page after page, or those of the
// first page alone. What see writes is not looked at.
func (f *File) EachPage(ctx context.Context, fsy fsys.FS, group int, col Column, memory int64, firstPage bool, see Converter) error {
	return guard.Run(f.Path, func() error {
		handle, err := fsy.Open(f.Path)
		if err != nil {
			return err
		}
		defer handle.Close()
		open := f.RowGroup(handle, group, memory)
		if !firstPage {
			open.FetchToScan(col.Leaf, memory)
		}
		return col.walk(ctx, open, firstPage, see)
	})
}

func (c *Column) walk(ctx context.Context, group *RowGroup, firstPage bool, see Converter) error {
	cursor := NumberCursor{Convert: func(v guard.Values, out []int64) error {
		clear(out)
		return see(v, out)
	}}
	if err := cursor.Open(group, c.Leaf, c.Name); err != nil {
		return err
	}
	for left := group.Rows(); left > 0; left -= cursor.Rows {
		cursor.At = cursor.Rows
		if err := cursor.Next(); err != nil {
			return err
		}
		if firstPage {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return err
		}
	}
	return cursor.End()
}

// decideReadings joins what the chunks of each column show, in the order of
// the files, and decides.
func decideReadings(files []File, open []openColumn, facts []columnFacts, s Settings) (Readings, error) {
	var found Readings
	for _, role := range [...]data.Role{data.Time, data.Amount, data.Price, data.Quantity} {
		first := slices.IndexFunc(open, func(c openColumn) bool { return c.role == role })
		if first < 0 {
			continue
		}
		var whole columnFacts
		for i := range open {
			if open[i].role == role {
				whole.text.Add(&facts[i].text)
				whole.times.Add(&facts[i].times)
				whole.dates.Add(&facts[i].dates)
			}
		}
		var err error
		if role == data.Time && whole.times.Dates > 0 {
			found.dates = whole.dates.Decide()
			continue // written dates, some of digits alone
		}
		if role == data.Time {
			found.numbers, err = whole.times.Decide(open[first].Name, s.DateOrder)
		} else if err = whole.text.AnyNumber(open[first].Name, role); err == nil {
			found.decimal[role], err = whole.text.Decide(open[first].Name, s.Decimal)
		}
		var input *data.InputError
		if err != nil && !errors.As(err, &input) {
			err = &data.InputError{Path: files[open[first].file].Path, Err: err}
		}
		if err != nil {
			return found, err
		}
	}
	return found, nil
}

// timeOrder is how the times of a column are read.
func (found *Readings) timeOrder(l Leaf, order parse.DateOrder) parse.DateOrder {
	if l.countsTime() || l.Physical == guard.ByteArray && found.numbers != parse.AnyDateOrder {
		return found.numbers
	}
	if l.Physical == guard.ByteArray && order == parse.AnyDateOrder {
		return found.dates
	}
	return order
}

// Converter is how the numbers of a column are read in a role.
func (found *Readings) Converter(role data.Role, col Column, s Settings) (Converter, error) {
	sign := found.decimal[role]
	switch role {
	case data.Time:
		order := found.timeOrder(col.Leaf, s.DateOrder)
		if order.OfNumbers() && col.Leaf.Physical == guard.ByteArray && !col.Leaf.means(guard.Decimal) {
			return numbersOrDates(order, found.dates, s.Zone), nil
		}
		return timeConverter(col.Leaf, s.Zone, order)
	case data.Price:
		return fixedConverter(col.Leaf, pricePoint.written(sign), col.moneyDecimals(s))
	case data.Amount:
		return fixedConverter(col.Leaf, moneyPoint.written(sign), col.moneyDecimals(s))
	case data.Version:
		return versionConverter(col.Leaf)
	}
	return fixedConverter(col.Leaf, moneyPoint.written(sign), 0)
}

// written is the fixed point for numbers of a text column.
func (p fixedPoint) written(sign parse.DecimalSign) fixedPoint {
	p.sign = sign
	return p
}

// Tell adds to what was taken for what how it is read.
func (found *Readings) Tell(columns []string) {
	for i, text := range columns {
		role, err := data.ParseRole(text[:strings.IndexByte(text, '=')])
		switch {
		case err != nil:
		case role == data.Time && found.numbers != parse.AnyDateOrder:
			columns[i] += fmt.Sprintf(" (numbers, read as %s)", found.numbers)
		case role == data.Time && found.dates != parse.AnyDateOrder:
			columns[i] += fmt.Sprintf(" (read as %s, which all of it fits)", found.dates)
		case found.decimal[role] == parse.DecimalComma:
			columns[i] += " (decimal comma)"
		}
	}
}

// SettingFor is the setting that reads all of the values, as days that can be those of
// orders; "" where none does.
func SettingFor(role data.Role, values []string) string {
	all := func(read func(string) int64) bool {
		return len(values) > 0 && !slices.ContainsFunc(values, func(v string) bool {
			x := read(strings.TrimSuffix(v, "…"))
			return x == Unreadable || x == Absent
		})
	}
	if role == data.Time {
		for _, isDay := range [...]func(data.Day) bool{parse.UsualDay, parse.PossibleDay} {
			for order := parse.DayFirst; order < parse.DateOrderCount; order++ {
				if all(func(v string) int64 { return microsOf(strings.TrimSpace(v), order, isDay) }) {
					return "--date-format " + order.String()
				}
			}
		}
		return ""
	}
	for _, sign := range [...]parse.DecimalSign{parse.DecimalComma, parse.DecimalPoint} {
		if all(func(v string) int64 { return parseFixed(bytes.TrimSpace([]byte(v)), moneyPoint.written(sign)) }) {
			return fmt.Sprintf("--decimal %s", sign)
		}
	}
	return ""
}

// microsOf reads a time as one of an order, Unreadable where it is of no such day.
func microsOf(text string, order parse.DateOrder, isDay func(data.Day) bool) int64 {
	micros := writtenMicros(text, order, localClock(nil))
	if micros == Unreadable || micros == Absent || isDay(data.DayOfMicros(micros)) {
		return micros
	}
	return Unreadable
}
