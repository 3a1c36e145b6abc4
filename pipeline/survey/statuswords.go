package survey

import (
	"fmt"
	"slices"
	"strings"

	"winback/data"
	"winback/data/columns"
	"winback/data/orders"
	"winback/pipeline/wording"
)

// unboughtWords are the words by which shops call orders that were not bought in
// the end, or not yet: English, German, French, Spanish, Portuguese, Italian, Dutch,
// Polish, Czech, Hungarian, Turkish, the languages of the north, Indonesian, Russian,
// Greek. Letters are folded as orders.Words writes them; a word counts in any form that
// begins so.
var unboughtWords = []string{
	"cancel", "canceled", "storn", "abgebrochen", "annul", "anul", "geannul", "abandon", "abgelehnt", "widerrufen", "delet", "geloscht", "geloescht", "reversed", "reversal", "abort", "cncl", "rfnd", "rtn", // cancelled
	"fail", "fehlgeschlagen", "gescheitert", "echou", "echec", "fallid", "fallit", "mislukt", "reject", "declin", "denied", "refus", "rechaz", "rifiut", "geweiger", "expir", "abgelaufen", "scadut", "verlopen", "vencid", // failed
	"recus", "negad", "falh", "unsuccessful", "insufficient", "error", "err", "nok", "lost", "noshow", "incomplete", "unvollstandig", "timedout",
	"refund", "erstatt", "ruckerstatt", "zuruckerstatt", "rueckerstatt", "rembours", "reembols", "rimbors", "terugbetaal", "chargeback", "devuelt", "return", "retour", "retourn", "zuruckgegeben", "zuruckgesendet", "reso", // refunded, sent back
	"ruckgabe", "rueckgabe", "rucksend", "ruecksend", "gutschrift", "gutgeschrieben", "reimburs", "devol", "estorn", "restituit", "returner", "retur", "creditmemo", "creditnote",
	"void", "ungultig", "ungueltig", "invalid", "nichtig", "ongeldig", // voided
	"pending", "awaiting", "onhold", "ausstehend", "unpaid", "unbezahlt", "offen", "attente", "pendiente", "pendente", "impag", "impay", "attesa", "sospes", "afwachting", "onbetaald", "unconfirmed", // pending
	"zwrot", "zwroc", "odrzuc", "nieoplac", "zrusen", "vracen", "dobropis", "torolt", "visszat", "iptal", "iade", "makuler", "avbrut", "avbrudt", "aterbetal", "krediter", "peruut", "perutt", "palaut", "batal", "dibatalkan", "gagal",
	"отмен", "возв", "отклон", "неоплачен", "просроч", "аннулир", "удален", "скасов", "ακυρ", "επιστρ",
	"quot", "angebot", // offers
	"test", "draft", "entwurf", "brouillon", "borrador", "bozza", "concept", "prueba", "essai", "prova", "proef", // test, draft
}

// unboughtParts are words of languages that do not part them by blanks, or whose letters
// are not folded.
var unboughtParts = []string{"取消", "退款", "退货", "退貨", "作废", "作廢", "未付款", "失败", "关闭", "キャンセル", "返品", "返金", "無効", "未入金", "취소", "환불", "반품", "ยกเลิก", "hủy", "ملغ", "בוטל", "הוחזר", "do_not_honor", "do not honor", "no show", "no-show", "no_show", "closedlost"}

// wholeWords are those of unboughtWords that count only as they are, since other
// words begin so.
var wholeWords = []string{"test", "offen", "reso", "prova", "concept", "essai", "return", "void", "retour", "retur", "batal", "gagal", "recus", "err", "nok", "lost", "rtn"}

// partWords say that only a part of the order, or none of it, is meant.
var partWords = []string{"part", "teil", "parz", "parc", "gedeelt", "deels", "not", "non", "no", "nicht", "niet", "un", "pas", "sin"}

// notWords before one of paidWords say that nobody has paid.
var (
	notWords  = []string{"not", "non", "no", "nicht", "niet", "pas"}
	paidWords = []string{"paid", "bezahlt", "pagado", "pagato", "paye", "payee", "betaald", "confirmed", "completed"}
)

