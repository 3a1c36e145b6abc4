package source

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"winback/internal/fsys"
)

// glob expands a pattern of path.Match per folder; "**" stands for any number
// of folders. Names that start with "." or "_" match only a pattern that does.
func (f *finder) glob(pattern string) ([]string, error) {
	parts := strings.Split(filepath.ToSlash(pattern), "/")
	roots := []string{"."}
	switch {
	case fsys.InStore(pattern):
		bucket, key := fsys.Key(pattern)
		roots, parts = []string{"s3://" + bucket}, strings.Split(key, "/")
	case parts[0] == "":
		roots, parts = []string{"/"}, parts[1:]
	}
	for _, part := range parts {
		var next []string
		for _, root := range roots {
			matched, err := f.globStep(root, part)
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

func (f *finder) globStep(root, part string) ([]string, error) {
	if part == "" || part == "." {
		return []string{root}, nil
	}
	if !strings.ContainsAny(part, "*?[") {
		path := fsys.Join(root, part)
		if _, err := f.fsy.Stat(path); err != nil {
			return nil, nil
		}
		return []string{path}, nil
	}
	info, err := f.fsy.Stat(root)
	if err != nil || !info.IsDir() {
		return nil, nil
	}
	entries, err := f.fsy.ReadDir(root)
	if err != nil {
		return nil, err
	}
	var found []string
	if part == "**" {
		if isOurs(entries) {
			f.pass(passedOurs, root)
			return nil, nil
		}
		found = append(found, root)
	}
	for _, e := range entries {
		path := fsys.Join(root, e.Name())
		if hidden(e.Name()) && !hidden(part) {
			continue
		}
		if part == "**" {
			if e.IsDir() {
				inner, err := f.globStep(path, part)
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
