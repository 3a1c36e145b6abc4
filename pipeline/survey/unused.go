package survey

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
	"winback/data/orders"
	"winback/data/parse"
	"winback/pipeline/wording"
)

// unusedColumns names columns without a role whose values say that rows are not what
// they are taken for: not bought, taken back, in another currency, of several units.
func unusedColumns(o *orders.Table, s *Survey, unused []columns.Unused) (told []string) {
	for i := range unused {
		u := &unused[i]
		if u.IsState {
			continue
		}
		for _, look := range [...]func(*orders.Table, *columns.Unused) string{unknownMarks, unusedMark, unusedRefunds, unusedEvents, s.unusedSides, unusedStages, unusedTests, unusedStatus, unusedKinds, unusedReason, unusedReferences, unpaid, parts, unusedCurrency, unusedQuantity, mergedCustomers} {
			if text := look(o, u); text != "" {
				told = append(told, text)
				break
			}
		}
	}
	if text := nestedGoods(o, unused); text != "" {
		told = append(told, text)
	}
	return told
}

// Parts of the names of columns, as data.PlainName writes them, and words in them.
var (
	statusNames   = []string{"status", "statut", "state", "stato", "estado", "zustand", "type", "typ", "tipo", "kind", "belegart", "buchungsart", "umsatzart", "auftragsart", "bestellart", "transaktionsart", "bewegungsart", "vorgang", "event", "action", "stage", "phase", "result", "outcome", "class", "tags", "labels", "environment", "response", "attend", "ステータス", "状態", "상태", "статус", "состояние", "durum", "stav", "订单状", "状态"}
	lineNames     = []string{"line", "item", "row", "record", "entry", "position"}
	unitNames     = []string{"qty", "quant", "menge", "number", "num", "count", "ordered", "units", "pieces", "stuck", "sold", "cant", "pcs"}
	nestedNames   = []string{"item", "line", "product", "article", "position", "cart", "basket"}
	markWords     = []string{"internal", "intern", "employee", "staff", "mitarbeiter", "fraud", "fraudulent", "spam", "duplicate", "dummy", "sandbox", "replacement", "exchange", "disputed", "sample", "samples"}
	reasonWords   = []string{"reason", "grund", "motif", "motivo"}
	unusedWords   = []string{"credit", "gutschrift", "avoir", "abono", "exchange", "employee", "staff", "internal", "mitarbeiter", "fraud", "dummy", "sample", "replacement", "rma", "trial", "sandbox", "staging", "authorization", "authorisation", "preauthorization"}
	noGoodsWords  = []string{"shipping", "versand", "versandkosten", "postage", "porto", "freight", "fracht", "livraison", "envio", "spedizione", "verzendkosten", "tax", "vat", "steuer", "mwst", "discount", "rabatt", "remise", "descuento", "sconto", "korting", "coupon", "gutschein", "voucher", "giftcard", "tip", "trinkgeld", "fee", "gebuhr", "surcharge", "deposit", "pfand", "delivery", "lieferung", "handling", "charge", "rounding", "adjustment", "adjust", "subtotal", "total", "summe", "zwischensumme", "gesamt", "totale", "totaal"}
	costWords     = []string{"fee", "fees", "charge", "surcharge", "gebuhr", "kosten", "versandkosten", "postage"} // behind what they are for
	paymentPieces = []string{"pay", "zahl", "tender", "card", "ship", "deliver", "versand"}
)

func hasPart(name string, parts []string) bool {
	plain := data.PlainName(name)
	return slices.ContainsFunc(parts, func(part string) bool { return strings.Contains(plain, part) })
}

func hasWord(text string, words []string) bool {
	return slices.ContainsFunc(orders.Words(text), func(w string) bool { return slices.Contains(words, w) })
}

func looked(u *columns.Unused, rows int) string {
	return fmt.Sprintf("%s of %s looked at", wording.Thousands(int64(rows)), wording.Counted(int64(u.Rows), "row"))
}

