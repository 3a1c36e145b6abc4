// Package forget removes customers from all that lies in an output folder: runs, the
// ledger of campaigns, and other tables. Of each a keyed hash stays, so that nobody
// puts them on a list again.
//
// Everything is written beside its place and renamed. Whom it is about is written
// down first, as hashes, in run.ForgettingFile; while that is there nobody else reads
// or writes, and after a crash the same call comes to the same end. Last that file
// becomes run.ForgottenFile.
package forget

import (
	"encoding/json"
	"errors"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"winback/data"
	"winback/internal/fsys"
	"winback/pipeline/ledger"
	"winback/pipeline/plan"
	"winback/pipeline/run"
)

// Asked is whom to forget, and who asks.
type Asked struct {
	Customers   *plan.Suppressions
	Key         []byte // of the hashes
	Now         time.Time
	ToolVersion string
	DropCaches  func() error // removes what keeps orders from night to night
}

// Report is what was done.
type Report struct {
	Customers int     // named now or, where a forget was cut short, then
	New       int     // of them those that no forget had named before
	Resumed   bool    // an earlier one was cut short
	Places    []Place // runs, ledger and other files that held some of them
	Unknown   []string
}

// Place is where customers were found and removed.
type Place struct {
	Path      string
	Customers int
	Files     int
}

// forgetting is a call under way.
type forgetting struct {
	files fsys.FS
	out   string
	hold  *run.Hold
	list  *plan.Forgotten // whom to forget: all who ever were
	asked Asked
	day   string
	Report
}

// Do forgets customers in an output folder. A damaged run or entry stops it before
// anything is changed: nobody could tell afterwards that it was damaged.
func Do(files fsys.FS, out string, asked Asked) (*Report, error) {
	hold, err := run.LockToForget(files, out)
	if err != nil {
		return nil, err
	}
	defer hold.Release()
	f := &forgetting{files: files, out: out, hold: hold, asked: asked}
	if err := f.begin(); err != nil {
		return nil, err
	}
	for _, step := range []func() error{f.fromRuns, f.fromLedger, f.fromOthers, asked.DropCaches, f.end} {
		if err := step(); err != nil {
			return &f.Report, err
		}
	}
	return &f.Report, errors.Join(hold.Release())
}

func (f *forgetting) path(name string) string { return filepath.Join(f.out, name) }

// begin writes down whom to forget, behind a check of all that will be written anew.
func (f *forgetting) begin() error {
	before, err := plan.ReadForgotten(f.files, f.path(run.ForgottenFile), f.asked.Key)
	if err != nil {
		return err
	}
	begun, err := plan.ReadForgotten(f.files, f.path(run.ForgettingFile), f.asked.Key)
	if err != nil {
		return err
	}
	f.list = plan.NewForgotten(f.asked.Key)
	f.list.Written = f.asked.Now
	f.list.Join(before)
	if f.Resumed = begun != nil; f.Resumed {
		f.list.Join(begun)
		f.list.Written = begun.Written
		err = f.hold.Recover()
	} else {
		err = f.hold.Sweep()
	}
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return err
	}
	f.day = data.DayOf(f.list.Written).String()
	f.Customers = f.asked.Customers.Len()
	f.New = f.list.Add(f.asked.Customers, f.day)
	return f.list.Write(f.files, f.path(run.ForgettingFile))
}

// check wants every run and the ledger whole.
func (f *forgetting) check() error {
	names, err := f.hold.ForgettingRuns()
	if err != nil {
		return err
	}
	for _, name := range names {
		report, err := run.Verify(f.files, f.hold.Folder(name))
		if err != nil {
			return err
		}
		if !report.OK() {
			return fmt.Errorf("%s: %w: %s; nothing was changed: remove that run, or bring it back from a copy", report.RunDir, run.ErrDamaged, report.Findings[0])
		}
	}
	_, err = ledger.ReadToForget(f.files, f.out)
	return err
}

// end says that nothing of them is left.
func (f *forgetting) end() error {
	if err := f.files.Rename(f.path(run.ForgettingFile), f.path(run.ForgottenFile)); err != nil {
		return err
	}
	return f.files.SyncDir(f.out)
}

// fromRuns writes those runs anew that hold somebody.
func (f *forgetting) fromRuns() error {
	names, err := f.hold.ForgettingRuns()
	if err != nil {
		return err
	}
	for _, name := range names {
		dir := f.hold.Folder(name)
		m, err := run.ReadManifest(f.files, dir)
		if err != nil {
			return err
		}
		in := holders{}
		for _, file := range m.Files {
			if err := f.look(filepath.Join(dir, filepath.FromSlash(file.Path)), file.Path, in); err != nil {
				return err
			}
		}
		if len(in) == 0 {
			continue
		}
		note := func(was string) string {
			return fmt.Sprintf("customers forgotten on %s: %d, in %d files written anew; the manifest before had sha256 %s", f.day, in.customers(), len(in), was)
		}
		if err := f.hold.RewriteRun(name, in.paths(), f.rewrite, note); err != nil {
			return err
		}
		f.found(dir, in)
	}
	return nil
}

func (f *forgetting) found(path string, in holders) {
	f.Places = append(f.Places, Place{path, in.customers(), len(in)})
}

// fromLedger writes the ledger anew where it holds somebody.
func (f *forgetting) fromLedger() error {
	l, err := ledger.ReadToForget(f.files, f.out)
	if err != nil {
		return err
	}
	all, r := holders{}, ledger.Rewriting{Files: map[int][]string{}, Edit: f.rewrite, Settings: f.settings}
	for i := range l.Entries {
		e, in := &l.Entries[i], holders{}
		for _, file := range e.Files {
			if err := f.look(e.Path(file.Path), file.Path, in); err != nil {
				return err
			}
		}
		r.Files[e.Number] = in.paths()
		if string(f.settings(e.Settings)) != string(e.Settings) {
			in["settings"] = map[string]bool{}
		}
		for path, customers := range in {
			all[e.Name()+"/"+path] = customers
		}
	}
	if len(all) == 0 {
		return nil
	}
	r.Note = ledger.Entry{Day: f.day, ToolVersion: f.asked.ToolVersion, Written: f.list.Written}
	if err := l.Rewrite(f.hold, f.out, all.customers(), r); err != nil {
		return err
	}
	f.found(f.path(run.LedgerFolder), all)
	return nil
}

// settings are those of an entry without a reason that names somebody.
func (f *forgetting) settings(settings json.RawMessage) json.RawMessage {
	var told map[string]any
	if json.Unmarshal(settings, &told) != nil {
		return settings
	}
	reason, _ := told["reason"].(string)
	for _, word := range strings.FieldsFunc(reason, func(r rune) bool { return strings.ContainsRune(" \t\n,;:()[]\"'", r) }) {
		if f.list.Find(strings.TrimRight(word, ".!?")) != "" {
			told["reason"] = "named a customer who was forgotten"
			text, err := json.Marshal(told)
			if err != nil {
				return settings
			}
			return text
		}
	}
	return settings
}
