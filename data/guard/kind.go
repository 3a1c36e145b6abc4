package guard

import (
	"bytes"
	"encoding/json"
	"unicode/utf8"
)

const (
	magic          = "PAR1"
	encryptedMagic = "PARE"
)

// kinds are files that come by mistake, by their first bytes.
var kinds = []struct{ head, name string }{
	{"\x1f\x8b", "a gzip file"},
	{"\x28\xb5\x2f\xfd", "a zstd file"},
	{"BZh", "a bzip2 file"},
	{"\xfd7zXZ\x00", "an xz file"},
	{"7z\xbc\xaf\x27\x1c", "a 7-Zip file"},
	{"PK\x03\x04", "a ZIP file or an Excel workbook"},
	{"\xd0\xcf\x11\xe0", "an old Excel or Word file"},
	{"ORC", "an ORC file"},
	{"Obj\x01", "an Avro file"},
	{"ARROW1", "an Arrow file"},
	{"FEA1", "a Feather file"},
	{"SQLite format 3\x00", "an SQLite database"},
	{"%PDF", "a PDF file"},
	{"{\\rtf", "a text document"},
	{"<!DOCTYPE", "an HTML page"},
	{"<!doctype", "an HTML page"},
	{"<html", "an HTML page"},
	{"<?xml", "an XML file"},
}

// KindOf says what a file that is no Parquet looks like from its first bytes.
func KindOf(head []byte) string {
	for _, k := range kinds {
		if bytes.HasPrefix(head, []byte(k.head)) {
			return k.name
		}
	}
	switch {
	case len(bytes.Trim(head, "\x00")) == 0:
		return "a file of zeros"
	case !isText(head):
		return "some other kind of file"
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf")), " \t\r\n")
	switch {
	case looksJSON(text):
		return "a JSON file"
	case bytes.HasPrefix(text, []byte("<")):
		return "an HTML or XML file"
	}
	line, _, _ := bytes.Cut(text, []byte("\n"))
	if bytes.ContainsAny(line, ",;\t|") {
		return "a CSV file; winback import turns it into an order table"
	}
	return "a text file"
}

// isText accepts UTF-8, whose last character may be cut, without control characters.
func isText(head []byte) bool {
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		if r == utf8.RuneError && n == 1 && (len(head) >= utf8.UTFMax || utf8.FullRune(head)) {
			return false
		}
		if r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			return false
		}
		head = head[n:]
	}
	return true
}

// looksJSON accepts the start of an object or list.
func looksJSON(text []byte) bool {
	if len(text) == 0 || text[0] != '{' && text[0] != '[' {
		return false
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.Token()
	_, err := d.Token()
	return err == nil
}