// unusedStatus finds statuses and kinds of rows that read as no purchase.
func unusedStatus(_ *orders.Table, u *columns.Unused) string {
	letters := !u.Numbers && allCodes(u)
	if u.Times || len(u.Values) == 0 || len(u.Values) == 1 && u.Filled == u.Rows || !hasPart(u.Name, statusNames) && !(looksUnbought(u.Name) && !hasWord(u.Name, termsWords) && !hasWord(u.Name, reasonWords) && !letters) {
		return ""
	}
	if u.Numbers || letters {
		return unusedCodes(u)
	}
	isLine := hasPart(u.Name, lineNames)
	var named, values []string
	rows, orBack := 0, ""
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		other := (hasWord(value, unusedWords) || isOffer(value)) && !hasWord(value, []string{"card"}) && !hasPart(u.Name, paymentPieces)
		// A status that stands on some rows of an order alone is carried to the others.
		isFee := u.Filled == u.Rows && isFeeRow(value) && isBack(u, value) && !hasPart(u.Name, paymentPieces)
		noGoods := isFee || isLine && hasWord(value, noGoodsWords)
		if !looksUnbought(value) && !other && !noGoods || isTrialArm(value) || !noGoods && isBack(u, value) {
			continue
		}
		if u.Below[value] > 0 {
			orBack = ", or as sent back where they are below 0"
		}
		rows += u.Values[value]
		named = append(named, fmt.Sprintf("%s (%s)", value, wording.Thousands(int64(u.Values[value]))))
		values = append(values, value)
	}
	if len(values) == 0 || 10*rows > 9*u.Rows {
		return ""
	}
	mapped := shellList([]string{"status=" + u.Name})
	return fmt.Sprintf("column %q has rows that read as no purchase, and they count as bought%s: %s of %s looked at. Leave them out with --map %s --exclude-status %s; "+
		"if such a row is itself what went back, say --map %s --returns type=%s", u.Name, orBack, strings.Join(named, ", "), wording.Counted(int64(u.Rows), "row"), mapped, shellList(values), mapped, shellList(values))
}

// feeWords are what shops and banks call rows of money that is none of a customer, besideFees
// what stands beside them.
var (
	feeWords   = []string{"fee", "fees", "commission", "commissions", "payout", "payouts", "withdrawal", "withdrawals", "transfer", "transfers", "topup", "tax", "taxes", "vat", "gebuhr", "gebuhren", "provision", "auszahlung", "abhebung", "frais", "virement", "comision", "comisiones", "commissione", "reserve", "reserves", "postage", "interest", "zinsen"}
	besideFees = []string{"general", "item", "items", "service", "stripe", "payment", "paypal", "klarna", "account", "selling", "shipping", "processing", "transaction", "marketplace", "order", "orders", "amazon", "fba", "bank", "final", "value", "ad", "listing", "hold", "refund", "release"}
)

// isFeeRow says whether a value is of rows of fees, taxes and payouts alone.
func isFeeRow(value string) bool {
	return hasWord(value, feeWords) && !slices.ContainsFunc(orders.Words(value), func(w string) bool { return !slices.Contains(feeWords, w) && !slices.Contains(besideFees, w) })
}

// isBack says whether nearly all rows with a value have an amount or quantity below 0, so that
// they count as what went back.
func isBack(u *columns.Unused, value string) bool {
	return u.Values[value] > 0 && 10*u.Below[value] >= 9*u.Values[value]
}

// sideWords are how bookkeeping calls the two sides of an account, each followed by the
// other.
var sideWords = [][2]string{{"c", "d"}, {"cr", "dr"}, {"credit", "debit"}, {"h", "s"}, {"haben", "soll"}, {"-", "+"}, {"negative", "positive"}, {"in", "out"}, {"-1", "1"}}

// unusedSides finds the column that has the sign of amounts, where none is below 0.
func (s *Survey) unusedSides(_ *orders.Table, u *columns.Unused) string {
	if u.Times || len(u.Values) != 2 || s.sumDays(s.ReturnLines, s.FirstDay, s.end()) > 0 {
		return ""
	}
	values := slices.Sorted(maps.Keys(u.Values))
	for _, side := range sideWords {
		if !(strings.EqualFold(values[0], side[0]) && strings.EqualFold(values[1], side[1]) || strings.EqualFold(values[1], side[0]) && strings.EqualFold(values[0], side[1])) {
			continue
		}
		if side[0] == "-1" && !hasPart(u.Name, []string{"sign", "factor", "faktor", "direction", "vorzeichen", "multipl", "side"}) {
			continue
		}
		rarer := values[0]
		if u.Values[values[1]] < u.Values[values[0]] {
			rarer = values[1]
		}
		return fmt.Sprintf("column %q has two sides (%s in %s), and all amounts count as bought: if %s is what went back, say --map %s --returns type=%s", u.Name, rarer, looked(u, u.Values[rarer]), rarer,
			shellList([]string{"status=" + u.Name}), shellList([]string{rarer}))
	}
	return ""
}

// allCodes says whether all values are of one letter.
func allCodes(u *columns.Unused) bool {
	for value := range u.Values {
		if len(value) > 1 {
			return false
		}
	}
	return true
}

// unusedCodes names statuses that are numbers or letters.
func unusedCodes(u *columns.Unused) string {
	if !hasPart(u.Name, []string{"status", "statut", "state", "estado", "zustand"}) || len(u.Values) > mostNumericStatuses {
		return ""
	}
	var named []string
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		named = append(named, fmt.Sprintf("%s (%s)", value, wording.Thousands(int64(u.Values[value]))))
	}
	return codesText(u, named)
}

