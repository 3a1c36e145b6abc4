package orders

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/data/source"
	"winback/internal/fsys"
)

// putText writes a file with the text and the folders above it.
func putText(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// findAll finds the files of one source and compares their paths.
func findAll(t *testing.T, from string, want ...string) source.Found {
	t.Helper()
	found, err := source.Find(fsys.OS(), []string{from}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if have := pathNames(found.Files); !slices.Equal(have, want) {
		t.Errorf("%s: have %q, want %q", from, have, want)
	}
	return found
}

// wantAll wants each text in one of the lines, and no line without one.
func wantAll(t *testing.T, what string, lines []string, texts ...string) {
	t.Helper()
	all := strings.Join(lines, "\n")
	for _, text := range texts {
		if !strings.Contains(all, text) {
			t.Errorf("%s: have %q, want %q in it", what, lines, text)
		}
	}
	if len(texts) == 0 && len(lines) > 0 {
		t.Errorf("%s: have %q, want none", what, lines)
	}
}

func pathNames(files []source.File) []string {
	var paths []string
	for _, f := range files {
		paths = append(paths, filepath.ToSlash(filepath.Clean(f.Path)))
	}
	return paths
}
