// Package csvimport turns CSV files into Parquet files of the same name and
// columns: it finds out from whole columns what each holds, then writes.
package csvimport

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"winback/data"
	"winback/data/parse"
	"winback/internal/fsys"
)

// Spec says how CSV files become Parquet files.
type Spec struct {
	Dates parse.DateOrder // of dates that do not say it themselves; AnyDateOrder finds it from the columns
	// Decimal is the decimal sign of numbers; AnyDecimal finds it from the columns.
	Decimal parse.DecimalSign
	// Progress, where set, hears how many more rows were read; each row is
	// read twice.
	Progress func(rows int64)
}

// File is one CSV file that became a Parquet file.
type File struct {
	Source  string
	Path    string // of the Parquet file
	Rows    int64
	Columns []Column
}

// Column says what a column of the CSV file became.
type Column struct {
	Name  string
	Type  string // in words: "whole number", "decimal (2 places)", "date (m/d/y)" …
	Empty int64  // cells without a value
}

// Import turns each CSV file (plain or .gz; separated by comma, semicolon
// or tab; the first line holds the names) into one Parquet file in dir, named
// after it. Types are found from whole columns, from all files together where
// they share a name. It reads each file twice and holds no more than a row
// group in memory.
//
// An unreadable file, a row that does not fit or dates whose order is not clear
// are an *InputError that names file, line and column. They are found before
// any Parquet file appears, and each appears whole or not at all.
func Import(ctx context.Context, fsy fsys.FS, files []string, dir string, spec Spec) ([]File, error) {
	targets, err := importTargets(files, dir)
	if err != nil {
		return nil, err
	}
	profiles := importProfiles{spec: spec, byName: map[string]*columnProfile{}}
	sources := make([]*csvSource, len(files))
	for i, file := range files {
		if sources[i], err = profiles.add(ctx, fsy, file); err != nil {
			return nil, err
		}
	}
	types, err := profiles.decide()
	if err != nil {
		return nil, err
	}
	if err := fsy.MkdirAll(dir); err != nil {
		return nil, err
	}
	imported := make([]File, len(files))
	defer removeUnfinished(fsy, targets)
	for i, source := range sources {
		if imported[i], err = source.write(ctx, fsy, targets[i], types, spec); err != nil {
			return nil, err
		}
	}
	for _, target := range targets {
		if err := fsy.Rename(unfinishedName(target), target); err != nil {
			return nil, err
		}
	}
	return imported, fsy.SyncDir(dir)
}

// importTargets names the Parquet file of each CSV file; two of one name are
// an error.
func importTargets(files []string, dir string) ([]string, error) {
	if len(files) == 0 {
		return nil, &data.InputError{Path: "csv", Err: errors.New("no CSV files named")}
	}
	targets := make([]string, len(files))
	from := map[string]string{}
	for i, file := range files {
		name := filepath.Base(file)
		for _, end := range []string{".gz", ".csv", ".tsv", ".txt"} {
			if strings.HasSuffix(strings.ToLower(name), end) && len(name) > len(end) {
				name = name[:len(name)-len(end)]
			}
		}
		// Readers of folders pass over what is hidden.
		if name = strings.TrimLeft(name, "._"); name == "" {
			name = "orders"
		}
		targets[i] = filepath.Join(dir, name+".parquet")
		if other, taken := from[targets[i]]; taken {
			return nil, &data.InputError{Path: file, Err: fmt.Errorf("would become %s, and so would %s; import them into different folders", targets[i], other)}
		}
		from[targets[i]] = file
	}
	return targets, nil
}

// unfinishedName is where a file is written before it is whole: no reader of
// the folder takes a name that starts with a dot.
func unfinishedName(target string) string {
	return filepath.Join(filepath.Dir(target), "."+filepath.Base(target)+".unfinished")
}

// removeUnfinished clears what a failure left; what was renamed is not there.
func removeUnfinished(fsy fsys.FS, targets []string) {
	for _, target := range targets {
		// What cannot be removed is swept by the next import.
		_ = fsy.RemoveAll(unfinishedName(target))
	}
}

// importProfiles collects what the columns of all files hold.
type importProfiles struct {
	spec   Spec
	names  []string // in the order of appearance
	byName map[string]*columnProfile
}

// add reads a file for the first time.
func (p *importProfiles) add(ctx context.Context, fsy fsys.FS, file string) (*csvSource, error) {
	source, err := newCSVSource(fsy, file)
	if err != nil {
		return nil, err
	}
	roles := columnHints(source.names)
	columns := make([]*columnProfile, len(source.names))
	for i, name := range source.names {
		if p.byName[name] == nil {
			p.names = append(p.names, name)
			p.byName[name] = newColumnProfile(name, source.comma)
		}
		columns[i] = p.byName[name]
		columns[i].hint = max(columns[i].hint, roles[i])
	}
	var bad badRows
	err = source.each(ctx, p.spec.Progress, &bad, func(line int, record []string) error {
		for i, value := range record {
			columns[i].see(parse.Place{File: file, Line: line, Column: i + 1}, value)
		}
		return nil
	})
	if err == nil {
		err = bad.err(file)
	}
	return source, err
}

// decide gives every column its type.
func (p *importProfiles) decide() (map[string]importType, error) {
	types := map[string]importType{}
	for _, name := range p.names {
		t, err := p.byName[name].decide(p.spec)
		if err != nil {
			return nil, err
		}
		types[name] = t
	}
	return types, nil
}

// badRows remembers the first rows that do not fit and counts the others.
type badRows struct {
	first []error
	more  int64
}

const badRowsShown = 5

func (b *badRows) add(err error) {
	if len(b.first) < badRowsShown {
		b.first = append(b.first, err)
	} else {
		b.more++
	}
}

// err is nil where all rows fit.
func (b *badRows) err(file string) error {
	if len(b.first) == 0 {
		return nil
	}
	lines := make([]string, len(b.first))
	for i, err := range b.first {
		lines[i] = err.Error()
	}
	text := strings.Join(lines, "; ")
	if b.more > 0 {
		text += fmt.Sprintf("; and %d more", b.more)
	}
	return &data.InputError{Path: file, Err: errors.New(text)}
}

// inputError wraps what went wrong with an input file, and leaves a canceled
// context as it is.
func inputError(path string, err error) error {
	var input *data.InputError
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &input):
		return err
	case errors.Is(err, fs.ErrNotExist):
		err = errors.New("no such file")
	}
	return &data.InputError{Path: path, Err: err}
}
