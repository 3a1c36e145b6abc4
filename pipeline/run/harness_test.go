package run_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"path/filepath"
	"testing"
	"time"

	"winback/internal/fsys"
	"winback/pipeline/run"
)

const (
	lastNight = "2007-11-14"
	tonight   = "2007-11-15"
)

// tree is the content of a run: file contents by path.
type tree map[string]string

// someTree makes a run of so many files; their contents differ from seed to
// seed.
func someTree(fileCount, size int, seed string) tree {
	t := tree{}
	for i := range fileCount {
		name := fmt.Sprintf("file-%d.parquet", i)
		if i%2 == 0 {
			name = fmt.Sprintf("contacts/group-%02d/part-0.parquet", i+1)
		}
		var content string
		for j := 0; len(content) < size*i; j++ {
			content += fmt.Sprintf("%s/%d/%d ", seed, i, j)
		}
		t[name] = content
	}
	return t
}

func night(day string) time.Time {
	t, err := time.Parse(time.DateOnly, day)
	if err != nil {
		panic(err)
	}
	return t.Add(2 * time.Hour)
}

func manifestOf(day string) run.Manifest {
	return run.Manifest{
		ToolVersion: "test",
		Started:     night(day),
		Finished:    night(day).Add(time.Minute),
		Settings:    json.RawMessage(`{"holdout": 0.1, "horizon": 60}`),
		Rows:        run.Rows{Read: 10, Used: 7, SetAside: map[string]int64{"no customer": 2, "duplicate": 1}},
	}
}

// writeRun does what the nightly job does: begin, write in pieces, run.
func writeRun(files fsys.FS, out, asOf string, content tree, keep int) (string, error) {
	draft, err := run.Begin(files, out, asOf, run.Options{Keep: keep})
	if err != nil {
		return "", err
	}
	defer draft.Abort()
	for _, name := range sortedNames(content) {
		if err := writeFile(draft, name, content[name]); err != nil {
			return "", err
		}
	}
	return draft.Publish(manifestOf(asOf))
}

func writeFile(draft *run.Draft, name, content string) error {
	f, err := draft.Create(name)
	if err != nil {
		return err
	}
	half := len(content) / 2
	_, err = io.WriteString(f, content[:half])
	if err == nil {
		_, err = io.WriteString(f, content[half:])
	}
	if closeErr := f.Close(); err == nil {
		err = closeErr
	}
	return err
}

func mustWriteRun(t *testing.T, files fsys.FS, out, asOf string, content tree, keep int) string {
	t.Helper()
	dir, err := writeRun(files, out, asOf, content, keep)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// current reads the current run as a reader does: pointer, manifest, files.
// The tree comes back nil where nothing is published.
func current(files fsys.FS, out string) (tree, error) {
	r, err := run.Open(files, out, "")
	if errors.Is(err, run.ErrNoRun) {
		if _, linkErr := files.Readlink(filepath.Join(out, "current")); linkErr == nil {
			return nil, err // a pointer to nothing
		}
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return readTree(files, r.Dir)
}

// readTree reads all files of a run but the manifest.
func readTree(files fsys.FS, dir string) (tree, error) {
	t := tree{}
	return t, readInto(t, files, dir, "")
}

func readInto(t tree, files fsys.FS, dir, under string) error {
	entries, err := files.ReadDir(filepath.Join(dir, under))
	if err != nil {
		return err
	}
	for _, e := range entries {
		name := filepath.Join(under, e.Name())
		if e.IsDir() {
			if err := readInto(t, files, dir, name); err != nil {
				return err
			}
			continue
		}
		if name == run.ManifestFile {
			continue
		}
		text, err := readAll(files, filepath.Join(dir, name))
		if err != nil {
			return err
		}
		t[filepath.ToSlash(name)] = string(text)
	}
	return nil
}

func readAll(files fsys.FS, path string) ([]byte, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(f)
}

func same(a, b tree) bool { return maps.Equal(a, b) && (a == nil) == (b == nil) }

// names lists a folder; none where it is not there.
func names(t *testing.T, files fsys.FS, dir string) []string {
	t.Helper()
	entries, _ := files.ReadDir(dir)
	var list []string
	for _, e := range entries {
		list = append(list, e.Name())
	}
	return list
}
