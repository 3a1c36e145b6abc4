package source

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/internal/datatest"
	"winback/internal/fsys"
)

// tree makes empty files under a new folder, which becomes the working one.
func tree(t *testing.T, paths ...string) {
	t.Helper()
	t.Chdir(t.TempDir())
	for _, p := range paths {
		if err := os.MkdirAll(filepath.Dir(p), 0o750); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(p, []byte("x"), 0o640); err != nil {
			t.Fatal(err)
		}
	}
}

// Files, folders and patterns name the same files whichever way, each once.
func TestFindFiles_TakesFilesFoldersAndPatterns(t *testing.T) {
	tree(t, "shop/a.parquet", "shop/b.PARQUET", "shop/c.parq", "shop/notes.txt", "shop/_SUCCESS", "shop/.hidden.parquet", "shop/_temporary/0.parquet",
		"shop/2007/11/d.pq", "shop/2007/12/e.parquet", "shop/2007/12/_e.parquet", "other/f.parquet", "lists/[1].parquet")
	a, b, c, d, e := "shop/a.parquet", "shop/b.PARQUET", "shop/c.parq", "shop/2007/11/d.pq", "shop/2007/12/e.parquet"
	for _, x := range []struct {
		name    string
		sources []string
		want    []string
	}{
		{"a file", []string{a}, []string{a}},
		{"a file of another name", []string{"shop/notes.txt"}, []string{"shop/notes.txt"}},
		{"a folder", []string{"shop"}, []string{d, e, a, b, c}},
		{"a folder with a slash", []string{"./shop/"}, []string{d, e, a, b, c}},
		{"a file twice", []string{a, "./shop/a.parquet", "shop"}, []string{d, e, a, b, c}},
		{"a pattern", []string{"shop/*.parquet"}, []string{a}},
		{"a pattern of all", []string{"shop/2007/12/*"}, []string{e}},
		{"a pattern of folders", []string{"shop/20*"}, []string{d, e}},
		{"any depth", []string{"**/*.parquet"}, []string{"lists/[1].parquet", "other/f.parquet", e, a}},
		{"any depth of folders", []string{"shop/**"}, []string{d, e, a, b, c}},
		{"an underscore that was asked for", []string{"shop/2007/12/_*"}, []string{"shop/2007/12/_e.parquet"}},
		{"a name that looks like a pattern", []string{"lists/[1].parquet"}, []string{"lists/[1].parquet"}},
		{"several", []string{"other", "shop/2007/*/"}, []string{"other/f.parquet", d, e}},
	} {
		t.Run(x.name, func(t *testing.T) {
			found, err := Find(fsys.OS(), x.sources, 0)
			if err != nil {
				t.Fatal(err)
			}
			var paths []string
			for _, f := range found.Files {
				if f.Size != 1 {
					t.Errorf("%s: %d bytes, want 1", f.Path, f.Size)
				}
				paths = append(paths, filepath.Clean(f.Path))
			}
			if !slices.Equal(paths, x.want) {
				t.Errorf("have %q, want %q", paths, x.want)
			}
		})
	}
}

// A source without any file is an error that names it.
func TestFindFiles_RefusesSourcesWithoutFiles(t *testing.T) {
	tree(t, "empty/one/notes.txt", "empty/two/_x.parquet", "shop/a.parquet")
	for source, want := range map[string]string{
		"missing.parquet": "no such file or folder", "missing/": "no such file or folder", "empty": "no Parquet files", "empty/*": "no Parquet files",
		"empty/**": "no Parquet files", "*.parquet": "no file matches", "shop/[a": "", "empty/one/notes.txt/x": "",
	} {
		_, err := Find(fsys.OS(), []string{"shop", source}, 0)
		var input *data.InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), want) || input.ExitCode() != 3 {
			t.Errorf("%s: have %v", source, err)
		}
	}
	if _, err := Find(fsys.OS(), nil, 0); err == nil {
		t.Error("no source at all is taken")
	}
}

// Names of an error stand in it once.
func TestInputError_NamesThePathOnce(t *testing.T) {
	tree(t, "shop/a.parquet")
	if _, err := os.Open("nothing"); strings.Count((&data.InputError{Path: "nothing", Err: err}).Error(), "nothing") != 1 {
		t.Errorf("have %q", &data.InputError{Path: "nothing", Err: err})
	}
}

