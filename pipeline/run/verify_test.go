package run_test

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"path"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

// overwrite puts a file in place of another, or makes a new one.
func overwrite(t *testing.T, files fsys.FS, name, content string) {
	t.Helper()
	err := errors.Join(files.RemoveAll(name), files.MkdirAll(path.Dir(name)))
	f, createErr := files.Create(name)
	if err = errors.Join(err, createErr); err != nil {
		t.Fatal(err)
	}
	_, err = f.Write([]byte(content))
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		t.Fatal(err)
	}
}

// resign gives a changed manifest the digest that fits it.
func resign(text string) string {
	cut := strings.LastIndex(text, `"manifest_sha256": "`) + len(`"manifest_sha256": "`)
	sum := sha256.Sum256([]byte(text[:cut] + "\"\n}\n"))
	return fmt.Sprintf("%s%x\"\n}\n", text[:cut], sum)
}

func rename(t *testing.T, files fsys.FS, from, to string) {
	t.Helper()
	if err := files.Rename(from, to); err != nil {
		t.Fatal(err)
	}
}

func TestVerify_FindsEachKindOfDamage(t *testing.T) {
	const a, b = "contacts/group-01/part-0.parquet", "file-1.parquet"
	content := tree{a: "the first file", b: "the second file", "model/tree.txt": "a tree"}
	for name, test := range map[string]struct {
		damage func(mem *fsystest.Mem, dir string)
		want   string // kind and path of the findings
	}{
		"nothing":  {func(*fsystest.Mem, string) {}, ""},
		"flipped":  {func(m *fsystest.Mem, dir string) { overwrite(t, m, dir+"/"+b, "the sEcond file") }, "changed " + b},
		"cut":      {func(m *fsystest.Mem, dir string) { overwrite(t, m, dir+"/"+b, "the sec") }, "changed " + b},
		"emptied":  {func(m *fsystest.Mem, dir string) { overwrite(t, m, dir+"/"+b, "") }, "changed " + b},
		"missing":  {func(m *fsystest.Mem, dir string) { m.Remove(dir + "/" + a) }, "missing " + a},
		"added":    {func(m *fsystest.Mem, dir string) { overwrite(t, m, dir+"/model/x", "") }, "added model/x"},
		"a folder": {func(m *fsystest.Mem, dir string) { m.MkdirAll(dir + "/empty") }, "added empty"},
		"a link": {func(m *fsystest.Mem, dir string) {
			rename(t, m, dir+"/"+b, "/elsewhere")
			m.Symlink("/elsewhere", dir+"/"+b)
		}, "changed " + b},
		"renamed": {func(m *fsystest.Mem, dir string) { rename(t, m, dir+"/"+b, dir+"/c") }, "added c, missing " + b},
		"swapped": {func(m *fsystest.Mem, dir string) {
			rename(t, m, dir+"/"+a, dir+"/x")
			rename(t, m, dir+"/"+b, dir+"/"+a)
			rename(t, m, dir+"/x", dir+"/"+b)
		}, "swapped " + a + ", swapped " + b},
		"manifest gone":    {func(m *fsystest.Mem, dir string) { m.Remove(dir + "/manifest.json") }, "damaged manifest manifest.json"},
		"manifest emptied": {func(m *fsystest.Mem, dir string) { overwrite(t, m, dir+"/manifest.json", "") }, "damaged manifest manifest.json"},
		"other run's manifest": {func(m *fsystest.Mem, dir string) {
			text, _ := readAll(m, dir+"/manifest.json")
			overwrite(t, m, dir+"/manifest.json", resign(strings.Replace(string(text), tonight+"-1", tonight+"-2", 1)))
		}, "swapped manifest.json"},
	} {
		mem := fsystest.NewMem()
		dir := mustWriteRun(t, mem, out, tonight, content, 0)
		test.damage(mem, dir)
		report, err := run.Verify(mem, out+"/current")
		if err != nil {
			t.Errorf("%s: %v", name, err)
		}
		var found []string
		for _, f := range report.Findings {
			found = append(found, string(f.Kind)+" "+f.Path)
			if f.Expected == "" || f.Found == "" {
				t.Errorf("%s: expected or found is empty: %v", name, f)
			}
		}
		if got := strings.Join(found, ", "); got != test.want || report.OK() != (test.want == "") {
			t.Errorf("%s: found %q, want %q", name, got, test.want)
		}
	}
}

// TestVerify_FindsEveryFlippedBit flips each bit of each file of a small run.
func TestVerify_FindsEveryFlippedBit(t *testing.T) {
	mem := fsystest.NewMem()
	dir := mustWriteRun(t, mem, out, tonight, tree{"groups.parquet": "abcdefgh"}, 0)
	for _, name := range []string{"groups.parquet", "manifest.json"} {
		text, err := readAll(mem, dir+"/"+name)
		if err != nil {
			t.Fatal(err)
		}
		for i := range text {
			for bit := range 8 {
				text[i] ^= 1 << bit
				overwrite(t, mem, dir+"/"+name, string(text))
				if report, err := run.Verify(mem, dir); err != nil || report.OK() {
					t.Fatalf("%s: bit %d of byte %d flipped: %v, %v", name, bit, i, report.Findings, err)
				}
				text[i] ^= 1 << bit
			}
		}
		for cut := range len(text) {
			overwrite(t, mem, dir+"/"+name, string(text[:cut]))
			if report, err := run.Verify(mem, dir); err != nil || report.OK() {
				t.Fatalf("%s: cut to %d bytes: %v, %v", name, cut, report.Findings, err)
			}
		}
		overwrite(t, mem, dir+"/"+name, string(text))
	}
	if report, err := run.Verify(mem, dir); err != nil || !report.OK() || report.Files != 1 || report.Bytes != 8 {
		t.Errorf("whole again: %+v, %v", report, err)
	}
}

func TestVerify_FindsExchangedRunFolders(t *testing.T) {
	mem := fsystest.NewMem()
	a := mustWriteRun(t, mem, out, lastNight, someTree(2, 5, "a"), 0)
	b := mustWriteRun(t, mem, out, tonight, someTree(2, 5, "b"), 0)
	rename(t, mem, a, "/x")
	rename(t, mem, b, a)
	rename(t, mem, "/x", b)
	for _, dir := range []string{a, b, out + "/current"} {
		if report, err := run.Verify(mem, dir); err != nil || len(report.Findings) != 1 || report.Findings[0].Kind != run.Swapped {
			t.Errorf("%s: %v, %v", dir, report.Findings, err)
		}
	}
	if _, err := run.Open(mem, out, ""); !errors.Is(err, run.ErrDamaged) {
		t.Errorf("current: %v", err)
	}
}

func TestVerify_TakesACopyUnderAnyName(t *testing.T) {
	mem := fsystest.NewMem()
	dir := mustWriteRun(t, mem, out, tonight, someTree(2, 5, "a"), 0)
	rename(t, mem, dir, "/archive")
	if report, err := run.Verify(mem, "/archive"); err != nil || !report.OK() {
		t.Errorf("%v, %v", report.Findings, err)
	}
}

func TestVerify_NoRun(t *testing.T) {
	if _, err := run.Verify(fsystest.NewMem(), "/nowhere"); !errors.Is(err, run.ErrNoRun) {
		t.Errorf("error: %v", err)
	}
}
