package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"syscall"

	"winback/internal/fsys"
	"winback/internal/objectstore"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/ledger"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// VerifySettings are what Verify reads.
type VerifySettings struct{ settings.Runs }

// Settings lists them.
func (s *VerifySettings) Settings() []settings.Setting { return settings.Rows(&s.Runs) }

// Verify checks the digests of a published run, and the ledger of s.Out, and prints
// what does not fit. name
// is that of a run in s.Out, such as 2007-11-15-1, or a run folder; empty
// for the newest run. A run that does not fit is an error with ExitInput.
func Verify(_ context.Context, s VerifySettings, name string, ui console.UI) error {
	files := settings.Files()
	entries, problems, err := ledger.Verify(files, s.Out)
	if err != nil {
		return unreadableRun(err)
	}
	err = verifyRun(files, s.Out, name, ui)
	if name == "" && entries+len(problems) > 0 && errors.Is(err, run.ErrNoRun) {
		err = nil // a ledger of campaigns that were drawn elsewhere
	}
	if entries+len(problems) > 0 && (err == nil || errors.As(err, new(*ExitError))) {
		err = errors.Join(err, verifiedLedger(s.Out, entries, problems, ui))
	}
	return err
}

// verifiedLedger says what is wrong with the ledger.
func verifiedLedger(out string, entries int, problems []error, ui console.UI) error {
	at := fsys.Join(out, run.LedgerFolder)
	if len(problems) == 0 {
		return ui.Print(fmt.Sprintf("%s: %s, all as written, the chain is whole.", at, wording.Plural(int64(entries), "entry", "entries")))
	}
	for _, problem := range problems {
		if err := ui.Print(problem.Error()); err != nil {
			return err
		}
	}
	return &ExitError{ExitInput, fmt.Errorf("%s: %d findings: the ledger is not as it was written", at, len(problems))}
}

// verifyRun checks one run.
func verifyRun(files fsys.FS, out, name string, ui console.UI) error {
	dir, err := run.Find(files, out, name)
	if err != nil {
		return unreadableRun(err)
	}
	report, err := run.Verify(files, dir)
	if err != nil {
		return unreadableRun(err)
	}
	if report.OK() {
		return ui.Print(fmt.Sprintf("%s: %d files, %s bytes, all as published.", dir, report.Files, wording.Thousands(report.Bytes)))
	}
	for _, finding := range report.Findings {
		if err := ui.Print(finding.String()); err != nil {
			return err
		}
	}
	return &ExitError{ExitInput, fmt.Errorf("%s: %d findings: the run is not as it was published", dir, len(report.Findings))}
}

// openRun opens the newest run of an output folder for files and folders of it.
// Its error has its exit code.
func openRun(files fsys.FS, out string, needs ...string) (*run.Run, error) {
	r, err := run.Open(files, out, "", needs...)
	return r, unreadableRun(err)
}

// unreadableRun gives the error of a published run its exit code: what is not there
// or does not fit is the input's fault, what the file system refused is not, whichever
// file of the run it was.
func unreadableRun(err error) error {
	for _, cause := range []error{run.ErrNoRun, run.ErrDamaged, run.ErrVersion, fs.ErrNotExist, objectstore.ErrNoBucket} {
		if errors.Is(err, cause) {
			return &ExitError{ExitInput, err}
		}
	}
	var errno syscall.Errno
	if errors.As(err, &errno) {
		return &ExitError{ExitIO, err}
	}
	var wrong *run.Error
	if errors.As(err, &wrong) && wrong.Stage == run.StageRead && Code(err) == ExitOther { // such as a file where the link should be
		return &ExitError{ExitInput, err}
	}
	return err
}
