package jobs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"

	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/run"
)

// ModelSettings are what Model reads.
type ModelSettings struct {
	settings.Runs
	settings.ModelForm
	settings.File
}

// Settings lists them.
func (s *ModelSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Runs, &s.ModelForm, &s.File)
}

// Model writes the boosted trees of a run, name as in run.Find, in the form of
// another program. A run that has none to rank with is an error with ExitInput.
func Model(_ context.Context, s ModelSettings, name string, ui console.UI) error {
	files := settings.Files()
	stored, err := openStored(files, s.Out, name)
	if err != nil {
		return err
	}
	part, input, write := stored.learned.LightGBM()
	if s.Output == "" {
		buffered := bufio.NewWriter(ui.Out)
		err = errors.Join(write(buffered), buffered.Flush())
	} else {
		err = run.WriteFile(files, s.Output, func(w io.Writer) error { return write(w) })
	}
	if err != nil {
		return err
	}
	ui.Note(fmt.Sprintf("Model %s of run %s as %s, which sees %s%s", part, stored.name(), s.Format, input, into(s.Output)))
	return nil
}
