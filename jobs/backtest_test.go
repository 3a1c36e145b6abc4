package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"unicode/utf8"

	"winback/data"
	"winback/internal/golden"
	"winback/jobs/console"
	"winback/pipeline/backtest"
	"winback/pipeline/learn"
	"winback/pipeline/offers"
)

// backtestFiles are what a backtest writes.
var backtestFiles = []string{BacktestPage, BacktestFile, BacktestPredictionsFile}

func quickBacktest(out string) BacktestSettings {
	s, run := defaults[BacktestSettings](), quickly(out)
	s.Reading, s.Question, s.Out = run.Reading, run.Question, out
	return s
}

func backtestOnce(t *testing.T, orders string, workers int) (files map[string]string, text string) {
	t.Helper()
	s := quickBacktest(t.TempDir())
	s.Workers, s.Cuts = workers, 2
	var screen bytes.Buffer
	if err := Backtest(context.Background(), s, []string{orders}, console.UI{Out: &screen}); err != nil {
		t.Fatal(err)
	}
	files = contentOf(t, s.Out)
	return files, strings.ReplaceAll(screen.String(), s.Out, "out")
}

func TestBacktest_SameBytesForAnyWorkersAndOrderOfFiles(t *testing.T) {
	lines := plantedShop(700, 4)
	first, text := backtestOnce(t, writeLines(t, lines, 3), 1)
	slices.Reverse(lines)
	second, again := backtestOnce(t, writeLines(t, lines, 2), 3)
	if names := differing(first, second); names != "" || text != again {
		t.Errorf("other bytes in %s; same text: %t", names, text == again)
	}
	var names []string
	for name := range first {
		names = append(names, name)
	}
	slices.Sort(names)
	if !slices.Equal(names, backtestFiles) {
		t.Errorf("files %q, want %q", names, backtestFiles)
	}
	for line := range strings.Lines(text) {
		if line = strings.TrimRight(line, "\n"); utf8.RuneCountInString(line) > console.Width || strings.TrimRight(line, " ") != line {
			t.Errorf("wider than %d, or blanks at its end: %q", console.Width, line)
		}
	}
	for _, want := range []string{"2 past days", "recency ", "tree10 ", " *", "against recency: AUC +", "Mean of 2 past days", "golearn CART ", "an outside opinion", "chosen ", "Curves:      out/backtest.html"} {
		if !strings.Contains(text, want) {
			t.Errorf("the screen lacks %q:\n%s", want, text)
		}
	}
	var summary backtest.Summary
	if err := json.Unmarshal([]byte(first[BacktestFile]), &summary); err != nil {
		t.Fatal(err)
	}
	if len(summary.Cuts) != 2 || summary.Cuts[1].TestCut != (asOfDay-60).String() || summary.Cuts[0].TestCut != (asOfDay-90).String() || summary.AsOf != asOfDay.String() {
		t.Errorf("%d cuts in the summary as of %s", len(summary.Cuts), summary.AsOf)
	}
	if strings.Contains(first[BacktestPage], "K000") || strings.Contains(first[BacktestFile], "K000") || strings.Contains(text, "K000") {
		t.Error("a customer's id stands outside of the predictions")
	}
}

// A backtest that cannot be made leaves the results of the last one alone.
func TestBacktest_FailsWithoutTouchingWhatIsThere(t *testing.T) {
	out := t.TempDir()
	kept := filepath.Join(out, BacktestFile)
	if err := os.WriteFile(kept, []byte("yesterday's"), 0o600); err != nil {
		t.Fatal(err)
	}
	lines := plantedShop(900, 4)
	few := before(lines, shopOpens+270)
	blocked := filepath.Join(out, BacktestFile, "below-a-file")
	for name, c := range map[string]struct {
		lines  []orderLine
		change func(*BacktestSettings)
		code   int
		says   string
	}{
		"too little history": {few, func(s *BacktestSettings) { s.AsOf = 0 }, ExitGate, "too little history for a backtest: want 5 past days 30 days apart"},
		"a month of history": {before(lines, shopOpens+30), func(s *BacktestSettings) { s.AsOf = 0 }, ExitGate, "too little history for a backtest: on 20"},
		"a day to come":      {lines, func(s *BacktestSettings) { s.AsOf = data.Day(80_000) }, ExitGate, "after tomorrow"},
		"out is a file":      {lines, func(s *BacktestSettings) { s.Out, s.Cuts = blocked, 1 }, ExitIO, "below-a-file"},
	} {
		s := quickBacktest(out)
		c.change(&s)
		err := Backtest(context.Background(), s, []string{writeLines(t, c.lines, 1)}, console.UI{})
		if Code(err) != c.code || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: code %d, %v, want %d and %q", name, Code(err), err, c.code, c.says)
		}
	}
	if text, err := os.ReadFile(kept); err != nil || string(text) != "yesterday's" {
		t.Errorf("the last summary is now %q, %v", text, err)
	}
	interrupted, stop := context.WithCancel(context.Background())
	stop()
	if err := Backtest(interrupted, quickBacktest(out), []string{writeLines(t, lines, 1)}, console.UI{}); !errors.Is(err, context.Canceled) {
		t.Errorf("interrupted: %v", err)
	}
}

