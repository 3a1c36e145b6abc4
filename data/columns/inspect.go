package columns

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/guard"
	"winback/data/source"
	"winback/internal/fsys"
)

// mostFaults is how many wrong files an error names.
const mostFaults = 5

// Inspect passes every file through the guard and finds its columns; files without
// rows are left out where others have some. All
// wrong files are named at once, so that nobody has to find them one by one.
func Inspect(ctx context.Context, fsy fsys.FS, files []source.File, s Settings) (inspected []File, judged Judgement, err error) {
	if len(files) == 0 {
		return nil, judged, &data.InputError{Path: "orders", Err: errors.New("no files to read")}
	}
	var faults []*data.InputError
	var empty []File // whose columns say nothing: programs write them without types, or without columns
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, judged, err
		}
		read, err := inspectFile(fsy, f, s)
		switch {
		case err != nil:
			faults = append(faults, &data.InputError{Path: f.Path, Err: err})
		case read.Rows == 0:
			empty = append(empty, read)
		default:
			inspected = append(inspected, read)
		}
	}
	if len(inspected) == 0 {
		inspected = empty
	}
	if len(inspected) > 0 {
		if judged, err = judgeColumns(ctx, fsy, inspected, s); err != nil && len(faults) == 0 {
			return nil, judged, err
		}
	}
	faults = append(faults, resolveFiles(inspected, s, &judged)...)
	slices.SortStableFunc(faults, func(a, b *data.InputError) int { return strings.Compare(a.Path, b.Path) })
	if err := faultsOf(faults, len(files)); err != nil {
		return nil, judged, err
	}
	return inspected, judged, knownDigests(inspected, s.Digests)
}

// Like inspects a file whose columns have the names of another's, which take the same
// roles.
func Like(fsy fsys.FS, f source.File, other *File, s Settings) (File, error) {
	read, err := inspectFile(fsy, f, s)
	if err == nil {
		err = read.takeRoles(other)
	}
	if err == nil {
		err = read.Roles.check(s.DateOrder)
	}
	if err != nil {
		return read, &data.InputError{Path: f.Path, Err: err}
	}
	return read, nil
}

// takeRoles gives the columns the roles that those of the same names have in another
// file.
func (f *File) takeRoles(other *File) error {
	for r, c := range other.Roles {
		if !c.IsPresent {
			continue
		}
		at := slices.Index(f.names, c.Name)
		if at < 0 {
			return fmt.Errorf("no column %q, which is the %s; the columns are %s", c.Name, data.Role(r), data.QuotedList(f.names))
		}
		f.Roles[r] = f.column(at)
	}
	return nil
}

// resolveFiles finds the columns of the roles in each file, and which differ from
// the first that has all.
func resolveFiles(files []File, s Settings, judged *Judgement) (faults []*data.InputError) {
	var first *File
	for i := range files {
		f := &files[i]
		var err error
		if f.Roles, err = resolveColumns(&f.fileNames, s, judged); err == nil && first != nil {
			err = sameRoles(first, f)
		}
		if err != nil {
			faults = append(faults, &data.InputError{Path: f.Path, Err: err})
		} else if first == nil {
			first = f
		}
	}
	return faults
}

// faultsOf are the errors of the first files; files with the same fault are
// counted behind the first of them.
func faultsOf(faults []*data.InputError, files int) error {
	same := map[string]int{}
	for _, f := range faults {
		same[f.Err.Error()]++
	}
	var told []error
	for _, f := range faults {
		text := f.Err.Error()
		n := same[text]
		if n == 0 {
			continue // told with the first
		}
		same[text] = 0
		if n > 1 {
			f = &data.InputError{Path: f.Path, Err: fmt.Errorf("%w (so in %d of %d files)", f.Err, n, files)}
		}
		told = append(told, f)
	}
	if more := len(told) - mostFaults; more > 0 {
		told = append(told[:mostFaults], fmt.Errorf("and other faults; %d of %d files cannot be read", len(faults), files))
	}
	return errors.Join(told...)
}

