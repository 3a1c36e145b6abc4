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

	"winback/data"
	"winback/data/columns"
	"winback/data/orders"
)

// idHeadings are the names by which a heading is told from an id, as data.PlainName
// writes them. Of several columns the one whose name comes first counts.
var idHeadings = []string{"customerid", "customer", "custid", "customerno", "customernumber", "customernr", "customercode", "clientid", "contactid", "memberid", "userid", "buyerid",
	"accountid", "kundenid", "kundennr", "kundennummer", "id"}

// addressHeadings are those of e-mail addresses and phone numbers. All their columns count.
var addressHeadings = []string{"email", "emailaddress", "mail", "customeremail", "phone", "phonenumber", "mobile", "mobilephone", "mobilenumber", "cellphone", "telephone", "tel", "telefon", "handy", "msisdn"}

// entries are what a list names.
type entries struct {
	ids       []string
	addresses map[string]string // as those of Suppressions
}

// add takes a row: its id, "" for none, and its addresses, of which the first stands for
// the row where there is no id.
func (e *entries) add(id string, addresses ...string) {
	for _, address := range addresses {
		if id == "" {
			id = strings.Clone(address)
		}
		e.beside(data.FoldID(address), data.FoldID(id))
	}
	if id != "" {
		e.ids = append(e.ids, strings.Clone(id))
	}
}

// beside notes whose row an address is in: of several rows its own, else the first by id.
func (e *entries) beside(address, id string) {
	if e.addresses == nil {
		e.addresses = map[string]string{}
	}
	if of, there := e.addresses[address]; !there || id == address || of != address && id < of {
		e.addresses[strings.Clone(address)] = strings.Clone(id)
	}
}

// textIDs reads one id a line, or CSV where the first line has a separator.
func textIDs(text []byte) (*entries, error) {
	text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
	if bytes.HasPrefix(text, []byte("\xff\xfe")) || bytes.HasPrefix(text, []byte("\xfe\xff")) {
		return nil, errors.New("want UTF-8 text, CSV or Parquet, have UTF-16 (in a spreadsheet: save as CSV UTF-8)")
	}
	if !utf8.Valid(text) || bytes.IndexByte(text, 0) >= 0 {
		return nil, errors.New("want UTF-8 text, CSV or Parquet, have something else")
	}
	all := string(text)
	heading, _, _ := strings.Cut(strings.TrimLeft(all, "\r\n"), "\n")
	for _, separator := range ",;\t" {
		if strings.ContainsRune(heading, separator) {
			return csvIDs(all, separator)
		}
	}
	found, columns, first := &entries{}, listColumns{}, true
	for line := range strings.Lines(strings.ReplaceAll(all, "\r", "\n")) {
		id := strings.TrimSpace(line)
		if len(id) > 1 && id[0] == '"' && id[len(id)-1] == '"' {
			id = strings.TrimSpace(id[1 : len(id)-1])
		}
		if id == "" {
			continue
		}
		if first {
			first = false
			if columns = columnsOf([]string{id}); columns.heading {
				continue
			}
		}
		columns.add([]string{id}, found)
	}
	return found, nil
}

func csvIDs(text string, separator rune) (*entries, error) {
	r := csv.NewReader(strings.NewReader(text))
	r.Comma, r.FieldsPerRecord, r.LazyQuotes, r.ReuseRecord = separator, -1, true, true
	found, columns := &entries{}, listColumns{}
	for row := 0; ; row++ {
		fields, err := r.Read()
		if errors.Is(err, io.EOF) {
			return found, nil
		}
		if err != nil {
			return nil, err
		}
		if row == 0 {
			if columns = columnsOf(fields); columns.heading {
				continue
			}
		}
		if columns.id >= len(fields) {
			line, _ := r.FieldPos(0)
			return nil, fmt.Errorf("line %d has %d fields, the customer id is field %d", line, len(fields), columns.id+1)
		}
		columns.add(fields, found)
	}
}

// listColumns are the columns that count.
type listColumns struct {
	heading   bool // the first row is one
	id        int  // -1 for none
	addresses []int
}

// columnsOf finds the columns in the first row. Without a heading the first one is the ids.
func columnsOf(first []string) (c listColumns) {
	best := len(idHeadings)
	c.id = -1
	for i, field := range first {
		plain := data.PlainName(field)
		if rank := slices.Index(idHeadings, plain); rank >= 0 && rank < best {
			c.id, best = i, rank
		}
		if slices.Contains(addressHeadings, plain) {
			c.addresses = append(c.addresses, i)
		}
	}
	if c.heading = c.id >= 0 || c.addresses != nil; !c.heading {
		c.id = 0
	}
	return c
}

// add gives the cells of a row that count; a row may end before its addresses.
func (c listColumns) add(fields []string, to *entries) {
	id, addresses := "", []string(nil)
	if c.id >= 0 {
		id = strings.TrimSpace(fields[c.id])
	}
	for _, at := range c.addresses {
		if at < len(fields) && strings.TrimSpace(fields[at]) != "" {
			addresses = append(addresses, strings.TrimSpace(fields[at]))
		}
	}
	to.add(id, addresses...)
}

// parquetIDs reads the column customer_id, and the columns of addresses beside it.
func parquetIDs(r io.ReaderAt, size int64) (*entries, error) {
	found := &entries{}
	err := eachParquetID(r, size, func(id string) error {
		found.add(id)
		return nil
	})
	if err != nil {
		return nil, err
	}
	names := []string{"customer_id"}
	err = orders.EachRow(r, size, nil, func(all []string) error {
		for _, name := range all {
			if slices.Contains(addressHeadings, data.PlainName(name)) {
				names = append(names, name)
			}
		}
		return errOnlyNames
	}, nil)
	if !errors.Is(err, errOnlyNames) {
		return nil, err
	}
	if len(names) == 1 {
		return found, nil
	}
	columns := columnsOf(names)
	return found, orders.EachRow(r, size, names, func([]string) error { return nil }, func(cells []string) error {
		there := len(found.ids)
		columns.add(cells, found)
		if strings.TrimSpace(cells[0]) != "" { // an entry already
			found.ids = found.ids[:there]
		}
		return nil
	})
}

// errOnlyNames ends the reading of a file whose names alone were asked for.
var errOnlyNames = errors.New("only the names were read")

// eachParquetID gives the ids of the column customer_id, one after the other.
func eachParquetID(r io.ReaderAt, size int64, give func(id string) error) error {
	return columns.EachText(r, size, "customer_id", func(text []byte) error {
		if id := strings.TrimSpace(string(text)); id != "" {
			return give(id)
		}
		return nil
	})
}