func inventedBacktest() *backtest.Summary {
	nan := learn.Figure(math.NaN())
	proof := func(auc, p learn.Figure) learn.ModelProof {
		return learn.ModelProof{AUC: auc, AUCLow: auc - 0.012, AUCHigh: auc + 0.011, LogLoss: 0.1668, ECE: 0.0081, CalibrationSlope: 0.97, CaptureTop20: 0.431, MeanProbability: p}
	}
	mean := func(auc learn.Figure) backtest.MeanFigures {
		return backtest.MeanFigures{AUC: auc, AUCLow: auc - 0.004, AUCHigh: auc + 0.005, LogLoss: 0.1642, ECE: 0.0077, CalibrationSlope: 1.02, CaptureTop20: 0.44, LevelError: 0.11}
	}
	cut := func(day string, ranker string, against *learn.Difference) backtest.Cut {
		unknown := proof(0.6, 0.04)
		unknown.CalibrationSlope, unknown.AUCLow = nan, nan
		return backtest.Cut{Ranker: ranker, Evaluation: learn.Evaluation{TestCut: day, Chosen: ranker, Rows: 1234567, Returned: 45678, BaseRate: 0.037, ChoiceCuts: []string{"a", "b"}, Against: against,
			Models: map[string]learn.ModelProof{"recency": unknown, "tree10": proof(0.68, 0.04), "boost_relative": proof(0.703, 0.04), "blend": proof(0.71, 0.041)}}}
	}
	refused := cut("2026-04-17", "blend", &learn.Difference{AUC: 0.11, Low: -0.02, High: 0.21})
	refused.AsOf, refused.Chosen, refused.Verdict = "2026-06-16", "recency", "Nothing to rank by: at the test cut no model beat both sorting by recency and chance."
	hits := func(first learn.Figure) offers.Figures {
		return offers.Figures{First1: first, First1Low: first - .01, First1High: first + .01, First3: first + .2, First3Low: first + .19, First3High: first + .21, First10: first + .4,
			First10Low: first + .39, First10High: first + .41, NDCG10: first + .1}
	}
	learned := hits(.23)
	shows := &offers.Record{Customers: 4321, Hot: hits(.07), Own: hits(.21), Best: hits(.22), OverOwn: offers.Gain{First3: .011, Low: .004, High: .018}, Learned: &learned, OverR: &offers.Gain{First3: .01, Low: .006, High: .015},
		Chosen: "R on 1 of 3 past days, learned on 2 of 3 past days", Why: "chosen for each past day on days before it"}
	return &backtest.Summary{Shows: shows, AsOf: "2026-07-01", LapsedAfter: 90, Horizon: 60, SampleShare: 0.25, Verdict: "The ranking beat sorting by recency on 1 of 3 past days.",
		LeftOut: "Only 3 past days of 6: days before 2026-04-02 have too few closed snapshots before them.", Against: learn.Difference{AUC: 0.054, Low: 0.041, High: 0.066}, AgainstTree: learn.Difference{AUC: -0.001, Low: -0.01, High: 0.008},
		Mean: map[string]backtest.MeanFigures{"recency": mean(0.6), "tree10": mean(0.68), "boost_relative": mean(0.703), "blend": mean(0.71), "chosen": mean(0.654)},
		Cuts: []backtest.Cut{cut("2026-04-02", "recency", &learn.Difference{}), refused, cut("2026-05-02", "boost_relative", &learn.Difference{AUC: 0.103, Low: 0.09, High: 0.115})}}
}

func TestBacktest_GoldenOfTheScreen(t *testing.T) {
	got := strings.Join(backtestText(inventedBacktest(), "winback-backtest"), "\n") + "\n"
	golden.Compare(t, filepath.Join("testdata", "backtest.golden"), got)
}

func TestBacktest_WantsAFolderBeforeItReads(t *testing.T) {
	s := defaults[BacktestSettings]()
	s.Out = filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(s.Out, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Backtest(t.Context(), s, []string{"nowhere"}, console.UI{}); Code(err) != ExitUsage || !strings.Contains(err.Error(), s.Out+" is no folder") {
		t.Errorf("exit %d: %v", Code(err), err)
	}
}
