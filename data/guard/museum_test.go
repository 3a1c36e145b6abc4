package guard

import (
	"bytes"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "make the museum and its catalogue anew")

const (
	museumFolder = "testdata/museum"
	catalogue    = "testdata/museum.txt"
)

// Every broken file of the museum is refused with the words of the catalogue.
func TestMuseum_BrokenFilesAreRefusedInPlainWords(t *testing.T) {
	if *update {
		rebuild(t)
	}
	names, err := filepath.Glob(museumFolder + "/*.parquet")
	if err != nil || len(names) == 0 {
		t.Fatalf("the museum is empty: %v", err)
	}
	var lines strings.Builder
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		_, _, err = guarded(b, Limits{MemoryBytes: 64 << 20})
		if err == nil {
			t.Errorf("%s is not refused", name)
			continue
		}
		fmt.Fprintf(&lines, "%s: %v\n", strings.TrimSuffix(filepath.Base(name), ".parquet"), err)
	}
	if *update {
		if err := os.WriteFile(catalogue, []byte(lines.String()), 0o640); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(catalogue)
	if err != nil {
		t.Fatal(err)
	}
	if got := lines.String(); got != string(want) {
		t.Errorf("the messages differ from %s (go test -update writes it anew):\n%s", catalogue, firstDifference(got, string(want)))
	}
}

// The page reader by itself refuses what the check before another decoder does.
func TestMuseum_PageReaderRefusesBrokenFiles(t *testing.T) {
	names, _ := filepath.Glob(museumFolder + "/*.parquet")
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if err := readAll(b, Limits{MemoryBytes: 64 << 20}); err == nil {
			t.Errorf("%s is not refused", name)
		}
	}
	for name, b := range soundFiles(t) {
		if err := readAll(b, Limits{}); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// readAll reads all columns of single values, those of a row group behind each other.
func readAll(b []byte, limits Limits) error {
	r := bytes.NewReader(b)
	footer, err := Check(r, int64(len(b)), limits)
	if err != nil {
		return err
	}
	var p PageReader
	for g := range footer.RowGroups {
		for c := range footer.Columns {
			if footer.Columns[c].MaxRepetition > 0 || footer.Columns[c].Physical == Boolean {
				continue
			}
			if err := p.Open(footer, r, g, c, limits); err != nil {
				return err
			}
			if err := eachRow(&p, func([]byte) {}); err != nil {
				return err
			}
		}
	}
	return nil
}

func rebuild(t *testing.T) {
	t.Helper()
	if err := os.RemoveAll(museumFolder); err != nil {
		t.Fatal(err)
	}
	if err := os.MkdirAll(museumFolder, 0o750); err != nil {
		t.Fatal(err)
	}
	exhibits := museum(t)
	for _, name := range slices.Sorted(maps.Keys(exhibits)) {
		if err := os.WriteFile(filepath.Join(museumFolder, name+".parquet"), exhibits[name], 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

func firstDifference(got, want string) string {
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range g {
		if i >= len(w) || g[i] != w[i] {
			return fmt.Sprintf("got  %s\nwant %s", g[i], strings.Join(w[min(i, len(w)):min(i+1, len(w))], ""))
		}
	}
	return "lines are missing"
}
