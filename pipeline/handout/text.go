package handout

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// exportCSV writes RFC 4180: a line of names, commas, CRLF, quotes where a cell
// needs them. Texts that a spreadsheet would take for a formula are disarmed.
func exportCSV[R any](w io.Writer, columns []exportColumn[R], rows iter.Seq2[R, error]) (int64, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	for i, c := range columns {
		if i > 0 {
			out.WriteByte(',')
		}
		out.WriteString(c.name)
	}
	out.WriteString("\r\n")
	n := int64(0)
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		for i, c := range columns {
			if i > 0 {
				out.WriteByte(',')
			}
			cell := c.cell(&row)
			text := cell.plain()
			if cell.kind == cellText {
				text = disarmed(text)
			}
			out.WriteString(quoted(text))
		}
		if _, err := out.WriteString("\r\n"); err != nil {
			return n, err
		}
		n++
	}
	return n, out.Flush()
}

// quoted puts a cell in quotes where it holds anything that some reader takes
// for the end of a cell.
func quoted(text string) string {
	if !strings.ContainsAny(text, ",;\"\r\n\t") && strings.TrimSpace(text) == text {
		return text
	}
	return `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
}

// disarmed puts an apostrophe before what a spreadsheet would take for the
// start of a formula: at the start of a text, after blanks too, and behind each
// character that a reader with another separator would take for the end of the
// cell.
func disarmed(text string) string {
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

// exportJSON writes one array with an object per line; empty values are null.
func exportJSON[R any](w io.Writer, columns []exportColumn[R], rows iter.Seq2[R, error]) (int64, error) {
	out := bufio.NewWriterSize(w, 1<<16)
	n := int64(0)
	out.WriteByte('[')
	for row, err := range rows {
		if err != nil {
			return n, err
		}
		if n > 0 {
			out.WriteByte(',')
		}
		out.WriteString("\n{")
		for i, c := range columns {
			if i > 0 {
				out.WriteByte(',')
			}
			out.WriteString(`"` + c.name + `":`)
			text, err := c.cell(&row).json()
			if err != nil {
				return n, err
			}
			out.Write(text)
		}
		if err := out.WriteByte('}'); err != nil {
			return n, err
		}
		n++
	}
	out.WriteString("\n]\n")
	return n, out.Flush()
}

func (c exportCell) json() ([]byte, error) {
	switch {
	case c.empty:
		return []byte("null"), nil
	case c.kind != cellText && c.kind != cellDay && c.kind != cellPhone:
		return []byte(c.plain()), nil
	}
	var text bytes.Buffer
	e := json.NewEncoder(&text)
	e.SetEscapeHTML(false)
	err := e.Encode(c.plain())
	return bytes.TrimSuffix(text.Bytes(), []byte("\n")), err
}
