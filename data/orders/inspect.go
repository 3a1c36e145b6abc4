package orders

import (
	"bytes"
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

// inspectFiles passes every file through the guard and finds its columns. All
// wrong files are named at once, so that nobody has to find them one by one.
func inspectFiles(ctx context.Context, fsy fsys.FS, files []source.File, opts *Options) ([]ReadFile, error) {
	if len(files) == 0 {
		return nil, &data.InputError{Path: "orders", Err: errors.New("no files to read")}
	}
	inspected := make([]ReadFile, 0, len(files))
	var faults []*data.InputError
	for _, f := range files {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		read, err := inspectFile(fsy, f, *opts)
		if err != nil {
			faults = append(faults, &data.InputError{Path: f.Path, Err: err})
			continue
		}
		inspected = append(inspected, read)
	}
	if len(inspected) > 0 {
		var err error
		if opts.judged, err = judgeColumns(ctx, fsy, inspected, opts); err != nil && len(faults) == 0 {
			return nil, err
		}
	}
	faults = append(faults, resolveFiles(inspected, opts)...)
	slices.SortStableFunc(faults, func(a, b *data.InputError) int { return strings.Compare(a.Path, b.Path) })
	if err := faultsOf(faults, len(files)); err != nil {
		return nil, err
	}
	if err := knownDigests(inspected, opts.Digests); err != nil {
		return nil, err
	}
	return inspected, nil
}

// resolveFiles finds the columns of the roles in each file, and which differ from
// the first that has all.
func resolveFiles(files []ReadFile, opts *Options) (faults []*data.InputError) {
	var first *ReadFile
	for i := range files {
		f := &files[i]
		var err error
		if f.cols, err = resolveColumns(&f.fileNames, opts); err == nil && first != nil {
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

func inspectFile(fsy fsys.FS, f source.File, opts Options) (ReadFile, error) {
	read := ReadFile{File: f, counts: noCounts}
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return read, err
	}
	defer handle.Close()
	if want, ok := digestOf(f.Path, opts.Digests); ok {
		if read.SHA256, err = sha256Of(handle); err != nil {
			return read, err
		}
		if read.SHA256 != want {
			return read, fmt.Errorf("the file has changed: want SHA-256 %s, have %s", want, read.SHA256)
		}
	}
	err = guard.Run(f.Path, func() error {
		footer, err := guard.Check(handle, f.Size, guard.Limits{MemoryBytes: opts.MemoryBytes})
		if err != nil {
			return err
		}
		read.footer, read.Rows = footer, footer.Rows
		columns, err := f.Columns(footer.Columns)
		if err != nil {
			return err
		}
		read.fileNames = namesOf(columns, f.Partition)
		return checkNames(read.names, read.nested, opts.Mapping)
	})
	return read, err
}

// columnsTaken says what was taken for what: "customer=customer_id", with all the
// names where files differ.
func columnsTaken(files []ReadFile) []string {
	const most = 3
	var taken []string
	for r := range data.RoleCount {
		var names []string
		for _, f := range files {
			if c := f.cols[r]; c.isPresent && !slices.Contains(names, c.name) && len(names) <= most {
				names = append(names, c.name)
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

// notTaken lists the columns that no role takes in any file.
func notTaken(files []ReadFile) (names []string) {
	known := map[string]bool{"": true}
	for _, f := range files {
		for _, c := range f.cols {
			known[c.name] = true
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
	path = filepath.Clean(path)
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
func knownDigests(files []ReadFile, digests map[string]string) error {
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
	if _, err := io.Copy(h, io.NewSectionReader(r, 0, 1<<62)); err != nil {
		return "", err
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

const (
	sampledGroups = 24
	sampledIDs    = 3072 // of one row group
)

// sampleCustomers reads the customer ids of the first pages of row groups
// spread over the files, to find where partitions should end.
func sampleCustomers(ctx context.Context, fsy fsys.FS, files []ReadFile, opts Options) ([][]byte, error) {
	var tasks []rowGroupTask
	for f := range files {
		for g := range files[f].footer.RowGroups {
			tasks = append(tasks, rowGroupTask{f, g})
		}
	}
	var sample [][]byte
	c := textCursor{onEntries: func(*entries, int) {}}
	for i := range min(sampledGroups, len(tasks)) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		t := tasks[i*len(tasks)/min(sampledGroups, len(tasks))]
		f := &files[t.file]
		err := guard.Run(f.Path, func() (err error) {
			sample, err = appendSample(sample, &c, fsy, f, t.group, opts)
			return err
		})
		if err != nil {
			return nil, &data.InputError{Path: f.Path, Err: err}
		}
	}
	return sample, nil
}

func appendSample(sample [][]byte, c *textCursor, fsy fsys.FS, f *ReadFile, group int, opts Options) ([][]byte, error) {
	col := f.cols[data.Customer]
	if !col.isLeaf || f.footer.RowGroups[group].Rows == 0 {
		return sample, nil
	}
	handle, err := fsy.Open(f.Path)
	if err != nil {
		return nil, err
	}
	defer handle.Close()
	c.reset()
	if err := c.open(&openRowGroup{handle, f.footer, group, guard.Limits{MemoryBytes: opts.MemoryBytes}}, col.leaf, col.name); err != nil {
		return nil, err
	}
	if err := c.next(); err != nil {
		return nil, err
	}
	step := max(len(c.rowsAt)/sampledIDs, 1)
	for i := 0; i < len(c.rowsAt); i += step {
		if e := c.rowsAt[i]; e >= 0 && len(c.entries.at(int(e))) > 0 {
			sample = append(sample, bytes.Clone(c.entries.at(int(e))))
		}
	}
	return sample, nil
}
