package jobs

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"path"
	"strings"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/campaign"
	"winback/pipeline/learn"
	"winback/pipeline/ledger"
	"winback/pipeline/page"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/scoring"
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
		before := strings.Compare(name.AsOf, asOf.String())
		if (before < 0 || before == 0 && n.s.Refit == settings.RefitNever) && name.Compare(newest) > 0 { // they are in the order of publishing
			newest = name
		}
	}
	if newest.N == 0 {
		return nil, nil
	}
	e, err := openEarlier(n.files, n.s.Out, run.FolderOf(n.s.Out, newest))
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
		return nil, &data.InputError{Path: fsys.Join(r.Dir, run.ManifestFile), Err: err}
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

// frozenGroups are those of the campaign that --groups-from names, as its newest
// launch froze them; nil where it names none.
func (n *nightly) frozenGroups(asOf data.Day) (*learn.FrozenGroups, error) {
	name := n.s.GroupsFrom
	if name == "" {
		return nil, nil
	}
	if err := campaign.CheckKnown(n.told, name); err != nil {
		return nil, usage("--groups-from", err)
	}
	var newest *ledger.Entry
	for _, e := range n.told.InForce(asOf.String(), ledger.Launch) {
		if e.Campaign == name && e.Has(campaign.NumbersFile) {
			newest = e
		}
	}
	if newest == nil {
		return nil, usage("--groups-from", fmt.Errorf("campaign %s has no groups to keep: it was drawn elsewhere, or launched after %s", name, asOf))
	}
	tree, err := newest.Content(campaign.RulesFile)
	if err != nil {
		return nil, err
	}
	numbers, err := newest.Content(campaign.NumbersFile)
	if err != nil {
		return nil, err
	}
	frozen, err := learn.ReadFrozen(tree, numbers)
	if err != nil {
		return nil, &data.InputError{Path: path.Join(run.LedgerFolder, newest.Name(), campaign.RulesFile), Err: err}
	}
	return frozen, nil
}

// moves compares the groups with those of the earlier run: both list customers
// by id. nil where there is no such run.
func (e *earlier) moves(groups *plan.Groups) (*learn.Moves, error) {
	if e == nil {
		return nil, nil
	}
	m := &learn.Moves{Run: e.name()}
	nextRow, stop := iter.Pull2(e.ScoreGroups())
	defer stop()
	row, err, more := nextRow()
	failed := groups.Lapsed.Each(func(l *scoring.Lapsed) error {
		for i, id := range l.IDs {
			for err == nil && more && row.CustomerID < id {
				m.Left++
				row, err, more = nextRow()
			}
			if err != nil {
				return unreadableRun(err)
			}
			if !more || row.CustomerID != id {
				m.Came++
				continue
			}
			m.Stayed++
			if groups.Ranking.GroupOfLeaf(l.Leaf[i]) != row.Group {
				m.Moved++
			}
			row, err, more = nextRow()
		}
		return nil
	})
	for ; failed == nil && err == nil && more; row, err, more = nextRow() {
		m.Left++
	}
	if failed == nil && err != nil {
		failed = unreadableRun(err)
	}
	return m, failed
}

// movesLines say on the screen who came, left and moved.
func movesLines(d *learn.Learned) []string {
	if d.Evaluation.Since == nil {
		return nil
	}
	return append(console.Wrap(page.MovesWords(&d.Evaluation), console.Width), "")
}
