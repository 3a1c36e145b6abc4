package survey

import (
	"fmt"

	"winback/data/columns"
	"winback/data/orders"
)

// Parts and words of the names of columns with what went back, and words that make another
// number of it. unitParts and sumParts are those of units and of money, in names that
// looksUnbought knows.
var (
	backParts   = []string{"refund", "returned", "returnqty", "qtyreturn", "returnamount", "returnvalue", "credited", "creditnote", "creditmemo", "cancelled", "canceled", "storn", "rembours", "reembols", "reimburs", "chargeback", "retour", "rueckgabe", "ruckgabe", "erstatt", "gutschrift", "devol", "devuel", "restituit", "zwrot", "zwroc", "возв", "退"}
	backWords   = []string{"returns", "avoir", "abono", "resa", "resi", "dispute", "disputed", "clawback", "rtn", "rfnd", "cncl"}
	otherNumber = []string{"id", "no", "nr", "number", "date", "time", "at", "reason", "rate", "pct", "percent", "days", "deposit", "fee", "points", "window", "visits", "customer", "ref", "tax", "protection", "non", "policy", "score", "risk", "prob", "probability", "pred", "predicted", "avg", "average", "mean", "lifetime", "ltv", "history", "prior", "previous", "past", "test", "quote", "quotes", "expiry", "expires", "expiration", "price", "code", "by", "day", "month", "year", "week", "hour", "after", "until", "address", "zip", "flight", "trip", "ticket", "orders", "count", "attempts", "times", "kosten", "cost", "shipping", "label"}
	sumParts    = []string{"amount", "amt", "value", "total", "betrag", "summe", "montant", "importe", "importo", "bedrag", "valor", "kwota", "сумма", "金额", "金額"}
	unitParts   = []string{"qty", "quant", "menge", "units", "pieces", "stuck", "cant", "aantal", "ilosc", "数量", "items"}
)

// unusedRefunds finds amounts or units that went back beside those that were bought, where
// no status tells as many and the amounts are not without them.
func unusedRefunds(o *orders.Table, u *columns.Unused) string {
	isNumber := u.Numbers || u.Written > 0 && 10*u.Written >= 9*u.Filled
	isUnits := hasPart(u.Name, unitParts)
	if u.NotZero == 0 || 10*u.NotZero > 9*u.Rows || !isNumber || u.Values != nil && onlyTruths(u) && !isUnits || hasWord(u.Name, otherNumber) ||
		!hasPart(u.Name, backParts) && !hasWord(u.Name, backWords) && !((looksUnbought(u.Name) || hasWord(u.Name, []string{"ret"})) && (isUnits || hasPart(u.Name, sumParts))) {
		return ""
	}
	if told := shareUnbought(o); told > 0 && float64(u.NotZero) <= 1.2*told*float64(u.Rows)+2 || o.IsTakenOff(u.Name, isUnits) {
		return ""
	}
	return fmt.Sprintf("column %q is not 0 in %s: what went back counts as bought and spent. Have the export write it as lines of their own, with quantities or amounts below 0, or take it off those that were bought",
		u.Name, looked(u, u.NotZero))
}

// shareUnbought is the share of the rows whose status tells that they were not bought, or
// that a part of them went back.
func shareUnbought(o *orders.Table) float64 {
	rows := int64(0)
	for _, v := range o.Statuses() {
		if looksUnbought(v.Value) || hasPart(v.Value, backParts) {
			rows += v.Rows
		}
	}
	return float64(rows) / float64(max(o.RowsRead, 1))
}
