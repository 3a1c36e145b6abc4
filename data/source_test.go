package data

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

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
			found, err := FindFiles(fsys.OS(), x.sources, 0)
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
		_, err := FindFiles(fsys.OS(), []string{"shop", source}, 0)
		var input *InputError
		if !errors.As(err, &input) || !strings.Contains(err.Error(), source) || !strings.Contains(err.Error(), want) || input.ExitCode() != 3 {
			t.Errorf("%s: have %v", source, err)
		}
	}
	if _, err := FindFiles(fsys.OS(), nil, 0); err == nil {
		t.Error("no source at all is taken")
	}
}

// Names of an error stand in it once.
func TestInputError_NamesThePathOnce(t *testing.T) {
	tree(t, "shop/a.parquet")
	if _, err := os.Open("nothing"); strings.Count((&InputError{"nothing", err}).Error(), "nothing") != 1 {
		t.Errorf("have %q", &InputError{"nothing", err})
	}
}

// key=value folders are columns; their values may be written with percent
// signs, and Hive has a word for none.
func TestFindFiles_ReadsPartitionFolders(t *testing.T) {
	path := "shop/channel=web/place=K%C3%B6ln%2FBonn/size=__HIVE_DEFAULT_PARTITION__/odd=50%/x=a=b/part-0.parquet"
	tree(t, path)
	found, err := FindFiles(fsys.OS(), []string{"shop"}, 0)
	if err != nil {
		t.Fatal(err)
	}
	want := []PartitionKey{{"channel", "web"}, {"place", "Köln/Bonn"}, {"size", ""}, {"odd", "50%"}, {"x", "a=b"}}
	if len(found.Files) != 1 || !slices.Equal(found.Files[0].Partition, want) {
		t.Errorf("have %v, want %v", found, want)
	}
}