// key=value folders are columns; their values may be written with percent
// signs, and Hive has a word for none.
func TestFindFiles_ReadsPartitionFolders(t *testing.T) {
	path := "shop/channel=web/place=K%C3%B6ln%2FBonn/size=__HIVE_DEFAULT_PARTITION__/odd=50%/x=a=b/part-0.parquet"
	tree(t, path)
	found, err := Find(fsys.OS(), []string{"shop"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []PartitionKey{{"channel", "web"}, {"place", "Köln/Bonn"}, {"size", ""}, {"odd", "50%"}, {"x", "a=b"}}
	if len(found.Files) != 1 || !slices.Equal(found.Files[0].Partition, want) {
		t.Errorf("have %v, want %v", found, want)
	}
}

// pathsOf are the paths of files, with slashes.
func pathsOf(files []File) []string {
	var paths []string
	for _, f := range files {
		paths = append(paths, filepath.ToSlash(filepath.Clean(f.Path)))
	}
	return paths
}

// mustFind finds the files of one source and compares their paths.
func mustFind(t *testing.T, source string, want ...string) Found {
	t.Helper()
	found, err := Find(fsys.OS(), []string{source}, 0)
	if err != nil {
		t.Fatal(err)
	}
	if have := pathsOf(found.Files); !slices.Equal(have, want) {
		t.Errorf("%s: have %q, want %q", source, have, want)
	}
	return found
}

// Parquet files without the ending are read beside those that have it; what
// may hold orders and is not read is named.
func TestFindFiles_LooksAtFilesOfAnyName(t *testing.T) {
	tree(t, "shop/a.parquet")
	for _, name := range []string{"part-00000", "000000_0", "2026.parquet.snappy", "b.pqt", "c.gz"} {
		datatest.PutText(t, "shop/"+name, "PAR1…PAR1")
	}
	files := []string{"shop/000000_0", "shop/2026.parquet.snappy", "shop/a.parquet", "shop/b.pqt", "shop/c.gz", "shop/part-00000"}
	found := mustFind(t, "shop", files...)
	datatest.WantTexts(t, "notes", found.Notes)
	datatest.WantTexts(t, "warnings", found.Warnings)

	datatest.PutText(t, "shop/old.csv", "id,amount\n1,2\n")
	datatest.PutText(t, "shop/part-00001", "id;amount\n1;2\n")
	datatest.PutText(t, "shop/e.parquet.gz", "\x1f\x8b…")
	datatest.PutText(t, "shop/f.orc", "ORC")
	datatest.PutText(t, "shop/_x.parquet", "PAR1…PAR1")
	datatest.PutText(t, "shop/.y", "PAR1…PAR1")
	datatest.PutText(t, "shop/_temporary/0/task/part-00000.parquet", "x")
	datatest.PutText(t, "shop/.staging/0", "PAR1…PAR1")
	datatest.PutText(t, "shop/a.parquet.tmp", "PAR1…PAR1")
	datatest.PutText(t, "shop/README.md", "How, when, why.")
	datatest.PutText(t, "shop/manifest.json", "{}")
	for _, name := range []string{"_SUCCESS", "._SUCCESS.crc", "_committed_123", "_quiet/notes.txt"} {
		datatest.PutText(t, "shop/"+name, "crc")
	}
	for _, name := range []string{"_metadata", "_common_metadata"} {
		datatest.PutText(t, "shop/"+name, "PAR1…PAR1")
	}
	for _, source := range []string{"shop", "./shop/", "../" + filepath.Base(mustGetwd(t)) + "/shop"} {
		found, err := Find(fsys.OS(), []string{source}, 0)
		if err != nil || len(found.Files) != len(files) {
			t.Fatalf("%s: have %q, %v", source, pathsOf(found.Files), err)
		}
		datatest.WantTexts(t, "warnings", found.Warnings, "2 Parquet files whose names start with . or _", "_x.parquet", "shop/.y", "2 folders with Parquet files", "_temporary", ".staging",
			"1 Parquet file with a name of unfinished or old files", "a.parquet.tmp", "2 CSV files", "old.csv", "part-00001", "winback import", "2 files that are no Parquet but may hold orders", "f.orc", "e.parquet.gz")
		datatest.WantTexts(t, "notes", found.Notes, "2 other files", "README.md", "manifest.json")
		for _, quiet := range []string{"_SUCCESS", "_committed", "_metadata", "_common", "_quiet"} {
			if strings.Contains(strings.Join(append(found.Notes, found.Warnings...), "\n"), quiet) {
				t.Errorf("%s is named: %q %q", quiet, found.Notes, found.Warnings)
			}
		}
	}
	mustFind(t, "shop/part-*", "shop/part-00000")
	mustFind(t, "shop/_x.parquet", "shop/_x.parquet")
	mustFind(t, "shop/_x*", "shop/_x.parquet")
	if _, err := Find(fsys.OS(), []string{"shop/*.csv"}, 0); err == nil || !strings.Contains(err.Error(), "winback import") {
		t.Errorf("only CSV: have %v", err)
	}
}

func mustGetwd(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// What winback wrote into the folder of the orders on one night is not read on
// the next.
func TestFindFiles_PassesOverWhatWinbackWrote(t *testing.T) {
	tree(t, "a.parquet", "out/.lock", "out/runs/2026-07-01-1/features.parquet", "out/runs/2026-07-01-1/contacts/group=01/part-0.parquet", "out/current/scores.parquet",
		"crashed/.lock", "crashed/.winback-new-1/features.parquet", "crashed/runs/x", "copy/manifest.json", "copy/groups.parquet", "copy/scores.parquet",
		"kept/winback-store.json", "kept/winback-lines-1", "kept/x.parquet", "winback-backtest/backtest.json", "winback-backtest/predictions.parquet",
		"told/diagnosis.json", "told/customers.parquet", "runs/of/the/shop/b.parquet")
	for _, source := range []string{".", "**/*.parquet"} {
		found := mustFind(t, source, "a.parquet", "runs/of/the/shop/b.parquet")
		datatest.WantTexts(t, "notes", found.Notes, "6 folders that winback wrote", "copy", "crashed")
		datatest.WantTexts(t, "warnings", found.Warnings)
	}
	if _, err := Find(fsys.OS(), []string{"out"}, 0); err == nil || !strings.Contains(err.Error(), "a folder that winback wrote") {
		t.Errorf("an output folder as orders: have %v", err)
	}
}

// The list of files that a database writes beside them holds no orders.
func TestFindFiles_PassesManifestsOver(t *testing.T) {
	tree(t, "shop/0000_part_00.parquet")
	if err := os.WriteFile("shop/manifest", []byte(`{"entries": [{"url": "s3://shop/0000_part_00.parquet"}]}`), 0o640); err != nil {
		t.Fatal(err)
	}
	found, err := Find(fsys.OS(), []string{"shop"}, 0)
	if err != nil || len(found.Warnings) > 0 || len(found.Files) != 1 {
		t.Errorf("%d files, %q, %v", len(found.Files), found.Warnings, err)
	}
}
