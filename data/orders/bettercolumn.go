package orders

import (
	"cmp"
	"slices"
	"strings"

	"winback/data"
	"winback/data/guard"
)

// Hints are parts of the names of columns that may hold a role, the better first.
var betterHints = map[data.Role][]string{
	data.Customer: {"customerunique", "customer", "email", "mail", "client", "kunde", "cliente", "buyer", "shopper", "member", "loyalty", "account", "user", "contact", "phone"},
	data.Product:  {"productid", "sku", "product", "article", "artikel", "ean", "gtin", "asin", "upc", "stock", "item"},
	data.OrderID:  {"orderid", "ordernumber", "orderno", "order", "bestell", "invoice", "receipt", "basket", "ticket", "transaction", "bill"},
}

// sampledRows is how many rows of the first row group show what is in a column.
const sampledRows = 50_000

// columnSample are the entries of the first rows of a column.
type columnSample struct {
	name     string
	values   []string // "" for none
	distinct int
	filled   int
}

// BetterColumns names columns of the orders, at most two, that look more like the
// role than the one that was taken: from their names and a sample of their values.
// What cannot be looked at is passed over.
func (o *Table) BetterColumns(role data.Role) []string {
	if o.again.fsy == nil || len(o.Files) == 0 {
		return nil
	}
	var order *columnSample
	if col := o.Files[0].cols[data.OrderID]; col.isLeaf && role != data.OrderID {
		order = o.sampleOf(col.leaf)
	}
	type candidate struct {
		name string
		tier int
	}
	var found []candidate
	flat, _ := flatColumns(o.Files[0].footer.Columns)
	for _, l := range flat {
		tier := slices.IndexFunc(betterHints[role], func(hint string) bool { return strings.Contains(data.PlainName(l.Name), hint) })
		if tier < 0 || o.isTaken(l) || textLeaf(l) != nil {
			continue
		}
		if s := o.sampleOf(l); s != nil && s.suits(role, order, newNobody(o.again.opts.NoCustomer)) {
			found = append(found, candidate{l.Name, tier})
		}
	}
	slices.SortStableFunc(found, func(a, b candidate) int { return cmp.Compare(a.tier, b.tier) })
	var names []string
	for _, c := range found[:min(len(found), 2)] {
		names = append(names, c.name)
	}
	return names
}

// isTaken says whether a column has a role already that it should keep.
func (o *Table) isTaken(l leaf) bool {
	for _, c := range o.Files[0].cols {
		if c.isLeaf && c.leaf.index == l.index {
			return true
		}
	}
	return false
}

// sampleOf reads the first rows of a column; nil where it cannot.
func (o *Table) sampleOf(l leaf) *columnSample {
	f := &o.Files[0]
	s := &columnSample{name: l.Name}
	seen := map[string]bool{}
	err := guard.Run(f.Path, func() error {
		handle, err := o.again.fsy.Open(f.Path)
		if err != nil {
			return err
		}
		defer handle.Close()
		c := textCursor{onEntries: func(*entries, int) {}}
		if err := c.open(&openRowGroup{handle, f.footer, 0, guard.Limits{MemoryBytes: o.again.opts.MemoryBytes}}, l, l.Name); err != nil {
			return err
		}
		for left := min(int(f.footer.RowGroups[0].Rows), sampledRows); left > 0; left -= c.rows {
			c.at = c.rows
			if err := c.next(); err != nil {
				return err
			}
			for _, e := range c.rowsAt[:min(left, c.rows)] {
				value := ""
				if e >= 0 {
					value = strings.TrimSpace(string(c.entries.at(int(e))))
				}
				if value != "" {
					s.filled++
					seen[value] = true
				}
				s.values = append(s.values, value)
			}
		}
		return nil
	})
	if s.distinct = len(seen); err != nil {
		return nil
	}
	return s
}

// suits says whether what is in a column fits the role: customers come in several
// orders and are one for each order, products in many lines, orders in several lines.
func (s *columnSample) suits(role data.Role, order *columnSample, nobody *nobody) bool {
	rows := len(s.values)
	if rows == 0 || 10*s.filled < 9*rows || s.distinct < 2 {
		return false
	}
	switch role {
	case data.Product:
		return 2*s.distinct <= rows
	case data.OrderID:
		return 20*s.distinct <= 19*rows && 100*s.distinct >= rows
	}
	units, several := rows, 0
	if order != nil {
		units, several = order.distinct, s.differWithin(order)
	}
	names := 0
	for _, v := range s.values {
		if v == "" || nobody.find([]byte(v)) >= 0 {
			names++
		}
	}
	return 10*names <= rows && 100*several <= rows && 50*s.distinct >= units && 50*s.distinct <= 49*units
}

// differWithin counts rows whose value is another than that of the row before,
// though both are of one order.
func (s *columnSample) differWithin(order *columnSample) (rows int) {
	for i := 1; i < min(len(s.values), len(order.values)); i++ {
		if order.values[i] != "" && order.values[i] == order.values[i-1] && s.values[i] != s.values[i-1] {
			rows++
		}
	}
	return rows
}
