package pipeline

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"

	"winback/data/guard"
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
func eachParquetID(r io.ReaderAt, size int64, give func(id string) error) (err error) {
	defer func() {
		if p := recover(); p != nil { // damaged files make the library panic
			err = fmt.Errorf("damaged parquet file: %v", p)
		}
	}()
	footer, err := guard.Check(r, size, guard.Limits{})
	if err != nil {
		return err
	}
	// Without a goroutine, whose panic could not be caught.
	f, err := parquet.OpenFile(r, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.FileReadMode(parquet.ReadModeSync))
	if err != nil {
		return fmt.Errorf("no readable parquet file: %w", err)
	}
	column, found := f.Schema().Lookup("customer_id")
	if !found {
		return errors.New(`column "customer_id" is missing`)
	}
	text, err := idText(column.Node)
	if err != nil {
		return err
	}
	list := idList{text: text, give: give, buffer: make([]parquet.Value, 1024)}
	for g, group := range f.RowGroups() {
		if _, err := footer.CheckChunk(r, g, column.ColumnIndex, guard.Limits{}); err != nil {
			return err
		}
		if err := list.addChunk(group.ColumnChunks()[column.ColumnIndex]); err != nil {
			return err
		}
	}
	if list.rows != f.NumRows() {
		return fmt.Errorf("damaged parquet file: want %d rows, have %d", f.NumRows(), list.rows)
	}
	return nil
}

// idText is how a value of the column is written as an id.
func idText(column parquet.Node) (func(parquet.Value) string, error) {
	have := column.Type().String()
	integer := strings.HasPrefix(have, "INT")
	switch kind := column.Type().Kind(); {
	case column.Repeated():
		have = "repeated " + have
	case kind == parquet.ByteArray && !strings.HasPrefix(have, "DECIMAL"):
		return func(v parquet.Value) string { return strings.TrimSpace(string(v.ByteArray())) }, nil
	case kind == parquet.Int32 && integer:
		return func(v parquet.Value) string { return integerID(int64(v.Int32()), uint64(v.Uint32()), have) }, nil
	case kind == parquet.Int64 && integer:
		return func(v parquet.Value) string { return integerID(v.Int64(), v.Uint64(), have) }, nil
	case kind == parquet.Double:
		return func(v parquet.Value) string { return numberID(v.Double(), 1<<53) }, nil
	case kind == parquet.Float:
		return func(v parquet.Value) string { return numberID(float64(v.Float()), 1<<24) }, nil
	}
	return nil, fmt.Errorf(`column "customer_id": want a text or an integer, have %s`, have)
}

// integerID prints the unsigned reading where the column's type says so.
func integerID(signed int64, unsigned uint64, columnType string) string {
	if strings.HasSuffix(columnType, ",false)") {
		return strconv.FormatUint(unsigned, 10)
	}
	return strconv.FormatInt(signed, 10)
}

// numberID prints a number as a person would write it: without an exponent,
// and without a fraction where it is whole. Not a number is no id. From limit on
// the type cannot tell neighbours apart: that is written as spreadsheets shorten.
func numberID(x, limit float64) string {
	if math.IsNaN(x) || math.IsInf(x, 0) {
		return ""
	}
	if math.Abs(x) >= limit {
		return strconv.FormatFloat(math.Abs(x), 'E', -1, 64)
	}
	return strconv.FormatFloat(x, 'f', -1, 64)
}

// idList gives the ids of a column.
type idList struct {
	give   func(id string) error
	rows   int64 // with those that have no id
	text   func(parquet.Value) string
	buffer []parquet.Value
}

func (l *idList) addChunk(chunk parquet.ColumnChunk) error {
	pages := chunk.Pages()
	defer pages.Close()
	for {
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = l.addValues(page.Values())
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
}

func (l *idList) addValues(r parquet.ValueReader) error {
	for {
		n, err := r.ReadValues(l.buffer)
		l.rows += int64(n)
		for _, v := range l.buffer[:n] {
			if v.IsNull() {
				continue
			}
			if id := l.text(v); id != "" {
				if err := l.give(id); err != nil {
					return err
				}
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