func inspectFile(fsy fsys.FS, f source.File, s Settings) (File, error) {
	read := File{File: f}
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return read, err
	}
	defer handle.Close()
	if want, ok := digestOf(f.Path, s.Digests); ok {
		if read.SHA256, err = sha256Of(handle); err != nil {
			return read, err
		}
		if read.SHA256 != want {
			return read, fmt.Errorf("the file has changed: want SHA-256 %s, have %s", want, read.SHA256)
		}
	}
	err = guard.Run(f.Path, func() error {
		footer, err := guard.Check(handle, f.Size, guard.Limits{MemoryBytes: s.MemoryBytes})
		if err != nil {
			return err
		}
		if isResult(footer) {
			return errors.New("this is a table of results that winback wrote (features, customers or a list), no orders; move it out of the folder of the orders")
		}
		if isPaimon(footer) {
			return errors.New("this is a data file of a Paimon table: rows that were replaced or deleted are still in it, marked by _VALUE_KIND; have its engine write the table as Parquet into a folder of its own")
		}
		read.Footer, read.Rows = footer, footer.Rows
		columns, err := f.Columns(footer.Columns)
		if err != nil {
			return err
		}
		read.fileNames = namesOf(columns, f.Partition)
		return checkNames(read.names, read.nested, s.Mapping)
	})
	return read, err
}

// isPaimon knows the files of Paimon tables by the columns that it puts before those of
// the table.
func isPaimon(footer *guard.Footer) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(footer.Columns, func(c guard.Column) bool { return c.Name == name })
	}
	return has("_SEQUENCE_NUMBER") && has("_VALUE_KIND")
}

// isResult knows the tables of customers that winback writes: by who wrote them,
// and by columns that stand in each of them.
func isResult(footer *guard.Footer) bool {
	has := func(name string) bool {
		return slices.ContainsFunc(footer.Columns, func(c guard.Column) bool { return c.Name == name })
	}
	return strings.HasPrefix(footer.CreatedBy, "winback ") && has("customer_id") && (has("recency_days") || has("probability"))
}

// Taken says what was taken for what: "customer=customer_id", with all the
// names where files differ.
func Taken(files []File) []string {
	const most = 3
	var taken []string
	for r := range data.RoleCount {
		var names []string
		for _, f := range files {
			if c := f.Roles[r]; c.IsPresent && !slices.Contains(names, c.Name) && len(names) <= most {
				names = append(names, c.Name)
			}
		}
		if len(names) > most {
			names[most] = "other names"
		}
		if len(names) > 0 {
			taken = append(taken, fmt.Sprintf("%s=%s", data.Role(r), strings.Join(names, " or ")))
		}
	}
	return taken
}

// NotTaken lists the columns that no role takes in any file.
func NotTaken(files []File) (names []string) {
	known := map[string]bool{"": true}
	for _, f := range files {
		for _, c := range f.Roles {
			known[c.Name] = true
		}
	}
	for _, f := range files {
		for _, name := range slices.Concat(f.names, f.nested) {
			if !known[name] {
				known[name] = true
				names = append(names, name)
			}
		}
	}
	return names
}

// digestOf finds the expected digest of a file: by its path, and by what is left
// of it from any folder on, since a list may have been made in another folder.
// The longest wins.
func digestOf(path string, digests map[string]string) (string, bool) {
	path = fsys.Clean(path)
	if want, ok := digests[path]; ok {
		return want, true
	}
	for rest, more := source.Absolute(path), true; more; {
		if want, ok := digests[rest]; ok {
			return want, true
		}
		_, rest, more = strings.Cut(rest, string(filepath.Separator))
	}
	return "", false
}

// knownDigests asks that a list of digests covers every file.
func knownDigests(files []File, digests map[string]string) error {
	if len(digests) == 0 {
		return nil
	}
	for _, f := range files {
		if f.SHA256 == "" {
			return &data.InputError{Path: f.Path, Err: errors.New("the list of digests has no line for it")}
		}
	}
	return nil
}

func sha256Of(r io.ReaderAt) (string, error) {
	h := sha256.New()
	part := make([]byte, 5<<20) // too large to be remembered
	for at := int64(0); ; {
		n, err := r.ReadAt(part, at)
		h.Write(part[:n])
		at += int64(n)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return "", err
		}
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// Digest returns the SHA-256 of a file in hex.
func Digest(fsy fsys.FS, path string) (string, error) {
	handle, err := fsy.Open(path)
	if err != nil {
		return "", &data.InputError{Path: path, Err: err}
	}
	defer handle.Close()
	sum, err := sha256Of(handle)
	if err != nil {
		return "", &data.InputError{Path: path, Err: err}
	}
	return sum, nil
}
