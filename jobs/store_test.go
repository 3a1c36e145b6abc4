package jobs

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"winback/data"
	"winback/jobs/console"
)

// sameWithStore publishes a run over the same orders, with a
// store and without, and fails where anything but the manifest differs.
func sameWithStore(t *testing.T, what string, s RunSettings, sources ...string) (said string) {
	t.Helper()
	full := s
	full.Out, full.Store = t.TempDir(), ""
	want := contentOf(t, published(t, full, sources...))
	s.Out = t.TempDir()
	var err bytes.Buffer
	got := contentOf(t, publishedSaying(t, s, console.New(&bytes.Buffer{}, &err, false, false, console.Text), sources...))
	if d := differing(got, want); d != "" {
		t.Errorf("%s: %s differs", what, d)
	}
	return err.String()
}

// A store gives the run of a full read: with new and vanished files, for a
// later and an earlier as-of day, whichever command used it before.
func TestRun_WithAStoreGivesTheRunOfAFullRead(t *testing.T) {
	lines := plantedShop(500, 5)
	dir, newer := writeLines(t, lines[:len(lines)-200], 3), writeLines(t, lines[len(lines)-200:], 1)
	s, f := quickly(""), defaults[FeaturesSettings]()
	s.AsOf, s.Store = asOfDay-30, filepath.Join(t.TempDir(), "store")
	f.Reading, f.Store, f.Output = s.Reading, s.Store, filepath.Join(t.TempDir(), "f.parquet")
	if err := Features(context.Background(), f, []string{dir}, console.UI{}); err != nil {
		t.Fatal(err)
	}
	s.AsOf = asOfDay
	if said := sameWithStore(t, "with a new file", s, dir, newer); !strings.Contains(said, "3 files known, 1 read") {
		t.Errorf("the store says %q", said)
	}
	if err := os.Remove(filepath.Join(dir, "part-1.parquet")); err != nil {
		t.Fatal(err)
	}
	s.AsOf = asOfDay - 30
	if said := sameWithStore(t, "an earlier day, a file gone", s, dir, newer); !strings.Contains(said, "3 files known, 0 read, 1 that changed or vanished left out") {
		t.Errorf("the store says %q", said)
	}
}

// The feature table is the same, and what is said of the rows.
func TestFeatures_WithAStoreGivesTheTableOfAFullRead(t *testing.T) {
	lines := plantedShop(300, 6)
	dirs := []string{writeLines(t, lines[:len(lines)/2], 2), writeLines(t, lines[len(lines)/3:], 1)} // some lines are in both
	table := func(store string, as data.Day, dirs ...string) (content []byte, said string) {
		s := defaults[FeaturesSettings]()
		s.AsOf, s.Store, s.Output = as, store, filepath.Join(t.TempDir(), "f.parquet")
		var out bytes.Buffer
		if err := Features(context.Background(), s, dirs, console.New(&out, &bytes.Buffer{}, false, false, console.Text)); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(s.Output)
		if err != nil {
			t.Fatal(err)
		}
		return content, strings.ReplaceAll(out.String(), s.Output, "")
	}
	store := filepath.Join(t.TempDir(), "store")
	for night, dirs := range [][]string{dirs[:1], dirs, dirs[1:], dirs} {
		want, wantSaid := table("", asOfDay, dirs...)
		got, said := table(store, asOfDay, dirs...)
		if !bytes.Equal(got, want) || said != wantSaid {
			t.Errorf("night %d: the table differs, or what is said: %q, want %q", night, said, wantSaid)
		}
	}
}
