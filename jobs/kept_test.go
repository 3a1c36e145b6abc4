package jobs

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"winback/data"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/learn"
	"winback/pipeline/offers"
	"winback/pipeline/run"
)

// originOf reads what a run says of when its models were learned.
func originOf(t *testing.T, dir string) learn.Evaluation {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(dir, run.EvaluationFile))
	if err != nil {
		t.Fatal(err)
	}
	var e learn.Evaluation
	if err := json.Unmarshal(text, &e); err != nil {
		t.Fatal(err)
	}
	return e
}

func groupsOf(t *testing.T, dir string) map[string]int32 {
	t.Helper()
	groups := map[string]int32{}
	for _, row := range rowsOf(t, filepath.Join(dir, run.ScoresFile)) {
		groups[row["customer_id"].(string)] = row["group"].(int32)
	}
	return groups
}

// Models that are read from the files of a run give the bytes of the run that
// wrote them.
func TestRun_ScoresWithItsFilesAsItScoredWithoutThem(t *testing.T) {
	orders, s := writeLines(t, plantedShop(1200, 1), 2), quickly(t.TempDir())
	first := contentOf(t, published(t, s, orders))
	s.Refit = settings.RefitNever
	again := published(t, s, orders)
	if e := originOf(t, again); !e.Learned.Reused || !strings.HasSuffix(e.Learned.Run, "-1") || e.Closed == nil || !e.Closed.AUC.Known() || e.Since.Moved != 0 {
		t.Errorf("learned %+v, closed %+v, since %+v", e.Learned, e.Closed, e.Since)
	}
	for name, content := range contentOf(t, again) {
		if name != run.EvaluationFile && name != run.ReportFile && content != first[name] { // they say what was reused
			t.Errorf("%s differs", name)
		}
	}
}

func TestRun_KeepsModelsAndGroupsUntilTheyAreDue(t *testing.T) {
	orders, s := writeLines(t, plantedShop(1200, 1), 2), quickly(t.TempDir())
	s.RefitAfterDays = 20
	first := published(t, s, orders)
	night := func(days int) (string, learn.Evaluation) {
		s.AsOf = asOfDay + data.Day(days)
		dir := published(t, s, orders)
		return dir, originOf(t, dir)
	}
	second, e := night(1)
	if !e.Learned.Reused || e.Learned.AsOf != asOfDay.String() || e.TestCut != (asOfDay-60).String() || e.AsOf != (asOfDay+1).String() {
		t.Fatalf("the next night: %+v, test cut %s", e.Learned, e.TestCut)
	}
	was, same, both := groupsOf(t, first), 0, 0
	for id, group := range groupsOf(t, second) {
		if before, ok := was[id]; ok {
			both++
			if group == before {
				same++
			}
		}
	}
	if e.Since == nil || int(e.Since.Stayed) != both || int(e.Since.Moved) != both-same || float64(same) < 0.95*float64(both) {
		t.Errorf("%d of %d keep their group, the run says %+v", same, both, e.Since)
	}
	manifest, err := os.ReadFile(filepath.Join(second, run.ManifestFile))
	if err != nil || !strings.Contains(string(manifest), `"path": "runs/`+filepath.Base(first)+`/manifest.json"`) {
		t.Errorf("the manifest does not name the run whose models ranked: %v", err)
	}
	third, _ := night(18)
	if _, e := night(10); !e.Learned.Reused || e.Learned.Run != filepath.Base(second) {
		t.Errorf("a night run late takes %+v, want the run before it", e.Learned)
	}
	if _, e := night(20); !e.Learned.Reused || e.Learned.AsOf != asOfDay.String() || e.Learned.Run != filepath.Base(third) {
		t.Errorf("after 20 days and a night run late: %+v, want the run of the newest day", e.Learned)
	}
	if _, e := night(21); e.Learned.Reused || !strings.Contains(e.Learned.Why, "learned 21 days ago") {
		t.Errorf("after 21 days: %+v", e.Learned)
	}
	s.Seed = 2
	if _, e := night(22); e.Learned.Reused || !strings.Contains(e.Learned.Why, "seed was 1") {
		t.Errorf("with another seed: %+v", e.Learned)
	}
	s.Refit = settings.RefitNow
	if _, e := night(23); e.Learned.Reused || !strings.Contains(e.Learned.Why, "--refit now") {
		t.Errorf("with --refit now: %+v", e.Learned)
	}
}

