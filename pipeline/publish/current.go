package publish

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"
	"syscall"

	"winback/internal/fsys"
)

// Current finds the newest complete run of an output folder and reads its
// manifest. The folder that comes back is that of the run itself and stays the
// same when another run is published meanwhile. The error wraps ErrNoRun where
// nothing was published yet, and ErrDamaged where the manifest is missing or
// spoiled; the files are checked by Verify alone.
func Current(files fsys.FS, out string) (runDir string, m Manifest, err error) {
	target, err := pointer(files, out)
	if err != nil {
		return "", m, err
	}
	link := filepath.Join(out, currentLink)
	if target == "" {
		return "", m, fail(StageRead, link, fmt.Errorf("%w in this output folder: start one with winback run", ErrNoRun))
	}
	runDir = filepath.Join(out, filepath.FromSlash(target))
	if _, err := files.Stat(runDir); errors.Is(err, fs.ErrNotExist) {
		return "", m, fail(StageRead, link, fmt.Errorf("%w: it points to %s, which is gone", ErrNoRun, target))
	}
	m, err = ReadManifest(files, runDir)
	if err == nil && m.RunID != filepath.Base(runDir) {
		err = fail(StageRead, runDir, fmt.Errorf("%w: the manifest is that of run %s", ErrDamaged, m.RunID))
	}
	return runDir, m, err
}

// pointer reads where current points to, as runs/<name>; empty where there is
// no pointer.
func pointer(files fsys.FS, out string) (string, error) {
	link := filepath.Join(out, currentLink)
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
