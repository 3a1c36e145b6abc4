// Package source finds the order files behind what a user names: files, folders,
// Hive partitions, globs, and tables with a log. It names what it passes over.
package source

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tablelog"
	"winback/internal/fsys"
)

// File is one Parquet file of an order history.
type File struct {
	Path string
	Size int64
	// Partition are the key=value folders above the file, outermost first, or the
	// values that the log of a table gives all its rows. A column of the file goes
	// before a key of its name.
	Partition []PartitionKey
	// Fields are the columns by field id, for files of a table that finds its
	// columns so. nil: they have the names that the file gives.
	Fields *tablelog.Fields
}

// PartitionKey is one Hive partition folder, such as channel=web, or one
// partition value of a table.
type PartitionKey struct{ Name, Value string }

// Found is what sources hold.
type Found struct {
	Files []File // by path, each once
	// Notes name the tables with their versions, and what was passed over that
	// holds no orders; Warnings what was passed over and may hold some.
	Notes, Warnings []string
}

// Find lists the Parquet files behind files, folders and globs. A folder
// with the log of a table, or within one, gives the files of the table's newest
// version; memoryBytes bounds what is held of the log, 0 is the guard's default.
//
// In other folders, Parquet files are known by their ending (.parquet, .parq,
// .pq) or their first bytes; names that start with "." or "_" and folders that
// winback wrote are passed over; key=value folders are Hive partitions. A source
// without any file is an *InputError.
func Find(fsy fsys.FS, sources []string, memoryBytes int64) (Found, error) {
	if len(sources) == 0 {
		return Found{}, &data.InputError{Path: "orders", Err: errors.New("no order files named; give Parquet files, folders or globs")}
	}
	f := &finder{fsy: fsy, memoryBytes: memoryBytes, seen: map[string]bool{}, formats: map[string]tablelog.Format{}, tables: map[string]*foundTable{}}
	for _, source := range sources {
		if err := f.source(source); err != nil {
			return Found{}, err
		}
	}
	slices.SortFunc(f.found.Files, func(a, b File) int { return strings.Compare(a.Path, b.Path) })
	f.tell()
	return f.found, nil
}

// finder is a search for order files.
type finder struct {
	fsy         fsys.FS
	memoryBytes int64
	found       Found
	seen        map[string]bool            // absolute paths
	formats     map[string]tablelog.Format // by absolute folder
	tables      map[string]*foundTable     // by absolute folder
	passed      [passedKinds][]string      // paths
}

// Absolute is the path from the root, or the cleaned path where the working
// folder is not known.
func Absolute(path string) string {
	if abs, err := fsys.Abs(path); err == nil {
		return abs
	}
	return fsys.Clean(path)
}

const noParquet = "no Parquet files (*.parquet, *.parq, *.pq, or files that begin like one)"

func (f *finder) source(source string) error {
	paths := []string{source}
	_, err := f.fsy.Stat(source)
	isGlob := errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(source, "*?[")
	if isGlob {
		if paths, err = f.glob(source); err != nil {
			return &data.InputError{Path: source, Err: err}
		}
		if len(paths) == 0 {
			return &data.InputError{Path: source, Err: errors.New("no file matches")}
		}
	}
	n := 0
	for _, path := range paths {
		files, err := f.path(path, isGlob)
		if err != nil {
			return err
		}
		f.add(files)
		n += len(files)
	}
	if n == 0 {
		return &data.InputError{Path: source, Err: fmt.Errorf("there are %s in it%s", noParquet, f.insteadOfParquet())}
	}
	return nil
}

// add takes the files that are new.
func (f *finder) add(files []File) {
	for _, file := range files {
		if key := Absolute(file.Path); !f.seen[key] {
			f.seen[key] = true
			f.found.Files = append(f.found.Files, file)
		}
	}
}

// path lists one file or folder. What a glob matches is looked at as in a
// folder; what is named outright is taken at its word.
func (f *finder) path(path string, matched bool) ([]File, error) {
	info, err := f.fsy.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &data.InputError{Path: path, Err: errors.New("no such file or folder")}
		}
		return nil, &data.InputError{Path: path, Err: err}
	}
	table, err := f.tableAround(path, info.IsDir())
	if err != nil {
		return nil, err
	}
	switch {
	case table != nil:
		return f.filesOf(table, path, matched)
	case info.IsDir():
		return f.folder(path, !matched)
	case matched:
		return f.look(path, info, true)
	}
	return []File{inputFileAt(path, info)}, nil
}

func inputFileAt(path string, info fs.FileInfo) File {
	return File{Path: path, Size: info.Size(), Partition: partitionOf(path)}
}

// hiveNull is how Hive writes a missing partition value.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

func partitionOf(path string) []PartitionKey {
	var keys []PartitionKey
	for _, part := range strings.Split(filepath.ToSlash(fsys.Dir(path)), "/") {
		if name, value, ok := strings.Cut(part, "="); ok && name != "" {
			if plain, err := url.PathUnescape(value); err == nil {
				value = plain // such as %2F for a slash
			}
			if value == hiveNull {
				value = ""
			}
			keys = append(keys, PartitionKey{name, value})
		}
	}
	return keys
}
