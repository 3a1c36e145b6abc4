package run

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"syscall"

	"winback/data"
	"winback/internal/fsys"
)

// Run is a published run open for reading. It hands out what it was opened for
// and nothing else.
type Run struct {
	Dir      string // the newest run's own folder, not the link that moves when another one is published
	Manifest Manifest
	AsOf     data.Day

	files fsys.FS
	needs []string
}

// Open opens a run for reading; which one is said as in Find. needs are the
// files and folders of the run that are to be read: all of them are there, with
// the bytes that were published, and no other file is in these folders. The
// error wraps ErrNoRun where there is no such run, ErrDamaged where manifest or
// files do not fit, ErrVersion where another version of winback wrote it.
func Open(files fsys.FS, out, name string, needs ...string) (*Run, error) {
	dir, err := Find(files, out, name)
	if err != nil {
		return nil, err
	}
	r := &Run{Dir: dir, files: files, needs: needs}
	if r.Manifest, err = ReadManifest(files, dir); err != nil {
		return nil, err
	}
	if _, foreign := foreignManifest(files, dir, r.Manifest); foreign {
		return nil, fail(StageRead, dir, fmt.Errorf("%w: the manifest is that of run %s", ErrDamaged, r.Manifest.RunID))
	}
	if r.AsOf, err = data.ParseDay(r.Manifest.AsOf); err != nil {
		return nil, fail(StageRead, fsys.Join(dir, ManifestFile), fmt.Errorf("%w: %w", ErrDamaged, err))
	}
	return r, r.check()
}

// Find says in which folder a run lies: name is that of a run in the output
// folder out, such as 2007-11-15-1, or a run folder; empty for the newest
// complete run. The error wraps ErrNoRun where it is not there.
func Find(files fsys.FS, out, name string) (dir string, err error) {
	if err := CheckForgetting(files, out); err != nil {
		return "", err
	}
	if name == "" {
		return newest(files, out)
	}
	if _, err = files.Stat(name); !errors.Is(err, fs.ErrNotExist) {
		return name, fail(StageRead, name, err)
	}
	dir = name
	if parsed, err := ParseName(name); err == nil {
		dir = FolderOf(out, parsed)
	}
	if _, err = files.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w; there %s", ErrNoRun, there(files, out))
	}
	return dir, fail(StageRead, dir, err)
}

// there says which runs there are.
func there(files fsys.FS, out string) string {
	names, err := Runs(files, out)
	if err != nil || len(names) == 0 {
		return "is none in " + out + ": winback run makes one"
	}
	var texts []string
	for _, name := range names[max(0, len(names)-3):] {
		texts = append(texts, name.String())
	}
	return "are " + strings.Join(texts, ", ") + " (winback runs lists all)"
}

// newest is the folder that current points to.
func newest(files fsys.FS, out string) (string, error) {
	target, err := pointer(files, out)
	if err != nil {
		return "", err
	}
	link := fsys.Join(out, currentLink)
	if target == "" {
		return "", fail(StageRead, link, fmt.Errorf("%w in this output folder: start one with winback run, or name another folder with --out", ErrNoRun))
	}
	dir := fsys.Join(out, filepath.FromSlash(target))
	if _, err := files.Stat(dir); errors.Is(err, fs.ErrNotExist) {
		return "", fail(StageRead, link, fmt.Errorf("%w: it points to %s, which is gone; there %s", ErrNoRun, target, there(files, out)))
	}
	return dir, nil
}

// pointer reads where current points to, as runs/<name>; empty where there is
// no pointer.
func pointer(files fsys.FS, out string) (string, error) {
	link := fsys.Join(out, currentLink)
	target, err := files.Readlink(link)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if errors.Is(err, syscall.EINVAL) {
		return "", fail(StageRead, link, errors.New("want a link to runs/<as-of>-<n>, found a file or folder"))
	}
	if err != nil {
		return "", fail(StageRead, link, err)
	}
	name, ok := strings.CutPrefix(filepath.ToSlash(target), runsFolder+"/")
	if ok {
		_, err = ParseName(name)
	}
	if !ok || err != nil {
		return "", fail(StageRead, link, fmt.Errorf("want a link to runs/<as-of>-<n>, found one to %q", target))
	}
	return runsFolder + "/" + name, nil
}

// Runs lists the complete runs of an output folder, the oldest first.
func Runs(files fsys.FS, out string) ([]Name, error) {
	found, err := scan(files, out)
	var names []Name
	for _, c := range found.complete {
		names = append(names, c.name)
	}
	return names, err
}

// needed says whether the run was opened for the file at a path.
func (r *Run) needed(path string) bool {
	return slices.ContainsFunc(r.needs, func(need string) bool { return path == need || strings.HasPrefix(path, need+"/") })
}

// check compares the files that are needed with the manifest.
func (r *Run) check() error {
	if len(r.needs) == 0 {
		return nil
	}
	report := Report{RunDir: r.Dir, Manifest: Manifest{RunID: r.Manifest.RunID}}
	for _, f := range r.Manifest.Files {
		if r.needed(f.Path) {
			report.Manifest.Files = append(report.Manifest.Files, f)
		}
	}
	found, err := list(r.files, r.Dir, "", ManifestFile)
	if err != nil {
		return err
	}
	found = slices.DeleteFunc(found, func(e entry) bool { return !r.needed(e.path) })
	if err := report.compare(r.files, found); err != nil || report.OK() {
		return err
	}
	first := report.Findings[0]
	return fail(StageRead, fsys.Join(r.Dir, first.Path), fmt.Errorf("%w: %s: want %s, found %s", ErrDamaged, first.Kind, first.Expected, first.Found))
}
