package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"winback/data"
	"winback/data/tables"
	"winback/features"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/reach"
	"winback/jobs/settings"
	"winback/pipeline/diagnose"
	"winback/pipeline/handout"
	"winback/pipeline/plan"
	"winback/pipeline/report"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// DiagnosisPage is the page of a diagnosis; in a run it is part of the report.
const DiagnosisPage = "diagnosis.html"

// DiagnoseSettings are what Diagnose reads.
type DiagnoseSettings struct {
	settings.Reading
	settings.Gate
	settings.Question
	settings.Stages
	settings.Random
	settings.Suppression
	settings.Money
	Diagnose settings.Diagnosis
	settings.KeptHistory
	settings.TableForm
	Out string // folder of the diagnosis
}

// Settings lists them.
func (s *DiagnoseSettings) Settings() []settings.Setting {
	// Apart from the folder of the runs.
	out := settings.Folder(&s.Out, "folder for the diagnosis", "winback-diagnosis")
	return append(settings.Rows(&s.Reading, &s.Gate, &s.Question, &s.Stages, &s.Random, &s.Suppression, &s.Money, &s.Diagnose, &s.KeptHistory, &s.TableForm), out)
}

// Diagnose reads an order history and says where the customers stand, when they
// come back and whether the shop is healthy: on the screen, as diagnosis.json,
// tables and a page with pictures in s.Out.
func Diagnose(ctx context.Context, s DiagnoseSettings, sources []string, ui console.UI) error {
	if err := setInFuture(s.AsOf, time.Now()); err != nil {
		return err
	}
	files := s.FS()
	optOuts := optOuts{s.Suppression, s.Acceptance, s.Pooled}
	suppressed, err := optOuts.read(files)
	if err != nil {
		return err
	}
	h, q, rule, err := readToAsk(ctx, files, input{s.Reading, sources, s.Store, s.Out, Elsewhere{}}, s.Gate, s.Question, ui)
	if err != nil {
		return err
	}
	defer h.orders.Close()
	if _, err := optOuts.knownInOrders(ctx, h, suppressed, s.WorkerCount(), ui); err != nil {
		return err
	}
	judging, err := judging{s.Diagnose, s.Stages, s.Money, s.Random}.settings(files, q, suppressed, nil)
	if err != nil {
		return err
	}
	stage := ui.Stage("diagnose", 0, "customers")
	d, err := diagnoseInto(ctx, files, h, judging, s.Out, s.MoneyType)
	if err != nil {
		return err
	}
	stage.Add(d.Customers)
	stage.Done("")
	return ui.Print(diagnosisText(d, rule, s.Out)...)
}

// diagnoseInto makes both walks and writes everything into a folder, the table
// of the customers while it walks.
func diagnoseInto(ctx context.Context, files fsys.FS, h *history, settings diagnose.Settings, out string, money data.MoneyType) (*diagnose.Diagnosis, error) {
	collector, err := diagnose.Take(ctx, h.orders, h.survey.Customers, settings)
	if err != nil {
		return nil, err
	}
	if err := files.MkdirAll(out); err != nil {
		return nil, err
	}
	var people *diagnose.People
	err = run.WriteFile(files, filepath.Join(out, run.CustomersFile), func(w io.Writer) error {
		table := features.NewParquetWriter(w)
		people = collector.Learn(func(t *features.Table) error { return table.Write(t.WithMoney(money)) })
		if err := people.Walk(ctx, h.orders); err != nil {
			return err
		}
		return table.Close()
	})
	if err != nil {
		return nil, err
	}
	d, err := people.Diagnosis(nil)
	if err != nil {
		return nil, err
	}
	write := func(name string, fill func(io.Writer) error) error {
		return run.WriteFile(files, filepath.Join(out, name), fill)
	}
	if err := writeDiagnosis(write, d, func(int) tables.Shown { return tables.Shown{} }, money); err != nil {
		return nil, err
	}
	return d, write(DiagnosisPage, func(w io.Writer) error { return report.WriteDiagnosis(w, report.DiagnosisOf(d)) })
}

// writeDiagnosis writes diagnosis.json and the tables that need no walk; shown is what
// the customer of a row of the referrals is shown.
func writeDiagnosis(write func(name string, fill func(io.Writer) error) error, d *diagnose.Diagnosis, shown func(referral int) tables.Shown, money data.MoneyType) error {
	if err := write(run.DiagnosisFile, d.WriteJSON); err != nil {
		return err
	}
	err := write(run.ProductCyclesFile, func(w io.Writer) error {
		table := tables.NewCyclesWriter(w)
		if err := table.Write(d.Table()); err != nil {
			return err
		}
		return table.Close()
	})
	if err != nil {
		return err
	}
	err = write(run.DeadlinesFile, func(w io.Writer) error {
		table := tables.NewDeadlinesWriter(w)
		if err := table.Write(d.Deadlines); err != nil {
			return err
		}
		return table.Close()
	})
	if err != nil {
		return err
	}
	return write(run.ReferralsFile, func(w io.Writer) error {
		table := tables.NewReferralsWriter(w, money)
		one := make([]tables.Referral, 1)
		for i := range d.Referrals.Len() {
			one[0] = d.Referrals.Row(i)
			one[0].Shown = shown(i)
			if err := table.Write(one); err != nil {
				return err
			}
		}
		return table.Close()
	})
}

// judging is what a diagnosis is asked for, in a run and alone.
type judging struct {
	settings.Diagnosis
	settings.Stages
	settings.Money
	settings.Random
}

