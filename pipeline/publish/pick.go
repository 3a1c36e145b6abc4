package publish

import (
	"fmt"
	"path"

	"winback/internal/fsys"
)

// CheckFiles compares some files of a run with its manifest: those that want
// picks by their path are all there, with the bytes that were published, and no
// other such file is. What does not fit is an error that wraps ErrDamaged.
func CheckFiles(files fsys.FS, runDir string, m Manifest, want func(path string) bool) error {
	report := Report{RunDir: runDir, Manifest: Manifest{RunID: m.RunID}}
	for _, f := range m.Files {
		if want(f.Path) {
			report.Manifest.Files = append(report.Manifest.Files, f)
		}
	}
	found, err := list(files, runDir, "")
	if err != nil {
		return err
	}
	var picked []entry
	for _, e := range found {
		if want(e.path) {
			picked = append(picked, e)
		}
	}
	if err := report.compare(files, picked); err != nil || report.OK() {
		return err
	}
	first := report.Findings[0]
	return fail(StageRead, path.Join(runDir, first.Path), fmt.Errorf("%w: %s: want %s, found %s", ErrDamaged, first.Kind, first.Expected, first.Found))
}
