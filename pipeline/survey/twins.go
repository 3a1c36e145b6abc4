package survey

import (
	"fmt"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// mostAlike is how many lines before it a line is compared with.
const mostAlike = 32

// countAlike compares line i with those of its moment before it: whether one of its order has
// its product and another amount, or equals it but for its status, and for its category and
// channel where its product is known; and whether one of another order equals it.
func (s *Survey) countAlike(h orders.History, i int, day int32) {
	changed, twin, moved := int64(0), int64(0), int64(0)
	products := h.Codes[data.Product]
	for j := i - 1; j >= max(h.From, i-mostAlike) && h.Time[j] == h.Time[i]; j-- {
		switch same := h.Order[j] == h.Order[i]; {
		case h.Flags[j] != h.Flags[i]:
		case same && h.Amount[j] != h.Amount[i]:
			if products[j] == products[i] && products[i] != 0 {
				changed = 1
			}
		case h.Amount[j] != h.Amount[i] || h.Quantity[j] != h.Quantity[i] || h.Order[j] == 0 || !sameNames(h, i, j):
		case same:
			twin = 1
		default:
			moved = 1
		}
	}
	s.ChangedLines[day] += changed
	s.MovedLines[day] += moved
	s.TwinLines += twin
	if products[i] == 0 && isSentAgain(h, i) {
		s.AgainLines++
	}
}

// isSentAgain says whether a line without a product has the order and amount of one of another
// moment of the days before.
func isSentAgain(h orders.History, i int) bool {
	for j := i - 1; j >= max(h.From, i-mostAlike) && h.Time[i]-h.Time[j] <= anotherOrder; j-- {
		if h.Order[j] == h.Order[i] && h.Time[j] != h.Time[i] && h.Amount[j] == h.Amount[i] && h.Quantity[j] == h.Quantity[i] && h.Flags[j] == h.Flags[i] {
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

// sentAgain says when many rows without products have the order and amount of another of
// another moment: events that were sent twice, or states of an order.
func sentAgain(o *orders.Table, s *Survey) string {
	const fewest, share = 20, 100
	if o.HasRole(data.Product) || o.HasRole(data.Line) || s.AgainLines < fewest || share*s.AgainLines < s.Lines {
		return ""
	}
	return fmt.Sprintf("%s have the order and the amount of another row, at another time within two weeks, and each counts: if events were sent again, or rows are states of one order, have the export write each order once", wording.Counted(s.AgainLines, "line"))
}
