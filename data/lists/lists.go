// Package lists reads tables that people hand over beside the orders: who was
// assigned to what, what was sent, who answered. They are CSV, plain or gzip, or
// Parquet; a few columns count, by name, and every value is read as a text.
package lists

import (
	"context"
	"errors"
	"fmt"
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
func (c Columns) complete(found []string) error {
	for _, name := range c.Names[:c.Needed] {
		if !slices.Contains(found, name) {
			return fmt.Errorf("column %q is missing; found %s", name, strings.Join(found, ", "))
		}
	}
	return nil
}

func readCSV(ctx context.Context, files fsys.FS, path string, columns Columns, give func(Row) error) error {
	var at []int
	row := Row{Cells: map[string]string{}}
	names := func(found []string) error {
		for _, name := range columns.Names {
			at = append(at, slices.Index(found, name))
		}
		return columns.complete(found)
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
	row := Row{Cells: map[string]string{}}
	return orders.EachRow(f, info.Size(), columns.Names, columns.complete, func(cells []string) error {
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
