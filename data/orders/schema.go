package orders

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"winback/data"
	"winback/data/guard"
	"winback/data/parse"
	"winback/data/source"
)

// columnOf says where a role's values come from in one file: a leaf, a Hive
// partition value, or nothing.
type columnOf struct {
	leaf      leaf
	isLeaf    bool
	constant  string // partition value
	isPresent bool
	name      string
}

// fileColumns are the columns of the roles in one file.
type fileColumns [data.RoleCount]columnOf

// resolveColumns finds the roles among the columns and partition keys of a
// file.
func resolveColumns(columns []guard.Column, partition []source.PartitionKey, opts Options) (fileColumns, error) {
	var cols fileColumns
	leaves, nested := flatColumns(columns)
	var names []string
	for _, l := range leaves {
		names = append(names, l.Name)
	}
	for _, key := range partition {
		if !slices.Contains(names, key.Name) {
			names = append(names, key.Name)
		}
	}
	if err := checkNames(names, nested, opts.Mapping); err != nil {
		return cols, err
	}
	found, err := data.AssignRoles(names, len(leaves), opts.Mapping)
	if err != nil {
		return cols, err
	}
	for r, at := range found {
		_, mapped := opts.Mapping[data.Role(r)]
		switch {
		case at < 0:
		case data.Role(r) == data.Version && !mapped && (at >= len(leaves) || !countsVersions(leaves[at])):
		case at < len(leaves):
			cols[r] = columnOf{leaf: leaves[at], isLeaf: true, isPresent: true, name: names[at]}
		default:
			value := partition[slices.IndexFunc(partition, func(k source.PartitionKey) bool { return k.Name == names[at] })].Value
			cols[r] = columnOf{constant: value, isPresent: true, name: names[at]}
		}
	}
	if err := cols.checkNested(nested, opts.Mapping); err != nil {
		return cols, err
	}
	return cols, cols.check(names, opts.DateOrder)
}

// checkNested finds lists and groups under the name of a role that would change
// what the lines say, where no flat column has the role: passed over, the lines
// would be read without it.
func (cols *fileColumns) checkNested(nested []string, m data.Mapping) error {
	for _, r := range [...]data.Role{data.Customer, data.Time, data.Amount, data.Price, data.Quantity, data.OrderID} {
		if _, mapped := m[r]; mapped || cols[r].isPresent || r == data.Price && cols[data.Amount].isPresent {
			continue
		}
		at, err := data.FindByCommonName(r, nested, len(nested), nil)
		if err == nil && at >= 0 {
			return fmt.Errorf("column %q as %s: want a flat column, have a list or group; name another with --map %s=COLUMN", nested[at], r, r)
		}
	}
	return nil
}

func checkNames(names, nested []string, m data.Mapping) error {
	sorted := slices.Clone(names)
	slices.Sort(sorted)
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return fmt.Errorf("column %q: there twice", sorted[i])
		}
	}
	for r, name := range m {
		if slices.Contains(nested, name) {
			return fmt.Errorf("column %q as %s: want a flat column, have a list or group", name, r)
		}
	}
	return nil
}

// check asks for what no history can do without, and for types that can hold
// the roles.
func (cols *fileColumns) check(names []string, order parse.DateOrder) error {
	need := func(r data.Role, what string) error {
		return fmt.Errorf("no column for %s; the columns are %s; name it with --map %s=COLUMN", what, data.QuotedList(names), r)
	}
	switch {
	case !cols[data.Customer].isPresent:
		return need(data.Customer, "the customer")
	case !cols[data.Time].isPresent:
		return need(data.Time, "the time of the order")
	case !cols[data.Amount].isPresent && !cols[data.Price].isPresent:
		return need(data.Amount, "the amount (or the unit price)")
	}
	for r := range cols {
		if err := checkType(data.Role(r), cols[r], order); err != nil {
			return fmt.Errorf("column %q as %s: %w", cols[r].name, data.Role(r), err)
		}
	}
	return nil
}

func checkType(r data.Role, c columnOf, order parse.DateOrder) error {
	if !c.isPresent {
		return nil
	}
	switch r {
	case data.Amount, data.Price, data.Quantity:
		if !c.isLeaf {
			return errors.New("want a column, have a partition folder")
		}
		if !c.leaf.means(guard.NoMeaning, guard.Integer, guard.Decimal, guard.Text) {
			return fmt.Errorf("want a number, have %s", c.leaf.typeName())
		}
		_, err := fixedConverter(c.leaf, moneyPoint, false)
		return err
	case data.Time:
		if !c.isLeaf {
			return checkFolderTime(c.constant, order)
		}
		_, err := timeConverter(c.leaf, time.UTC, parse.AnyDateOrder)
		return err
	case data.Discount:
		return nil
	case data.Version:
		if c.isLeaf {
			_, err := versionConverter(c.leaf)
			return err
		}
		return nil
	}
	if !c.isLeaf {
		return nil
	}
	if c.leaf.wide() {
		return errWide
	}
	return textLeaf(c.leaf)
}

// checkFolderTime asks that the value of a partition folder is a date or time.
func checkFolderTime(value string, order parse.DateOrder) error {
	readable := func(o parse.DateOrder) bool { return writtenMicros(value, o, localClock(nil)) != unreadable }
	switch {
	case readable(order):
		return nil
	case readable(parse.DayFirst) || readable(parse.MonthFirst):
		return openDate(value)
	}
	return fmt.Errorf("want a date or time, have the folder value %q", value)
}

// inCents says whether a money column counts hundredths, by its name.
func (c columnOf) inCents() bool { return strings.HasSuffix(data.PlainName(c.name), "cents") }

// sameRoles compares the roles of two files: a role that one has must be in
// the other, since nothing is filled in.
func sameRoles(first, other fileColumns, firstPath string) error {
	for r := range first {
		switch a, b := first[r], other[r]; {
		case data.Role(r) == data.Discount || data.Role(r) == data.Currency || data.Role(r) == data.Version:
		case a.isPresent && !b.isPresent:
			return fmt.Errorf("no column for %s, which is %q in %s; give the column one name in all files, or leave it out of all with --map %s=",
				data.Role(r), a.name, firstPath, data.Role(r))
		case !a.isPresent && b.isPresent:
			return fmt.Errorf("column %q is the %s, and %s has no column for that; give the column one name in all files, or leave it out of all with --map %s=", b.name, data.Role(r), firstPath, data.Role(r))
		}
	}
	return nil
}
