package jobs

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/jobs/console"
	"winback/pipeline/run"
)

// deltaLog makes a Delta Lake table of a folder in which only some of the files
// are live.
func deltaLog(t *testing.T, dir string, live ...string) {
	t.Helper()
	lines := []string{`{"protocol":{"minReaderVersion":1}}`, `{"metaData":{"schemaString":"{}","partitionColumns":[]}}`}
	for _, name := range live {
		info, err := os.Stat(filepath.Join(dir, name))
		if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, fmt.Sprintf(`{"add":{"path":%q,"size":%d,"partitionValues":{}}}`, name, info.Size()))
	}
	if err := os.MkdirAll(filepath.Join(dir, "_delta_log"), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "_delta_log", "00000000000000000000.json"), []byte(strings.Join(lines, "\n")), 0o640); err != nil {
		t.Fatal(err)
	}
}

// A run on a Delta Lake folder names in its manifest the table, its version and
// the live files, and warns of what was passed over.
func TestRun_NamesTheTableAndWhatWasPassedOver(t *testing.T) {
	parent := t.TempDir()
	dir := filepath.Join(parent, "orders")
	if err := os.Rename(writeLines(t, plantedShop(500, 8), 1), dir); err != nil {
		t.Fatal(err)
	}
	deltaLog(t, dir, "part-0.parquet")
	for name, text := range map[string]string{"orders/replaced.parquet": "of an older version", "old.csv": "a,b\n1,2\n"} {
		if err := os.WriteFile(filepath.Join(parent, name), []byte(text), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	var said bytes.Buffer
	published := publishedSaying(t, quickly(t.TempDir()), console.New(&bytes.Buffer{}, &said, false, false, console.Text), parent)
	text, err := os.ReadFile(filepath.Join(published, run.ManifestFile))
	if err != nil {
		t.Fatal(err)
	}
	var m run.Manifest
	if err := json.Unmarshal(text, &m); err != nil {
		t.Fatal(err)
	}
	if len(m.Inputs) != 1 || filepath.Base(m.Inputs[0].Path) != "part-0.parquet" || len(m.Inputs[0].SHA256) != 64 {
		t.Errorf("have the inputs %+v", m.Inputs)
	}
	if notes := strings.Join(m.Notes, "\n"); !strings.Contains(notes, "Delta Lake table "+dir+": version 0, files: 1; left out as not part of this version: 1 Parquet files") {
		t.Errorf("have the notes %q", m.Notes)
	}
	for _, told := range []string{said.String(), strings.Join(m.Warnings, "\n")} {
		if !strings.Contains(told, "1 CSV file: ") || !strings.Contains(told, "old.csv") {
			t.Errorf("have %q, want the CSV file named", told)
		}
	}
}

// Whatever happens on the as-of day or later changes nothing but the account of
// the lines that were read.
func TestRun_IgnoresLinesAfterAsOf(t *testing.T) {
	lines := plantedShop(800, 3)
	known := before(lines, asOfDay)
	run := func(lines []orderLine) map[string]string {
		s := quickly(t.TempDir())
		s.LapsedAfterDays = 0 // found from the shop's own intervals
		return contentOf(t, published(t, s, writeLines(t, lines, 2)))
	}
	want := run(known)
	spoiled := slices.Clone(lines)
	text := "a new channel"
	for i := range spoiled[len(known):] {
		l := &spoiled[len(known)+i]
		l.Amount *= 100
		l.CustomerID = lines[i].CustomerID
		l.Channel, l.SKU, l.Category = &text, &text, &text
	}
	for k := range 400 { // a wall of returns
		spoiled = append(spoiled, orderLine{CustomerID: lines[k].CustomerID, OrderID: fmt.Sprintf("R%d", k), OrderedAt: (asOfDay + 2).Micros(), Amount: -100, Quantity: -1})
	}
	for name, lines := range map[string][]orderLine{"as they came": lines, "spoiled": spoiled} {
		if names := differing(want, run(lines)); names != "" {
			t.Errorf("later lines %s: other bytes in %s", name, names)
		}
	}
}
