package jobs

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"time"

	"winback/data/orders"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/forget"
	"winback/pipeline/plan"
	"winback/pipeline/run"
	"winback/pipeline/wording"
)

// ForgetSettings are what Forget reads.
type ForgetSettings struct {
	settings.Forgotten
	settings.Secret
	settings.Runs
	settings.KeptHistory
	settings.Modes
}

// Settings lists them.
func (s *ForgetSettings) Settings() []settings.Setting {
	return settings.Rows(&s.Forgotten, &s.Secret, &s.Runs, &s.KeptHistory, &s.Modes)
}

// Forget removes customers from all runs in s.Out, from its ledger and other tables,
// and from s.Store, but for a keyed hash. It may be called again after a crash, with
// the same end.
func Forget(_ context.Context, s ForgetSettings, customers []string, ui console.UI) error {
	if err := settings.OnDisk("--out", s.Out); err != nil {
		return err
	}
	f := &forgetter{s.FS(), ui, time.Now}
	return f.forget(&s, customers)
}

type forgetter struct {
	files fsys.FS
	ui    console.UI
	now   func() time.Time
}

func (f *forgetter) forget(s *ForgetSettings, customers []string) error {
	ids, err := f.whom(s, customers)
	if err != nil {
		return err
	}
	dropped := false
	report, err := forget.Do(f.files, s.Out, forget.Asked{
		Customers: ids, Key: []byte(s.HoldoutKey), Now: f.now(), ToolVersion: Version(),
		DropCaches: func() (err error) {
			if s.Store != "" {
				dropped, err = orders.DropStore(f.files, s.Store)
			}
			return err
		},
	})
	if errors.Is(err, fs.ErrNotExist) && report == nil {
		return &ExitError{ExitInput, fmt.Errorf("%w: name the folder of the runs with --out", err)}
	}
	if err != nil {
		return unreadableForgotten(unreadableLedger(err))
	}
	if dropped {
		f.ui.Note(s.Store + ": all kept lines removed, since they cannot be removed by customer; the next run reads all order files")
	}
	return f.tell(s, report)
}

// whom reads the ids of the command line, or of the file.
func (f *forgetter) whom(s *ForgetSettings, customers []string) (*plan.Suppressions, error) {
	if (s.ListFile == "") == (len(customers) == 0) {
		return nil, usage("--file", errors.New("want the ids of customers to forget, or a file of them"))
	}
	if slices.ContainsFunc(customers, func(id string) bool { return strings.TrimSpace(id) == "" }) {
		return nil, usage("forget", errors.New("an id is empty"))
	}
	ids := plan.NewSuppressions(customers)
	if s.ListFile != "" {
		var err error
		if ids, err = plan.ReadSuppressions(f.files, s.ListFile); err != nil {
			return nil, &ExitError{ExitInput, fmt.Errorf("--file: %w", err)}
		}
	}
	if ids.Shortened > 0 {
		return nil, &ExitError{ExitInput, fmt.Errorf("%s in scientific notation, such as a spreadsheet makes of long numbers: whom they mean is lost; export the ids as text", wording.Counted(ids.Shortened, "id"))}
	}
	return ids, nil
}

// tell says what was done, by counts alone.
func (f *forgetter) tell(s *ForgetSettings, r *forget.Report) error {
	if r.Resumed {
		f.ui.Note("went on with what an earlier winback forget had begun: what that one removed is not counted here")
	}
	var lines []string
	for _, p := range r.Places {
		lines = append(lines, fmt.Sprintf("%s: %s removed from %s", p.Path, wording.Counted(p.Customers, "customer"), wording.Counted(p.Files, "file")))
	}
	if len(r.Places) == 0 {
		lines = append(lines, "Nothing in "+s.Out+" holds any of them.")
	}
	lines = append(lines, fmt.Sprintf("%s forgotten, %s before now; %s keeps a hash of each, so that later runs leave them out of every list.",
		wording.Counted(r.Customers, "customer"), wording.Thousands(int64(r.Customers-r.New)), run.ForgottenFile))
	if s.Store == "" {
		lines = append(lines, "No --store was named: one that keeps the history still holds them.")
	}
	if len(r.Unknown) > 0 {
		named := r.Unknown[:min(len(r.Unknown), 5)]
		if more := len(r.Unknown) - len(named); more > 0 {
			named = append(slices.Clone(named), wording.Thousands(int64(more))+" more")
		}
		lines = append(lines, fmt.Sprintf("Not looked into, since they are order files or no tables of winback: %s.", strings.Join(named, ", ")))
	}
	return f.ui.Print(append(lines, "Order files, lists handed out and what lies elsewhere are not touched: remove them there too.")...)
}
