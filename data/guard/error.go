package guard

import (
	"fmt"
	"math"
	"strconv"
)

// Error says what is wrong with a Parquet file and where. Its text does not
// name the file; the caller puts the name in front.
type Error struct {
	Column   string // dotted path of the column, empty where the fault is none of a column
	RowGroup int    // counted from 1; 0 where the fault is none of a row group
	What     string // what was found, and what was expected
}

// Error writes the place and the fault: column "amount", row group 2: ….
func (e *Error) Error() string {
	where := ""
	if e.Column != "" {
		where = fmt.Sprintf("column %q", e.Column)
	}
	if e.RowGroup > 0 {
		if where != "" {
			where += ", "
		}
		where += "row group " + strconv.Itoa(e.RowGroup)
	}
	if where == "" {
		return e.What
	}
	return where + ": " + e.What
}

func wrong(format string, args ...any) *Error {
	return &Error{What: fmt.Sprintf(format, args...)}
}

// in puts the place before the fault, where it does not name one already.
func (e *Error) in(column string, rowGroup int) *Error {
	if e.Column == "" {
		e.Column = column
	}
	if e.RowGroup == 0 {
		e.RowGroup = rowGroup
	}
	return e
}

// count writes a whole number with commas.
func count(n int64) string {
	s := strconv.FormatInt(n, 10)
	start := 0
	if n < 0 {
		start = 1
	}
	for i := len(s) - 3; i > start; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// countU is count for numbers that a file holds, of any size.
func countU(u uint64) string { return count(int64(min(u, math.MaxInt64))) }

// bytesText writes a size as a person reads it: 12,034 bytes or 4.1 GB.
func bytesText(n int64) string {
	switch {
	case n == 1:
		return "1 byte"
	case n < 1_000_000:
		return count(n) + " bytes"
	case n < 1_000_000_000:
		return strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64) + " MB"
	case n < 1_000_000_000_000:
		return strconv.FormatFloat(float64(n)/1e9, 'f', 1, 64) + " GB"
	default:
		return count(int64(math.Round(float64(n)/1e12))) + " TB"
	}
}
