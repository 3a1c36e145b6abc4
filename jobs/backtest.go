package jobs

import (
	"context"
	"fmt"
	"io"
	"path/filepath"

	"winback/data/orders"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/backtest"
	"winback/pipeline/baserate"
	"winback/pipeline/page"
	"winback/pipeline/run"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// Files of a backtest. The predictions are written first and the summary last.
const (
	BacktestPredictionsFile = "predictions.parquet"
	BacktestPage            = "backtest.html"
	BacktestFile            = "backtest.json"
)

// BacktestSettings are what Backtest reads.
type BacktestSettings struct {
	settings.Reading
	settings.Gate
	settings.Question
	settings.Learning
	settings.Random
	settings.Offers
	settings.KeptHistory
	settings.Past
	Out string // folder of the backtest
}

// Settings lists them.
func (s *BacktestSettings) Settings() []settings.Setting {
	// Apart from the folder of the runs.
	out := settings.Folder(&s.Out, "folder for the backtest", "winback-backtest")
	return append(settings.Rows(&s.Reading, &s.Gate, &s.Question, &s.Learning, &s.Random, &s.Offers, &s.KeptHistory, &s.Past), out)
}

// Backtest does on past days what the nightly batch does, and compares all
// models and baselines with what came: on the screen, as a page with curves, as
// backtest.json and as a table of all predictions, in s.Out.
func Backtest(ctx context.Context, s BacktestSettings, sources []string, ui console.UI) error {
	files := s.FS()
	h, q, rule, err := readToAsk(ctx, files, input{s.Reading, sources, s.Store, s.Out}, s.Gate, s.Question, ui)
	if err != nil {
		return err
	}
	defer h.orders.Close()
	ui.Note(fmt.Sprintf("As of %s; lapsed after %d days (%s)", q.AsOf, rule.Days, rule.Basis))
	cuts, plan, err := judgePast(ctx, h.orders, q, rule, s, ui)
	if err != nil {
		return err
	}
	summary := backtest.Summarise(cuts, q, rule, plan)
	if err := judgeShows(ctx, files, h.orders, q, s.Offers, summary); err != nil {
		return err
	}
	stage := ui.Stage("write", 0, "files")
	if err := files.MkdirAll(s.Out); err != nil {
		return err
	}
	if err := writeBacktest(files, s.Out, q, cuts, summary); err != nil {
		return err
	}
	stage.Done("")
	return ui.Print(backtestText(summary, s.Out)...)
}

// judgePast plans the past days and judges all models on each.
func judgePast(ctx context.Context, orders *orders.Table, q snapshots.Question, rule survey.LapsedRule, s BacktestSettings, ui console.UI) ([]backtest.Cut, backtest.Schedule, error) {
	stage := ui.Stage("build features", 0, "rows")
	rates, err := baserate.Count(ctx, orders, q.LapsedAfter, q.Horizon, q.Workers)
	if err != nil {
		return nil, backtest.Schedule{}, err
	}
	plan, err := backtest.Plan(q, rates, s.Cuts)
	if err != nil {
		return nil, plan, err
	}
	shop, err := snapshots.TakeShop(ctx, orders, plan.Days, rates, q.Workers)
	if err != nil {
		return nil, plan, err
	}
	snapshots, err := snapshots.Build(ctx, orders, q, plan.Days, rates, shop, s.TrainingRows)
	if err != nil {
		return nil, plan, err
	}
	stage.Add(int64(snapshots.Rows(0, len(snapshots.Days))))
	stage.Done(fmt.Sprintf("%d snapshots", len(snapshots.Days)))
	stage = ui.Stage("judge models", int64(snapshots.Rows(0, len(plan.Cuts))), "customers")
	cuts, err := backtest.Run(ctx, orders, snapshots, q, rule, rates, plan, learning(s.Learning, s.Random), stage.Add)
	if err != nil {
		return nil, plan, err
	}
	stage.Done(wording.Counted(len(cuts), "past day"))
	return cuts, plan, nil
}

func writeBacktest(files fsys.FS, out string, q snapshots.Question, cuts []backtest.Cut, summary *backtest.Summary) error {
	for _, file := range []struct {
		name  string
		write func(io.Writer) error
	}{
		{BacktestPredictionsFile, func(w io.Writer) error { return backtest.WritePredictions(w, cuts) }},
		{BacktestPage, func(w io.Writer) error { return page.WriteBacktest(w, summary, q) }},
		{BacktestFile, func(w io.Writer) error { return backtest.Write(w, summary) }},
	} {
		if err := run.WriteFile(files, filepath.Join(out, file.name), file.write); err != nil {
			return err
		}
	}
	return nil
}
