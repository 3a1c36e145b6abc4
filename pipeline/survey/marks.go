package survey

import (
	"fmt"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// markedRows names the columns that mark rows as not bought, where such rows count.
func markedRows(o *orders.Table) string {
	leaveOut := slices.Clone(o.Settings().ExcludeStatuses)
	var named []string
	for _, m := range o.Marks() {
		if m.Rows == 0 {
			continue
		}
		named = append(named, fmt.Sprintf("column %q marks %s", m.Column, wording.Counted(m.Rows, "row")))
		leaveOut = append(leaveOut, m.Column+"=true")
	}
	if len(named) == 0 {
		return ""
	}
	itself := ""
	if refunded := o.Column(data.Refunded); refunded != "" && slices.ContainsFunc(o.Marks(), func(m orders.MarkCount) bool { return m.Role == data.Refunded && m.Rows > 0 }) {
		itself = fmt.Sprintf("; if such a row is itself what went back, say --map %s --returns type=VALUE with what the column has there", shellList([]string{"status=" + refunded}))
	}
	return fmt.Sprintf("rows of orders that were not bought in the end, or that hold no longer, count as bought: %s. Leave them out with --exclude-status %s", wording.List(named, "and"), shellList(leaveOut)) + itself
}

// halfFilled names columns that may belong to whole orders, and were not carried.
func halfFilled(o *orders.Table) string {
	var named []string
	for _, h := range o.HalfFilled {
		named = append(named, fmt.Sprintf("column %q on one row alone of %s and on more of %s", h.Column, wording.Counted(int64(h.Once), "order"), wording.Thousands(int64(h.Several))))
	}
	if len(named) == 0 {
		return ""
	}
	return fmt.Sprintf("orders are filled in part: a sample has %s; their other rows count without it. If it belongs to the whole order, have the export write it on each row", wording.List(named, "and"))
}

// ChangeFeed says what becomes of the rows of a change feed that take others back;
// stops says that nobody can tell which those are. "" where there is no such row.
func ChangeFeed(o *orders.Table) (text string, stops bool) {
	rows, settled := o.TakenBack()
	if rows == 0 {
		return "", false
	}
	text = fmt.Sprintf("these rows are changes, not orders: column %q takes rows back in %s of %s", o.Column(data.Change), wording.Thousands(rows), wording.Counted(o.RowsRead, "row"))
	if settled {
		return text + fmt.Sprintf("; of each order line the newest by %q counts, and none where that deletes it", o.Column(data.Version)), false
	}
	return text + ", and which rows they mean shows only where orders and lines have ids and a column has the version (--map version=COLUMN). Read the table itself in place of its changes, " +
		"or say with --map change= that the column means something else", true
}
