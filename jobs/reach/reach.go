// Package reach hands lists out with the contact data of their customers: as one
// list, or in the files of a sending tool. Of contact data it prints counts alone.
package reach

import (
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"path/filepath"
	"strings"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/handout"
	"winback/pipeline/plan"
	"winback/pipeline/pool"
	"winback/pipeline/wording"
)

// Asked is what of the settings says that contact data are wanted, and where they go.
type Asked struct {
	settings.ContactData
	settings.Dialling
	settings.Pooled
	Output string
	Top    int64
	Format handout.Format
	Gate   func(*handout.ContactData) error // holds the opt-out list against the contact data; nil: there is none
	sender *handout.Sender                  // nil without --for
}

// Check refuses what does not go together, and reads the form of the sender.
func (a *Asked) Check(files fsys.FS, holdout bool) (err error) {
	flag := "--join"
	if a.For != "" {
		flag = "--for"
	}
	switch {
	case a.JoinFile == "" && a.For == "":
		return nil
	case holdout:
		return &settings.Error{Where: flag, Text: "the holdout is never contacted: it has no contact data and no files of a sender"}
	case a.For == "" && a.Format == handout.Parquet:
		return &settings.Error{Where: flag, Text: handout.ErrNoContactsInParquet.Error()}
	case a.For == "":
		return nil
	case a.JoinFile == "":
		return &settings.Error{Where: flag, Text: "needs the customers' e-mail addresses, phone numbers and consent: name their file with --join"}
	case a.Output == "":
		return &settings.Error{Where: flag, Text: "writes several files: name a new folder for them with --output"}
	case fsys.InStore(a.Output):
		return settings.OnDisk("--output", a.Output)
	case a.Format != "":
		return &settings.Error{Where: "--format", Text: "the sender of --for has its own; take one of them out"}
	}
	if a.sender, err = handout.OpenSender(files, a.For); err != nil {
		if filepath.Ext(a.For) == "" {
			return &settings.Error{Where: flag, Text: err.Error()}
		}
		return err
	}
	return a.newFolder(files)
}

// newFolder wants a folder that is not there yet, or empty: files of an earlier day in
// it would be sent again.
func (a *Asked) newFolder(files fsys.FS) error {
	if _, isFile := handout.ExportFormatOf(a.Output); isFile {
		return &settings.Error{Where: "--output", Text: fmt.Sprintf("%s is the name of a file; --for writes a folder with a file for each group: name a new folder", a.Output)}
	}
	entries, err := files.ReadDir(a.Output)
	if err == nil && len(entries) > 0 {
		return &settings.Error{Where: "--output", Text: fmt.Sprintf("the folder %s is not empty; files of an earlier day would be sent again: name a new one", a.Output)}
	}
	if info, err := files.Stat(a.Output); err == nil && !info.IsDir() {
		return &settings.Error{Where: "--output", Text: fmt.Sprintf("%s is a file; --for writes a folder", a.Output)}
	}
	return nil
}

// Wanted says whether a list is handed out with contact data.
func (a *Asked) Wanted() bool { return a.JoinFile != "" }

// Source is a list of customers, and whom nobody may reach.
type Source[R any] struct {
	List       handout.List[R]
	Rows       iter.Seq2[R, error] // in order of rank; read twice
	HeldOut    func(give func(customerID string)) error
	Suppressed *plan.Suppressions
	Apart      bool // customers of a group and arm do not stand together in Rows
}

// Out writes the customers who can be reached. one writes a list that is one file, with
// what write gives, and is not called for a sender.
func Out[R any](ctx context.Context, files fsys.FS, ui console.UI, a *Asked, src Source[R], about handout.About, one func(write func(io.Writer) (int64, error)) error) error {
	held := map[string]bool{}
	if err := src.HeldOut(func(id string) { held[data.FoldID(id)] = true }); err != nil {
		return err
	}
	var renamed func(string) string
	if a.PoolDir != "" {
		m, err := pool.Open(files, a.PoolDir)
		if err != nil {
			return err
		}
		renamed = m.Whose
	}
	d, err := handout.ReadContactData(ctx, files, handout.Join{
		Path: a.JoinFile, Country: a.Country, Listed: src.List.IDs(src.Rows),
		Blocked:  func(id string) bool { return held[data.FoldID(id)] || src.Suppressed.Has(id) },
		OptedOut: src.Suppressed.All(), Renamed: renamed,
	})
	if err == nil && a.Gate != nil {
		err = a.Gate(d)
	}
	if err != nil {
		return err
	}
	ui.Note("Contact data: " + strings.Join(d.Columns, ", "))
	need := handout.NeedEither
	if a.sender != nil {
		need = a.sender.Needs
	}
	var tally handout.Tally
	reached := src.List.Reach(src.Rows, d, need, a.Top, &tally)
	if a.sender == nil {
		err = one(func(w io.Writer) (int64, error) { return src.List.Export(w, a.Format, reached, about) })
	} else {
		if src.Apart {
			reached = src.List.Together(reached)
		}
		err = send(files, ui, a, src.List, reached, about)
	}
	if err == nil {
		tell(ui, a, d, &tally)
	}
	return err
}

