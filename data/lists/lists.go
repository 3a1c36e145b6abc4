// Package lists reads tables that people hand over beside the orders: who was
// assigned to what, what was sent, who answered. They are CSV, plain or gzip, or
// Parquet; a few columns count, by name, and every value is read as a text.
package lists

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"winback/data"
	"winback/data/csvimport"
	"winback/data/orders"
	"winback/data/parse"
	"winback/internal/fsys"
)

// Columns are those that count: the first Needed of Names must be there.
type Columns struct {
	Names  []string
	Needed int
	// Called are the headings that stand for a name, the better first; a name
	// without any is found as it is. Headings are compared as data.PlainName writes
	// them.
	Called map[string][]string
	// Found, where it is not nil, is told the heading of each name; "" for none.
	Found func(headings map[string]string)
	// Unread, where it is not nil, is told the headings that stand for no name.
	Unread func(headings []string)
}

// headings are those that stand for the names, in their order; "" for none.
func (c Columns) headings(found []string) ([]string, error) {
	at := make([]string, len(c.Names))
	told := map[string]string{}
	for i, name := range c.Names {
		best, err := c.heading(name, found)
		if err != nil {
			return nil, err
		}
		at[i], told[name] = best, best
	}
	if c.Found != nil {
		c.Found(told)
	}
	if c.Unread != nil {
		c.Unread(slices.DeleteFunc(slices.Clone(found), func(heading string) bool { return slices.Contains(at, heading) }))
	}
	return at, c.complete(found, at)
}

// heading is the one that stands for a name; two that do so equally well are an error.
func (c Columns) heading(name string, found []string) (best string, err error) {
	called, known := c.Called[name]
	if !known {
		if slices.Contains(found, name) {
			return name, nil
		}
		return "", nil
	}
	for _, plain := range called {
		for _, heading := range found {
			switch {
			case data.PlainName(heading) != plain:
			case best != "":
				return "", fmt.Errorf("columns %q and %q both stand for %s; take one of them out", best, heading, name)
			default:
				best = heading
			}
		}
		if best != "" {
			break
		}
	}
	return best, nil
}

// Row is one row of a table.
type Row struct {
	Number int               // line of a CSV file; row of a Parquet file, 1 first
	Cells  map[string]string // by column, without blanks around; "" where null
}

// Read gives the rows of a table in their order. What cannot be read, a needed
// column that is missing and an error of give are an *data.InputError that names
// the file.
func Read(ctx context.Context, files fsys.FS, path string, columns Columns, give func(Row) error) error {
	isParquet, err := startsAsParquet(files, path)
	if err != nil {
		return &data.InputError{Path: path, Err: err}
	}
	if isParquet {
		err = readParquet(ctx, files, path, columns, give)
	} else {
		err = readCSV(ctx, files, path, columns, give)
	}
	var input *data.InputError
	if err == nil || errors.As(err, &input) || ctx.Err() != nil {
		return err
	}
	return &data.InputError{Path: path, Err: err}
}

func startsAsParquet(files fsys.FS, path string) (bool, error) {
	f, err := files.Open(path)
	if err != nil {
		return false, err
	}
	defer f.Close()
	start := make([]byte, 4)
	_, err = f.ReadAt(start, 0)
	return err == nil && string(start) == "PAR1", nil
}

// complete wants the needed columns.
func (c Columns) complete(found, at []string) error {
	for i, name := range c.Names[:c.Needed] {
		if at[i] == "" {
			return fmt.Errorf("column %q is missing; found %s", name, strings.Join(found, ", "))
		}
	}
	return nil
}

func readCSV(ctx context.Context, files fsys.FS, path string, columns Columns, give func(Row) error) error {
	var at []int
	row := Row{Cells: map[string]string{}}
	names := func(found []string) error {
		headings, err := columns.headings(found)
		for _, heading := range headings {
			at = append(at, slices.Index(found, heading))
		}
		return err
	}
	return csvimport.EachRow(ctx, files, path, names, func(line int, cells []string) error {
		row.Number = line
		for i, name := range columns.Names {
			if at[i] >= 0 {
				row.Cells[name] = strings.Clone(strings.TrimSpace(cells[at[i]]))
			}
		}
		return give(row)
	})
}

func readParquet(ctx context.Context, files fsys.FS, path string, columns Columns, give func(Row) error) error {
	f, err := files.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return err
	}
	headings, err := parquetHeadings(f, info.Size(), columns)
	if err != nil {
		return err
	}
	row := Row{Cells: map[string]string{}}
	return orders.EachRow(f, info.Size(), headings, func([]string) error { return nil }, func(cells []string) error {
		row.Number++
		for i, name := range columns.Names {
			row.Cells[name] = strings.TrimSpace(cells[i])
		}
		if row.Number%4096 == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		return give(row)
	})
}

// errOnlyNames ends the reading of a file whose names alone were asked for.
var errOnlyNames = errors.New("only the names were read")

// parquetHeadings are the columns of a file that stand for the names, in their order.
func parquetHeadings(r io.ReaderAt, size int64, columns Columns) (headings []string, err error) {
	err = orders.EachRow(r, size, nil, func(found []string) (err error) {
		if headings, err = columns.headings(found); err != nil {
			return err
		}
		return errOnlyNames
	}, nil)
	if errors.Is(err, errOnlyNames) {
		err = nil
	}
	return headings, err
}

// Wrong is the error of a value: row, column, what was found and what is wanted.
func (r Row) Wrong(column, want string) error {
	return fmt.Errorf("row %d: column %q: want %s, found %s", r.Number, column, want, parse.ShortQuote(r.Cells[column]))
}

// Moment reads a day or a moment, in microseconds of local time since 1970-01-01.
func (r Row) Moment(column string) (int64, error) {
	t, ok := parse.ParseWrittenTime(r.Cells[column], parse.AnyDateOrder)
	if !ok {
		return 0, r.Wrong(column, "a day or time such as 2026-06-30 or 2026-06-30T10:05:00")
	}
	return t.Micros, nil
}

// Number64 reads a number with a decimal point; NaN where the cell is empty.
func (r Row) Number64(column string) (float64, error) {
	if r.Cells[column] == "" {
		return math.NaN(), nil
	}
	v, err := strconv.ParseFloat(r.Cells[column], 64)
	if err != nil || math.IsNaN(v) || math.IsInf(v, 0) {
		return 0, r.Wrong(column, "a number such as 12.50")
	}
	return v, nil
}
