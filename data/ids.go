package data

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// FoldLetters writes a text in lower case, each letter in one form: composed, of usual
// width (Unicode NFKC), and without marks that nobody sees, such as a byte order mark.
func FoldLetters(text string) string {
	isPlain := true
	for i := range len(text) {
		if isPlain = text[i] < 0x80; !isPlain {
			break
		}
	}
	if !isPlain {
		text = strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Cf, r) {
				return -1
			}
			return r
		}, norm.NFKC.String(text))
	}
	return strings.ToLower(text)
}

// FoldID writes an id as it is compared: without what spreadsheets and databases
// change about ids on their way. Blanks around it, the apostrophe or ="" that
// keeps it a text, quotes around it, case, the form of its letters (FoldLetters), the address of a resource in front of it
// (gid://shopify/Customer/13085), dashes and brackets of a UUID, zeros in front of a
// number and an empty fraction behind it (13085.0) do not count. Two customers whom folding makes equal are both
// suppressed: nobody is contacted who may have opted out.
func FoldID(id string) string {
	id = strings.TrimSpace(id)
	if inner, guarded := strings.CutPrefix(id, `="`); guarded {
		id = strings.Trim(inner, `" `)
	}
	id = withoutDashes(lastOfAddress(strings.TrimSpace(FoldLetters(strings.Trim(strings.TrimPrefix(id, "'"), `"`)))))
	number, fraction, found := strings.Cut(id, ".")
	sign := ""
	if strings.HasPrefix(number, "-") {
		sign, number = "-", number[1:]
	}
	if number == "" || strings.Trim(number, "0123456789") != "" || found && strings.Trim(fraction, "0") != "" {
		return id
	}
	if number = strings.TrimLeft(number, "0"); number == "" {
		return "0"
	}
	return sign + number
}

// lastOfAddress is the last part of scheme://place/…/ID; any other text is left
// as it is.
func lastOfAddress(id string) string {
	scheme, path, found := strings.Cut(id, "://")
	at := strings.LastIndexByte(path, '/')
	if !found || scheme == "" || strings.Trim(scheme, "abcdefghijklmnopqrstuvwxyz0123456789+.-") != "" || at <= 0 || at == len(path)-1 {
		return id
	}
	return path[at+1:]
}

// withoutDashes writes a UUID as its digits alone; any other text is left as it is.
func withoutDashes(id string) string {
	uuid := strings.TrimSuffix(strings.TrimPrefix(id, "{"), "}")
	if len(uuid) != 36 || uuid[8] != '-' || uuid[13] != '-' || uuid[18] != '-' || uuid[23] != '-' {
		return id
	}
	digits := strings.ReplaceAll(uuid, "-", "")
	if len(digits) != 32 || strings.Trim(digits, "0123456789abcdef") != "" {
		return id
	}
	return digits
}
