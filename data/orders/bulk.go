package orders

import (
	"context"
	"slices"

	"winback/data"
	"winback/data/columns"
	"winback/data/guard"
	"winback/internal/fsys"
)

// Bulk is a column because of which a good part of the lines is set aside.
type Bulk struct {
	Why    Reason
	Role   data.Role
	Column string // its name
	Rows   int64  // set aside because of it
	// Values are up to three of its values that cannot be read, as they were found
	// and in byte order; none of customers, and none where they are empty.
	Values  []string
	Setting string // that reads them, such as "--decimal comma"; "" where none is known
}

// looker looks once more at files that have been read.
type looker struct {
	ctx  context.Context
	fsy  fsys.FS
	opts Options
}

// fewRows is up to which share of the rows, in hundredths, a reason to set them
// aside is no matter.
const fewRows = 2

// lookAtBulk finds the columns because of which more rows than few are set aside,
// and looks for what is in them.
func (o *Table) lookAtBulk() (found []Bulk, err error) {
	for _, why := range [...]Reason{Unreadable, NoTime, NoAmount} {
		if o.SetAside[why]*100 <= o.RowsRead*fewRows {
			continue
		}
		for role := range data.RoleCount {
			rows := o.faults.of(why, role)
			if rows*10 < o.SetAside[why] || rows == 0 { // others are the reason
				continue
			}
			b := Bulk{Why: why, Role: role, Column: o.ColumnOf(role), Rows: rows}
			if role != data.Customer {
				if b.Values, err = o.examples(role, why); err != nil {
					return nil, err
				}
			}
			b.Setting = columns.SettingFor(role, b.Values)
			found = append(found, b)
		}
	}
	return found, nil
}

// of is how many rows are set aside for a reason because of a role.
func (f *columnFaults) of(why Reason, role data.Role) int64 {
	isTime := role == data.Time
	switch {
	case why == Unreadable:
		return f.Unreadable[role]
	case role != data.Customer && isTime == (why == NoTime):
		return f.Missing[role]
	}
	return 0
}

// least keeps the first few distinct texts in byte order.
type least []string

func (l *least) see(text string) {
	const most, longest = 3, 40
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest]) + "…"
	}
	if at, there := slices.BinarySearch(*l, text); !there && at < most {
		*l = slices.Insert(*l, at, text)
		*l = (*l)[:min(len(*l), most)]
	}
}

// examples looks for values of a column of numbers or times that cannot be read, or
// that stand for none.
func (o *Table) examples(role data.Role, why Reason) ([]string, error) {
	mark := int64(columns.Unreadable)
	if why != Unreadable {
		mark = columns.Absent
	}
	var found least
	for i := range o.Files {
		f := &o.Files[i]
		if !f.Roles[role].IsLeaf {
			continue
		}
		for g := range f.Footer.RowGroups {
			if err := o.again.see(f, g, role, mark, &found); err != nil {
				return nil, &data.InputError{Path: f.Path, Err: err}
			}
		}
	}
	return found, nil
}

// see notes the values of a column chunk that are read as the mark.
func (a *looker) see(f *ReadFile, group int, role data.Role, mark int64, found *least) error {
	col := f.Roles[role]
	convert, err := a.opts.found.Converter(role, col, a.opts.columns())
	if err != nil {
		return err
	}
	return f.EachPage(a.ctx, a.fsy, group, col, a.opts.MemoryBytes, false, func(v guard.Values, out []int64) error {
		if err := convert(v, out); err != nil {
			return err
		}
		for i, x := range out {
			if x == mark {
				found.see(columns.AsFound(v.At(i), col.Leaf))
			}
		}
		return nil
	})
}

// NobodyWord is a word that stands for no customer, and the rows that have it.
type NobodyWord struct {
	Word string
	Rows int64
}

// NobodyWords are the words of Options.NoCustomer that were found, those of most
// rows first.
func (o *Table) NobodyWords() []NobodyWord {
	var words []NobodyWord
	for i, n := range o.faults.Nobody {
		if n > 0 {
			words = append(words, NobodyWord{o.again.opts.NoCustomer[i], n})
		}
	}
	slices.SortStableFunc(words, func(a, b NobodyWord) int { return int(b.Rows - a.Rows) })
	return words
}

