package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"winback/data"
	"winback/data/columns"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// Parts of the names of columns with kinds of papers and movements, which are all in one
// name, those of SAP, and codes that often stand for what went back there, beside
// usualReturnPrefixes: SAP's, of invoices in EDIFACT and of the languages of the south.
var (
	paperParts  = []string{"trans", "doc", "beleg", "vorgang", "invoice", "move", "txn", "trx", "bewegung", "response", "result"}
	otherPapers = []string{"transport", "transit", "transl", "doctor", "dock"}
	kindParts   = []string{"type", "typ", "tipo", "kind", "art", "code", "class"}
	sapKinds    = []string{"auart", "vbtyp", "fkart", "vbtypn", "bsart"}
	returnCodes = []string{"R", "H", "REN", "ZRE", "G2", "ZG2", "NCC", "NCR", "381", "CRED", "RTS", "RETN", "CNOT"}
	saleCodes   = []string{"S", "P", "V", "N", "I", "C", "SA", "SL", "VE"}
)

// unusedKinds finds kinds of papers and movements in codes, some of which may be returns.
func unusedKinds(_ *orders.Table, u *columns.Unused) string {
	const longest, most = 4, 12
	isKind := hasPart(u.Name, paperParts) && hasPart(u.Name, kindParts) || slices.Contains(sapKinds, data.PlainName(u.Name)) || hasWord(u.Name, []string{"flag", "flg", "ind"})
	if u.Times || len(u.Values) < 2 || len(u.Values) > most || !isKind || hasPart(u.Name, paymentPieces) || hasPart(u.Name, otherPapers) || onlyTruths(u) {
		return ""
	}
	var named []string
	numbers, returns := true, false
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		code := strings.ToUpper(strings.TrimSpace(value))
		if utf8.RuneCountInString(code) > longest {
			return ""
		}
		numbers = numbers && strings.Trim(code, "0123456789") == ""
		others := func(v string) bool { return slices.Contains(saleCodes, strings.ToUpper(v)) }
		returns = returns || !isBack(u, value) && slices.Contains(usualReturnPrefixes, code) || !isBack(u, value) && slices.Contains(returnCodes, code) && (len(code) > 1 || slices.ContainsFunc(slices.Collect(maps.Keys(u.Values)), others))
		named = append(named, fmt.Sprintf("%s (%s)", value, wording.Thousands(int64(u.Values[value]))))
	}
	if !returns && !(numbers && hasPart(u.Name, paperParts)) {
		return ""
	}
	return codesText(u, named)
}

// codesText says that nobody knows what the codes of a column mean.
func codesText(u *columns.Unused, named []string) string {
	return fmt.Sprintf("column %q has codes of which nobody has said what they mean, and all rows count as bought: %s of %s looked at. Leave out those that were cancelled, failed or deleted with --map %s --exclude-status CODE,..., and say of those that went back --returns status=CODE",
		u.Name, strings.Join(named, ", "), wording.Counted(int64(u.Rows), "row"), shellList([]string{"status=" + u.Name}))
}

// Names of columns that name another order, or a paper of what went back, and ends of names
// that say who or what did it.
var (
	referenceParts = []string{"originalorder", "origorder", "originalinvoice", "originalsale", "originaltransaction", "refundof", "refundid", "refundno", "refundref", "returnid", "returnno", "returnref", "returnorder", "rmano", "rmanumber", "rmaid", "creditnoteno", "creditnoteid", "creditnotenumber", "creditmemoid", "creditmemono", "reversalof", "stornozu", "correctioninvoice", "exchangefor", "abgru"}
	doerWords      = []string{"by", "user", "note", "notes", "comment", "comments", "employee", "operator", "agent", "von", "durch", "par", "por", "code", "message", "msg"}
)

// unusedReferences finds columns that are filled where something went back or was cancelled,
// whatever is in them.
func unusedReferences(o *orders.Table, u *columns.Unused) string {
	isDoer := looksUnbought(u.Name) && hasWord(u.Name, doerWords) && !hasWord(u.Name, []string{"test", "quote", "draft"}) && !hasWord(u.Name, termsWords)
	isFlag := len(u.Values) == 2 && onlyTruths(u)
	if u.Times || u.Filled == 0 || 2*u.Filled > u.Rows || 10*u.Back >= 9*u.Filled || isFlag || !isDoer && !hasPart(u.Name, referenceParts) || shareUnbought(o)*1.2*float64(u.Rows) >= float64(u.Filled) {
		return ""
	}
	return fmt.Sprintf("column %q is filled in %s, which count as bought: by its name they went back, were cancelled, or stand for another order. If they did, have the export write their quantities or amounts below 0, or say it in a column of yes and no (--map cancelled=COLUMN --exclude-status COLUMN=true)",
		u.Name, looked(u, u.Filled))
}

// unpaid finds orders without the time of a payment that others have, where no status tells
// of it. Where many have none the column is one that is not kept.
func unpaid(o *orders.Table, u *columns.Unused) string {
	words := []string{"paid", "payment", "captured", "completed", "settled", "bezahlt", "bezahldatum", "zahldatum", "zahlungsdatum"}
	isTime := u.Times || u.Values == nil && hasWord(u.Name, []string{"at", "date", "time", "on", "am", "datum"})
	if empty := u.Rows - u.Filled; !isTime || o.HasRole(data.Status) || o.Settings().Mapping[data.Time] != "" || 50*empty < u.Rows || 5*empty > u.Rows || !hasWord(u.Name, words) || hasWord(u.Name, []string{"due", "next", "term", "terms"}) {
		return ""
	}
	return fmt.Sprintf("column %q is empty in %s, which count as bought all the same: if they were never paid, --map %s counts the others alone, on that day; --map %s says that each was bought",
		u.Name, looked(u, u.Rows-u.Filled), shellList([]string{"time=" + u.Name}), shellList([]string{"time=" + o.ColumnOf(data.Time)}))
}

// parts finds rows that are parts of another row, such as the contents of a set.
func parts(_ *orders.Table, u *columns.Unused) string {
	if u.Times || u.Filled == 0 || 10*u.Filled > 9*u.Rows || !hasPart(u.Name, []string{"parent"}) || !hasPart(u.Name, lineNames) {
		return ""
	}
	return fmt.Sprintf("column %q is filled in %s, which are parts of another row by its name, such as the contents of a set: both count, with their units and amounts. Have the export write one of them",
		u.Name, looked(u, u.Filled))
}
