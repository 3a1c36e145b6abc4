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

// Words of columns of truth values that say of a row that it holds, and columns that say
// it in one word with others.
var (
	validWords  = []string{"active", "aktiv", "actif", "activo", "attivo", "current", "valid", "gultig", "paid", "bezahlt", "captured", "livemode", "success", "successful", "succeeded", "completed", "complete", "confirmed", "approved", "settled", "won", "actv"}
	rowWords    = []string{"is", "was", "has", "flag", "ind", "indicator", "y", "n", "yn", "order", "row", "record", "line", "item", "sale", "sales", "transaction", "payment", "purchase", "invoice", "version", "status", "bestellung", "mode", "ist"}
	newestWords = []string{"latest", "newest"} // where most rows are; else they are the latest orders of customers
	validNames  = []string{"livemode", "iscurrent", "ispaid", "isvalid"}
)

// Words of columns that speak of what went back, or of a customer, and mark no row.
var (
	customerWords = []string{"customer", "client", "kunde"}
	termsWords    = []string{"policy", "policies", "window", "eligible", "allowed", "method", "address", "label", "terms", "insurance", "protection", "group", "shipping", "country", "carrier", "free", "extended", "trip", "flight", "ticket", "journey", "email", "mail", "phone", "contact", "coupon", "voucher", "card", "center", "centre", "warehouse", "location", "zone", "region", "accepted", "packaging", "bottle", "bottles", "pallet", "box", "container"}
)

// readsAsMark says whether a column marks rows as not bought, by its name.
func readsAsMark(name string) bool {
	return looksUnbought(name) && !hasWord(name, customerWords) && !hasWord(name, termsWords) || hasWord(name, markWords) ||
		slices.ContainsFunc(data.MarkRoles[:], func(r data.Role) bool { return len(data.Candidates(r, []string{name})) > 0 })
}

// readsAsHolding says whether a name has one of the words, and beside it such as speak of the
// row alone: an e-mail may be confirmed, too.
func readsAsHolding(name string, words []string) bool {
	return hasWord(name, words) && !slices.ContainsFunc(orders.Words(name), func(w string) bool {
		return !slices.Contains(words, w) && !slices.Contains(rowWords, w)
	})
}

func onlyTruths(u *columns.Unused) bool {
	for value := range u.Values {
		if _, known := columns.Truth(value); !known {
			return false
		}
	}
	return true
}

// unusedMark finds truth values or times that mark rows, by the name of their column.
func unusedMark(o *orders.Table, u *columns.Unused) string {
	if u.IsMark || 10*marksBack(u) >= 9*u.Marks && u.Marks > 0 {
		return ""
	}
	truths := len(u.Values) > 0 && len(u.Values) <= 2 && onlyTruths(u)
	if readsAsMark(u.Name) && !(u.Numbers && hasPart(u.Name, unitParts)) && u.Marks > 0 && 10*u.Marks < 9*u.Rows && (u.Times || !u.Numbers && u.Marks == u.Filled || truths) {
		return fmt.Sprintf("column %q marks %s, which count as bought. Leave them out with %s", u.Name, looked(u, u.Marks), leaveMarkedOut(o, u))
	}
	if n, no := saysNo(u); truths && no != "" && len(u.Values) == 2 && 10*n < 9*u.Rows && (readsAsHolding(u.Name, validWords) || slices.Contains(validNames, data.PlainName(u.Name)) || readsAsHolding(u.Name, newestWords) && 2*n < u.Rows) {
		return fmt.Sprintf("column %q is %q in %s, which count as bought. If they do not hold, leave them out with --map %s --exclude-status %s", u.Name, no, looked(u, n),
			shellList([]string{"status=" + u.Name}), shellList([]string{no}))
	}
	return ""
}

// marksBack counts the rows that a column marks and whose amount or quantity is below 0.
func marksBack(u *columns.Unused) (rows int) {
	if u.Marks == u.Filled {
		return u.Back
	}
	for value, n := range u.Below {
		if columns.SetsMark(value) {
			rows += n
		}
	}
	return rows
}

// saysNo is the value that says false, as it is written, and how many rows have it.
func saysNo(u *columns.Unused) (rows int, value string) {
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		if yes, known := columns.Truth(value); known && !yes {
			return u.Values[value], value
		}
	}
	return 0, ""
}

// leaveMarkedOut writes the settings that leave out the rows that a column marks.
func leaveMarkedOut(o *orders.Table, u *columns.Unused) string {
	free := slices.IndexFunc(data.MarkRoles[:], func(r data.Role) bool { return !o.HasRole(r) })
	if free >= 0 && u.CanMark {
		return fmt.Sprintf("--map %s --exclude-status %s", shellList([]string{data.MarkRoles[free].String() + "=" + u.Name}), shellList([]string{u.Name + "=true"}))
	}
	yes := slices.DeleteFunc(slices.Sorted(maps.Keys(u.Values)), func(value string) bool { set, _ := columns.Truth(value); return !set })
	return fmt.Sprintf("--map %s --exclude-status %s", shellList([]string{"status=" + u.Name}), shellList(yes))
}

// unknownMarks finds columns of marks with words or letters that nobody can tell for
// true or false, such as C and N for cancelled and not.
func unknownMarks(_ *orders.Table, u *columns.Unused) string {
	const longestCode = 2
	if u.Times || u.Numbers || len(u.Values) == 0 || len(u.Values) > mostNumericStatuses || hasWord(u.Name, termsWords) || hasWord(u.Name, reasonWords) || hasWord(u.Name, []string{"test"}) || !u.IsMark && (!looksUnbought(u.Name) || hasPart(u.Name, statusNames)) {
		return ""
	}
	var named, rarer []string
	most, unknown := slices.Max(slices.Collect(maps.Values(u.Values))), 0
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		isUnknown := readsAsNeither(value)
		if !u.IsMark && isUnknown && utf8.RuneCountInString(value) > longestCode {
			return ""
		}
		if isUnknown {
			unknown++
		}
		if isUnknown && (u.Values[value] < most || u.Filled < u.Rows) || columns.SetsMark(value) {
			rarer = append(rarer, value)
		}
		named = append(named, fmt.Sprintf("%s (%s)", value, wording.Thousands(int64(u.Values[value]))))
	}
	if unknown == 0 || unknown == 1 && u.Marks > 0 || len(rarer) == 0 { // one word beside those that mark is the other side
		return ""
	}
	return fmt.Sprintf("column %q says by its name which rows were not bought, and has words that read as neither yes nor no: %s of %s looked at; those rows count as bought. If they were not, leave them out with --map %s --exclude-status %s",
		u.Name, strings.Join(named, ", "), wording.Counted(int64(u.Rows), "row"), shellList([]string{"status=" + u.Name}), shellList(rarer))
}

// readsAsNeither says whether a text of a mark reads as neither yes nor no. Dates do not.
func readsAsNeither(value string) bool {
	const digits = 4
	_, known := columns.Truth(value)
	count := 0
	for _, r := range value {
		if r >= '0' && r <= '9' {
			count++
		}
	}
	return !known && count < digits && strings.TrimSpace(value) != "" && !columns.SetsMark(value)
}
