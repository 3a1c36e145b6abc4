package jobs

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"winback/data"
	"winback/internal/fsys"
	"winback/jobs/console"
)

func evaluationOf(t *testing.T, run string) (models map[string]figures, verdict string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(run, "evaluation.json"))
	if err != nil {
		t.Fatal(err)
	}
	var e struct {
		Models  map[string]figures `json:"models"`
		Verdict string             `json:"verdict"`
	}
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e.Models, e.Verdict
}

// Transactions with next to no signal are not sold as more than that.
func TestRun_NegativeControlShowsNoSignal(t *testing.T) {
	source := needsShared(t, "data/negative_control_transactions.csv.gz")
	in := defaults[ImportSettings]()
	in.Out = t.TempDir()
	if err := Import(context.Background(), in, []string{source}, console.UI{}); err != nil {
		t.Fatal(err)
	}
	orders := in.Out
	s := defaults[RunSettings]()
	s.Out, s.Workers = t.TempDir(), 2
	run := published(t, s, orders)
	models, verdict := evaluationOf(t, run)
	t.Log(verdict)
	for name, m := range models {
		t.Logf("%-15s AUC %.3f (%.3f to %.3f)", name, m["auc"], m["auc_low"], m["auc_high"])
		if !(m["auc_low"] < 0.58) {
			t.Errorf("model %s: the interval of its AUC begins at %.3f, want below 0.58", name, m["auc_low"])
		}
	}
	for _, g := range rowsOf(t, filepath.Join(run, "groups.parquet")) {
		if lift := g["lift"].(float64); lift > 2 {
			t.Errorf("group %v is sold with a lift of %.2f", g["group"], lift)
		}
	}
}

// A generated shop is the same for the same seed, whatever the workers, and can
// be checked and run.
func TestGenerate_SameSeedSameBytes(t *testing.T) {
	make := func(seed uint64, workers int) (string, map[string]string) {
		s := defaults[GenerateSettings]()
		s.Out, s.Customers, s.Files, s.Seed, s.Workers = t.TempDir(), 300, 3, seed, workers
		if err := Generate(context.Background(), s, console.UI{}); err != nil {
			t.Fatal(err)
		}
		return s.Out, contentOf(t, s.Out)
	}
	dir, a := make(5, 1)
	_, b := make(5, 4)
	_, c := make(6, 1)
	if len(a) != 3 || differing(a, b) != "" || differing(a, c) == "" {
		t.Errorf("%d files; the same seed differs in %q, another in %q", len(a), differing(a, b), differing(a, c))
	}
	s := defaults[CheckSettings]()
	s.AsOf = data.Day(20_000)
	var out strings.Builder
	if err := Check(context.Background(), s, []string{dir}, console.UI{Out: &out}); err != nil || !strings.Contains(out.String(), "Customers              298") {
		t.Errorf("%v: %s", err, out.String())
	}
}

// An invented shop may end on a day that is still to come; a real one may not.
func TestRun_TheClockDoesNotJudgeAnInventedShop(t *testing.T) {
	lines := before(plantedShop(300, 7), shopOpens+300)
	for i := range lines {
		lines[i].OrderedAt += data.Day(36_500).Micros()
	}
	n := &nightly{files: fsys.OS(), s: defaults[RunSettings](), now: time.Now, sources: []string{writeLines(t, lines, 1)}}
	n.s.Out = t.TempDir()
	if _, err := n.run(context.Background()); Code(err) != ExitGate || !strings.Contains(err.Error(), "after today") {
		t.Errorf("orders a hundred years ahead: %v", err)
	}
	n.synthetic = true
	if _, err := n.run(context.Background()); err != nil {
		t.Errorf("an invented shop a hundred years ahead: %v", err)
	}
}
