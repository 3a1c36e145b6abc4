package columns

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

// Column says where a role's values come from in one file: a leaf, a Hive
// partition value, or nothing.
type Column struct {
	Leaf      Leaf
	IsLeaf    bool
	Constant  string // partition value
	IsPresent bool
	Name      string
}

// ByRole are the columns of the roles in one file.
type ByRole [data.RoleCount]Column

// fileNames are the flat columns and partition keys of a file.
type fileNames struct {
	leaves    []Leaf
	nested    []string // lists and groups
	names     []string // of leaves, then of keys that no leaf has
	partition []source.PartitionKey
}

func namesOf(columns []guard.Column, partition []source.PartitionKey) fileNames {
	n := fileNames{partition: wholeDays(partition)}
	n.leaves, n.nested = Flat(columns)
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

// wholeDays gives the key of the day the whole date where others have year and month.
func wholeDays(partition []source.PartitionKey) []source.PartitionKey {
	parts := [3]int{-1, -1, -1}
	for i, key := range partition {
		if at := slices.IndexFunc(dayKeys[:], func(names []string) bool { return slices.Contains(names, data.PlainName(key.Name)) }); at >= 0 {
			parts[at] = i
		}
	}
	if slices.Contains(parts[:], -1) {
		return partition
	}
	value := func(i int) string { return partition[parts[i]].Value }
	text := value(0) + "-" + value(1) + "-" + value(2)
	if _, ok := parse.ParseWrittenTime(text, parse.YearFirst); !ok {
		return partition
	}
	whole := slices.Clone(partition)
	whole[parts[2]].Value = text
	return whole
}

// dayKeys are the usual keys of folders by year, month and day.
var dayKeys = [3][]string{{"year", "yyyy", "yr", "y"}, {"month", "mm", "mon", "m"}, {"day", "dd", "d"}}

// column says where the values of one of the names come from.
func (n *fileNames) column(at int) Column {
	switch {
	case at < 0:
		return Column{}
	case at < len(n.leaves):
		return Column{Leaf: n.leaves[at], IsLeaf: true, IsPresent: true, Name: n.names[at]}
	}
	value := n.partition[slices.IndexFunc(n.partition, func(k source.PartitionKey) bool { return k.Name == n.names[at] })].Value
	return Column{Constant: value, IsPresent: true, Name: n.names[at]}
}

// resolveColumns finds the roles among the names of a file.
func resolveColumns(n *fileNames, s Settings, judged *Judgement) (ByRole, error) {
	var cols ByRole
	found, err := data.AssignRoles(n.names, len(n.leaves), s.Mapping, &judged.Passed)
	if err != nil {
		return cols, err
	}
	if price := found[data.Price]; price >= 0 && n.names[price] == judged.LineValue {
		found[data.Amount], found[data.Price] = price, -1
	}
	if at := found[data.Version]; at >= 0 && s.Mapping[data.Version] == "" && (at >= len(n.leaves) || !countsVersions(n.leaves[at])) {
		found[data.Version] = -1
	}
	for _, r := range data.MarkRoles {
		if at := found[r]; at >= 0 && s.Mapping[r] == "" && (at >= len(n.leaves) || !canMark(n.leaves[at])) {
			found[r] = -1
		}
	}
	for r, at := range found {
		cols[r] = n.column(at)
	}
	if err := cols.checkNested(n.nested, s.Mapping); err != nil {
		return cols, err
	}
	if err := cols.checkNeeded(n, s.Mapping); err != nil {
		return cols, err
	}
	return cols, cols.check(s.DateOrder)
}

// checkNested finds lists and groups under the name of a role that would change
// what the lines say, where no flat column has the role: passed over, the lines
// would be read without it.
func (cols *ByRole) checkNested(nested []string, m data.Mapping) error {
	for _, r := range [...]data.Role{data.Customer, data.Time, data.Amount, data.Price, data.Quantity, data.OrderID} {
		if _, mapped := m[r]; mapped || cols[r].IsPresent || r == data.Price && cols[data.Amount].IsPresent {
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

// check asks for types that can hold the roles.
func (cols *ByRole) check(order parse.DateOrder) error {
	for r := range cols {
		if err := checkType(data.Role(r), cols[r], order); err != nil {
			return fmt.Errorf("column %q as %s: %w", cols[r].Name, data.Role(r), err)
		}
	}
	return nil
}

func checkType(r data.Role, c Column, order parse.DateOrder) error {
	if !c.IsPresent {
		return nil
	}
	switch r {
	case data.Amount, data.Price, data.Quantity:
		if !c.IsLeaf {
			return errors.New("want a column, have a partition folder")
		}
		if !c.Leaf.means(guard.NoMeaning, guard.Integer, guard.Decimal, guard.Text) {
			return fmt.Errorf("want a number, have %s", c.Leaf.typeName())
		}
		_, err := fixedConverter(c.Leaf, moneyPoint, 0)
		return err
	case data.Time:
		if !c.IsLeaf {
			return checkFolderTime(c.Constant, order)
		}
		_, err := timeConverter(c.Leaf, time.UTC, parse.AnyDateOrder)
		return err
	case data.Discount:
		return nil
	case data.Version:
		if c.IsLeaf {
			_, err := versionConverter(c.Leaf)
			return err
		}
		return nil
	}
	if !c.IsLeaf {
		return nil
	}
	if r.IsMark() {
		if !canMark(c.Leaf) {
			return fmt.Errorf("want truth values, times, texts or whole numbers, have %s", c.Leaf.typeName())
		}
		return nil
	}
	if c.Leaf.wide() {
		return errWide
	}
	if r == data.Status && c.Leaf.Physical == guard.Boolean {
		return nil // is_active, and the like
	}
	return textLeaf(c.Leaf)
}

// checkFolderTime asks that the value of a partition folder is a date or time.
func checkFolderTime(value string, order parse.DateOrder) error {
	switch {
	case writtenMicros(value, order, localClock(nil)) != Unreadable:
		return nil
	case anyOrder(value, localClock(nil)):
		return openDate(value)
	}
	return fmt.Errorf("want a date or time, have the folder value %q", value)
}

// ConstantTime reads the value of a partition folder as the time of its lines.
func (c Column) ConstantTime(s Settings) int64 {
	return writtenMicros(c.Constant, s.DateOrder, localClock(s.Zone))
}

// unitDecimals is how many decimals of money a column of whole units counts, by its
// name: 2 for hundredths, 6 for millionths.
func (c Column) unitDecimals() int {
	switch name := data.PlainName(c.Name); {
	case strings.HasSuffix(name, "cents") || strings.HasSuffix(name, "minor"):
		return 2
	case strings.HasSuffix(name, "micros"):
		return 6
	}
	return 0
}

// moneyDecimals is the same, or what the settings say where the name does not.
func (c Column) moneyDecimals(s Settings) int {
	if n := c.unitDecimals(); n > 0 {
		return n
	}
	return max(s.MoneyDecimals, 0)
}

// sameRoles compares the roles of two files: a role that one has must be in
// the other, since nothing is filled in, and no file may take another column than
// one that both have. A column that has another name in each is the same one.
func sameRoles(first, other *File) error {
	for r := range first.Roles {
		switch a, b := first.Roles[r], other.Roles[r]; {
		case data.Role(r) == data.Discount || data.Role(r) == data.Currency || data.Role(r) >= data.Version:
		case a.IsPresent && !b.IsPresent:
			return fmt.Errorf("no column for %s, which is %q in %s; give the column one name in all files, or leave it out of all with --map %s=",
				data.Role(r), a.Name, first.Path, data.Role(r))
		case !a.IsPresent && b.IsPresent:
			return fmt.Errorf("column %q is the %s, and %s has no column for that; give the column one name in all files, or leave it out of all with --map %s=", b.Name, data.Role(r), first.Path, data.Role(r))
		case a.Name != b.Name && (slices.Contains(other.names, a.Name) || slices.Contains(first.names, b.Name)):
			return fmt.Errorf("column %q is the %s, and in %s it is %q; say which with --map %s=COLUMN, and give the column one name in all files", b.Name, data.Role(r), first.Path, a.Name, data.Role(r))
		}
	}
	return nil
}

// IsNumber says whether the values of a role are read as whole numbers.
func IsNumber(r data.Role) bool {
	return r == data.Time || r == data.Amount || r == data.Price || r == data.Quantity || r == data.Version
}
