package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"path"
	"strings"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/settings"
	"winback/pipeline/learn"
	"winback/pipeline/run"
	"winback/pipeline/survey"
)

// earlier is a run of an earlier night, whose models may rank tonight.
type earlier struct {
	*run.Run
	asked   run.Asked
	learned *learn.Learned    // nil: the run keeps none
	why     string            // why it keeps none
	values  map[string]string // its settings
}

// findEarlier opens the newest complete run of a day before the as-of day; nil
// where there is none. Runs of the same day do not count, so that a night twice
// gives the same bytes, but with --refit never, which then scores with them.
func (n *nightly) findEarlier(asOf data.Day) (*earlier, error) {
	if n.synthetic && n.s.Refit != settings.RefitNever { // an invented shop has no nights before
		return nil, nil
	}
	names, err := run.Runs(n.files, n.s.Out)
	if err != nil {
		return nil, unreadableRun(err)
	}
	newest := run.Name{}
	for _, name := range names {
		if before := strings.Compare(name.AsOf, asOf.String()); before < 0 || before == 0 && n.s.Refit == settings.RefitNever {
			newest = name // they are in order
		}
	}
	if newest.N == 0 {
		return nil, nil
	}
	e, err := openEarlier(n.files, n.s.Out, newest.String())
	if err != nil && n.s.Refit == settings.RefitNow { // it is not needed
		n.ui.Warn(fmt.Sprintf("run %s cannot be read, so nothing of it is kept: %v", newest, err))
		return nil, nil
	}
	if err != nil {
		return nil, &ExitError{Code(unreadableRun(err)), fmt.Errorf("%w (--refit now learns without it)", err)}
	}
	return e, nil
}

// openEarlier opens a run, name as in run.Find; nil for one of an older winback.
func openEarlier(files fsys.FS, out, name string) (*earlier, error) {
	r, err := run.Open(files, out, name, append(learn.KeptFiles(), run.ScoresFile)...)
	if errors.Is(err, run.ErrVersion) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadableRun(err)
	}
	e := &earlier{Run: r}
	if e.asked, err = r.Asked(); err != nil {
		return nil, err
	}
	if err := json.Unmarshal(r.Manifest.Settings, &e.values); err != nil {
		return nil, &data.InputError{Path: path.Join(r.Dir, run.ManifestFile), Err: err}
	}
	e.learned, err = learn.ReadLearned(r.Content)
	if errors.Is(err, learn.ErrNotKept) {
		e.why = err.Error()
		return e, nil
	}
	if err != nil {
		return nil, fmt.Errorf("run %s: %w", name, err)
	}
	return e, nil
}

// name is that of the run.
func (e *earlier) name() string { return e.Manifest.RunID }

// input is the run as an input of tonight's: its manifest, which has the digests
// of all others of its files.
func (e *earlier) input() run.Input {
	return run.Input{Path: path.Join("runs", e.name(), run.ManifestFile), SHA256: e.Manifest.SHA256, Run: e.name()}
}

// keepLapsedRule keeps the number of days of the run where tonight's differs from
// it by no more than its own uncertainty.
func (e *earlier) keepLapsedRule(rule survey.LapsedRule, low, high int, always bool) survey.LapsedRule {
	if e == nil || !rule.Auto || e.values["lapsed-after"] != "auto" || e.asked.LapsedAfterDays == 0 {
		return rule
	}
	if was := e.asked.LapsedAfterDays; always || was >= low && was <= high {
		return rule.Kept(was, low, high)
	}
	return rule
}
