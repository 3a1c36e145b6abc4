package run_test

import (
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/internal/fsys"
	"winback/internal/fsys/fsystest"
	"winback/pipeline/run"
)

func TestPublish_LaysOutTheFolderAsPromised(t *testing.T) {
	for name, files := range map[string]fsys.FS{"disk": fsys.OS(), "memory": fsystest.NewMem()} {
		dir := filepath.Join(t.TempDir(), "deep", "out")
		first := mustWriteRun(t, files, dir, tonight, someTree(3, 20, "x"), 0)
		second := mustWriteRun(t, files, dir, tonight, someTree(3, 20, "x"), 0)
		if first != filepath.Join(dir, "runs", tonight+"-1") || second != filepath.Join(dir, "runs", tonight+"-2") {
			t.Errorf("%s: runs %s, %s", name, first, second)
		}
		if target, err := files.Readlink(filepath.Join(dir, "current")); err != nil || target != "runs/"+tonight+"-2" {
			t.Errorf("%s: current -> %q, %v", name, target, err)
		}
		if found := names(t, files, dir); !slices.Equal(found, []string{".lock", "current", "runs"}) {
			t.Errorf("%s: output folder holds %v", name, found)
		}
	}
}

func TestPublish_RerunIsByteIdenticalButForTheManifest(t *testing.T) {
	for seed := range 20 {
		mem := fsystest.NewMem()
		content := someTree(seed%7, 10*seed, "seed")
		a, errA := readTree(mem, mustWriteRun(t, mem, out, lastNight, content, 0))
		b, errB := readTree(mem, mustWriteRun(t, mem, out, tonight, content, 0))
		if errA != nil || errB != nil || !same(a, b) || !same(a, content) {
			t.Errorf("%d files: trees differ (%v, %v)", len(content), errA, errB)
		}
	}
}

func TestPublish_KeepsTheNewestRunsAndTheOneBefore(t *testing.T) {
	for keep, want := range map[int][]string{
		0: {"2007-11-01-1", "2007-11-02-1", "2007-11-02-2", "2007-11-03-1", "2007-11-04-1"},
		1: {"2007-11-03-1", "2007-11-04-1"},
		2: {"2007-11-03-1", "2007-11-04-1"},
		3: {"2007-11-02-2", "2007-11-03-1", "2007-11-04-1"},
		9: {"2007-11-01-1", "2007-11-02-1", "2007-11-02-2", "2007-11-03-1", "2007-11-04-1"},
	} {
		mem := fsystest.NewMem()
		for _, day := range []string{"2007-11-01", "2007-11-02", "2007-11-02", "2007-11-03", "2007-11-04"} {
			mustWriteRun(t, mem, out, day, someTree(2, 5, day), keep)
		}
		if found := names(t, mem, out+"/runs"); !slices.Equal(found, want) {
			t.Errorf("keep %d: found %v, want %v", keep, found, want)
		}
	}
}

// A run of an old day, written now, is new: what goes first is what was
// written first.
func TestPublish_KeepGoesByTheTimeOfWriting(t *testing.T) {
	mem := fsystest.NewMem()
	for i, asOf := range []string{"2007-11-10", "2007-11-11", "2006-01-01", "2007-11-12"} {
		draft, err := run.Begin(mem, out, asOf, run.Options{Keep: 3})
		if err != nil {
			t.Fatal(err)
		}
		m := manifestOf("2007-12-01")
		m.Finished = m.Finished.AddDate(0, 0, i)
		if _, err := draft.Publish(m); err != nil {
			t.Fatal(err)
		}
	}
	want := []string{"2006-01-01-1", "2007-11-11-1", "2007-11-12-1"}
	if found := names(t, mem, out+"/runs"); !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
	runs, err := run.Runs(mem, out)
	if err != nil || len(runs) != 3 || runs[0].AsOf != "2007-11-11" || runs[2].AsOf != "2007-11-12" {
		t.Errorf("runs by time of writing: %v, %v", runs, err)
	}
}

