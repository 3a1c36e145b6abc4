package survey

import (
	"fmt"
	"maps"
	"slices"

	"winback/data/columns"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// offerWords are papers that go before a sale and are none.
var offerWords = []string{"quote", "quotes", "quotation", "quotations", "estimate", "estimates", "draft", "drafts", "entwurf", "angebot", "angebote", "kostenvoranschlag", "anfrage", "inquiry", "enquiry", "rfq", "devis", "brouillon", "presupuesto", "cotizacion", "borrador", "preventivo", "offerte", "orcamento", "proforma", "forma"}

func isOffer(value string) bool {
	words := orders.Words(value)
	return hasWord(value, offerWords) || len(words) == 1 && slices.Contains(stageDocuments[offerStage], words[0])
}

// stageDocuments are the papers and payments of one sale, one after the other.
var stageDocuments = [][]string{
	{"offer", "offers", "offre"},
	{"order", "auftrag", "bestellung", "commande", "pedido", "ordine"},
	{"delivery", "shipment", "lieferung", "lieferschein", "livraison", "albaran"},
	{"invoice", "rechnung", "facture", "factura", "fattura"},
	{"payment", "zahlung", "paiement", "pago", "pagamento", "receipt"},
	{"authorization", "authorisation", "auth", "preauth"},
	{"capture", "captured", "settlement", "settled"},
}

// Stages of stageDocuments that are no sale of their own.
const (
	offerStage         = 0
	authorizationStage = 5
)

// stageOf is the paper or payment that a value names; -1 for none.
func stageOf(value string) int {
	if isOffer(value) {
		return offerStage
	}
	words := orders.Words(value)
	return slices.IndexFunc(stageDocuments, func(stage []string) bool { return len(words) > 0 && slices.Contains(stage, words[len(words)-1]) })
}

// unusedStages finds a column by which rows are several papers or payments of one sale.
func unusedStages(_ *orders.Table, u *columns.Unused) string {
	if u.Times || u.Numbers || len(u.Values) < 2 || len(u.Values) > 12 || !hasPart(u.Name, statusNames) && !hasPart(u.Name, []string{"doc", "beleg"}) || hasPart(u.Name, paymentPieces) {
		return ""
	}
	stages, rows := make([][]string, len(stageDocuments)), make([]int, len(stageDocuments))
	for _, value := range slices.Sorted(maps.Keys(u.Values)) {
		if at := stageOf(value); at >= 0 {
			stages[at] = append(stages[at], value)
			rows[at] += u.Values[value]
		}
	}
	kept, all := keptStages(rows), slices.Concat(stages...)
	var others []string
	for at, values := range stages {
		if !slices.Contains(kept, at) {
			others = append(others, values...)
		}
	}
	if len(kept) == 0 || len(others) == 0 && len(kept) < 2 || 2*sumOf(rows) < u.Filled {
		return ""
	}
	left := "PAPER,..."
	if len(others) > 0 {
		left = shellList(others)
	}
	return fmt.Sprintf("rows may be several papers or payments of one sale, and each counts as bought: column %q has %s. Keep one of them: leave the others out, such as with --map %s --exclude-status %s", u.Name,
		wording.List(all, "and"), shellList([]string{"status=" + u.Name}), left)
}

// keptStages are the papers that may be the sale: the order, or else the first one, and
// one of far more rows than it, which nobody should leave out unseen.
func keptStages(rows []int) (kept []int) {
	first, most := -1, -1
	for at, n := range rows {
		if n == 0 || at == offerStage || at == authorizationStage {
			continue
		}
		if first < 0 {
			first = at
		}
		if most < 0 || n > rows[most] {
			most = at
		}
	}
	switch {
	case first < 0:
		return nil
	case most != first && rows[most] > 2*rows[first]:
		return []int{first, most}
	}
	return []int{first}
}

func sumOf(rows []int) (sum int) {
	for _, n := range rows {
		sum += n
	}
	return sum
}
