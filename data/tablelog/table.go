package tablelog

import (
	"cmp"
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"winback/data/guard"
	"winback/internal/fsys"
)

// Format is the kind of log that a folder has.
type Format string

// The formats. Hudi and Paimon are known so that they can be refused.
const (
	None    Format = ""
	Delta   Format = "Delta Lake"
	Iceberg Format = "Iceberg"
	Hudi    Format = "Hudi"
	Paimon  Format = "Paimon"
)

// Table is a table at its newest version.
type Table struct {
	Format  Format
	Folder  string
	Version string  // such as "version 12" or "snapshot 8744736658442914487"
	Files   []File  // by path, each once
	Fields  *Fields // nil: its columns are found by name
	// Texts are the columns of text. Files from before a column was added lack it:
	// their rows have none.
	Texts []string
}

// Fields say how the columns of a table are found in its files by field id,
// whatever their names were when a file was written.
type Fields struct {
	Names map[int32]string // of the columns that the table has now
	// Moved is a name that was given from one column to another, or a column that
	// was renamed: files without ids would be misread. "": none.
	Moved string
}

// File is a data file of a table.
type File struct {
	Path string // below the folder of the table
	Size int64  // bytes
	// Partition are the values that all rows of the file have.
	Partition []Value
}

// Value is a column that has one value in all of a file; "" stands for none.
type Value struct{ Name, Value string }

const (
	deltaFolder   = "_delta_log"
	icebergFolder = "metadata"
	hudiFolder    = ".hoodie"
	paimonFolder  = "schema" // beside the folders snapshot and manifest
)

// MayHaveLog says whether a folder can have a log, by what lies in it.
func MayHaveLog(entries []fs.DirEntry) bool {
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool {
		return slices.Contains([]string{deltaFolder, icebergFolder, hudiFolder, paimonFolder}, e.Name())
	})
}

// FormatOf says which log a folder has.
func FormatOf(fsy fsys.FS, folder string) (Format, error) {
	for _, kind := range []struct {
		inside string
		format Format
	}{{deltaFolder, Delta}, {hudiFolder, Hudi}, {icebergFolder, Iceberg}, {paimonFolder, Paimon}} {
		inside := fsys.Join(folder, kind.inside)
		info, err := fsy.Stat(inside)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !info.IsDir() {
			continue
		}
		if err != nil {
			return None, err
		}
		if kind.format == Iceberg {
			if holds, err := holdsMetadata(fsy, inside); !holds || err != nil {
				return None, err
			}
		}
		if kind.format == Paimon {
			if _, err := fsy.Stat(fsys.Join(inside, "schema-0")); err != nil {
				continue
			}
		}
		return kind.format, nil
	}
	return None, nil
}

func holdsMetadata(fsy fsys.FS, folder string) (bool, error) {
	entries, err := fsy.ReadDir(folder)
	return slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return isMetadataName(e.Name()) }), err
}

// Read reads the log of a folder, which must be one of FormatOf. memoryBytes
// bounds what is held of it; 0 is the default of the guard.
func Read(fsy fsys.FS, folder string, format Format, memoryBytes int64) (*Table, error) {
	if memoryBytes <= 0 {
		memoryBytes = guard.DefaultMemoryBytes
	}
	log := &log{fsy: fsy, folder: folder, room: memoryBytes, most: memoryBytes}
	var (
		t   *Table
		err error
	)
	switch format {
	case Delta:
		t, err = readDelta(log)
	case Iceberg:
		t, err = readIceberg(log)
	default:
		err = fmt.Errorf("this is a %s table, which is not read: have its engine write the table as Parquet into a folder of its own", format)
	}
	if err != nil {
		return nil, err
	}
	t.Format, t.Folder = format, folder
	slices.SortFunc(t.Files, func(a, b File) int { return cmp.Compare(a.Path, b.Path) })
	return t, log.prove(t)
}

// log is the log of one table while it is read.
type log struct {
	fsy    fsys.FS
	folder string
	room   int64 // bytes that may still be held
	most   int64
}

// hold counts bytes of memory against the limit.
func (l *log) hold(bytes int) error {
	if l.room -= int64(bytes); l.room < 0 {
		return fmt.Errorf("the log of the table takes more than the memory limit of %d MB", l.most>>20)
	}
	return nil
}

// prove looks for every file of the table.
func (l *log) prove(t *Table) error {
	for i, f := range t.Files {
		name, _ := filepath.Rel(l.folder, f.Path)
		if i > 0 && t.Files[i-1].Path == f.Path {
			return fmt.Errorf("%s of the %s table names the file %s twice", t.Version, t.Format, name)
		}
		info, err := l.fsy.Stat(f.Path)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return fmt.Errorf("the file %s is missing, which %s of the %s table names: is the copy complete?", name, t.Version, t.Format)
		case err != nil:
			return err
		case info.Size() != f.Size:
			return fmt.Errorf("the file %s has %d bytes, %s of the %s table says %d", name, info.Size(), t.Version, t.Format, f.Size)
		}
	}
	return nil
}

// below joins a path with slashes, relative to the table, to the table's folder,
// and refuses what would lead out of it, as the log has written it.
func (l *log) below(name, written string) (string, error) {
	local := filepath.FromSlash(name)
	if name == "" || strings.ContainsRune(name, 0) || !filepath.IsLocal(local) {
		return "", fmt.Errorf("the log names the file %q, which lies outside of the table's folder", written)
	}
	return fsys.Join(l.folder, local), nil
}

// fileBytes is what a file of a table takes in memory beside its texts.
const fileBytes = 256
