// Package csvcells writes the cells of CSV that people open in spreadsheets.
package csvcells

import (
	"strings"
	"unicode/utf8"
)

// Quoted puts a cell in quotes where it holds anything that some reader takes
// for the end of a cell.
func Quoted(text string) string {
	if !strings.ContainsAny(text, ",;\"\r\n\t") && strings.TrimSpace(text) == text {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// Disarmed puts an apostrophe before what a spreadsheet would take for the
// start of a formula: at the start of a text, after blanks too, and behind each
// character that a reader with another separator would take for the end of the
// cell.
func Disarmed(text string) string {
	var out strings.Builder
	start := true
	for len(text) > 0 {
		r, size := utf8.DecodeRuneInString(text)
		// The wide forms work as formulas where East Asian input is set.
		if start && strings.ContainsRune("=+-@\t\r\n＝＋－＠", r) {
			out.WriteByte('\'')
		}
		switch r {
		case ';', '\t', '\r', '\n', '"', ',':
			start = true
		case ' ', '\u00a0':
		default:
			start = false
		}
		out.WriteString(text[:size])
		text = text[size:]
	}
	return out.String()
}
