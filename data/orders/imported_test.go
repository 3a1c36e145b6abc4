package orders

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/parquet-go/parquet-go"

	"winback/data/csvimport"
	"winback/internal/fsys"
)

// importedText imports CSV texts by name and returns what happened and where.
func importedText(t *testing.T, spec csvimport.Spec, texts map[string]string) ([]csvimport.File, string, error) {
	t.Helper()
	dir := t.TempDir()
	var files []string
	for _, name := range []string{"a.csv", "b.csv", "a.csv.gz", "shop.tsv"} {
		text, ok := texts[name]
		if !ok {
			continue
		}
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		files = append(files, path)
	}
	out := filepath.Join(dir, "out")
	imported, err := csvimport.Import(context.Background(), fsys.OS(), files, out, spec)
	return imported, out, err
}

// cellsOf reads a Parquet file as the library prints its values.
func cellsOf(t *testing.T, path string) (columns []string, cells [][]string) {
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
