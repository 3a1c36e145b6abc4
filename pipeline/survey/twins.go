package survey

import (
	"fmt"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// hasTwin says whether a line of the order before equals line i in all that is known of it.
func hasTwin(h orders.History, i int) bool {
	const most = 32 // lines of one order that are looked at
	for j := i - 1; j >= max(h.From, i-most) && h.Order[j] == h.Order[i] && h.Time[j] == h.Time[i]; j-- {
		same := h.Amount[j] == h.Amount[i] && h.Quantity[j] == h.Quantity[i] && h.Flags[j] == h.Flags[i]
		for _, role := range data.NamedRoles {
			same = same && h.Codes[role][j] == h.Codes[role][i]
		}
		if same {
			return true
		}
	}
	return false
}

// twinLines says when many lines stand there twice with another status alone: extracts that
// overlap, or rows for each state of an order. Where lines have numbers, those tell it.
func twinLines(o *orders.Table, s *Survey) string {
	const fewest, share = 20, 50
	if !o.HasRole(data.Status) || o.HasRole(data.Line) || o.HasRole(data.Change) || s.TwinLines < fewest || share*s.TwinLines < s.Lines {
		return ""
	}
	column := o.Column(data.Status)
	if o.Settings().Mapping[data.Status] != "" {
		return ""
	}
	return fmt.Sprintf("%s equal another line of their order but for column %q, and each counts: if extracts overlap, or there is a row for each state of an order, give the newest rows alone, or say --map status=, by which they count once; "+
		"--map %s says that each is a line of its own", wording.Counted(s.TwinLines, "line"), column, shellList([]string{"status=" + column}))
}
