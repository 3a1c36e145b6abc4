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

// fileNames are the flat columns and partition keys of a file.
type fileNames struct {
	leaves    []leaf
	nested    []string // lists and groups
	names     []string // of leaves, then of keys that no leaf has
	partition []source.PartitionKey
}

func namesOf(columns []guard.Column, partition []source.PartitionKey) fileNames {
	n := fileNames{partition: partition}
	n.leaves, n.nested = flatColumns(columns)
	for _, l := range n.leaves {
		n.names = append(n.names, l.Name)
	}
	for _, key := range partition {
		if !slices.Contains(n.names, key.Name) {
			n.names = append(n.names, key.Name)
		}
	}
	return n
}

// column says where the values of one of the names come from.
func (n *fileNames) column(at int) columnOf {
	switch {
	case at < 0:
		return columnOf{}
	case at < len(n.leaves):
		return columnOf{leaf: n.leaves[at], isLeaf: true, isPresent: true, name: n.names[at]}
	}
	value := n.partition[slices.IndexFunc(n.partition, func(k source.PartitionKey) bool { return k.Name == n.names[at] })].Value
	return columnOf{constant: value, isPresent: true, name: n.names[at]}
}

// resolveColumns finds the roles among the names of a file.
func resolveColumns(n *fileNames, s columnSettings, judged *judgement) (fileColumns, error) {
	var cols fileColumns
	found, err := data.AssignRoles(n.names, len(n.leaves), s.Mapping, &judged.passed)
	if err != nil {
		return cols, err
	}
	if price := found[data.Price]; price >= 0 && n.names[price] == judged.lineValue {
		found[data.Amount], found[data.Price] = price, -1
	}
	if at := found[data.Version]; at >= 0 && s.Mapping[data.Version] == "" && (at >= len(n.leaves) || !countsVersions(n.leaves[at])) {
		found[data.Version] = -1
	}
	for r, at := range found {
		cols[r] = n.column(at)
	}
	if err := cols.checkNested(n.nested, s.Mapping); err != nil {
		return cols, err
	}
	return cols, cols.check(n.names, s.DateOrder)
}

// checkNested finds lists and groups under the name of a role that would change
// what the lines say, where no flat column has the role: passed over, the lines
// would be read without it.
func (cols *fileColumns) checkNested(nested []string, m data.Mapping) error {
	for _, r := range [...]data.Role{data.Customer, data.Time, data.Amount, data.Price, data.Quantity, data.OrderID} {
		if _, mapped := m[r]; mapped || cols[r].isPresent || r == data.Price && cols[data.Amount].isPresent {
			continue
		}
		at, err := data.FindByCommonName(r, nested, len(nested), func(int) bool { return false })
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

// constantTime reads the value of a partition folder as the time of its lines.
func (c columnOf) constantTime(s columnSettings) int64 {
	return writtenMicros(c.constant, s.DateOrder, localClock(s.Zone))
}

// inCents says whether a money column counts hundredths, by its name.
func (c columnOf) inCents() bool { return strings.HasSuffix(data.PlainName(c.name), "cents") }

// sameRoles compares the roles of two files: a role that one has must be in
// the other, since nothing is filled in, and no file may take another column than
// one that both have. A column that has another name in each is the same one.
func sameRoles(first, other *columnFile) error {
	for r := range first.cols {
		switch a, b := first.cols[r], other.cols[r]; {
		case data.Role(r) == data.Discount || data.Role(r) == data.Currency || data.Role(r) == data.Version:
		case a.isPresent && !b.isPresent:
			return fmt.Errorf("no column for %s, which is %q in %s; give the column one name in all files, or leave it out of all with --map %s=",
				data.Role(r), a.name, first.Path, data.Role(r))
		case !a.isPresent && b.isPresent:
			return fmt.Errorf("column %q is the %s, and %s has no column for that; give the column one name in all files, or leave it out of all with --map %s=", b.name, data.Role(r), first.Path, data.Role(r))
		case a.name != b.name && (slices.Contains(other.names, a.name) || slices.Contains(first.names, b.name)):
			return fmt.Errorf("column %q is the %s, and in %s it is %q; say which with --map %s=COLUMN, and give the column one name in all files", b.name, data.Role(r), first.Path, a.name, data.Role(r))
		}
	}
	return nil
}

// isNumber says whether the values of a role are read as whole numbers.
func isNumber(r data.Role) bool {
	return r == data.Time || r == data.Amount || r == data.Price || r == data.Quantity || r == data.Version
}
