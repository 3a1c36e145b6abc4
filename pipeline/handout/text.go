package handout

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"iter"

	"winback/data/csvcells"
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
				text = csvcells.Disarmed(text)
			}
			out.WriteString(csvcells.Quoted(text))
		}
		if _, err := out.WriteString("\r\n"); err != nil {
			return n, err
		}
		n++
	}
	return n, out.Flush()
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