// looksUnbought says whether a status reads as one of an order that was not
// bought in the end, or not yet.
func looksUnbought(value string) bool {
	if lower := strings.ToLower(value); slices.ContainsFunc(unboughtParts, func(part string) bool { return strings.Contains(lower, part) }) {
		return true
	}
	all := orders.Words(value)
	if slices.ContainsFunc(all, func(word string) bool {
		rest, is := strings.CutPrefix(word, "not")
		return is && slices.Contains(paidWords, rest)
	}) {
		return true
	}
	for i, word := range all[min(1, len(all)):] {
		if slices.Contains(notWords, all[i]) && slices.Contains(paidWords, word) {
			return true
		}
	}
	for i, word := range all {
		if slices.Contains(partWords[7:], word) || slices.ContainsFunc(partWords[:7], func(p string) bool { return strings.HasPrefix(word, p) }) && !strings.HasPrefix(word, "note") {
			return false
		}
		if word == "on" && i+1 < len(all) && all[i+1] == "hold" {
			return true
		}
	}
	return slices.ContainsFunc(all, func(word string) bool {
		if strings.HasSuffix(word, "able") || strings.HasSuffix(word, "bar") { // it can be, and was not
			return false
		}
		return slices.ContainsFunc(unboughtWords, func(w string) bool {
			if slices.Contains(wholeWords, w) {
				return word == w || word == w+"ed" || word == w+"s" || word == w+"e"
			}
			return strings.HasPrefix(word, w)
		})
	})
}

// statusWords names the statuses that read as orders that were not bought, and
// that no setting says anything of.
func statusWords(o *orders.Table, looked []columns.Unused) string {
	opts := o.Settings()
	at := slices.IndexFunc(looked, func(u columns.Unused) bool { return u.IsState })
	var named []string
	var rows int64
	leaveOut := slices.Clone(opts.ExcludeStatuses)
	for _, v := range o.Statuses() {
		if slices.Contains(opts.Returns.Statuses, v.Value) || slices.Contains(opts.Returns.Types, v.Value) || slices.Contains(opts.ExcludeStatuses, v.Value) || !looksUnbought(v.Value) || at >= 0 && isBack(&looked[at], v.Value) {
			continue
		}
		rows += v.Rows
		named = append(named, fmt.Sprintf("%s (%s)", v.Value, wording.Thousands(v.Rows)))
		leaveOut = append(leaveOut, v.Value)
	}
	if rows == 0 {
		return ""
	}
	return fmt.Sprintf("%s of %s have a status that reads as not bought, and count as bought: in column %q %s. Leave them out with --exclude-status %s, "+
		"or make returns of those that were sent back, with --returns status=%s, or type=... where such a row is itself what went back", wording.Thousands(rows), wording.Counted(o.RowsRead, "row"), o.Column(data.Status),
		strings.Join(named, ", "), shellList(leaveOut), shellList(append(slices.Clone(opts.Returns.Statuses), leaveOut[len(opts.ExcludeStatuses):]...)))
}

// shellList writes values as one word of a command line.
func shellList(values []string) string {
	parts := make([]string, len(values))
	for i, v := range values {
		if parts[i] = v; strings.Contains(v, ",") || strings.HasPrefix(v, `"`) {
			parts[i] = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
	}
	return columns.ShellWord(strings.Join(parts, ","))
}

// MixedCurrencies names the currencies of orders that are in more than one, and
// that no setting chooses from or converts; "" where there is no more than one.
func MixedCurrencies(o *orders.Table) string {
	opts := o.Settings()
	if opts.Currency != "" || opts.Rates != nil {
		return ""
	}
	var named []string
	most, without := "", ""
	for _, v := range o.Currencies() {
		if v.Value == "" {
			without = fmt.Sprintf("; %s have none", wording.Counted(v.Rows, "row"))
			continue
		}
		if most == "" {
			most = v.Value
		}
		named = append(named, fmt.Sprintf("%s (%s)", v.Value, wording.Counted(v.Rows, "row")))
	}
	if len(named) < 2 {
		return ""
	}
	const shown = 10
	if more := len(named) - shown; more > 0 {
		named = append(named[:shown], fmt.Sprintf("and %d more", more))
	}
	return fmt.Sprintf("amounts are in several currencies: column %q has %s%s. Keep one with --currency %s, or convert the others by day with --currency %s --rates FILE (CSV with day,currency,rate)",
		o.Column(data.Currency), strings.Join(named, ", "), without, most, most)
}
