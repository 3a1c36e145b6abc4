package columns

import (
	"bytes"
	"context"
	"errors"
	"slices"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
	"winback/internal/fsys"
)

// Unused is a flat column that no role takes, or the one of the status or one of marks, and what a sample of its
// rows shows.
type Unused struct {
	Name    string
	IsMark  bool           // it is taken as a column of marks
	IsState bool           // it is taken as the status
	Rows    int            // looked at
	Filled  int            // of them
	Values  map[string]int // rows by value as a person would write it; nil where there are more than mostUnusedValues
	Numbers bool           // by its type
	Times   bool           // by its type
	CanMark bool           // its type can be that of marks
	Marks   int            // rows in which it is true, a time or a number other than 0
	JSON    int            // rows in which it has an object or a list
	Written int            // rows in which it is a text that is a number
	NotZero int            // rows in which it is a number other than 0
	Below   map[string]int // of the rows by value, those with an amount or a quantity below 0
	Back    int            // of the rows that are filled, those
}

const (
	mostUnusedValues = 64
	unusedGroups     = 12
	unusedRows       = 16_384 // of each row group
)

// LookAtUnused samples the columns that no role takes, and those of status and marks, in the order
// of the first file that has them. What cannot be read is left out.
func LookAtUnused(ctx context.Context, fsy fsys.FS, files []File, memory int64) (found []Unused, err error) {
	var tasks []rowGroupOf
	for f := range files {
		for g := range files[f].Footer.RowGroups {
			if files[f].Footer.RowGroups[g].Rows > 0 {
				tasks = append(tasks, rowGroupOf{f, g})
			}
		}
	}
	for k := range min(unusedGroups, len(tasks)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := tasks[k*len(tasks)/min(unusedGroups, len(tasks))]
		f := &files[t.file]
		var below []bool
		for _, l := range f.leaves {
			isMark, isState := f.isTakenAsMark(l), f.Roles[data.Status].IsLeaf && f.Roles[data.Status].Leaf.index == l.index
			if l.Name == "" || f.isTaken(l) && !isMark && !isState {
				continue
			}
			if below == nil {
				below = f.signs(fsy, t.group, memory)
			}
			at := slices.IndexFunc(found, func(u Unused) bool { return u.Name == l.Name })
			if at < 0 {
				at = len(found)
				found = append(found, Unused{Name: l.Name, IsMark: isMark, IsState: isState, Values: map[string]int{}, Below: map[string]int{}})
			}
			_ = guard.Run(f.Path, func() error { return found[at].look(fsy, f, l, t.group, memory, below) }) // what was read counts
		}
	}
	return found, nil
}

// errEnough ends the look at a column of which enough is known.
var errEnough = errors.New("enough")

func (u *Unused) look(fsy fsys.FS, f *File, l Leaf, group int, memory int64, below []bool) error {
	if u.Values == nil && u.JSON == 0 && !l.means(guard.Date, guard.Timestamp) {
		return nil
	}
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return err
	}
	defer handle.Close()
	isSet, err := markReader(l)
	u.CanMark = err == nil && canMark(l)
	u.Times = l.means(guard.Date, guard.Timestamp) || l.Physical == guard.Int96
	u.Numbers = !u.Times && l.Physical != guard.Boolean && (l.Physical != guard.ByteArray || l.means(guard.Decimal))
	rows := f.RowGroup(handle, group, memory)
	c := TextCursor{Mark: u.Times}
	if err := c.Open(rows, l, l.Name); err != nil {
		return err
	}
	at := -1
	return c.each(min(rows.Rows(), unusedRows), func(text []byte) error {
		if at++; at >= unusedRows {
			return errEnough
		}
		u.see(text, at < len(below) && below[at])
		if IsEmpty(text) {
			return nil
		}
		if u.CanMark && (u.Times || l.Physical == guard.Boolean && text[0] == 't' || l.Physical == guard.ByteArray && isSet(text)) || u.Numbers && string(text) != "0" {
			u.Marks++
		}
		return nil
	})
}

// see takes up a value of a row, whose amount or quantity may be below 0.
func (u *Unused) see(text []byte, isBelow bool) {
	u.Rows++
	if IsEmpty(text) {
		return
	}
	u.Filled++
	if isBelow {
		u.Back++
	}
	if IsJSON(text) {
		u.JSON++
	}
	isNumber := u.Numbers
	if !u.Numbers && !u.Times && isWrittenNumber(text) {
		u.Written++
		isNumber = true
	}
	if isNumber && bytes.ContainsAny(text, "123456789") {
		u.NotZero++
	}
	if u.Times || u.Values == nil {
		return
	}
	if isBelow {
		u.Below[string(text)]++
	}
	if u.Values[string(text)]++; len(u.Values) > mostUnusedValues {
		u.Values = nil
	}
}

// isWrittenNumber says whether a text is a number, by either decimal sign.
func isWrittenNumber(text []byte) bool {
	return len(text) < 32 && bytes.ContainsAny(text, "0123456789") &&
		(parseFixed(text, moneyPoint) != Unreadable || parseFixed(text, moneyPoint.written(parse.DecimalComma)) != Unreadable)
}

// isTakenAsMark says whether a column is taken as one of marks.
func (f *File) isTakenAsMark(l Leaf) bool {
	return slices.ContainsFunc(data.MarkRoles[:], func(r data.Role) bool { return f.Roles[r].IsLeaf && f.Roles[r].Leaf.index == l.index })
}
