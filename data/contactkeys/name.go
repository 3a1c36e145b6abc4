package contactkeys

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// titles are words of a name that do not tell one person from another.
var titles = []string{"dr", "frau", "herr", "miss", "mr", "mrs", "ms", "prof", "sir"}

// written apart: letters that decomposition leaves whole.
var letters = strings.NewReplacer("ß", "ss", "æ", "ae", "ø", "o", "œ", "oe", "ł", "l", "đ", "d", "ð", "d", "þ", "th", "ı", "i")

// words are the words of a text in lower case, without accents, marks and width.
func words(text string) []string {
	text = norm.NFD.String(letters.Replace(strings.ToLower(folded(text))))
	return strings.FieldsFunc(strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Mn, r), r == '\'', r == '’':
			return -1
		case unicode.IsLetter(r), unicode.IsDigit(r):
			return r
		}
		return ' '
	}, text), func(r rune) bool { return r == ' ' })
}

// NameKey is a name as it is compared: its words without titles, in order of the
// alphabet, so that "Doe, Jane" is Jane Doe. "" for a name without letters.
func NameKey(text string) string {
	parts := slices.DeleteFunc(words(text), func(w string) bool { _, found := slices.BinarySearch(titles, w); return found })
	slices.Sort(parts)
	return strings.Join(parts, " ")
}

// shortStreets are words of an address that are written in several ways.
var shortStreets = map[string]string{"street": "st", "str": "st", "strasse": "st", "road": "rd", "avenue": "ave", "av": "ave", "lane": "ln", "drive": "dr", "square": "sq",
	"place": "pl", "boulevard": "blvd", "apartment": "apt", "court": "ct", "platz": "pl", "number": "no", "nr": "no"}

// AddressKey is a postal address as it is compared: its words in their order, usual
// short forms alike, a house number joined to its letter. "" where there are no words,
// or no digit: a town alone is no address.
func AddressKey(text string) string {
	var parts []string
	for _, w := range words(text) {
		if stem, found := strings.CutSuffix(w, "strasse"); found && stem != "" {
			w = stem + "str"
		}
		if short, found := shortStreets[w]; found {
			w = short
		}
		if n := len(parts); n > 0 && len(w) == 1 && w[0] >= 'a' && w[0] <= 'z' && isNumber(parts[n-1]) {
			parts[n-1] += w
			continue
		}
		parts = append(parts, w)
	}
	key := strings.Join(parts, " ")
	if !strings.ContainsAny(key, "0123456789") || !strings.ContainsFunc(key, unicode.IsLetter) {
		return ""
	}
	return key
}

func isNumber(word string) bool { return word != "" && strings.Trim(word, "0123456789") == "" }