func TestRun_StopsOnDamagedModels(t *testing.T) {
	orders, s := writeLines(t, plantedShop(600, 1), 1), quickly(t.TempDir())
	dir := published(t, s, orders)
	file := filepath.Join(dir, run.ModelFile(learn.ModelBoost))
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte(strings.Replace(string(text), "leaf", "loaf", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.AsOf++
	err = Run(context.Background(), s, []string{orders}, console.UI{})
	if Code(err) != ExitInput || !strings.Contains(err.Error(), "boost.txt") || !strings.Contains(err.Error(), "--refit now") {
		t.Errorf("%d: %v", Code(err), err)
	}
	s.Refit = settings.RefitNow
	published(t, s, orders)
}

// An order that was chosen for other kinds of products may have none of tonight's.
func TestRun_RefitNeverWithOtherKindsShowsByThePlainRule(t *testing.T) {
	e := &earlier{Run: &run.Run{}, learned: &learn.Learned{}, values: map[string]string{"show-kinds": "again,hot"}}
	hot := &offers.Choice{Order: offers.OrderHot, Why: "better"}
	e.keepShows(offers.Kinds{true, true, false})
	if e.learned.Shows != nil {
		t.Errorf("without an order kept %+v", e.learned.Shows)
	}
	e.learned.Shows = hot
	if e.keepShows(offers.Kinds{true, false, true}); e.learned.Shows != hot {
		t.Errorf("the same kinds keep %+v", e.learned.Shows)
	}
	orders, s := writeLines(t, plantedShop(1200, 1), 2), quickly(t.TempDir())
	published(t, s, orders)
	s.Refit, s.ShowKinds = settings.RefitNever, offers.Kinds{true, true, false}
	var said strings.Builder
	dir := publishedSaying(t, s, console.New(&strings.Builder{}, &said, false, false, console.Text), orders)
	if shows := originOf(t, dir).Shows; shows.Chosen != offers.OrderR || !strings.Contains(shows.Why, "-1 chose its order for --show-kinds again,goes-with,hot") {
		t.Errorf("chosen %s: %s", shows.Chosen, shows.Why)
	}
	if words := strings.Join(strings.Fields(said.String()), " "); strings.Count(words, "chose its order for --show-kinds") != 1 {
		t.Errorf("said:\n%s", words)
	}
	for _, row := range rowsOf(t, filepath.Join(dir, run.HoldoutFile)) {
		if row["show_kind_1"] == "hot" {
			t.Fatalf("%v is shown %v", row["customer_id"], row["show_1"])
		}
	}
}

func TestRun_RefitNeverWantsAnEarlierRun(t *testing.T) {
	s := quickly(t.TempDir())
	s.Refit = settings.RefitNever
	if err := Run(context.Background(), s, []string{writeLines(t, plantedShop(300, 1), 1)}, console.UI{}); Code(err) != ExitInput {
		t.Errorf("%d: %v", Code(err), err)
	}
}

// winback score puts the customers in the order of the run that it takes the
// models of.
func TestScore_RanksAsTheRunDid(t *testing.T) {
	orders, s := writeLines(t, plantedShop(600, 1), 1), quickly(t.TempDir())
	dir := published(t, s, orders)
	score := defaults[ScoreSettings]()
	score.AsOf, score.Model, score.Workers, score.Output = s.AsOf, dir, 2, filepath.Join(t.TempDir(), "ranked.parquet")
	if err := Score(context.Background(), score, []string{orders}, console.UI{}); err != nil {
		t.Fatal(err)
	}
	groups, probabilities := groupsOf(t, dir), map[string]float64{}
	for _, row := range rowsOf(t, filepath.Join(dir, run.ScoresFile)) {
		probabilities[row["customer_id"].(string)] = row["probability"].(float64)
	}
	rows := rowsOf(t, score.Output)
	for i, row := range rows {
		id := row["customer_id"].(string)
		if row["rank"].(int64) != int64(i+1) || row["group"].(int32) != groups[id] || row["probability"].(float64) != probabilities[id] {
			t.Fatalf("row %d: %v, want group %d and %v", i, row, groups[id], probabilities[id])
		}
	}
	inOrder := slices.IsSortedFunc(rows, func(a, b map[string]any) int { return int(a["group"].(int32) - b["group"].(int32)) })
	if len(rows) != len(groups) || !inOrder {
		t.Errorf("%d rows of %d customers, by group: %v", len(rows), len(groups), inOrder)
	}
	gone := rows[3]["customer_id"].(string)
	log := filepath.Join(t.TempDir(), "log.csv")
	must(t, os.WriteFile(log, []byte("customer_id,sent_at,status\n"+gone+",2026-06-30,opted_out\n"), 0o600))
	sent := defaults[SentSettings]()
	sent.Out, sent.Logs = s.Out, []string{log}
	must(t, Sent(context.Background(), sent, "", console.UI{}))
	score.Out, score.Output = s.Out, filepath.Join(t.TempDir(), "again.parquet")
	must(t, Score(context.Background(), score, []string{orders}, console.UI{}))
	again := rowsOf(t, score.Output)
	if len(again) != len(rows)-1 || slices.ContainsFunc(again, func(row map[string]any) bool { return row["customer_id"] == gone }) {
		t.Errorf("%d of %d rows after one of them opted out by a log", len(again), len(rows))
	}
}

func TestScore_SaysThatItDoesNotRankByUplift(t *testing.T) {
	for chosen, proof := range map[bool]*learn.UpliftProof{true: {Chosen: true}, false: {}} {
		stored := &earlier{Run: &run.Run{Manifest: run.Manifest{RunID: "2026-07-01-1"}}, learned: &learn.Learned{Evaluation: learn.Evaluation{Uplift: proof}}}
		var log bytes.Buffer
		tellNoUplift(stored, console.New(io.Discard, &log, false, false, console.Text))
		if strings.Contains(log.String(), "run 2026-07-01-1 ranks inside its groups by how much a contact moves a customer; this list ranks by the chance alone") != chosen {
			t.Errorf("chosen %t: said %q", chosen, log.String())
		}
	}
}

func TestModel_WritesTheBoostedTreesAsLightGBMText(t *testing.T) {
	orders, s := writeLines(t, plantedShop(600, 1), 1), quickly(t.TempDir())
	published(t, s, orders)
	m := defaults[ModelSettings]()
	m.Out, m.Output = s.Out, filepath.Join(t.TempDir(), "boost.txt")
	if err := Model(context.Background(), m, "", console.UI{}); err != nil {
		t.Fatal(err)
	}
	if text, err := os.ReadFile(m.Output); err != nil || !strings.HasPrefix(string(text), "tree\nversion=v4\n") {
		t.Errorf("%v: %.30s", err, text)
	}
}
