package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"winback/data/columns"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// wentBackBegins begin the words by which notes say that a row is of what was paid back, sent
// back or cancelled.
var wentBackBegins = []string{"refund", "ruckerstatt", "rueckerstatt", "zuruckerstatt", "erstattung", "ruckzahl", "rueckzahl", "rembours", "reembols", "rimbors", "terugbetal", "terugbetaal", "storn", "gutschrift", "retoure", "rucksend", "ruecksend", "ruckgabe", "rueckgabe", "creditnote", "creditmemo", "chargeback", "ruckbuch", "devolu", "devoluc", "estorn", "zwrot", "возврат", "annul", "anulac", "cancell", "cancelad", "cancelled", "canceled", "reversal", "aterbetal", "tilbagebetal", "vraceni", "iade", "palautus"}

// wentBackWords are those of such words that others begin with.
var wentBackWords = []string{"return", "returns", "returned", "retour", "avoir", "abono", "reso", "credit", "cancel", "void", "rma"}

func isWentBack(word string) bool {
	return slices.Contains(wentBackWords, word) || slices.ContainsFunc(wentBackBegins, func(begin string) bool { return strings.HasPrefix(word, begin) })
}

// unusedNotes finds notes that begin with what went back, in rows whose amounts are not below 0.
func unusedNotes(o *orders.Table, u *columns.Unused) string {
	const fewest = 3
	rows := 0
	var named []string
	for _, word := range slices.Sorted(maps.Keys(u.Begins)) {
		if isWentBack(word) {
			rows += u.Begins[word]
			named = append(named, fmt.Sprintf("%s… (%s)", word, wording.Thousands(int64(u.Begins[word]))))
		}
	}
	if rows < fewest || 2*rows > u.Rows || shareUnbought(o)*1.2*float64(u.Rows) >= float64(rows) {
		return ""
	}
	text := fmt.Sprintf("column %q begins in %s with words for what went back, and they count as bought: %s. ", u.Name, looked(u, rows), strings.Join(named[:min(len(named), 5)], ", "))
	var values []string
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		if words := orders.Words(value); len(words) > 0 && isWentBack(words[0]) && !isBack(u, value) {
			values = append(values, value)
		}
	}
	if len(values) == 0 {
		return text + "If they are, have the export write their quantities or amounts below 0, or say it in a column of its own"
	}
	mapped := shellList([]string{"status=" + u.Name})
	return text + fmt.Sprintf("If such a row is itself what went back, say --map %s --returns type=%s; leave it out with --exclude-status in its place", mapped, shellList(values))
}
