package csvimport

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"winback/data/parse"
	"winback/internal/fsys"
)

// csvSource is a CSV file whose separator and column names are known.
type csvSource struct {
	fsy   fsys.FS
	path  string
	comma rune
	names []string
}

// sniffBytes is how much of a file decides about its separator.
const sniffBytes = 64 << 10

// newCSVSource looks at the head of a file.
func newCSVSource(fsy fsys.FS, path string) (*csvSource, error) {
	s := &csvSource{fsy: fsy, path: path}
	text, closeAll, err := s.open()
	if err != nil {
		return nil, inputError(path, err)
	}
	defer closeAll()
	head, err := text.Peek(sniffBytes)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, inputError(path, err)
	}
	s.comma = sniffSeparator(head)
	record, err := s.reader(text).Read()
	if errors.Is(err, io.EOF) {
		err = errors.New("the file is empty; the first line must hold the column names")
	}
	if err != nil {
		return nil, inputError(path, csvProblem(err))
	}
	if s.names, err = columnNames(record); err != nil {
		return nil, inputError(path, err)
	}
	return s, nil
}

// open gives the text of the file without compression and byte order mark.
func (s *csvSource) open() (text *bufio.Reader, closeAll func(), err error) {
	file, err := s.fsy.Open(s.path)
	if err != nil {
		return nil, nil, err
	}
	closeAll = func() { _ = file.Close() } // only read
	if info, err := file.Stat(); err == nil && info.IsDir() {
		closeAll()
		return nil, nil, errors.New("is a folder; name the CSV files in it")
	}
	text = bufio.NewReaderSize(file, sniffBytes)
	if magic, _ := text.Peek(2); bytes.Equal(magic, []byte{0x1f, 0x8b}) {
		unzipped, err := gzip.NewReader(text)
		if err != nil {
			closeAll()
			return nil, nil, fmt.Errorf("gzip: %w", err)
		}
		text = bufio.NewReaderSize(unzipped, sniffBytes)
	}
	mark, _ := text.Peek(4)
	switch {
	case bytes.HasPrefix(mark, []byte("\xef\xbb\xbf")):
		_, err = text.Discard(3)
	case bytes.HasPrefix(mark, []byte("\xff\xfe")), bytes.HasPrefix(mark, []byte("\xfe\xff")):
		err = errors.New("is written in UTF-16; want UTF-8 (in a spreadsheet: save as CSV UTF-8)")
	case bytes.HasPrefix(mark, []byte("PAR1")):
		err = errors.New("is a Parquet file already; give it to winback run as it is")
	case bytes.HasPrefix(mark, []byte("PK\x03\x04")):
		err = errors.New("is a zip file or a spreadsheet; want CSV text (in a spreadsheet: save as CSV UTF-8)")
	}
	if err != nil {
		closeAll()
		return nil, nil, err
	}
	return text, closeAll, nil
}

func (s *csvSource) reader(text io.Reader) *csv.Reader {
	r := csv.NewReader(text)
	r.Comma = s.comma
	r.ReuseRecord = true
	r.FieldsPerRecord = -1 // counted by each, which goes on to the next row
	return r
}

// each gives every row below the names with the number of its line. Rows with
// more or fewer cells than names go to bad.
func (s *csvSource) each(ctx context.Context, progress func(int64), bad *badRows, row func(line int, record []string) error) error {
	text, closeAll, err := s.open()
	if err != nil {
		return inputError(s.path, err)
	}
	defer closeAll()
	r := s.reader(text)
	const batch = 8192
	for n := int64(0); ; n++ {
		if n%batch == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if progress != nil && n > 0 {
				progress(batch)
			}
		}
		record, err := r.Read()
		if errors.Is(err, io.EOF) {
			if progress != nil && n > 0 {
				progress((n-1)%batch + 1) // with the line of names, less than a batch off
			}
			return nil
		}
		if err != nil {
			return inputError(s.path, csvProblem(err))
		}
		if n == 0 {
			continue // the names
		}
		line, _ := r.FieldPos(0)
		if len(s.names) == 1 && len(record) > 1 {
			return inputError(s.path, fmt.Errorf("line 1 has one cell, %q, and line %d has %d: take off titles that stand above the column names", s.names[0], line, len(record)))
		}
		if err := s.checkRow(line, record, r); err != nil {
			bad.add(err)
			continue
		}
		if err := row(line, record); err != nil {
			return err
		}
	}
}

func (s *csvSource) checkRow(line int, record []string, r *csv.Reader) error {
	if len(record) != len(s.names) {
		return fmt.Errorf("line %d: want %d cells as in the first line, found %d", line, len(s.names), len(record))
	}
	for i, value := range record {
		if !utf8.ValidString(value) {
			at, _ := r.FieldPos(i)
			return fmt.Errorf("line %d, column %d %q: want UTF-8 text, found other bytes (in a spreadsheet: save as CSV UTF-8)", at, i+1, s.names[i])
		}
	}
	return nil
}

// csvProblem says in our words what the CSV reader stumbled over.
func csvProblem(err error) error {
	var parse *csv.ParseError
	if !errors.As(err, &parse) {
		return err
	}
	switch {
	case errors.Is(parse.Err, csv.ErrQuote):
		return fmt.Errorf("line %d, character %d: the quoted cell that starts in line %d has no proper end; want \"\" for a quote inside of it", parse.Line, parse.Column, parse.StartLine)
	case errors.Is(parse.Err, csv.ErrBareQuote):
		return fmt.Errorf("line %d, character %d: a quote in a cell that is not quoted; want the whole cell in quotes and \"\" for the quote inside", parse.Line, parse.Column)
	}
	return fmt.Errorf("line %d, character %d: %w", parse.Line, parse.Column, parse.Err)
}

// sniffSeparator takes the separator that splits the first line into the most
// cells, outside of quotes; a comma where none splits it.
func sniffSeparator(head []byte) rune {
	counts := map[byte]int{}
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if !quoted && c == '\n' {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte{';', '\t', '|'} {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return rune(best)
}

// columnNames checks the first line. A cell without a name, as some tools
// write it over row numbers, is named after its position.
func columnNames(record []string) ([]string, error) {
	names := make([]string, len(record))
	seen := map[string]int{}
	numbers := 0
	for i, cell := range record {
		name := strings.TrimSpace(cell)
		if name == "" {
			name = fmt.Sprintf("column_%d", i+1)
		}
		if !utf8.ValidString(name) {
			return nil, fmt.Errorf("line 1, column %d: want UTF-8 text, found other bytes (in a spreadsheet: save as CSV UTF-8)", i+1)
		}
		if first, twice := seen[name]; twice {
			return nil, fmt.Errorf("line 1: columns %d and %d are both named %q; want each name once", first, i+1, name)
		}
		seen[name] = i + 1
		if looksLikeValue(cell) {
			numbers++
		}
		names[i] = name
	}
	if numbers > 0 && (numbers*2 >= len(record) || slices.ContainsFunc(record, isDate)) {
		return nil, errors.New("line 1: want the column names, found values; add a first line such as customer_id,order_date,amount")
	}
	return names, nil
}

func looksLikeValue(cell string) bool {
	return isDate(cell) || strings.TrimSpace(cell) != "" && !strings.ContainsFunc(cell, unicode.IsLetter)
}

// isDate says whether a cell can be no name but only a date.
func isDate(cell string) bool {
	w, ok := parse.ScanWritten(cell)
	if !ok || w.Form == parse.FormCompact {
		return false
	}
	_, day := w.Read(parse.DayFirst)
	_, month := w.Read(parse.MonthFirst)
	return day || month
}
