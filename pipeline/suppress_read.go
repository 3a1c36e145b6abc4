package pipeline

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"winback/data"
)

// idHeadings are the names by which a heading is told from an id.
var idHeadings = []string{"customer_id", "customerid", "customer id", "customer", "cust_id", "id"}

func isIDHeading(field string) bool {
	for _, h := range idHeadings {
		if strings.EqualFold(field, h) {
			return true
		}
	}
	return false
}

// textIDs reads one id a line, or CSV where the first line has a separator.
func textIDs(text []byte) ([]string, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, errors.New("want UTF-8 text, CSV or Parquet, have something else")
	}
	all := string(text)
	first, _, _ := strings.Cut(strings.TrimLeft(all, "\r\n"), "\n")
	for _, separator := range ",;\t" {
		if strings.ContainsRune(first, separator) {
			return csvIDs(all, separator)
		}
	}
	var ids []string
	for line := range strings.Lines(strings.ReplaceAll(all, "\r", "\n")) {
		id := strings.TrimSpace(line)
		if len(id) > 1 && id[0] == '"' && id[len(id)-1] == '"' {
			id = strings.TrimSpace(id[1 : len(id)-1])
		}
		if id != "" {
			ids = append(ids, id)
		}
	}
	if len(ids) > 0 && isIDHeading(ids[0]) {
		ids = ids[1:]
	}
	return ids, nil
}

func csvIDs(text string, separator rune) ([]string, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator, -1, true, true
	var ids []string
	column := 0
	for row := 0; ; row++ {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return ids, nil
		}
		if err != nil {
			return nil, err
		}
		if row == 0 {
			var heading bool
			if column, heading = idColumn(fields); heading {
				continue
			}
		}
		if column >= len(fields) {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d has %d fields, the customer id is field %d", line, len(fields), column+1)
		}
		if id := strings.TrimSpace(fields[column]); id != "" {
			ids = append(ids, strings.Clone(id))
		}
	}
}

// idColumn finds the column of the ids in the first row, and says whether that
// row is a heading.
func idColumn(first []string) (column int, heading bool) {
	for i, field := range first {
		if strings.EqualFold(strings.TrimSpace(field), "customer_id") {
			return i, true
		}
	}
	return 0, isIDHeading(strings.TrimSpace(first[0]))
}

// parquetIDs reads the column customer_id.
func parquetIDs(r io.ReaderAt, size int64) (ids []string, err error) {
	err = data.EachText(r, size, "customer_id", func(text []byte) error {
		if id := strings.TrimSpace(string(text)); id != "" {
			ids = append(ids, id)
		}
		return nil
	})
	return ids, err
}
