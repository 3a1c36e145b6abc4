package orders

import (
	"bytes"
	"slices"
	"strings"
	"unicode"

	"winback/data"
	"winback/data/columns"
)

// NoCustomerWords stand in the place of a customer where there is none. They are
// compared without blanks at the ends and without case, and all ids of nothing but
// zeros are alike. "usual" stands for UsualNoCustomer; a word that ends in * for all ids
// that begin so.
type NoCustomerWords []string

// UsualNoCustomer are the words that programs and tills write for nobody.
var UsualNoCustomer = NoCustomerWords{"0", "-1", "nan", "nat", "none", "null", "nil", `\N`, "na", "n/a", "#n/a", "<na>", "<null>", "(null)", "[null]", "undefined",
	"-", "--", "?", ".", "00000000-0000-0000-0000-000000000000",
	"guest", "guest user", "guest customer", "guest checkout", "gast", "invité", "invitado", "ospite", "convidado", "visitor", "visitante",
	"unknown", "unknown customer", "unbekannt", "inconnu", "desconocido", "sconosciuto", "desconhecido", "onbekend",
	"anonymous", "anonymous customer", "anonym", "anonyme", "anónimo", "anonimo", "anoniem", "not available", "not set", "(not set)", "missing", "(blank)",
	"no customer", "walk-in", "walk in", "walkin", "walk-in customer", "walk in customer", "cash", "cash customer", "cash sale", "laufkunde", "barverkauf",
	"guest_checkout", "guest-checkout", "not logged in", "unregistered", "anon", "deleted", "deleted user", "deleted customer", "deleted_user", "deleted-user", "deleted_customer", "***", "redacted", "anonymized", "anonymised", "anonymisiert",
	"total", "grand total", "subtotal", "sub total", "sum", "summe", "gesamt", "gesamtsumme", "zwischensumme", "sous-total", "totale", "suma", "totaal", "итого", "合计", "总计", "合計",
	"totals", "all customers", "alle kunden", "tous les clients", "todos los clientes", "gesamtergebnis", "ergebnis", "total general", "total général", "total geral", "totale generale", "eindtotaal", "(leer)", "(vide)", "(en blanco)", "(vuoto)"}

// noNameWords are what programs write for no value among orders, products, categories
// and channels, compared as NoCustomerWords are. Words that a person may have meant,
// such as unknown, are names.
var noNameWords = NoCustomerWords{"nan", "nat", "none", "null", "nil", `\N`, "n/a", "#n/a", "<na>", "<null>", "(null)", "[null]", "(none)", "(blank)",
	"undefined", "not set", "(not set)", "not available", "not applicable", "-", "--"}

// longestNoName is how many bytes such a word has at most, with blanks around it.
const longestNoName = 32

// noNameRoles are those of the columns in which noNameWords stand for none.
var noNameRoles = append([]data.Role{data.OrderID}, data.NamedRoles[:]...)

// NoNames are the words for none in a column of orders, products, categories or
// channels.
type NoNames struct {
	Column string
	Words  []string
}

// NoNames are the columns with words for none, in the order of their roles.
func (o *Table) NoNames() (found []NoNames) {
	for k, role := range noNameRoles {
		var words []string
		for i, word := range noNameWords {
			if o.faults.NoNames[k]>>i&1 != 0 {
				words = append(words, word)
			}
		}
		if len(words) > 0 {
			found = append(found, NoNames{o.Column(role), words})
		}
	}
	return found
}

// all are the words, with the usual ones written out.
func (w NoCustomerWords) all() NoCustomerWords {
	if at := slices.Index(w, "usual"); at >= 0 {
		return slices.Concat(w[:at], UsualNoCustomer, w[at+1:])
	}
	return w
}

