package survey

import (
	"fmt"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// copiedFiles names files that hold the same lines, where orders have no ids by
// which these would count once.
func copiedFiles(o *orders.Table) string {
	const most = 3
	copies := o.CopiedFiles()
	if len(copies) == 0 {
		return ""
	}
	var named []string
	for _, pair := range copies[:min(most, len(copies))] {
		named = append(named, pair[1]+" those of "+pair[0])
	}
	more := ""
	if n := len(copies) - len(named); n > 0 {
		more = fmt.Sprintf(", and %s more", wording.Counted(int64(n), "file"))
	}
	return fmt.Sprintf("files hold the same lines as others and count twice: %s%s. Take the copies away, or set --duplicates drop, by which equal lines count once", strings.Join(named, ", "), more)
}

// equalsBefore says whether line i, without an order id, equals the one before.
func equalsBefore(h orders.History, i int) bool {
	if h.Order[i] != 0 || h.Time[i] != h.Time[i-1] || h.Amount[i] != h.Amount[i-1] || h.Quantity[i] != h.Quantity[i-1] || h.Flags[i] != h.Flags[i-1] {
		return false
	}
	for _, role := range data.NamedRoles {
		if h.Codes[role][i] != h.Codes[role][i-1] {
			return false
		}
	}
	return true
}

// changesBefore says whether a line of the order before has the time and product of line i,
// and another amount.
func changesBefore(h orders.History, i int) bool {
	const most = 32 // lines of one order that are looked at
	products := h.Codes[data.Product]
	for j := i - 1; j >= max(h.From, i-most) && h.Order[j] == h.Order[i] && h.Time[j] == h.Time[i]; j-- {
		if products[j] == products[i] && products[i] != 0 && h.Amount[j] != h.Amount[i] && h.Flags[j] == h.Flags[i] {
			return true
		}
	}
	return false
}

// changedDays finds days on which nearly each line of an order stands twice with another
// amount: extracts that overlap, whose rows were changed between.
func changedDays(o *orders.Table, s *Survey) string {
	changed, days := int64(0), 0
	var first, last data.Day
	for i, n := range s.ChangedLines {
		if all := s.DayLines[i]; all < fewestDoubled || 20*n < 9*all {
			continue
		}
		if last = s.FirstDay + data.Day(i); days == 0 {
			first = last
		}
		days++
		changed += n
	}
	if changed < fewestEqual || o.UnsettledVersions() > 0 {
		return ""
	}
	return fmt.Sprintf("nearly each order line stands there twice with another amount on %s from %s to %s, %s in all: do extracts overlap whose rows were changed between? Both count: name the column that says which is newer with --map version=COLUMN, or leave the older rows out",
		wording.Counted(days, "day"), first, last, wording.Thousands(changed))
}

// snapshots finds files or folders which each hold most of one history: copies of a
// table at several days, of which the older ones have rows that were deleted since.
func snapshots(o *orders.Table, s *Survey) string {
	copies := o.Snapshots()
	if len(copies) < 2 {
		return ""
	}
	newest, before := copies[len(copies)-1], copies[len(copies)-2]
	again := s.Dropped + s.sumDays(s.EqualLines, s.FirstDay, s.end()) + o.SetAside[orders.OlderVersion] + s.sumDays(s.ChangedLines, s.FirstDay, s.end())
	if 2*again < o.RowsRead-newest.Rows {
		return ""
	}
	alone := "Give the newest alone"
	if newest.Until > before.Until {
		alone += ", " + newest.Path
	}
	return fmt.Sprintf("%d files or folders hold the whole history each, and most of the same lines: are they copies of one table at several days, such as %s and %s, or files of a table (Delta Lake, Iceberg, Hudi) without its log? "+
		"Rows that were deleted or changed since come back from the older ones. %s, or the table with its log", len(copies), copies[0].Path, newest.Path, alone)
}

// Of a day on which files overlap nearly each line stands there twice. Days of fewer lines say
// nothing: one buyer may have taken two of the same.
const (
	fewestDoubled = 4
	fewestEqual   = 20
)

// overlappingDays finds days on which all lines stand twice, where orders have no
// ids by which these would count once.
func overlappingDays(o *orders.Table, s *Survey) string {
	equal, days := int64(0), 0
	var first, last data.Day
	for i, n := range s.EqualLines {
		if all := s.DayLines[i]; all < fewestDoubled || 20*n < 9*all {
			continue
		}
		if last = s.FirstDay + data.Day(i); days == 0 {
			first = last
		}
		days++
		equal += n
	}
	if equal < fewestEqual || len(o.CopiedFiles()) > 0 {
		return ""
	}
	when := fmt.Sprintf("on %s", first)
	if days > 1 {
		when = fmt.Sprintf("on %s from %s to %s", wording.Counted(int64(days), "day"), first, last)
	}
	return fmt.Sprintf("nearly each line stands there twice %s, %s in all: do extracts overlap? --duplicates drop counts equal lines once", when, wording.Thousands(equal))
}

// severalVersions says when many lines are other versions of one order line.
func severalVersions(o *orders.Table, s *Survey) string {
	n := o.UnsettledVersions()
	if n*200 < s.Lines || n == 0 {
		return ""
	}
	if !o.HasRole(data.Line) {
		return fmt.Sprintf("%s have the order and product of another one but differ from it, and all count: are they versions of it? If column %q says which is the newest, "+
			"say it with --map version=%s; if orders may have a product twice, leave the column out with --map version=", wording.Counted(n, "line"), o.Column(data.Version), o.Column(data.Version))
	}
	return fmt.Sprintf("%s have the order and line number of another one but differ from it, and all count: are they versions of it? If a column says which is the newest, "+
		"name it with --map version=COLUMN; if the line number is none, leave it out with --map line=", wording.Counted(n, "line"))
}