// unusedReason finds reasons that stand on some rows alone, such as those of a
// cancellation.
func unusedReason(_ *orders.Table, u *columns.Unused) string {
	if u.Times || u.Numbers || len(u.Values) == 0 || 2*u.Filled > u.Rows || 10*u.Back >= 9*u.Filled || !looksUnbought(u.Name) || !hasWord(u.Name, reasonWords) {
		return ""
	}
	return fmt.Sprintf("column %q is filled in %s, which count as bought. Leave them out with --map %s --exclude-status %s", u.Name, looked(u, u.Filled),
		shellList([]string{"status=" + u.Name}), shellList(slices.Sorted(maps.Keys(u.Values))))
}

// unusedCurrency finds currencies under another name, where amounts count as if in one.
func unusedCurrency(o *orders.Table, u *columns.Unused) string {
	if o.HasRole(data.Currency) || len(u.Values) < 2 {
		return ""
	}
	for value := range u.Values {
		if !parse.IsCurrency(value) {
			return ""
		}
	}
	return fmt.Sprintf("column %q has several currencies (%s), and amounts count as if in one: name it with --map %s", u.Name, strings.Join(slices.Sorted(maps.Keys(u.Values)), ", "),
		shellList([]string{"currency=" + u.Name}))
}

// unusedQuantity finds units under another name, where each line counts one unit at
// its price.
func unusedQuantity(o *orders.Table, u *columns.Unused) string {
	if o.HasRole(data.Quantity) || o.HasRole(data.Amount) || !u.Numbers || len(u.Values) < 2 || !hasPart(u.Name, unitNames) {
		return ""
	}
	for value := range u.Values {
		if strings.Trim(value, "0123456789") != "" || len(value) > 4 {
			return ""
		}
	}
	return fmt.Sprintf("each line counts one unit, at its price: if column %q has the units, name it with --map %s", u.Name, shellList([]string{"quantity=" + u.Name}))
}

// mergedCustomers finds a column that says as whom a customer goes on.
func mergedCustomers(_ *orders.Table, u *columns.Unused) string {
	if u.Filled == 0 || 10*u.Filled > 9*u.Rows || !hasWord(u.Name, []string{"merged", "mergedinto", "survivor", "duplicateof"}) {
		return ""
	}
	return fmt.Sprintf("column %q names another customer in %s: have the export write who is left in column of the customer, else one person counts as several", u.Name, looked(u, u.Filled))
}

// nestedGoods finds products in lists, or in texts of JSON, where no column has them.
func nestedGoods(o *orders.Table, unused []columns.Unused) string {
	if o.HasRole(data.Product) {
		return ""
	}
	names := o.Nested()
	for i := range unused {
		if u := &unused[i]; u.JSON > 0 && 10*u.JSON >= 9*u.Filled {
			names = append(names, u.Name)
		}
	}
	for _, name := range names {
		if hasPart(name, nestedNames) {
			return fmt.Sprintf("what was bought stands in lists, groups or JSON, column %q, which are not read: lines, units and products count as one for each row. Have the export write one row for each item", name)
		}
	}
	return ""
}

// numericStatus names the numbers of a status column that nobody has said anything of.
func numericStatus(o *orders.Table) string {
	opts := o.Settings()
	if _, mapped := opts.Mapping[data.Status]; mapped || len(opts.ExcludeStatuses)+len(opts.Returns.Statuses)+len(opts.Returns.Types) > 0 {
		return ""
	}
	statuses := o.Statuses()
	var named []string
	for _, v := range statuses {
		if v.Value == "" {
			continue
		}
		if strings.Trim(v.Value, "0123456789-") != "" {
			return ""
		}
		named = append(named, fmt.Sprintf("%s (%s)", v.Value, wording.Thousands(v.Rows)))
	}
	if len(named) < 2 || len(named) > mostNumericStatuses {
		return ""
	}
	column := o.Column(data.Status)
	return fmt.Sprintf("column %q has numbers in place of words, and all rows count as bought: %s. Leave out those that were cancelled, failed or not paid with --exclude-status NUMBER,..., or say --map %s that all were bought",
		column, strings.Join(named, ", "), shellList([]string{"status=" + column}))
}

const mostNumericStatuses = 40

// noGoods names products that are no goods, by their codes, where many lines have them.
func noGoods(o *orders.Table) string {
	const most = 8
	var named []string
	for _, name := range o.Names[data.Product] {
		words := orders.Words(name)
		if len(words) == 0 || len(words) > 3 || strings.Trim(name, "0123456789") == "" || !slices.Contains(noGoodsWords, words[0]) && !slices.Contains(costWords, words[len(words)-1]) && !(len(words) > 1 && words[0] == "gift" && words[1] == "card") {
			continue
		}
		named = append(named, name)
	}
	if len(named) == 0 || len(named) > most {
		return ""
	}
	return fmt.Sprintf("products that read as no goods count as bought: %s. Leave them out with --exclude-products %s", wording.List(named, "and"), shellList(named))
}