// nobody finds the words that stand for no customer among ids.
type nobody struct {
	starts [256]bool // first bytes that ask for a closer look
	begun  [256]bool // those that one of begins may start with
	words  map[string]int32
	digits [33]bool // by length: words that hold digits have it
	most   int      // bytes of the longest word
	begins []begin
	totals map[string]int32 // the words of totalWords and surelyTotals among them
}

// begin is the beginning of ids that stand for no customer, folded.
type begin struct {
	text string
	word int32
}

func newNobody(words NoCustomerWords) *nobody {
	n := &nobody{words: map[string]int32{}, totals: map[string]int32{}}
	for i, word := range words {
		text := foldNobody(columns.CleanID([]byte(word)))
		if start, isBegin := strings.CutSuffix(text, "*"); isBegin && start != "" {
			n.begins = append(n.begins, begin{start, int32(i)})
			n.begun[start[0]], n.begun[strings.ToUpper(start[:1])[0]] = true, true
			continue
		}
		if _, twice := n.words[text]; twice || text == "" {
			continue
		}
		n.words[text] = int32(i)
		if slices.Contains(totalWords, text) || slices.Contains(surelyTotals, text) {
			n.totals[text] = int32(i)
		}
		n.most = max(n.most, len(text))
		if len(text) < len(n.digits) && strings.ContainsAny(text, "0123456789") {
			n.digits[len(text)] = true
		}
		n.starts[text[0]], n.starts[strings.ToUpper(text[:1])[0]] = true, true
	}
	for c := range n.starts { // blanks before the word, and letters beyond ASCII
		other := c <= ' ' || c >= 0x80
		n.begun[c] = len(n.begins) > 0 && (n.begun[c] || other)
		n.starts[c] = n.begun[c] || n.starts[c] || len(n.words) > 0 && other
	}
	return n
}

// find returns the number of the word that an id is, -1 for an id. Most ids are
// recognised by their first byte.
func (n *nobody) find(id []byte) int32 {
	if !n.starts[id[0]] {
		return -1
	}
	const longestFold = 4 // bytes that a letter may lose when its case is folded
	trimmed := bytes.TrimSpace(id)
	if len(trimmed) > 0 && n.begun[trimmed[0]] {
		folded := foldNobody(trimmed)
		if i := slices.IndexFunc(n.begins, func(b begin) bool { return strings.HasPrefix(folded, b.text) }); i >= 0 {
			return n.begins[i].word
		}
	}
	if word := n.total(trimmed); word >= 0 {
		return word
	}
	if len(trimmed) > n.most*longestFold || len(trimmed) > n.most && trimmed[0] < 0x80 && !allZeros(trimmed) {
		return -1
	}
	var ascii [32]byte // nearly all words, folded without an allocation
	if len(trimmed) <= len(ascii) && !allZeros(trimmed) {
		for i, c := range trimmed {
			switch {
			case c >= 0x80:
				return n.number(foldNobody(trimmed))
			case c >= '0' && c <= '9' && !n.digits[len(trimmed)]:
				return -1
			case 'A' <= c && c <= 'Z':
				c += 'a' - 'A'
			}
			ascii[i] = c
		}
		if word, ok := n.words[string(ascii[:len(trimmed)])]; ok {
			return word
		}
		return -1
	}
	return n.number(foldNobody(trimmed))
}

// Words that begin the ids of lines of totals. Names of firms and persons begin with the
// first as well, so that a day or a period must follow them; with surelyTotals none does.
var (
	totalWords   = []string{"total", "totals", "totale", "totaal", "sum", "summe", "suma", "gesamt", "ergebnis", "итого", "合计", "总计", "合計"}
	surelyTotals = []string{"grand total", "subtotal", "sub total", "gesamtsumme", "zwischensumme", "sous-total", "all customers", "alle kunden", "tous les clients", "todos los clientes",
		"gesamtergebnis", "total general", "total général", "total geral", "totale generale", "eindtotaal"}
	periodWords = []string{"q", "h", "w", "kw", "cw", "wk", "fy", "week", "woche", "quarter", "quartal", "year", "jahr", "month", "monat", "of", "for", "in", "im", "per", "am", "until", "to", "bis",
		"january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november", "december", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec",
		"januar", "februar", "marz", "mai", "juni", "juli", "oktober", "dezember", "mrz", "okt", "dez"}
)

