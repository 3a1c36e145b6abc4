package survey

import (
	"fmt"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// mostSetAside is the share of the rows, in hundredths, that may be set aside for one
// reason before a run stops.
const mostSetAside = 20

// SetAside tells of the columns because of which a good part of the rows is set
// aside. Where it is too much of them the finding stops a run.
func SetAside(o *orders.Table) []Finding {
	var found []Finding
	for _, b := range o.Bulk {
		stops := o.SetAside[b.Why]*100 > o.RowsRead*mostSetAside
		found = append(found, Finding{Text: bulkText(o, &b), Stops: stops})
	}
	return found
}

func bulkText(o *orders.Table, b *orders.Bulk) string {
	fault := "has nothing that can be read as the"
	if b.Why != orders.Unreadable {
		fault = "is empty as the"
	}
	text := fmt.Sprintf("%s set aside: column %q %s %s there", shareOfRows(o, b.Rows), b.Column, fault, b.Role)
	if len(b.Values) > 0 {
		var quoted []string
		for _, v := range b.Values {
			quoted = append(quoted, fmt.Sprintf("%q", v))
		}
		text += ", such as " + wording.List(quoted, "and")
	}
	if b.Setting != "" {
		return fmt.Sprintf("%s; %s reads these", text, b.Setting)
	}
	return fmt.Sprintf("%s; if another column has the %s, name it with --map %s=COLUMN, else mend the export", text, b.Role, b.Role)
}

// shareOfRows writes "412 of 10,000 rows (4.1 %)".
func shareOfRows(o *orders.Table, rows int64) string {
	return fmt.Sprintf("%s of %s (%.1f %%) are", wording.Thousands(rows), wording.Counted(o.RowsRead, "row"), 100*float64(rows)/float64(max(o.RowsRead, 1)))
}

// placeholders names the words that stand for no customer.
func placeholders(o *orders.Table) string {
	const most = 5
	words := o.NobodyWords()
	var told []string
	for _, w := range words[:min(len(words), most)] {
		told = append(told, fmt.Sprintf("%q in %s", w.Word, wording.Counted(w.Rows, "row")))
	}
	if more := len(words) - most; more > 0 {
		told = append(told, wording.Counted(more, "other word"))
	}
	if len(told) == 0 {
		return ""
	}
	return fmt.Sprintf("; column %q has %s, which stands for none: if it is a customer, give --no-customer a list without it", o.ColumnOf(data.Customer), wording.List(told, "and"))
}

// better names the column that would do better in a role, in a form of its name,
// quoted and for the command line; "" where there is none.
func better(o *orders.Table, role data.Role, form string) string {
	names := o.BetterColumns(role)
	if len(names) == 0 {
		return ""
	}
	var quoted []string
	for _, name := range names {
		quoted = append(quoted, fmt.Sprintf("%q", name))
	}
	plain := names[0]
	if strings.ContainsAny(plain, " '\"") {
		plain = fmt.Sprintf("%q", plain)
	}
	return fmt.Sprintf(form, wording.List(quoted, "or"), plain)
}
