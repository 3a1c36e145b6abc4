package columns

import (
	"cmp"
	"slices"
	"strings"

	"winback/data"
	"winback/data/guard"
	"winback/internal/fsys"
)

// betterHints are parts of the names of columns that may hold a role, the better first.
var betterHints = map[data.Role][]string{
	data.Customer: {"customerunique", "customer", "email", "mail", "client", "kunde", "cliente", "buyer", "shopper", "member", "loyalty", "account", "user", "contact", "phone",
		"household", "donor", "patron", "subscriber", "musteri", "card"},
	data.Time:    {"orderdate", "purchasedate", "datetime", "timestamp", "date", "datum", "fecha", "tarih", "tanggal", "created", "time", "day"},
	data.Amount:  {"amount", "sales", "revenue", "total", "value", "spen", "paid", "money", "payment", "amt", "price", "tutar", "ciro", "fiyat", "harga", "summe"},
	data.Product: {"productid", "sku", "product", "article", "artikel", "ean", "gtin", "asin", "upc", "stock", "item"},
	data.OrderID: {"orderid", "ordernumber", "orderno", "order", "bestell", "invoice", "receipt", "basket", "ticket", "transaction", "billno", "billid"},
}

// sampledRows is how many rows of the first row group show what is in a column.
const sampledRows = 50_000

// columnSample are the entries of the first rows of a column.
type columnSample struct {
	values   []string // "" for none
	distinct int
	filled   int
}

// Better names columns of the file, at most two, that look more like the
// role than the one that was taken: from their names and a sample of their values.
// What cannot be looked at is passed over.
func (f *File) Better(fsy fsys.FS, role data.Role, memory int64, isNobody func(id []byte) bool) []string {
	known := data.OrderID // beside which the candidates are looked at
	if role == data.OrderID {
		known = data.Customer
	}
	var beside *columnSample
	if col := f.Roles[known]; col.IsLeaf {
		beside = f.sampleOf(fsy, col.Leaf, memory)
	}
	type hinted struct {
		name string
		tier int
	}
	var found []hinted
	for _, l := range f.leaves {
		has := func(part string) bool { return strings.Contains(data.PlainName(l.Name), part) }
		tier := slices.IndexFunc(betterHints[role], has)
		if tier < 0 || f.isTaken(l) || textLeaf(l) != nil || role == data.OrderID && slices.ContainsFunc(otherHints[role], has) {
			continue
		}
		if s := f.sampleOf(fsy, l, memory); s != nil && s.suits(role, beside, isNobody) {
			found = append(found, hinted{l.Name, tier})
		}
	}
	slices.SortStableFunc(found, func(a, b hinted) int { return cmp.Compare(a.tier, b.tier) })
	var names []string
	for _, c := range found[:min(len(found), 2)] {
		names = append(names, c.name)
	}
	return names
}

// isTaken says whether a column has a role already that it should keep.
func (f *File) isTaken(l Leaf) bool {
	return slices.ContainsFunc(f.Roles[:], func(c Column) bool { return c.IsLeaf && c.Leaf.index == l.index })
}

// sampleOf reads the first rows of a column; nil where it cannot.
func (f *File) sampleOf(fsy fsys.FS, l Leaf, memory int64) *columnSample {
	s := &columnSample{}
	seen := map[string]bool{}
	err := guard.Run(f.Path, func() error {
		handle, err := fsy.Open(f.Path)
		if err != nil {
			return err
		}
		defer handle.Close()
		var c TextCursor
		group := f.RowGroup(handle, 0, memory)
		if err := c.Open(group, l, l.Name); err != nil {
			return err
		}
		most := min(group.Rows(), sampledRows)
		err = c.each(most, func(text []byte) error {
			value := strings.TrimSpace(string(text))
			if value != "" && len(s.values) < most {
				s.filled++
				seen[value] = true
			}
			s.values = append(s.values, value)
			return nil
		})
		s.values = s.values[:min(len(s.values), most)]
		return err
	})
	if s.distinct = len(seen); err != nil {
		return nil
	}
	return s
}

// suits says whether what is in a column fits the role: customers come in several
// orders and are one for each order, products in many lines, orders in several lines
// of one customer. beside holds the orders, and for orders the customers; nil for none.
func (s *columnSample) suits(role data.Role, beside *columnSample, isNobody func(id []byte) bool) bool {
	rows := len(s.values)
	if rows == 0 || 10*s.filled < 9*rows || s.distinct < 2 {
		return false
	}
	switch role {
	case data.Product:
		return 2*s.distinct <= rows
	case data.OrderID:
		return 20*s.distinct <= 19*rows && 100*s.distinct >= rows && beside != nil && 100*beside.differWithin(s) <= rows
	}
	units, several := rows, 0
	if beside != nil {
		units, several = beside.distinct, s.differWithin(beside)
	}
	names := 0
	for _, v := range s.values {
		if v == "" || isNobody([]byte(v)) {
			names++
		}
	}
	return 10*names <= rows && 100*several <= rows && 50*s.distinct >= units && 50*s.distinct <= 49*units
}

// differWithin counts rows whose value is another than that of the row before,
// though both have the same value of another column.
func (s *columnSample) differWithin(other *columnSample) (rows int) {
	for i := 1; i < min(len(s.values), len(other.values)); i++ {
		if other.values[i] != "" && other.values[i] == other.values[i-1] && s.values[i] != s.values[i-1] {
			rows++
		}
	}
	return rows
}