// tell says what became of the customers of the list: counts, and no contact data.
func tell(ui console.UI, a *Asked, d *handout.ContactData, t *handout.Tally) {
	file := filepath.Base(a.JoinFile)
	ui.Note(fmt.Sprintf("Of %s %s matched in %s, %s unmatched; of the matched %s opted out by their address, %s without consent, %s without an address, %s under one that is somebody else's; %s handed out",
		wording.Counted(t.Matched+t.Unmatched, "customer"), wording.Thousands(t.Matched), file, wording.Thousands(t.Unmatched), wording.Thousands(t.OptedOut), wording.Thousands(t.WithoutConsent),
		wording.Thousands(t.WithoutAddress), wording.Thousands(t.Shared), wording.Thousands(t.Reached)))
	if 2*t.Matched < t.Matched+t.Unmatched {
		ui.Warn(fmt.Sprintf("only %s of %s in %s: are its customer ids of another kind?", wording.Thousands(t.Matched), wording.Plural(t.Matched+t.Unmatched, "customer is", "customers are"), file))
	}
	if t.Shared > 0 {
		ui.Note("An address is used once: for the first on the list, and never where somebody who is held out or opted out has it too")
	}
	if d.SeveralOf > 0 {
		ui.Note(fmt.Sprintf("%s several rows in %s: the newest by updated_at counts, then the fullest; a refusal in any row is a refusal", wording.Plural(d.SeveralOf, "customer of the list has", "customers of the list have"), file))
	}
	if d.OddConsent > 0 {
		ui.Warn(fmt.Sprintf("the consent in %s of %s is neither a yes nor a no (yes, true, 1, opted in, subscribed, or the channels email and sms); it counts as a refusal", wording.Counted(d.OddConsent, "row"), file))
	}
	if t.Unreadable > 0 {
		text := fmt.Sprintf("of %s an e-mail address or phone number cannot be one", wording.Counted(t.Unreadable, "customer"))
		if a.Country == "" {
			text += "; --country names the country of phone numbers without a country code"
		}
		ui.Warn(text)
	}
}

// send writes the files of a sender into a folder that appears whole or not at all.
func send[R any](files fsys.FS, ui console.UI, a *Asked, list handout.List[R], reached iter.Seq2[handout.Reached[R], error], about handout.About) error {
	dir := filepath.Clean(a.Output)
	unfinished := filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".unfinished")
	if err := errors.Join(files.RemoveAll(unfinished), files.MkdirAll(unfinished)); err != nil {
		return err
	}
	written, leftOut, err := list.ExportFor(a.sender, reached, about, func(name string) (io.WriteCloser, error) {
		return create(files, filepath.Join(unfinished, name))
	})
	if err == nil && len(written) > 0 {
		err = publish(files, unfinished, dir)
	}
	if err != nil || len(written) == 0 {
		err = errors.Join(err, files.RemoveAll(unfinished))
	}
	if err != nil {
		return err
	}
	if len(leftOut) > 0 {
		ui.Note("Left out, since this list does not know them: " + strings.Join(leftOut, ", "))
	}
	if len(written) == 0 {
		ui.Warn("no customer of run " + about.Run + " can be reached; nothing was written")
		return nil
	}
	var lines []string
	for _, f := range written {
		lines = append(lines, fmt.Sprintf("%s  %s", filepath.Join(dir, f.Name), wording.Counted(f.Rows, "customer")))
	}
	return ui.Print(lines...)
}

// publish gives a finished folder its name.
func publish(files fsys.FS, unfinished, dir string) error {
	if err := files.SyncDir(unfinished); err != nil {
		return err
	}
	if _, err := files.Stat(dir); err == nil {
		if err := files.Remove(dir); err != nil { // an empty one
			return err
		}
	}
	if err := files.Rename(unfinished, dir); err != nil {
		return err
	}
	return files.SyncDir(filepath.Dir(dir))
}
