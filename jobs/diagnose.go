package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"winback/data"
	"winback/features"
	"winback/internal/fsys"
	"winback/pipeline"
	"winback/pipeline/diagnose"
	"winback/pipeline/publish"
	"winback/pipeline/report"
)

// Files of a diagnosis. In a run they lie beside the others; the page is part
// of its report there.
const (
	DiagnosisFile     = "diagnosis.json"
	DiagnosisPage     = "diagnosis.html"
	ProductCyclesFile = "product_cycles.parquet"
	DeadlinesFile     = pipeline.DeadlinesFile
	CustomersFile     = "customers.parquet"
)

// Diagnose reads an order history and says where the customers stand, when they
// come back and whether the shop is healthy: on the screen, as diagnosis.json,
// tables and a page with pictures in s.Out.
func Diagnose(ctx context.Context, s Settings, sources []string, ui UI) error {
	if err := setInFuture(s, time.Now()); err != nil {
		return err
	}
	files := fsys.OS()
	suppressed, err := readSuppressions(files, &s)
	if err != nil {
		return err
	}
	h, q, rule, err := readToAsk(ctx, files, s, sources, ui)
	if err != nil {
		return err
	}
	defer h.orders.Close()
	if _, err := s.knownInOrders(ctx, h, suppressed, ui); err != nil {
		return err
	}
	settings, err := s.diagnosis(files, q, suppressed, nil)
	if err != nil {
		return err
	}
	stage := ui.Stage("diagnose", 0, "customers")
	d, err := diagnoseInto(ctx, files, h, settings, s.Out)
	if err != nil {
		return err
	}
	stage.Add(d.Customers)
	stage.Done("")
	return ui.Print(diagnosisText(d, rule, s.Out)...)
}

// diagnoseInto makes both walks and writes everything into a folder, the table
// of the customers while it walks.
func diagnoseInto(ctx context.Context, files fsys.FS, h *history, settings diagnose.Settings, out string) (*diagnose.Diagnosis, error) {
	collector, err := diagnose.Take(ctx, h.orders, h.survey.Customers, settings)
	if err != nil {
		return nil, err
	}
	if err := files.MkdirAll(out); err != nil {
		return nil, err
	}
	var people *diagnose.People
	err = publish.WriteFile(files, filepath.Join(out, CustomersFile), func(w io.Writer) error {
		table := features.NewParquetWriter(w)
		people = collector.Learn(table.Write)
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
		return publish.WriteFile(files, filepath.Join(out, name), fill)
	}
	if err := writeDiagnosis(write, d); err != nil {
		return nil, err
	}
	return d, write(DiagnosisPage, func(w io.Writer) error { return report.WriteDiagnosis(w, d.Report()) })
}

// writeDiagnosis writes diagnosis.json and the tables that need no walk.
func writeDiagnosis(write func(name string, fill func(io.Writer) error) error, d *diagnose.Diagnosis) error {
	if err := write(DiagnosisFile, d.WriteJSON); err != nil {
		return err
	}
	err := write(ProductCyclesFile, func(w io.Writer) error {
		table := data.NewCyclesWriter(w)
		if err := table.Write(d.Table()); err != nil {
			return err
		}
		return table.Close()
	})
	if err != nil {
		return err
	}
	return write(DeadlinesFile, func(w io.Writer) error {
		table := data.NewDeadlinesWriter(w)
		if err := table.Write(d.Deadlines); err != nil {
			return err
		}
		return table.Close()
	})
}

// diagnosis are the settings of the diagnosis as of a day. Nobody suppressed or
// held out gets on a deadline list; either may be nil.
func (s *Settings) diagnosis(files fsys.FS, q pipeline.Question, suppressed *pipeline.Suppressions, holdout *pipeline.Holdout) (diagnose.Settings, error) {
	d := diagnose.Defaults()
	d.AsOf, d.HorizonDays, d.LapsedAfter, d.Workers, d.Seed = q.AsOf, q.Horizon, q.LapsedAfter, q.Workers, s.Seed
	d.FixedEdges = diagnose.Edges{s.StageEdges.ActiveDays, s.StageEdges.SilentDays, s.StageEdges.SleepingDays}
	d.Clock, d.FollowShare, d.FollowDays, d.FillUpDays = s.Diagnose.Clock, s.Diagnose.FollowShare, s.Diagnose.FollowDays, s.Diagnose.FillUpDays
	d.DeadlineDays, d.FalseAlarms, d.RFMCuts, d.Levers, d.Margin = s.Diagnose.DeadlineDays, s.Diagnose.FalseAlarms, s.Diagnose.RFMCuts, s.Diagnose.Levers, s.Margin
	d.KeepOff = func(id string) bool { return suppressed.Has(id) || holdout != nil && holdout.Held(id) }
	if err := s.Diagnose.cannotDiagnose(s.Margin); err != nil {
		return d, err
	}
	if s.Diagnose.CyclesFile != "" {
		content, err := readSmall(files, s.Diagnose.CyclesFile)
		if err != nil {
			return d, err
		}
		if d.Norms, err = data.ParseCycleNorms(s.Diagnose.CyclesFile, content); err != nil {
			return d, err
		}
	}
	if s.Diagnose.EventsFile != "" {
		content, err := readSmall(files, s.Diagnose.EventsFile)
		if err != nil {
			return d, err
		}
		if d.Events, err = data.ParseEvents(s.Diagnose.EventsFile, content); err != nil {
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
