// Package handout selects rows of a published run and writes them as CSV, XLSX,
// Parquet or JSON for whoever contacts the customers.
package handout

import (
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tables"
	"winback/pipeline/plan"
)

// Format is the form in which a list is handed out.
type Format string

// The formats of a list.
const (
	CSV     Format = "csv"     // RFC 4180, with a line of names
	XLSX    Format = "xlsx"    // a workbook: the groups, the list, what its columns mean
	Parquet Format = "parquet" // the columns of the run's own lists
	JSON    Format = "json"    // one array, an object per line

	// LightGBM is a form of models, not of lists.
	LightGBM Format = "lightgbm"
)

// ExportFormats lists the formats.
func ExportFormats() []Format {
	return []Format{CSV, XLSX, Parquet, JSON}
}

// ExportFormatOf is the format that the ending of a file's name says; false
// where it says none.
func ExportFormatOf(path string) (Format, bool) {
	f := Format(strings.ToLower(strings.TrimPrefix(filepath.Ext(path), ".")))
	return f, slices.Contains(ExportFormats(), f)
}

// ErrTooManyRows says that a list is longer than its format allows.
var ErrTooManyRows = errors.New("too many rows for the format")

// Filter says which customers of a list are handed out.
type Filter struct {
	Groups     []int              // nil for all
	First      map[int]int64      // of these groups no more than so many, by rank; those that fail the rest count too
	Channel    string             // preferred channel; "" for all
	Suppressed *plan.Suppressions // nobody on it is handed out; nil for nobody
	Top        int64              // at most so many, by rank; 0 for all
	Waiting
}

// Select yields the rows that pass, in the order given, which is that of the
// ranks. Top counts rows that passed all else.
func (f Filter) Select(rows iter.Seq2[tables.ContactRow, error]) iter.Seq2[tables.ContactRow, error] {
	return func(yield func(tables.ContactRow, error) bool) {
		taken, seen := int64(0), map[int]int64{}
		f.restart()
		for row, err := range rows {
			if err != nil {
				yield(row, err)
				return
			}
			group := int(row.Group)
			seen[group]++
			if most, part := f.First[group]; part && seen[group] > most || !f.passes(&row) || f.leavesOut(row.WaitUntil) {
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

func (f Filter) passes(row *tables.ContactRow) bool {
	return (f.Groups == nil || slices.Contains(f.Groups, int(row.Group))) &&
		(f.Channel == "" || row.PreferredChannel == f.Channel) &&
		!f.Suppressed.Has(row.CustomerID)
}

// About is what a handed-out list says of itself, where its format has
// room for that.
type About struct {
	Title       string // "Recall list"; a sheet is named so
	Run         string // such as 2007-11-15-1
	AsOf        data.Day
	HorizonDays int // 0 where it is not known
	Selection   string
	Groups      []tables.GroupRow // of the plan behind the list, in order; nil where there is none
	Currency    string            // such as EUR, for amounts in a workbook; "" where it is not known
	Money       data.MoneyType    // of the amounts in Parquet
}

// Export writes rows in a format and returns how many there were. The same
// rows and about give the same bytes. An error of rows ends it.
func Export(w io.Writer, format Format, rows iter.Seq2[tables.ContactRow, error], about About) (int64, error) {
	return export(w, format, exportColumns(), func(r *tables.ContactRow) int { return int(r.Group) }, rows, about, func(w io.Writer, rows iter.Seq2[tables.ContactRow, error]) (int64, error) {
		return exportParquet(w, rows, about.Money)
	})
}

// export writes rows of any kind by their columns; group is 0 where they have none.
func export[R any](w io.Writer, format Format, columns []exportColumn[R], group func(*R) int, rows iter.Seq2[R, error], about About,
	parquet func(io.Writer, iter.Seq2[R, error]) (int64, error)) (int64, error) {
	switch format {
	case CSV:
		return exportCSV(w, columns, rows)
	case XLSX:
		return exportXLSX(w, columns, group, rows, about)
	case Parquet:
		return parquet(w, rows)
	case JSON:
		return exportJSON(w, columns, rows)
	}
	return 0, fmt.Errorf("export format %q: want one of %q", format, ExportFormats())
}

func exportParquet(w io.Writer, rows iter.Seq2[tables.ContactRow, error], money data.MoneyType) (int64, error) {
	return writeAll(tables.NewContactsWriter(w, money), rows)
}
