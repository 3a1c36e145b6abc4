package pipeline

import (
	"errors"
	"io/fs"
	"iter"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"winback/data"
	"winback/internal/fsys"
)

const (
	contactsFolder = "contacts"
	groupPrefix    = "group="
	holdoutFile    = "holdout.parquet"
)

// ReadContactLists yields the recall lists of a run in the order of the ranks;
// of the groups named alone where groups is not nil. What cannot be read is an
// *data.InputError, which ends it.
func ReadContactLists(fsy fsys.FS, runDir string, groups []int) iter.Seq2[data.ContactRow, error] {
	return func(yield func(data.ContactRow, error) bool) {
		found, err := ListedGroups(fsy, runDir)
		if err != nil {
			yield(data.ContactRow{}, err)
			return
		}
		for _, group := range found {
			if groups != nil && !slices.Contains(groups, group) {
				continue
			}
			folder := filepath.Join(runDir, contactsFolder, data.GroupFolder(group))
			for n := 0; ; n++ {
				path := filepath.Join(folder, data.PartFile(n))
				if _, err := fsy.Stat(path); n > 0 && errors.Is(err, fs.ErrNotExist) {
					break
				}
				for row, err := range readContactFile(fsy, path) {
					if !yield(row, err) || err != nil {
						return
					}
				}
			}
		}
	}
}

// ReadHoldout yields the customers of a run who are left alone, in the order of
// the ranks. What cannot be read is an *data.InputError, which ends it.
func ReadHoldout(fsy fsys.FS, runDir string) iter.Seq2[data.ContactRow, error] {
	return readContactFile(fsy, filepath.Join(runDir, holdoutFile))
}

// ListedGroups are the groups that have a recall list in a run, ascending; none
// where nobody is to be contacted.
func ListedGroups(fsy fsys.FS, runDir string) ([]int, error) {
	dir := filepath.Join(runDir, contactsFolder)
	entries, err := fsy.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, &data.InputError{Path: dir, Err: err}
	}
	var groups []int
	for _, e := range entries {
		if number, ok := strings.CutPrefix(e.Name(), groupPrefix); ok && e.IsDir() {
			if group, err := strconv.Atoi(number); err == nil {
				groups = append(groups, group)
			}
		}
	}
	slices.Sort(groups)
	return groups, nil
}

func readContactFile(fsy fsys.FS, path string) iter.Seq2[data.ContactRow, error] {
	return func(yield func(data.ContactRow, error) bool) {
		file, err := fsy.Open(path)
		if err != nil {
			yield(data.ContactRow{}, &data.InputError{Path: path, Err: err})
			return
		}
		defer file.Close()
		info, err := file.Stat()
		if err != nil {
			yield(data.ContactRow{}, &data.InputError{Path: path, Err: err})
			return
		}
		for row, err := range data.ReadContacts(file, info.Size()) {
			if err != nil {
				err = &data.InputError{Path: path, Err: err}
			}
			if !yield(row, err) || err != nil {
				return
			}
		}
	}
}
