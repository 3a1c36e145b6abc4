package jobs

import (
	"context"
	"fmt"
	"io"
	"math"
	"path/filepath"
	"strconv"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/internal/fsys"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/backtest"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/offers"
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
	if info, err := files.Stat(s.Out); err == nil && !info.IsDir() {
		return &settings.Error{Where: "--out", Text: s.Out + " is no folder; name one, which need not be there yet"}
	}
	h, q, rule, err := readToAsk(ctx, files, input{s.Reading, sources, s.Store, s.Out, Elsewhere{}}, s.Gate, s.Question, ui)
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
	if err := judgeShows(ctx, files, h, q, s.Offers, summary); err != nil {
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

// judgeShows judges what would have been shown on the past days of a backtest. It does
// nothing where nothing is to be shown or the orders name no products.
func judgeShows(ctx context.Context, files fsys.FS, h *history, q snapshots.Question, s settings.Offers, b *backtest.Summary) error {
	never, err := readNeverShown(files, s.NeverFile)
	if err != nil || s.Show == 0 || len(h.orders.Names[data.Product]) == 0 {
		return err
	}
	set := offers.Settings{LapsedAfter: q.LapsedAfter, SoldWithin: s.SoldWithin, Kinds: s.ShowKinds, Never: never}
	return backtest.JudgeShows(ctx, h.orders, q, set, h.survey.Customers, b)
}

// showsLine is a method with its hits.
const showsLine = "%-34s %6s %6s  %-15s %6s  %-15s %6s"

// showsText says how well shown products met what returning customers bought; nothing
// where nothing is shown.
func showsText(b *backtest.Summary) []string {
	r := b.Shows
	if r == nil {
		return nil
	}
	heading := fmt.Sprintf(showsLine, "What to show", "First", "3", "95 % range", "10", "95 % range", "NDCG")
	lines := []string{fmt.Sprintf("All past days: of %s who came back, the share who took one of the first 1, 3, 10", wording.Counted(r.Customers, "customer")), heading, strings.Repeat("-", len(heading))}
	for _, m := range orderFigures(r) {
		lines = append(lines, fmt.Sprintf(showsLine, m.name, figure(m.First1, 3), figure(m.First3, 3), scoreRange(m.First3Low, m.First3High),
			figure(m.First10, 3), scoreRange(m.First10Low, m.First10High), figure(m.NDCG10, 3)))
	}
	lines = append(lines, "R against own, first 3: "+differenceText(r.OverOwn.First3, r.OverOwn.Low, r.OverOwn.High))
	if r.OverR != nil {
		lines = append(lines, "Learned against R, first 3: "+differenceText(r.OverR.First3, r.OverR.Low, r.OverR.High))
	}
	return append(append(lines, console.Wrap(r.ChosenWords(), console.Width)...), "")
}

// namedFigures are the hits of an order of shown products.
type namedFigures struct {
	name string
	offers.Figures
}

func orderFigures(r *offers.Record) []namedFigures {
	all := []namedFigures{{"hot: most buyers", r.Hot}, {"own: the customer's most bought", r.Own}, {"R: own and what goes with it", r.Best}}
	if r.Learned != nil {
		all = append(all, namedFigures{"learned from earlier days", *r.Learned})
	}
	return all
}

func differenceText(mean, low, high learn.Figure) string {
	return fmt.Sprintf("%+.3f (%+.3f to %+.3f)", mean, low, high)
}

// backtestText is a backtest for a screen of 100 columns: every past day, and
// then what they say together. out is the folder with its files.
func backtestText(b *backtest.Summary, out string) []string {
	lines := []string{fmt.Sprintf("Backtest as of %s: %s, customers lapsed after %d days, returns within %d days", b.AsOf, wording.Counted(len(b.Cuts), "past day"), b.LapsedAfter, b.Horizon), ""}
	for i := range b.Cuts {
		lines = append(lines, cutText(&b.Cuts[i])...)
	}
	lines = append(lines, fmt.Sprintf("Mean of %s; level off: how far the forecast share of returns was from the one that came", wording.Counted(len(b.Cuts), "past day")))
	lines = append(lines, figuresHeading("Level off")...)
	for _, name := range b.ModelNames() {
		m := b.Mean[name]
		lines = append(lines, fmt.Sprintf(figuresLine, name, figure(m.AUC, 3), scoreRange(m.AUCLow, m.AUCHigh), figure(m.LogLoss, 4), figure(m.ECE, 4), figure(m.CalibrationSlope, 2),
			wording.Screen.Percent(math.Exp(float64(m.LevelError))-1), wording.Screen.Percent(float64(m.CaptureTop20))))
	}
	lines = append(lines, "", againstText("The chosen models against recency, on average", b.Against)+";", againstText("against the tree of the groups (tree10)", b.AgainstTree)+".", "")
	lines = append(lines, showsText(b)...)
	lines = append(lines, paragraph(b.Verdict)...)
	lines = append(lines, paragraph(b.Outside)...)
	if b.LeftOut != "" {
		lines = append(lines, paragraph(b.LeftOut)...)
	}
	if b.SampleShare < 1 {
		lines = append(lines, paragraph(fmt.Sprintf("Learned from and judged on %s of the customers, drawn at random, to stay within --training-rows.", wording.Screen.Percent(float64(b.SampleShare))))...)
	}
	folder := strings.TrimSuffix(out, "/") + "/"
	return append(lines, "", "Curves:      "+folder+BacktestPage, "Summary:     "+folder+BacktestFile, "Predictions: "+folder+BacktestPredictionsFile)
}

// figuresLine is a model with its figures.
const figuresLine = "%-17s %6s  %-15s %9s %7s %6s %10s %22s"

// figuresHeading stands above models; level is what the last but one column
// says of the share that came back.
func figuresHeading(level string) []string {
	heading := fmt.Sprintf(figuresLine, "Model", "AUC", "95 % range", "Log loss", "ECE", "Slope", level, "Returns in first 20 %")
	return []string{heading, strings.Repeat("-", len(heading))}
}

// cutText is one past day.
func cutText(c *backtest.Cut) []string {
	lines := append([]string{fmt.Sprintf("%s: of %s lapsed customers %s came back (%s)", c.TestCut, wording.Thousands(c.Rows), wording.Thousands(c.Returned), wording.Screen.Percent(float64(c.BaseRate)))},
		figuresHeading("Forecast")...)
	for _, name := range c.ModelNames() {
		m := c.Models[name]
		mark := ""
		if name == c.Ranker {
			mark = " *"
		}
		lines = append(lines, fmt.Sprintf(figuresLine, name+mark, figure(m.AUC, 3), scoreRange(m.AUCLow, m.AUCHigh), figure(m.LogLoss, 4), figure(m.ECE, 4), figure(m.CalibrationSlope, 2),
			wording.Screen.Percent(float64(m.MeanProbability)), wording.Screen.Percent(float64(m.CaptureTop20))))
	}
	chosen := fmt.Sprintf("* chosen on %s", wording.Counted(len(c.ChoiceCuts), "earlier day"))
	if c.Ranker != learn.ModelRecency && c.Against != nil {
		chosen += "; " + againstText("against recency", *c.Against)
	}
	lines = append(lines, chosen)
	if c.Ranker != c.Chosen {
		lines = append(lines, paragraph(fmt.Sprintf("The batch of %s, whose test this day is, did not take it: %s", c.AsOf, c.Verdict))...)
	}
	return append(lines, "")
}

// againstText says by how much an AUC differs.
func againstText(words string, d learn.Difference) string {
	return words + ": AUC " + differenceText(d.AUC, d.Low, d.High)
}

// figure writes a figure, "-" for what is not known.
func figure(v learn.Figure, digits int) string {
	if math.IsNaN(float64(v)) {
		return "-"
	}
	return strconv.FormatFloat(float64(v), 'f', digits, 64)
}

func scoreRange(low, high learn.Figure) string {
	if math.IsNaN(float64(low)) || math.IsNaN(float64(high)) {
		return "-"
	}
	return figure(low, 3) + " to " + figure(high, 3)
}
