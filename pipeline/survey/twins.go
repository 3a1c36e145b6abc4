package survey

import (
	"fmt"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// hasTwin says whether a line of the order before equals line i, but for its status, and for
// its category and channel where its product is known.
func hasTwin(h orders.History, i int) bool {
	const most = 32 // lines of one order that are looked at
	for j := i - 1; j >= max(h.From, i-most) && h.Order[j] == h.Order[i] && h.Time[j] == h.Time[i]; j-- {
		if h.Amount[j] == h.Amount[i] && h.Quantity[j] == h.Quantity[i] && h.Flags[j] == h.Flags[i] && sameNames(h, i, j) {
			return true
		}
	}
	return false
}

// sameNames says whether two lines are of the same product, or without one agree in all names.
func sameNames(h orders.History, i, j int) bool {
	if product := h.Codes[data.Product]; product[i] != 0 || product[j] != 0 {
		return product[i] == product[j]
	}
	for _, role := range data.NamedRoles {
		if h.Codes[role][j] != h.Codes[role][i] {
			return false
		}
	}
	return true
}

// twinLines says when many lines stand there twice with another status, category or channel
// alone: extracts that overlap, rows for each state of an order, or a join that doubled them.
// Where lines have numbers, those tell it.
func twinLines(o *orders.Table, s *Survey) string {
	const fewest, share = 20, 50
	if o.HasRole(data.Line) || o.HasRole(data.Change) || s.TwinLines < fewest || share*s.TwinLines < s.Lines {
		return ""
	}
	var named, without, said []string
	for _, role := range [...]data.Role{data.Status, data.Category, data.Channel} {
		column := o.Column(role)
		if column == "" || o.Settings().Mapping[role] != "" {
			continue
		}
		named = append(named, fmt.Sprintf("%q", column))
		without = append(without, role.String()+"=")
		said = append(said, role.String()+"="+column)
	}
	if len(named) == 0 {
		return ""
	}
	return fmt.Sprintf("%s equal another line of their order but for column %s, and each counts: if extracts overlap, there is a row for each state of an order, or a join doubled them, give each line once, or say --map %s, by which they count once; "+
		"--map %s says that each is a line of its own", wording.Counted(s.TwinLines, "line"), wording.List(named, "or"), shellList(without), shellList(said))
}
