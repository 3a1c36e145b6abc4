// Package contactkeys writes e-mail addresses, phone numbers, names and postal
// addresses as one is compared with another, and as sending tools take them.
package contactkeys

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// folded is a text without the width of its letters (Unicode compatibility
// composition, NFKC, UAX #15), invisible characters, and blanks around it.
func folded(text string) string {
	text = strings.Map(func(r rune) rune {
		switch {
		case unicode.Is(unicode.Cf, r):
			return -1
		case unicode.IsSpace(r) || unicode.IsControl(r):
			return ' '
		}
		return r
	}, norm.NFKC.String(text))
	return strings.TrimSpace(text)
}

// unguarded takes off what keeps a cell a text in spreadsheets: an apostrophe, or
// ="…".
func unguarded(text string) string {
	if inner, guarded := strings.CutPrefix(text, `="`); guarded {
		text = strings.TrimSuffix(inner, `"`)
	}
	return strings.TrimSpace(strings.TrimPrefix(text, "'"))
}
