// Package datatest writes the files that tests of data read, and looks at those that
// it writes.
package datatest

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
)

// PutText writes a file with the text and the folders above it.
func PutText(t testing.TB, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o640); err != nil {
		t.Fatal(err)
	}
}

// PutTexts writes a file of each name into a folder of the test, and returns their
// paths in the order of the names and an output folder beside them that is not there.
func PutTexts(t testing.TB, texts map[string]string) (files []string, out string) {
	t.Helper()
	dir := t.TempDir()
	for _, name := range slices.Sorted(maps.Keys(texts)) {
		path := filepath.Join(dir, name)
		PutText(t, path, texts[name])
		files = append(files, path)
	}
	return files, filepath.Join(dir, "out")
}

// WantTexts wants each text in one of the lines, and no line without one.
func WantTexts(t testing.TB, what string, lines []string, texts ...string) {
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

// ParquetCells reads a Parquet file as the library prints its values; columns are
// their names and types, with a question mark where values may be missing.
func ParquetCells(t testing.TB, path string) (columns []string, cells [][]string) {
	t.Helper()
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range file.Schema().Fields() {
		text := f.Name() + " " + f.Type().String()
		if f.Optional() {
			text += "?"
		}
		columns = append(columns, text)
	}
	reader := parquet.NewReader(file)
	defer reader.Close()
	rows := make([]parquet.Row, file.NumRows())
	if n, err := reader.ReadRows(rows); n != len(rows) {
		t.Fatalf("%d rows, %v", n, err)
	}
	for _, row := range rows {
		var texts []string
		for _, v := range row {
			texts = append(texts, v.String())
		}
		cells = append(cells, texts)
	}
	return columns, cells
}
