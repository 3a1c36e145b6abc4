package plan

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"winback/data/columns"
)

// idHeadings are the names by which a heading is told from an id, without case,
// blanks, - and _. Of several columns the one whose name comes first counts.
var idHeadings = []string{"customerid", "customer", "custid", "customerno", "customernumber", "customernr", "customercode", "clientid", "contactid", "memberid", "userid", "buyerid",
	"accountid", "kundenid", "kundennr", "kundennummer", "id", "email", "emailaddress", "mail", "customeremail"}

// headingRank is the place of a heading among idHeadings; -1 for another text.
func headingRank(field string) int {
	return slices.Index(idHeadings, strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToLower(strings.TrimSpace(field))))
}

// textIDs reads one id a line, or CSV where the first line has a separator.
func textIDs(text []byte) ([]string, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, errors.New("want UTF-8 text, CSV or Parquet, have UTF-16 (in a spreadsheet: save as CSV UTF-8)")
	}
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
	if len(ids) > 0 && headingRank(ids[0]) >= 0 {
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
	best := len(idHeadings)
	for i, field := range first {
		if rank := headingRank(field); rank >= 0 && rank < best {
			column, best, heading = i, rank, true
		}
	}
	return column, heading
}

// parquetIDs reads the column customer_id.
func parquetIDs(r io.ReaderAt, size int64) (ids []string, err error) {
	err = eachParquetID(r, size, func(id string) error {
		ids = append(ids, id)
		return nil
	})
	return ids, err
}

// eachParquetID gives the ids of the column customer_id, one after the other.
func eachParquetID(r io.ReaderAt, size int64, give func(id string) error) error {
	return columns.EachText(r, size, "customer_id", func(text []byte) error {
		if id := strings.TrimSpace(string(text)); id != "" {
			return give(id)
		}
		return nil
	})
}
