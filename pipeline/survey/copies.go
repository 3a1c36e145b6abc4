package survey

import (
	"fmt"
	"strings"

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

// severalVersions says when many lines are other versions of one order line.
func severalVersions(o *orders.Table, s *Survey) string {
	n := o.UnsettledVersions()
	if n*200 < s.Lines || n == 0 {
		return ""
	}
	return fmt.Sprintf("%s have the order and line number of another one but differ from it, and all count: are they versions of it? If a column says which is the newest, "+
		"name it with --map version=COLUMN; if the line number is none, leave it out with --map line=", wording.Counted(n, "line"))
}
