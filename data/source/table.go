package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tablelog"
	"winback/internal/fsys"
)

// foundTable is a table of which files were asked for.
type foundTable struct {
	*tablelog.Table
	taken  map[string]bool // paths of its files that were asked for
	others int             // Parquet files in its folder that are not part of it
}

// tableAround finds the table that a path is, or lies in; nil: none. A file of
// a table is never read without its log.
func (f *finder) tableAround(path string, isFolder bool) (*foundTable, error) {
	dir := fsys.Clean(path)
	if !isFolder {
		dir = fsys.Dir(dir)
	}
	for {
		table, err := f.tableAt(dir)
		if table != nil || err != nil {
			return table, err
		}
		if dir == "." || filepath.Base(dir) == ".." {
			dir = Absolute(dir)
		}
		above := fsys.Dir(dir)
		if above == dir {
			return nil, nil
		}
		dir = above
	}
}

// tableAt reads the table whose log lies in a folder; nil: there is none.
func (f *finder) tableAt(dir string) (*foundTable, error) {
	key := Absolute(dir)
	if t := f.tables[key]; t != nil {
		return t, nil
	}
	format, known := f.formats[key]
	if !known {
		var err error
		if format, err = tablelog.FormatOf(f.fsy, dir); err != nil {
			return nil, &data.InputError{Path: dir, Err: err}
		}
		f.formats[key] = format
	}
	if format == tablelog.None {
		return nil, nil
	}
	table, err := tablelog.Read(f.fsy, dir, format, f.memoryBytes)
	if err != nil {
		return nil, &data.InputError{Path: dir, Err: err}
	}
	t := &foundTable{Table: table, taken: map[string]bool{}}
	live := map[string]bool{}
	for _, file := range table.Files {
		live[file.Path] = true
	}
	if t.others, err = f.countOthers(fsys.Clean(dir), live); err != nil {
		return nil, &data.InputError{Path: dir, Err: err}
	}
	f.tables[key] = t
	return t, nil
}

// countOthers counts the Parquet files below a folder that are not live.
func (f *finder) countOthers(dir string, live map[string]bool) (int, error) {
	entries, err := f.fsy.ReadDir(dir)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, e := range entries {
		path := fsys.Join(dir, e.Name())
		switch {
		case hidden(e.Name()):
		case e.IsDir():
			inner, err := f.countOthers(path, live)
			if err != nil {
				return 0, err
			}
			n += inner
		case isParquetName(e.Name()) && !live[path]:
			n++
		}
	}
	return n, nil
}

// filesOf are the files of a table at a path or below it. oneOfMany says that
// there may be none.
func (f *finder) filesOf(t *foundTable, path string, oneOfMany bool) ([]File, error) {
	above := partitionOf(fsys.Join(t.Folder, "file"))
	at, files := Absolute(path), []File(nil)
	for _, file := range t.Files {
		if whole := Absolute(file.Path); whole != at && !strings.HasPrefix(whole, strings.TrimSuffix(at, "/")+"/") {
			continue
		}
		partition := slices.Clone(above)
		for _, v := range file.Partition {
			partition = append(partition, PartitionKey(v))
		}
		for _, name := range t.Texts {
			if !slices.ContainsFunc(partition, func(k PartitionKey) bool { return k.Name == name }) {
				partition = append(partition, PartitionKey{Name: name})
			}
		}
		t.taken[file.Path] = true
		files = append(files, File{Path: file.Path, Size: file.Size, Partition: partition, Fields: t.Fields})
	}
	switch {
	case len(files) > 0 || oneOfMany:
		return files, nil
	case len(t.Files) == 0:
		return nil, &data.InputError{Path: path, Err: fmt.Errorf("%s of the %s table holds no rows", t.Version, t.Format)}
	}
	return nil, &data.InputError{Path: path, Err: fmt.Errorf("%s of the %s table %s has no such file: it was replaced or deleted, or never belonged to it; name the folder of the table", t.Version, t.Format, t.Folder)}
}

// tellTables names the tables with their versions.
func (f *finder) tellTables() {
	var texts []string
	for _, t := range f.tables {
		text := fmt.Sprintf("%s table %s: %s, %d of %d files", t.Format, t.Folder, t.Version, len(t.taken), len(t.Files))
		if len(t.taken) == len(t.Files) {
			text = fmt.Sprintf("%s table %s: %s, files: %d", t.Format, t.Folder, t.Version, len(t.Files))
		}
		if t.others > 0 {
			text += fmt.Sprintf("; left out as not part of this version: %d Parquet files", t.others)
		}
		texts = append(texts, text)
	}
	slices.Sort(texts)
	f.found.Notes = append(f.found.Notes, texts...)
}
