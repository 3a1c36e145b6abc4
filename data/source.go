package data

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path/filepath"
	"slices"
	"strings"

	"winback/data/guard"
	"winback/internal/fsys"
)

// InputFile is one Parquet file of an order history.
type InputFile struct {
	Path string
	Size int64
	// Partition are the key=value folders above the file, outermost first.
	Partition []PartitionKey
}

// PartitionKey is one Hive partition folder, such as channel=web.
type PartitionKey struct{ Name, Value string }

// InputError says that an input cannot be read or has the wrong shape. Its
// text names the file or folder.
type InputError struct {
	Path string
	Err  error
}

// Error names the path once, also where the cause names it too.
func (e *InputError) Error() string {
	var crash *guard.CrashError
	if errors.As(e.Err, &crash) && crash.Name == e.Path {
		return "read " + crash.Error()
	}
	var refused *fs.PathError
	if errors.As(e.Err, &refused) && refused.Path == e.Path {
		return fmt.Sprintf("read %s: %v", e.Path, refused.Err)
	}
	return fmt.Sprintf("read %s: %v", e.Path, e.Err)
}

func (e *InputError) Unwrap() error { return e.Err }

// ExitCode is 3: an input cannot be read or has the wrong schema.
func (e *InputError) ExitCode() int { return 3 }

// FindFiles lists the Parquet files behind files, folders and globs, each once,
// by path. In folders, names that start with "." or "_" and files that do not
// end in .parquet, .parq or .pq are passed over; key=value folders are Hive
// partitions. A source without any file is an *InputError.
func FindFiles(fsy fsys.FS, sources []string) ([]InputFile, error) {
	if len(sources) == 0 {
		return nil, &InputError{"orders", errors.New("no order files named; give Parquet files, folders or globs")}
	}
	seen := map[string]bool{}
	var files []InputFile
	for _, source := range sources {
		found, err := findSource(fsy, source)
		if err != nil {
			return nil, err
		}
		for _, f := range found {
			if key := absolute(f.Path); !seen[key] {
				seen[key] = true
				files = append(files, f)
			}
		}
	}
	slices.SortFunc(files, func(a, b InputFile) int { return strings.Compare(a.Path, b.Path) })
	return files, nil
}

func absolute(path string) string {
	if abs, err := filepath.Abs(path); err == nil {
		return abs
	}
	return filepath.Clean(path)
}

func findSource(fsy fsys.FS, source string) ([]InputFile, error) {
	paths := []string{source}
	if _, err := fsy.Stat(source); errors.Is(err, fs.ErrNotExist) && strings.ContainsAny(source, "*?[") {
		if paths, err = glob(fsy, source); err != nil {
			return nil, &InputError{source, err}
		}
		if len(paths) == 0 {
			return nil, &InputError{source, errors.New("no file matches")}
		}
	}
	var files []InputFile
	for _, path := range paths {
		found, err := findPath(fsy, path, len(paths) > 1)
		if err != nil {
			return nil, err
		}
		files = append(files, found...)
	}
	if len(files) == 0 {
		return nil, &InputError{source, errors.New("the folders that match hold no Parquet files (*.parquet, *.parq, *.pq)")}
	}
	return files, nil
}

// findPath lists one file or folder; a folder without Parquet files is an
// error unless it is one of many.
func findPath(fsy fsys.FS, path string, oneOfMany bool) ([]InputFile, error) {
	info, err := fsy.Stat(path)
	if err != nil {
		if errors.Is(err, fs.ErrNotExist) {
			return nil, &InputError{path, errors.New("no such file or folder")}
		}
		return nil, &InputError{path, err}
	}
	if !info.IsDir() {
		return []InputFile{{Path: path, Size: info.Size(), Partition: partitionOf(path)}}, nil
	}
	files, err := walk(fsy, path)
	if err != nil {
		return nil, &InputError{path, err}
	}
	if len(files) == 0 && !oneOfMany {
		return nil, &InputError{path, errors.New("the folder holds no Parquet files (*.parquet, *.parq, *.pq)")}
	}
	return files, nil
}

func walk(fsy fsys.FS, dir string) ([]InputFile, error) {
	entries, err := fsy.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	var files []InputFile
	for _, e := range entries {
		name := e.Name()
		if hidden(name) {
			continue
		}
		path := filepath.Join(dir, name)
		info, err := fsy.Stat(path)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			inner, err := walk(fsy, path)
			if err != nil {
				return nil, err
			}
			files = append(files, inner...)
		} else if isParquetName(name) {
			files = append(files, InputFile{Path: path, Size: info.Size(), Partition: partitionOf(path)})
		}
	}
	return files, nil
}

func isParquetName(name string) bool {
	switch strings.ToLower(filepath.Ext(name)) {
	case ".parquet", ".parq", ".pq":
		return true
	}
	return false
}

// hiveNull is how Hive writes a missing partition value.
const hiveNull = "__HIVE_DEFAULT_PARTITION__"

func partitionOf(path string) []PartitionKey {
	var keys []PartitionKey
	for _, part := range strings.Split(filepath.ToSlash(filepath.Dir(path)), "/") {
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

// glob expands a pattern of path.Match per folder; "**" stands for any number
// of folders. Names that start with "." or "_" match only a pattern that does.
func glob(fsy fsys.FS, pattern string) ([]string, error) {
	parts := strings.Split(filepath.ToSlash(pattern), "/")
	roots := []string{"."}
	if parts[0] == "" {
		roots, parts = []string{"/"}, parts[1:]
	}
	for _, part := range parts {
		var next []string
		for _, root := range roots {
			matched, err := globStep(fsy, root, part)
			if err != nil {
				return nil, err
			}
			next = append(next, matched...)
		}
		roots = next
	}
	slices.Sort(roots)
	return slices.Compact(roots), nil
}

func globStep(fsy fsys.FS, root, part string) ([]string, error) {
	if part == "" || part == "." {
		return []string{root}, nil
	}
	if !strings.ContainsAny(part, "*?[") {
		path := filepath.Join(root, part)
		if _, err := fsy.Stat(path); err != nil {
			return nil, nil
		}
		return []string{path}, nil
	}
	info, err := fsy.Stat(root)
	if err != nil || !info.IsDir() {
		return nil, nil
	}
	entries, err := fsy.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var found []string
	if part == "**" {
		found = append(found, root)
	}
	for _, e := range entries {
		path := filepath.Join(root, e.Name())
		if hidden(e.Name()) && !hidden(part) {
			continue
		}
		if part == "**" {
			if e.IsDir() {
				inner, err := globStep(fsy, path, part)
				if err != nil {
					return nil, err
				}
				found = append(found, inner...)
			}
			continue
		}
		ok, err := filepath.Match(part, e.Name())
		if err != nil {
			return nil, fmt.Errorf("pattern %q: %w", part, err)
		}
		if ok {
			found = append(found, path)
		}
	}
	return found, nil
}

// hidden says whether a name is passed over where nobody asks for it: those of
// unfinished writes, markers and the like.
func hidden(name string) bool { return strings.HasPrefix(name, ".") || strings.HasPrefix(name, "_") }