func TestBegin_SweepsWhatHasNoValidManifest(t *testing.T) {
	mem := fsystest.NewMem()
	for _, day := range []string{"2007-11-10", "2007-11-11", "2007-11-12"} {
		mustWriteRun(t, mem, out, day, someTree(2, 5, day), 0)
	}
	overwrite(t, mem, out+"/runs/2007-11-10-1/manifest.json", "{}")
	overwrite(t, mem, out+"/runs/2007-11-13-7/groups.parquet", "of a dead run")
	overwrite(t, mem, out+"/runs/notes.txt", "of a person")
	overwrite(t, mem, out+"/.winback-new-2007-11-13-8/groups.parquet", "of a dead run")

	draft, err := run.Begin(mem, out, "2007-11-13", run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Abort()
	want := []string{"2007-11-11-1", "2007-11-12-1", "notes.txt"}
	if found := names(t, mem, out+"/runs"); !slices.Equal(found, want) {
		t.Errorf("found %v, want %v", found, want)
	}
	if swept := draft.Swept(); len(swept) != 2 || !strings.HasSuffix(swept[1], "2007-11-13-7") {
		t.Errorf("swept %v", swept)
	}
	if draft.Name().String() != "2007-11-13-8" {
		t.Errorf("name %s: a number was used twice", draft.Name())
	}
}

func TestBegin_LeavesADamagedCurrentRunToLookInto(t *testing.T) {
	mem := fsystest.NewMem()
	dir := mustWriteRun(t, mem, out, lastNight, someTree(2, 5, "x"), 0)
	overwrite(t, mem, dir+"/manifest.json", "{}")
	draft, err := run.Begin(mem, out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := mem.Stat(dir); err != nil {
		t.Error(err)
	}
	if _, err := run.Open(mem, out, ""); !errors.Is(err, run.ErrDamaged) {
		t.Errorf("current: %v", err)
	}
	if _, err := draft.Publish(manifestOf(tonight)); err != nil {
		t.Fatal(err)
	}
	mustWriteRun(t, mem, out, tonight, nil, 0)
	if err := tidy(mem, 0); err != nil {
		t.Errorf("a damaged run stays though it is not current any more: %v", err)
	}
}

func TestBegin_LeavesRunsOfANewerFormat(t *testing.T) {
	mem := fsystest.NewMem()
	dir := mustWriteRun(t, mem, out, lastNight, someTree(2, 5, "x"), 0)
	text, err := readAll(mem, dir+"/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	overwrite(t, mem, dir+"/manifest.json", resign(strings.Replace(string(text), `"format_version": 2`, `"format_version": 3`, 1)))
	mustWriteRun(t, mem, out, tonight, nil, 0)
	if _, err := mem.Stat(dir + "/manifest.json"); err != nil {
		t.Error(err)
	}
	if _, err := run.ReadManifest(mem, dir); !errors.Is(err, run.ErrVersion) || !strings.Contains(err.Error(), "want 2, found 3") {
		t.Errorf("error: %v", err)
	}
}

func TestBegin_RefusesAWrongDay(t *testing.T) {
	for _, day := range []string{"", "2007-13-01", "2007-1-1", "../../etc", "2007-11-15 "} {
		if _, err := run.Begin(fsystest.NewMem(), out, day, run.Options{}); err == nil {
			t.Errorf("day %q was taken", day)
		}
	}
}

func TestBegin_RefusesAPointerThatIsNotOurs(t *testing.T) {
	mem := fsystest.NewMem()
	if err := mem.MkdirAll(out); err != nil {
		t.Fatal(err)
	}
	if err := mem.Symlink("/somewhere", out+"/current"); err != nil {
		t.Fatal(err)
	}
	_, err := run.Begin(mem, out, tonight, run.Options{})
	if err == nil || !strings.Contains(err.Error(), `found one to "/somewhere"`) {
		t.Errorf("error: %v", err)
	}
	overwrite(t, mem, out+"/current", "a file")
	_, err = run.Begin(mem, out, tonight, run.Options{})
	if err == nil || !strings.Contains(err.Error(), "found a file or folder") {
		t.Errorf("error: %v", err)
	}
}

func TestCreate_RefusesNamesOutsideTheRun(t *testing.T) {
	draft, err := run.Begin(fsystest.NewMem(), out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer draft.Abort()
	for _, name := range []string{"", ".", "..", "../x", "/etc/x", "a//b", "a/../b", "manifest.json"} {
		if _, err := draft.Create(name); err == nil {
			t.Errorf("name %q was taken", name)
		}
	}
	if err := writeFile(draft, "a", "1"); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"a", "a/b"} {
		if _, err := draft.Create(name); err == nil {
			t.Errorf("name %q was taken beside the file a", name)
		}
	}
}

func TestAbort_LeavesNothingAndIsHarmlessTwice(t *testing.T) {
	mem := fsystest.NewMem()
	draft, err := run.Begin(mem, out, tonight, run.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := writeFile(draft, "a/b/c", "1"); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		if err := draft.Abort(); err != nil {
			t.Error(err)
		}
	}
	if found := names(t, mem, out); !slices.Equal(found, []string{".lock", "runs"}) {
		t.Errorf("left behind: %v", found)
	}
	if _, err := draft.Create("late"); err == nil {
		t.Error("a discarded run takes files")
	}
	if dir, err := draft.Publish(manifestOf(tonight)); dir != "" || err == nil {
		t.Errorf("a discarded run was published: %q, %v", dir, err)
	}
	mustWriteRun(t, mem, out, tonight, nil, 0)
	if err := draft.Abort(); err != nil {
		t.Error(err)
	}
}

func TestOpen_SaysWhatIsMissing(t *testing.T) {
	mem := fsystest.NewMem()
	_, err := run.Open(mem, out, "")
	if !errors.Is(err, run.ErrNoRun) || !strings.Contains(err.Error(), out) {
		t.Errorf("empty folder: %v", err)
	}
	dir := mustWriteRun(t, mem, out, tonight, nil, 0)
	r, err := run.Open(mem, out, "")
	if err != nil || r.Dir != dir || r.Manifest.RunID != tonight+"-1" || r.AsOf.String() != tonight {
		t.Errorf("found %+v, %v", r, err)
	}
	if err := mem.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if _, err := run.Open(mem, out, ""); !errors.Is(err, run.ErrNoRun) || !strings.Contains(err.Error(), "gone") {
		t.Errorf("dangling pointer: %v", err)
	}
}
