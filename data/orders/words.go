package orders

import (
	"strings"
	"unicode"

	"winback/data"
)

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
