package orders

import (
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
)

// markRules says of which roles of data.MarkRoles the marked lines are set aside.
type markRules [data.RoleCount]bool

// markRulesOf finds the marks among the statuses that are to be left out: those of
// the form COLUMN=true or COLUMN=*.
func markRulesOf(statuses []string, files []columns.File) (rules markRules) {
	for _, status := range statuses {
		column, value, _ := strings.Cut(status, "=")
		if value != "*" && !strings.EqualFold(value, "true") {
			continue
		}
		for _, r := range data.MarkRoles {
			if slices.ContainsFunc(files, func(f columns.File) bool {
				return f.Roles[r].IsPresent && strings.EqualFold(f.Roles[r].Name, strings.TrimSpace(column))
			}) {
				rules[r] = true
			}
		}
	}
	return rules
}

// takenBackWords are what change feeds write in rows that take others back: those
// that were deleted, and those before an update.
var takenBackWords = []string{"delete", "d", "-d", "update_preimage", "-u"}

// takesBack says whether a change takes another row back.
func takesBack(change []byte) bool {
	return slices.Contains(takenBackWords, strings.ToLower(strings.TrimSpace(string(change))))
}

// statusRoles are those by which rows are set aside as not bought.
var statusRoles = slices.Concat([]data.Role{data.Status, data.Change}, data.MarkRoles[:])

// notBought says whether a row is set aside for its status, its marks or what a
// change feed did to it.
func (n *normaliser) notBought(b *batch, i int) bool {
	for _, r := range statusRoles {
		if n.facts[r].excludes(b.text[r][i]) {
			return true
		}
	}
	return false
}

// countMarks notes by which marks a purchase that counts was not bought.
func (n *normaliser) countMarks(b *batch, i int) {
	for k, r := range data.MarkRoles {
		if f := n.facts[r]; f.present && f.of[b.text[r][i]+2].hash != 0 {
			n.marked[k]++
		}
	}
}

// MarkCount is a column of marks, and how many rows count as bought that it marks.
type MarkCount struct {
	Column string
	Role   data.Role
	Rows   int64
}

// Marks are the columns that mark rows of orders that were not bought in the end.
func (o *Table) Marks() (marks []MarkCount) {
	for k, r := range data.MarkRoles {
		if column := o.Column(r); column != "" {
			marks = append(marks, MarkCount{column, r, o.marked[k]})
		}
	}
	return marks
}

// NamesMark says whether a status that is to be left out names a column of marks.
func (o *Table) NamesMark(status string) bool {
	return markRulesOf([]string{status}, inspectedOf(o.Files)) != markRules{}
}

// TakenBack counts the rows of a change feed that take others back. settled says
// that the rows that they mean are known: by order, line and version.
func (o *Table) TakenBack() (rows int64, settled bool) {
	for _, v := range o.changes.list() {
		if takesBack([]byte(v.Value)) {
			rows += v.Rows
		}
	}
	return rows, o.opts.versions == versionsByColumn
}
