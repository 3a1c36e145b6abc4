package columns

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"winback/data"
	"winback/data/guard"
)

// needed are the roles that no history can do without, in words.
var needed = [...]struct {
	role data.Role
	what string
}{{data.Customer, "the customer"}, {data.Time, "the time of the order"}, {data.Amount, "the amount (or the unit price)"}}

// checkNeeded names all needed roles that no column has, at once, with what to
// type: the columns that look like them, else COLUMN.
func (cols *ByRole) checkNeeded(n *fileNames, m data.Mapping) error {
	var whats, flags []string
	guessed, money := false, true
	for _, need := range needed {
		if cols[need.role].IsPresent || need.role == data.Amount && (cols[data.Price].IsPresent || withoutMoney(m)) {
			continue
		}
		name := n.guess(need.role, cols)
		guessed = guessed || name != ""
		money = money && (need.role != data.Amount || name != "")
		if name == "" {
			name = "COLUMN"
		}
		role := need.role
		if role == data.Amount && strings.Contains(data.PlainName(name), "price") {
			role = data.Price
		}
		whats, flags = append(whats, need.what), append(flags, role.String()+"="+name)
	}
	if len(whats) == 0 {
		return nil
	}
	it, hint := "it", ""
	if len(whats) > 1 {
		it = "them"
	}
	if guessed {
		hint = " (guessed from the names)"
	}
	if !money {
		hint += "; where no column has money, --map amount= reads purchases without their worth"
	}
	return fmt.Errorf("no column for %s; the columns are %s; name %s with --map %s%s", inWords(whats), data.QuotedList(n.names), it, ShellWord(strings.Join(flags, ",")), hint)
}

// withoutMoney says whether --map says that the table has no amount, and names no price:
// purchases are then worth 0.
func withoutMoney(m data.Mapping) bool {
	amount, said := m[data.Amount]
	return said && amount == "" && m[data.Price] == ""
}

func inWords(all []string) string {
	if last := len(all) - 1; last > 0 {
		return strings.Join(all[:last], ", ") + " and " + all[last]
	}
	return all[0]
}

// ShellWord writes a text as one word of a command line.
func ShellWord(text string) string {
	if strings.IndexFunc(text, func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune(",-_.:/=", r)
	}) < 0 {
		return text
	}
	return "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
}

// otherHints are parts of the names of columns that are something else than the
// role, though a part of betterHints is in them.
var otherHints = map[data.Role][]string{
	data.Customer: {"type", "age", "gender", "city", "country", "segment", "since", "date", "order", "amount", "total", "state", "zip"},
	data.Time:     {"ship", "due", "deliver", "birth", "updat", "modif", "load", "stock", "expir", "first", "last", "zone", "type", "joined", "signup"},
	data.OrderID:  {"date", "time", "day", "status", "type", "total", "amount", "value", "qty", "quant", "channel", "source"},
	data.Amount:   {"date", "time", "tax", "ship", "disc", "cost", "profit", "count", "name", "type", "customer", "item", "qty", "quant", "orders", "unit"},
}

// guess is the column that looks most like a needed role by its name and type; ""
// for none.
func (n *fileNames) guess(role data.Role, cols *ByRole) string {
	name, best := "", len(betterHints[role])
	for _, l := range n.leaves {
		plain := data.PlainName(l.Name)
		has := func(part string) bool { return strings.Contains(plain, part) }
		tier := slices.IndexFunc(betterHints[role], has)
		taken := slices.ContainsFunc(cols[:], func(c Column) bool { return c.IsLeaf && c.Leaf.index == l.index })
		if tier >= 0 && tier < best && !taken && !slices.ContainsFunc(otherHints[role], has) && canBe(role, l) {
			name, best = l.Name, tier
		}
	}
	return name
}

// canBe says whether the type of a column can hold the role.
func canBe(role data.Role, l Leaf) bool {
	if role == data.Customer {
		return textLeaf(l) == nil && l.Physical != guard.Boolean
	}
	return checkType(role, Column{Leaf: l, IsLeaf: true, IsPresent: true, Name: l.Name}, 0) == nil
}
