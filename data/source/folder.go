package source

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"

	"winback/data"
	"winback/data/tablelog"
	"winback/internal/fsys"
)

// folder lists the Parquet files in a folder and those below it. named says
// that somebody asked for just this folder.
func (f *finder) folder(dir string, named bool) ([]File, error) {
	entries, err := f.fsy.ReadDir(dir)
	if err != nil {
		return nil, &data.InputError{Path: dir, Err: err}
	}
	return f.listed(dir, entries, named)
}

// listed lists the Parquet files in a folder that was listed, and those below it.
func (f *finder) listed(dir string, entries []fs.DirEntry, named bool) ([]File, error) {
	if isOurs(entries) {
		if named {
			return nil, &data.InputError{Path: dir, Err: errors.New("this is a folder that winback wrote: it holds results, no orders")}
		}
		f.pass(passedOurs, dir)
		return nil, nil
	}
	var files []File
	for _, e := range entries {
		inner, err := f.entry(fsys.Join(dir, e.Name()), e)
		if err != nil {
			return nil, err
		}
		files = append(files, inner...)
	}
	return files, nil
}

func (f *finder) entry(path string, e fs.DirEntry) ([]File, error) {
	info, err := f.infoOf(path, e)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) && hidden(filepath.Base(path)) {
			return nil, nil // a link to nowhere, or a file of an unfinished write
		}
		return nil, &data.InputError{Path: path, Err: err}
	}
	switch {
	case !info.IsDir():
		return f.look(path, info, false)
	case hidden(info.Name()):
		return nil, f.lookInside(path)
	}
	entries, err := f.fsy.ReadDir(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	if tablelog.MayHaveLog(entries) {
		table, err := f.tableAt(path)
		if err != nil {
			return nil, err
		}
		if table != nil {
			return f.filesOf(table, path, true)
		}
	}
	return f.listed(path, entries, false)
}

// infoOf is what the listing says of an entry, and for a link of where it leads.
func (f *finder) infoOf(path string, e fs.DirEntry) (fs.FileInfo, error) {
	if e.IsDir() || e.Type().IsRegular() {
		return e.Info()
	}
	return f.fsy.Stat(path)
}

// isOurs knows the folders that winback writes: outputs, runs, stores,
// backtests and diagnoses.
func isOurs(entries []fs.DirEntry) bool {
	has := func(names ...string) bool {
		for _, name := range names {
			if !slices.ContainsFunc(entries, func(e fs.DirEntry) bool { return e.Name() == name }) {
				return false
			}
		}
		return true
	}
	return has(StoreManifestName) || has("runs", "current") || has("runs", ".lock") || has("manifest.json", "groups.parquet", "scores.parquet") ||
		has("backtest.json", "predictions.parquet") || has("diagnosis.json", "customers.parquet")
}

// look takes a file that is Parquet, and notes what is passed over. asked says
// that a pattern asked for names such as this one.
func (f *finder) look(path string, info fs.FileInfo, asked bool) ([]File, error) {
	name := info.Name()
	hide := hidden(name) && !asked
	if isParquetName(name) && !hide {
		return []File{inputFileAt(path, info)}, nil
	}
	if !info.Mode().IsRegular() { // to open a pipe would wait for whoever writes
		f.pass(passedOther, path)
		return nil, nil
	}
	head, err := f.head(path)
	if err != nil && !hide {
		return nil, &data.InputError{Path: path, Err: err}
	}
	isParquet := bytes.HasPrefix(head, []byte("PAR1"))
	switch {
	case isParquet && (name == "_metadata" || name == "_common_metadata"): // footers of the files beside them
	case isParquet && hide:
		f.pass(passedHidden, path)
	case hide:
	case isParquet && isUnfinishedName(name):
		f.pass(passedUnfinished, path)
	case isParquet:
		return []File{inputFileAt(path, info)}, nil
	default:
		f.pass(kindPassed(name, info.Size(), head), path)
	}
	return nil, nil
}

// head reads the first bytes of a file.
func (f *finder) head(path string) ([]byte, error) {
	file, err := f.fsy.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	head := make([]byte, 512)
	n, err := io.ReadFull(file, head)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = nil
	}
	return head[:n], err
}

// lookInside notes a hidden folder that holds Parquet. It gives up after so
// many entries: such folders may hold anything.
func (f *finder) lookInside(dir string) error {
	if strings.HasPrefix(filepath.Base(dir), ".winback-") {
		return nil
	}
	left := 1000
	held, err := f.holdsParquet(dir, &left)
	if held {
		f.pass(passedFolder, dir)
	}
	return err
}

func (f *finder) holdsParquet(dir string, left *int) (bool, error) {
	entries, err := f.fsy.ReadDir(dir)
	if err != nil || isOurs(entries) {
		return false, nil // whether it is there or not, it is not read
	}
	for _, e := range entries {
		if *left--; *left < 0 {
			return false, nil
		}
		path := fsys.Join(dir, e.Name())
		switch {
		case e.IsDir():
			if held, err := f.holdsParquet(path, left); held || err != nil {
				return held, err
			}
		case isParquetName(e.Name()):
			return true, nil
		case e.Type().IsRegular():
			if head, err := f.head(path); err == nil && bytes.HasPrefix(head, []byte("PAR1")) {
				return true, nil
			}
		}
	}
	return false, nil
}

func isParquetName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".parquet", ".parq", ".pq":
		return true
	}
	return false
}

// isUnfinishedName knows names that programs give files which they still write
// or have put away.
func isUnfinishedName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".tmp", ".temp", ".partial", ".crdownload", ".inprogress", ".filepart", ".swp", ".bak", ".old", ".orig":
		return true
	}
	return strings.HasSuffix(name, "~")
}

// hidden says whether a name is passed over where nobody asks for it: those of
// unfinished writes, markers and the like.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }

// StoreManifestName names the file that makes a folder a store.
const StoreManifestName = "winback-store.json"
