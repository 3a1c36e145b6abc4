package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/publish"
)

// VerifySettings are what Verify reads.
type VerifySettings struct{ settings.Runs }

// Settings lists them.
func (s *VerifySettings) Settings() []settings.Setting { return settings.Rows(&s.Runs) }

// Verify checks the digests of a published run and prints what does not fit. run
// is the name of a run in s.Out, such as 2007-11-15-1, or a run folder; empty
// for the newest run. A run that does not fit is an error with ExitInput.
func Verify(_ context.Context, s VerifySettings, run string, ui console.UI) error {
	files := fsys.OS()
	dir, err := runFolder(files, s.Out, run)
	if err != nil {
		return unreadableRun(err)
	}
	report, err := publish.Verify(files, dir)
	if err != nil {
		return unreadableRun(err)
	}
	if report.OK() {
		return ui.Print(fmt.Sprintf("%s: %d files, %s bytes, all as published.", dir, report.Files, Thousands(report.Bytes)))
	}
	for _, finding := range report.Findings {
		if err := ui.Print(finding.String()); err != nil {
			return err
		}
	}
	return &ExitError{ExitInput, fmt.Errorf("%s: %d findings: the run is not as it was published", dir, len(report.Findings))}
}

func runFolder(files fsys.FS, out, run string) (string, error) {
	if run == "" {
		dir, _, err := publish.Current(files, out)
		if errors.Is(err, publish.ErrDamaged) && dir != "" {
			err = nil // what is damaged is for the report
		}
		return dir, err
	}
	if name, err := publish.ParseName(run); err == nil {
		if _, err := files.Stat(run); errors.Is(err, fs.ErrNotExist) {
			return publish.RunDir(out, name), nil
		}
	}
	return run, nil
}