// settings are those of the diagnosis as of a day. Nobody suppressed or held
// out gets on a deadline list; either may be nil.
func (s judging) settings(files fsys.FS, q snapshots.Question, suppressed *plan.Suppressions, holdout *plan.Holdout) (diagnose.Settings, error) {
	d := diagnose.Defaults()
	d.AsOf, d.HorizonDays, d.LapsedAfter, d.Workers, d.Seed = q.AsOf, q.Horizon, q.LapsedAfter, q.Workers, s.Seed
	d.FixedEdges = s.StageEdges
	d.Clock, d.FollowShare, d.FollowDays, d.FillUpDays = s.Clock, s.FollowShare, s.FollowDays, s.FillUpDays
	d.Referrals = diagnose.ReferralRules{Days: s.ReferralDays, Returns: s.ReferralReturns, Bulk: s.ResellerBulk, Times: s.ResellerTimes}
	d.DeadlineDays, d.FalseAlarms, d.RFMCuts, d.Levers, d.Margin = s.DeadlineDays, s.FalseAlarms, s.RFMCuts, s.Levers, s.Margin
	d.KeepOff = func(id string) bool { return suppressed.Has(id) || holdout != nil && holdout.Held(id) }
	if err := s.CannotDiagnose(s.Margin); err != nil {
		return d, err
	}
	if s.CyclesFile != "" {
		content, err := readSmall(files, s.CyclesFile)
		if err != nil {
			return d, err
		}
		if d.Norms, err = data.ParseCycleNorms(s.CyclesFile, content); err != nil {
			return d, err
		}
	}
	if s.EventsFile != "" {
		content, err := readSmall(files, s.EventsFile)
		if err != nil {
			return d, err
		}
		if d.Events, err = data.ParseEvents(s.EventsFile, content); err != nil {
			return d, err
		}
	}
	return d, nil
}

// mostSmall is how large a file of settings may be, in bytes.
const mostSmall = 1 << 20

// readSmall reads a file that people write by hand.
func readSmall(files fsys.FS, path string) ([]byte, error) {
	f, err := files.Open(path)
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	defer f.Close()
	content, err := io.ReadAll(io.LimitReader(f, mostSmall+1))
	if err == nil && len(content) > mostSmall {
		err = fmt.Errorf("larger than %d bytes", mostSmall)
	}
	if err != nil {
		return nil, &data.InputError{Path: path, Err: err}
	}
	return content, nil
}

// pullDeadlines hands out the one-time buyers of a run who leave a stage soon,
// the least time first. Groups and channels have no meaning there.
func pullDeadlines(ctx context.Context, files fsys.FS, r *run.Run, s *PullSettings, format handout.Format, contacts *reach.Asked, about handout.About, suppressed *plan.Suppressions, waiting handout.Waiting, ui console.UI) error {
	if err := knowsNoGroups(s, "deadline list"); err != nil {
		return err
	}
	about.Title, about.Selection = "Deadlines", "who leaves a stage soon and bought once"+firstOf(s.Top)
	if contacts.Wanted() {
		rows := handout.SelectDeadlines(untilCanceled(ctx, r.Deadlines()), suppressed, 0, waiting)
		return reached(ctx, files, contacts, reach.Source[tables.Deadline]{List: handout.DeadlineList(), Rows: rows, HeldOut: heldOut(r), Suppressed: suppressed}, about, "can be reached", ui)
	}
	rows := handout.SelectDeadlines(untilCanceled(ctx, r.Deadlines()), suppressed, s.Top, waiting)
	return handOut(files, s.Output, ui, about, "leaves a stage soon", func(w io.Writer) (int64, error) { return handout.ExportDeadlines(w, format, rows, about) })
}

// pullReferrals hands out the customers of a run who may be asked to recommend the
// shop, list after list, the greatest value first.
func pullReferrals(ctx context.Context, files fsys.FS, r *run.Run, s *PullSettings, format handout.Format, contacts *reach.Asked, about handout.About, suppressed *plan.Suppressions, ui console.UI) error {
	if err := knowsNoGroups(s, "lists of referrals"); err != nil {
		return err
	}
	if s.Due != (settings.Due{}) {
		return &settings.Error{Where: "--due", Text: "has no meaning for the lists of referrals, where nobody waits"}
	}
	about.Title, about.Selection = "Referrals", "who may be asked to recommend the shop"+firstOf(s.Top)
	if contacts.Wanted() {
		rows := handout.SelectReferrals(untilCanceled(ctx, r.Referrals()), suppressed, 0)
		return reached(ctx, files, contacts, reach.Source[tables.Referral]{List: handout.ReferralList(), Rows: rows, HeldOut: heldOut(r), Suppressed: suppressed}, about, "can be reached", ui)
	}
	rows := handout.SelectReferrals(untilCanceled(ctx, r.Referrals()), suppressed, s.Top)
	return handOut(files, s.Output, ui, about, "is asked for a referral", func(w io.Writer) (int64, error) { return handout.ExportReferrals(w, format, rows, about) })
}

// firstOf says that a selection ends after so many; 0: it does not.
func firstOf(top int64) string {
	if top <= 0 {
		return ""
	}
	return ", the first " + wording.Thousands(top)
}

// knowsNoGroups refuses groups and channels for a list on which they have no meaning.
func knowsNoGroups(s *PullSettings, list string) error {
	switch {
	case s.Groups.Named != nil:
		return &settings.Error{Where: "--groups", Text: "has no meaning for the " + list + ", which knows no groups"}
	case s.Channel != "":
		return &settings.Error{Where: "--channel", Text: "has no meaning for the " + list}
	}
	return nil
}
