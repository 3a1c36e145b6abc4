package jobs

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"

	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/reach"
	"winback/jobs/settings"
	"winback/pipeline/handout"
	"winback/pipeline/plan"
	"winback/pipeline/pool"
	"winback/pipeline/run"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// ErrAddressesAlone says that a list of opt-outs is mostly addresses, which are held
// against contact data alone.
var ErrAddressesAlone = errors.New("addresses are known to winback pull --join alone")

// pulledByAddress says when people are left out who are named by an address.
const pulledByAddress = "winback pull --join contacts.csv leaves them out"

// withForgotten adds to a list of opt-outs, which may be nil, those who were forgotten
// in an output folder.
func withForgotten(files fsys.FS, out, key string, suppressed *plan.Suppressions) (*plan.Suppressions, error) {
	forgotten, err := plan.ReadForgotten(files, fsys.Join(out, run.ForgottenFile), []byte(key))
	return suppressed.Without(forgotten), unreadableForgotten(err)
}

// unreadableForgotten gives the error of a list of forgotten customers its exit code.
func unreadableForgotten(err error) error {
	if errors.Is(err, plan.ErrForgottenKey) {
		return usage("--holdout-key", fmt.Errorf("%w: without the key of that time nobody can tell who was forgotten", err))
	}
	return unreadableRun(err)
}

// optOuts is a list of customers to leave out, and whether it may be odd.
type optOuts struct {
	settings.Suppression
	settings.Acceptance
	settings.Pooled
}

// read reads the list; nil where none is named. Ids that a spreadsheet has shortened stop, unless that is accepted.
func (s optOuts) read(files fsys.FS) (*plan.Suppressions, error) {
	path := s.SuppressFile
	if path == "" {
		return nil, nil
	}
	suppressed, err := plan.ReadSuppressions(files, path)
	switch {
	case errors.Is(err, plan.ErrNoSuppressions):
		return nil, &ExitError{ExitGate, err}
	case err != nil:
		return nil, &ExitError{ExitInput, err}
	case suppressed.Shortened > 0 && !s.Accept:
		return nil, &ExitError{ExitGate, fmt.Errorf("suppression list %s: %s in scientific notation, such as a spreadsheet makes of long numbers, or larger than their type can tell apart: "+
			"whom they mean is lost; export the ids as text (--accept leaves them out of the list)", path, wording.Counted(suppressed.Shortened, "id"))}
	}
	if s.PoolDir == "" {
		return suppressed, nil
	}
	m, err := pool.Open(files, s.PoolDir)
	if err != nil {
		return nil, err
	}
	return suppressed.Renamed(m.Each), nil
}

// knownInOrders holds the list against the customers of the orders.
func (s optOuts) knownInOrders(ctx context.Context, h *history, suppressed *plan.Suppressions, workers int, ui console.UI) (*plan.KnownSuppressions, error) {
	if suppressed.Len() == 0 {
		return nil, nil
	}
	known, err := plan.CountNamed(ctx, h.orders, suppressed, workers)
	if err != nil {
		return nil, err
	}
	return known, s.judgeKnown(known, "these orders", pulledByAddress, func(text string) {
		h.findings = append(h.findings, survey.Finding{Text: text})
		ui.Warn(text)
	})
}

// CheckOptOuts reads the opt-out list of s and holds it against the newest run, as a list
// without contact data does before it is handed out.
func CheckOptOuts(ctx context.Context, s PullSettings, ui console.UI) error {
	files := s.FS()
	optOuts := optOuts{s.Suppression, s.Acceptance, s.Pooled}
	suppressed, err := optOuts.read(files)
	if err != nil || suppressed == nil {
		return err
	}
	r, err := openRun(files, s.Out, run.CustomersFile)
	if err != nil {
		return err
	}
	return optOuts.knownInRun(ctx, files, r, suppressed, &reach.Asked{}, ui)
}

// knownInRun holds the list against the customers of a run: now, or, where contact data
// are wanted, once they are read, and against their addresses too.
func (s optOuts) knownInRun(ctx context.Context, files fsys.FS, r *run.Run, suppressed *plan.Suppressions, contacts *reach.Asked, ui console.UI) error {
	if !contacts.Wanted() {
		return s.knownAsCustomers(ctx, files, r, suppressed, "give --join contacts.csv so that they are", ui)
	}
	known, err := countInRun(ctx, files, r, suppressed)
	if known == nil {
		return err
	}
	contacts.Gate = func(d *handout.ContactData) error {
		known.Also(d.HasAddress)
		return s.judgeKnown(known, "this run, or are an address in "+filepath.Base(contacts.JoinFile), "", ui.Warn)
	}
	return nil
}

// knownAsCustomers holds the list against the customers of a run; leaveOut says how
// people are left out whom it names by their addresses.
func (s optOuts) knownAsCustomers(ctx context.Context, files fsys.FS, r *run.Run, suppressed *plan.Suppressions, leaveOut string, ui console.UI) error {
	known, err := countInRun(ctx, files, r, suppressed)
	if known == nil {
		return err
	}
	return s.judgeKnown(known, "this run", leaveOut, ui.Warn)
}

// countInRun counts the ids of the list that are those of customers of a run; nil
// where nobody is listed.
func countInRun(ctx context.Context, files fsys.FS, r *run.Run, suppressed *plan.Suppressions) (*plan.KnownSuppressions, error) {
	if suppressed.Len() == 0 {
		return nil, nil
	}
	known, err := plan.CountNamedIn(ctx, files, fsys.Join(r.Dir, run.CustomersFile), suppressed)
	return known, unreadableRun(err)
}

// judgeKnown stops where under half of the ids are those of customers: a list
// in another form of id would leave out nobody. It warns of addresses that are no
// customer's id, and says how these people are left out; not where contact data were
// read, of which nobody has an address that is unknown. It warns of ids that only
// folding made equal.
func (s optOuts) judgeKnown(known *plan.KnownSuppressions, of, leaveOut string, warn func(string)) error {
	text := fmt.Sprintf("%s of %s in %s belong to a customer of %s", wording.Thousands(known.Known), wording.Counted(known.Listed, "id"), s.SuppressFile, of)
	if !known.Mostly() {
		kind := errors.New("are they ids of another kind?")
		if difference := known.Difference(); difference != "" {
			text += ": " + difference
		}
		if leaveOut != "" && 2*known.Addresses() > known.Listed-known.Known {
			kind = ErrAddressesAlone
		}
		if !s.Accept {
			return &ExitError{ExitGate, fmt.Errorf("%s; %w (--accept goes on all the same)", text, kind)}
		}
		warn(text)
	}
	if n := known.Addresses(); n > 0 && leaveOut != "" {
		entries := "of " + wording.Plural(known.Listed, "entry", "entries") + " of " + s.SuppressFile
		warn(fmt.Sprintf("%s; %s", wording.Plural(n, entries+" is an e-mail address or phone number, which fits no customer id: this person is not left out", entries+" are e-mail addresses or phone numbers, which fit no customer id: these people are not left out"), leaveOut))
	}
	if more := known.Customers - known.Known; more > 0 {
		warn(fmt.Sprintf("%s an id of %s with another customer when case, blanks and zeros in front are not looked at: all of them are suppressed", wording.Plural(more, "customer shares", "customers share"), s.SuppressFile))
	}
	return nil
}