// ColumnOf is the name of the column that was taken for a role, in the first file.
func (o *Table) ColumnOf(role data.Role) string { return o.Files[0].Roles[role].Name }

// BetterColumns names columns of the first file, at most two, that look more like the
// role than the one that was taken: from their names and a sample of their values.
// What cannot be looked at is passed over.
func (o *Table) BetterColumns(role data.Role) []string {
	if o.again.fsy == nil || len(o.Files) == 0 {
		return nil
	}
	words := newNobody(o.again.opts.NoCustomer)
	return o.Files[0].Better(o.again.fsy, role, o.again.opts.MemoryBytes, func(id []byte) bool { return words.find(id) >= 0 })
}

// Unused are the columns that no role takes, by a sample of their rows; none where
// the files are no more at hand.
func (o *Table) Unused() []columns.Unused {
	if o.again.fsy == nil {
		return nil
	}
	found, err := columns.LookAtUnused(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.MemoryBytes)
	if err != nil { // only the context ends it, which others see too
		return nil
	}
	return found
}

// IsTakenOff says whether the amounts or quantities are without what went back by a
// column, as columns.IsTakenOff finds it.
func (o *Table) IsTakenOff(column string, units bool) bool {
	if o.again.fsy == nil {
		return false
	}
	is, err := columns.IsTakenOff(o.again.ctx, o.again.fsy, inspectedOf(o.Files), column, units, o.again.opts.columns())
	return err == nil && is
}

// GrowingPrice is the unit price that may be the value of the line, as
// columns.GrowingPrice finds it; "" for none.
func (o *Table) GrowingPrice() string { return o.doubt(columns.GrowingPrice) }

// CountedAmount is the column of amounts that may count units, as columns.CountedAmount
// finds it; "" for none.
func (o *Table) CountedAmount() string { return o.doubt(columns.CountedAmount) }

// WholeMoney is the column of money that may count hundredths, as columns.WholeMoney
// finds it; "" for none.
func (o *Table) WholeMoney() string { return o.doubt(columns.WholeMoney) }

// MixedMoney is the column of money that may count units in some rows and hundredths in
// others, as columns.MixedMoney finds it; "" for none.
func (o *Table) MixedMoney() string { return o.doubt(columns.MixedMoney) }

// SharedMail is a column of e-mails that say better who bought, as columns.SharedMail finds
// it; "" for none.
func (o *Table) SharedMail() string { return o.doubt(columns.SharedMail) }

func (o *Table) doubt(look func(context.Context, fsys.FS, []columns.File, columns.Settings) (string, error)) string {
	if o.again.fsy == nil {
		return ""
	}
	found, err := look(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.columns())
	if err != nil { // what is doubtful was read without an error before
		return ""
	}
	return found
}

// Rivals are columns that may be meant in the place of those that were taken, as
// columns.FindRivals finds them.
func (o *Table) Rivals() columns.Rivals {
	if o.again.fsy == nil {
		return columns.Rivals{}
	}
	found, err := columns.FindRivals(o.again.ctx, o.again.fsy, inspectedOf(o.Files), &o.again.opts.judged, o.again.opts.found, o.again.opts.columns())
	if err != nil {
		return columns.Rivals{}
	}
	return found
}

// Clocks are what the times say of their clock, as columns.LookAtClocks finds it.
func (o *Table) Clocks() columns.Clocks {
	if o.again.fsy == nil {
		return columns.Clocks{}
	}
	found, err := columns.LookAtClocks(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.found, o.again.opts.columns())
	if err != nil {
		return columns.Clocks{}
	}
	return found
}

// OrderPrefixes are the letters that order ids begin with, in rows of a sample.
func (o *Table) OrderPrefixes() map[string]int {
	if o.again.fsy == nil {
		return nil
	}
	prefixes, err := columns.OrderPrefixes(o.again.ctx, o.again.fsy, inspectedOf(o.Files), o.again.opts.columns())
	if err != nil {
		return nil
	}
	return prefixes
}

// Nested are the columns in lists and groups of the first file.
func (o *Table) Nested() []string { return o.Files[0].Nested() }
