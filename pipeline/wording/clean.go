package wording

import (
	"strings"
	"unicode"
)

// Clean makes foreign text fit to be shown: one line, valid UTF-8, and no
// characters that are invisible or turn the text around them.
func Clean(text string) string {
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Bidi_Control, r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(text, "\uFFFD"))
	return strings.Join(strings.FieldsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	}), " ")
}
