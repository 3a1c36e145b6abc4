package pipeline

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
)

// ExportFormat is the form in which a list is handed out.
type ExportFormat string

// The formats of a list.
const (
	ExportCSV     ExportFormat = "csv"     // RFC 4180, with a line of names
	ExportXLSX    ExportFormat = "xlsx"    // a workbook with a sheet that explains the columns
	ExportParquet ExportFormat = "parquet" // the columns of the run's own lists
	ExportJSON    ExportFormat = "json"    // one array, an object per line
)

// ExportFormats lists the formats.
func ExportFormats() []ExportFormat {
	return []ExportFormat{ExportCSV, ExportXLSX, ExportParquet, ExportJSON}
}

// ExportFormatOf is the format that the ending of a file's name says; false
// where it says none.
func ExportFormatOf(path string) (ExportFormat, bool) {
	f := ExportFormat(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")))
	return f, slices.Contains(ExportFormats(), f)
}

// ErrTooManyRows says that a list is longer than its format allows.
var ErrTooManyRows = errors.New("too many rows for the format")

// ExportFilter says which customers of a list are handed out.
type ExportFilter struct {
	Groups     []int         // nil for all
	Channel    string        // preferred channel; "" for all
	Suppressed *Suppressions // nobody on it is handed out; nil for nobody
	Top        int64         // at most so many, by rank; 0 for all
}

// Select yields the rows that pass, in the order given, which is that of the
// ranks. Top counts rows that passed all else.
func (f ExportFilter) Select(rows iter.Seq2[data.ContactRow, error]) iter.Seq2[data.ContactRow, error] {
	return func(yield func(data.ContactRow, error) bool) {
		taken := int64(0)
		for row, err := range rows {
			if err != nil {
				yield(row, err)
				return
			}
			if !f.passes(&row) {
				continue
			}
			if !yield(row, nil) {
				return
			}
			if taken++; taken == f.Top {
				return
			}
		}
	}
}

func (f ExportFilter) passes(row *data.ContactRow) bool {
	return (f.Groups == nil || slices.Contains(f.Groups, int(row.Group))) &&
		(f.Channel == "" || row.PreferredChannel == f.Channel) &&
		!f.Suppressed.Has(row.CustomerID)
}

// ExportAbout is what a handed-out list says of itself, where its format has
// room for that.
type ExportAbout struct {
	Title       string // "Recall list"; a sheet is named so
	Run         string // such as 2007-11-15-1
	AsOf        data.Day
	HorizonDays int // 0 where it is not known
	Selection   string
}

// Export writes rows in a format and returns how many there were. The same
// rows and about give the same bytes. An error of rows ends it.
func Export(w io.Writer, format ExportFormat, rows iter.Seq2[data.ContactRow, error], about ExportAbout) (int64, error) {
	return export(w, format, exportColumns(), rows, about, exportParquet)
}

// export writes rows of any kind by their columns.
func export[R any](w io.Writer, format ExportFormat, columns []exportColumn[R], rows iter.Seq2[R, error], about ExportAbout,
	parquet func(io.Writer, iter.Seq2[R, error]) (int64, error)) (int64, error) {
	switch format {
	case ExportCSV:
		return exportCSV(w, columns, rows)
	case ExportXLSX:
		return exportXLSX(w, columns, rows, about)
	case ExportParquet:
		return parquet(w, rows)
	case ExportJSON:
		return exportJSON(w, columns, rows)
	}
	return 0, fmt.Errorf("export format %q: want one of %q", format, ExportFormats())
}

func exportParquet(w io.Writer, rows iter.Seq2[data.ContactRow, error]) (int64, error) {
	writer := data.NewContactsWriter(w)
	n := int64(0)
	for row, err := range rows {
		if err == nil {
			err = writer.Write([]data.ContactRow{row})
		}
		if err != nil {
			return n, err
		}
		n++
	}
	return n, writer.Close()
}