// total returns the number of the word that begins a line of totals, such as "Total
// 2023-01", -1 for an id. Blanks or a colon end the word.
func (n *nobody) total(id []byte) int32 {
	const longest = 80 // bytes of such a line
	if len(n.totals) == 0 || len(id) > longest {
		return -1
	}
	var folded [longest]byte
	for i, c := range id {
		if c != ' ' && c != ':' {
			folded[i] = c
			if 'A' <= c && c <= 'Z' {
				folded[i] += 'a' - 'A'
			}
			continue
		}
		folded[i] = c
		word, known := n.totals[string(folded[:i])]
		if !known && id[0] >= 0x80 {
			word, known = n.totals[foldNobody(id[:i])]
		}
		if rest := strings.Trim(string(id[i:]), " :"); known && (rest == "" || isPeriod(rest) || slices.Contains(surelyTotals, foldNobody(id[:i]))) {
			return word
		}
	}
	return -1
}

// isPeriod says whether a text is a day or a period, as reports write them: a year, or
// several numbers, or a number with the word of a period, and no other words.
func isPeriod(text string) bool {
	numbers, named := 0, false
	for _, part := range strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		word := strings.Trim(part, "0123456789")
		if word != part {
			numbers++
		}
		if word != "" && !slices.Contains(periodWords, foldedWord(word)) {
			return false
		}
		named = named || word != "" || len(part) == 4 && (part[:2] == "19" || part[:2] == "20")
	}
	return numbers > 1 || numbers == 1 && named
}

// TotalBegin is the word that begins an id as lines of totals do, such as "Total Berlin",
// where it may be a name as well; "" for other ids, and for names with the legal form of
// a firm or words that persons are called by.
func TotalBegin(id string) string {
	legalForms := []string{"ltd", "limited", "inc", "llc", "llp", "plc", "corp", "co", "company", "gmbh", "ag", "kg", "ug", "ohg", "sa", "sas", "sarl", "sl", "srl", "spa", "bv", "nv", "ab", "oy", "aps", "pty"}
	word, rest, cut := strings.Cut(foldNobody([]byte(id)), " ")
	word = strings.TrimSuffix(word, ":")
	words := Words(rest)
	if !cut || word == "sum" || word == "suma" || !slices.Contains(totalWords, word) || len(words) > 0 && slices.Contains(legalForms, words[len(words)-1]) {
		return ""
	}
	return word
}

func (n *nobody) number(folded string) int32 {
	if word, ok := n.words[folded]; ok {
		return word
	}
	return -1
}

// foldNobody is what two spellings of a word have in common.
func foldNobody(text []byte) string {
	text = bytes.TrimSpace(text)
	if allZeros(text) {
		return "0"
	}
	return strings.ToLower(string(text))
}

func allZeros(text []byte) bool {
	return len(text) > 0 && !slices.ContainsFunc(text, func(c byte) bool { return c != '0' })
}

// foldedWord writes a word in lower case without accents.
func foldedWord(word string) string { return strings.Map(data.PlainLetter, word) }

// Words splits a value such as "wc-on-hold" or "PaymentFailed" into
// words in lower case without accents.
func Words(value string) []string {
	var all []string
	start, last := 0, ' '
	cut := func(end int) {
		if end > start {
			all = append(all, foldedWord(value[start:end]))
		}
	}
	for i, r := range value {
		switch {
		case !unicode.IsLetter(r):
			cut(i)
			start = i + len(string(r))
		case unicode.IsUpper(r) && unicode.IsLower(last):
			cut(i)
			start = i
		}
		last = r
	}
	cut(len(value))
	return all
}
