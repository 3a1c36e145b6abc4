package csvimport

import (
	"context"

	"winback/internal/fsys"
)

// EachRow gives the rows of a CSV file (plain or .gz; separated by comma, semicolon
// or tab) below its line of names, with the number of their line: names first, an
// error of which ends the reading, then the cells in the order of the names. The
// cells are valid until give returns. What cannot be read is an *InputError that
// names file and line.
func EachRow(ctx context.Context, fsy fsys.FS, path string, names func([]string) error, give func(line int, cells []string) error) error {
	source, err := newCSVSource(fsy, path)
	if err != nil {
		return err
	}
	if err := names(source.names); err != nil {
		return inputError(path, err)
	}
	var bad badRows
	if err := source.each(ctx, nil, &bad, give); err != nil {
		return err
	}
	return bad.err(path)
}
