package jobs

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"winback/data"
	"winback/jobs/console"
	"winback/jobs/settings"
	"winback/pipeline/learn"
	"winback/pipeline/run"
)

// oracle writes scores of all customers of lines for some days: who returns within 60
// days stands before most others, but not all, as no honest score could. Nothing
// is told of the days behind the first asOfDay+known.
func oracle(t *testing.T, lines []orderLine, days ...data.Day) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(3, 1))
	customers, bought := []string{}, map[string][]data.Day{}
	for _, l := range lines {
		if bought[l.CustomerID] == nil {
			customers = append(customers, l.CustomerID)
		}
		if l.Quantity > 0 {
			bought[l.CustomerID] = append(bought[l.CustomerID], data.DayOfMicros(l.OrderedAt))
		}
	}
	slices.Sort(customers)
	customers = slices.Compact(customers)
	var b strings.Builder
	b.WriteString("customer_id,as_of,chance\n")
	for _, day := range days {
		for _, id := range customers {
			score := rng.NormFloat64()
			if slices.ContainsFunc(bought[id], func(d data.Day) bool { return d >= day && d < day+60 }) {
				score += 2
			}
			fmt.Fprintf(&b, "%s,%s,%.6f\n", id, day, score)
		}
	}
	path := filepath.Join(t.TempDir(), "scores.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// judgedDays are those of the shop's nights with a horizon of 60 days.
func judgedDays(asOf data.Day) []data.Day {
	return []data.Day{asOf, asOf - 60, asOf - 120, asOf - 150, asOf - 180, asOf - 210}
}

func TestRun_RanksByAnExternalScoreThatIsBetter(t *testing.T) {
	lines := plantedShop(700, 1)
	orders, s := writeLines(t, lines, 2), quickly(t.TempDir())
	s.ScoreFile = oracle(t, lines, judgedDays(asOfDay)...)
	dir := published(t, s, orders)
	e := originOf(t, dir)
	if e.Chosen != learn.ModelExternal || !strings.Contains(e.Why, "the external score ranked best") {
		t.Fatalf("chosen %s: %s", e.Chosen, e.Why)
	}
	scores, best := rowsOf(t, filepath.Join(dir, run.ScoresFile)), ""
	most := -1.0
	for _, row := range scores {
		if row["probability"] != row["score_external"] {
			t.Fatalf("probability %v, score_external %v", row["probability"], row["score_external"])
		}
		if p := row["probability"].(float64); p > most {
			best, most = row["customer_id"].(string), p
		}
	}
	text, err := os.ReadFile(s.ScoreFile)
	if err != nil {
		t.Fatal(err)
	}
	if !isHighest(scores, string(text), best) {
		t.Errorf("%s is ranked first, and has not the highest score", best)
	}
	manifest, err := os.ReadFile(filepath.Join(dir, run.ManifestFile))
	digest := fmt.Sprintf("%x", sha256.Sum256(text))
	if err != nil || !strings.Contains(string(manifest), digest) || !strings.Contains(string(manifest), `"score": "`+s.ScoreFile) {
		t.Errorf("the manifest does not name the scores: %v", err)
	}
	first := contentOf(t, dir)
	s.Out, s.Workers = t.TempDir(), 1
	for name, content := range contentOf(t, published(t, s, orders)) {
		if content != first[name] {
			t.Errorf("%s differs with one worker", name)
		}
	}
}

// isHighest says whether a customer has the highest score of tonight's among those of rows.
func isHighest(rows []map[string]any, scores, customer string) bool {
	lapsed, best, most := map[string]bool{}, "", math.Inf(-1)
	for _, row := range rows {
		lapsed[row["customer_id"].(string)] = true
	}
	for line := range strings.Lines(scores) {
		cells := strings.Split(strings.TrimSpace(line), ",")
		var score float64
		if _, err := fmt.Sscan(cells[2], &score); err == nil && cells[1] == asOfDay.String() && lapsed[cells[0]] && score > most {
			best, most = cells[0], score
		}
	}
	return best == customer
}

func TestRun_KeepsAnExternalScoreWhileTheNightsHaveOne(t *testing.T) {
	lines := plantedShop(700, 1)
	orders, s := writeLines(t, lines, 2), quickly(t.TempDir())
	s.ScoreFile = oracle(t, lines, judgedDays(asOfDay)...)
	published(t, s, orders)
	s.AsOf = asOfDay + 1
	s.ScoreFile = oracle(t, lines, s.AsOf, s.AsOf-60) // a night that keeps needs no more
	kept := published(t, s, orders)
	if e := originOf(t, kept); !e.Learned.Reused || e.Chosen != learn.ModelExternal || e.Closed == nil || !(e.Closed.AUC > 0.8) {
		t.Errorf("the next night: %+v, %s, closed %+v", e.Learned, e.Chosen, e.Closed)
	}
	s.AsOf++
	s.ScoreFile = ""
	s.Refit = settings.RefitNever
	if err := Run(context.Background(), s, []string{orders}, console.UI{}); Code(err) != ExitInput || !strings.Contains(err.Error(), "there is none now") {
		t.Errorf("without scores and with --refit never: %v", err)
	}
	score := defaults[ScoreSettings]()
	score.AsOf, score.Workers, score.Model = s.AsOf, 2, kept
	err := Score(context.Background(), score, []string{orders}, console.UI{})
	if Code(err) != ExitInput || !strings.Contains(err.Error(), "winback run --score ranks by it") {
		t.Errorf("winback score: %v", err)
	}
	s.Refit = settings.RefitAuto
	e := originOf(t, published(t, s, orders))
	if e.Learned.Reused || !strings.Contains(e.Learned.Why, "there is none now") || e.Chosen == learn.ModelExternal {
		t.Errorf("without scores: %+v, %s", e.Learned, e.Chosen)
	}
	s.AsOf++
	s.ScoreFile = oracle(t, lines, judgedDays(s.AsOf)...)
	if e := originOf(t, published(t, s, orders)); e.Learned.Reused || !strings.Contains(e.Learned.Why, "there was none") || e.Chosen != learn.ModelExternal {
		t.Errorf("with scores again: %+v, %s", e.Learned, e.Chosen)
	}
}

func TestRun_AnUnusableScoreIsRefusedInOneSentence(t *testing.T) {
	lines := plantedShop(700, 1)
	orders := writeLines(t, lines, 2)
	all := judgedDays(asOfDay)
	some := func(keep func(customer int) bool) string {
		text, err := os.ReadFile(oracle(t, lines, all...))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for line := range strings.Lines(string(text)) {
			var customer int
			if n, _ := fmt.Sscanf(line, "K%06d", &customer); n == 0 || keep(customer) {
				b.WriteString(line)
			}
		}
		path := filepath.Join(t.TempDir(), "scores.csv")
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	for name, c := range map[string]struct{ file, want string }{
		"no file":       {"nowhere.parquet", "read nowhere.parquet: "},
		"no tonight":    {oracle(t, lines, all[1:]...), `no scores in column "chance" with as_of ` + asOfDay.String() + "; want those of tonight, "},
		"no test cut":   {oracle(t, lines, slices.Delete(slices.Clone(all), 1, 2)...), "with as_of " + all[1].String() + "; want those of tonight"},
		"no choice cut": {oracle(t, lines, all[:4]...), "with as_of " + all[4].String() + ", " + all[5].String() + "; want those of tonight"},
		"too few":       {some(func(c int) bool { return c%3 == 0 }), " % of the customers lapsed on that day have a score in column \"chance\", want at least 50 %"},
	} {
		s := quickly(t.TempDir())
		s.ScoreFile = c.file
		err := Run(context.Background(), s, []string{orders}, console.UI{})
		var input *data.InputError
		if Code(err) != ExitInput || !errors.As(err, &input) || input.Path != c.file || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: exit code %d, %v, want %s", name, Code(err), err, c.want)
		}
		if _, err := os.Stat(filepath.Join(s.Out, "current")); err == nil {
			t.Errorf("%s: a run was published", name)
		}
	}
	s := quickly(t.TempDir())
	s.ScoreFile = some(func(c int) bool { return c%3 > 0 })
	for _, row := range rowsOf(t, filepath.Join(published(t, s, orders), run.ScoresFile)) {
		var customer int
		if _, err := fmt.Sscanf(row["customer_id"].(string), "K%06d", &customer); err == nil && customer%3 == 0 && row["score_external"].(float64) > 0.1 {
			t.Errorf("%v has no score and a chance of %v by it", row["customer_id"], row["score_external"])
		}
	}
}

func TestRun_DryRunNamesTheDaysOnWhichAScoreIsJudged(t *testing.T) {
	lines := plantedShop(700, 1)
	orders, s := writeLines(t, lines, 2), quickly(t.TempDir())
	s.DryRun = true
	all := judgedDays(asOfDay)
	rehearsed := func() (string, error) {
		var o bytes.Buffer
		err := Run(context.Background(), s, []string{orders}, console.New(&o, &bytes.Buffer{}, false, false, console.Text))
		return strings.Join(strings.Fields(o.String()), " "), err
	}
	want := fmt.Sprintf("models are compared on %s, %s, %s and %s and tested on %s", all[2], all[3], all[4], all[5], all[1])
	if text, err := rehearsed(); err != nil || !strings.Contains(text, want) {
		t.Errorf("%v, want %q in %s", err, want, text)
	}
	s.ScoreFile = oracle(t, lines, all[0])
	if _, err := rehearsed(); Code(err) != ExitInput || !strings.Contains(err.Error(), all[1].String()) {
		t.Errorf("a score of tonight alone: %v", err)
	}
}

// rewritten is a file of scores with those of some days changed.
func rewritten(t *testing.T, path string, change func(day string, score float64) float64) string {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	for i, line := range strings.Split(strings.TrimSpace(string(text)), "\n") {
		cells := strings.Split(line, ",")
		if i > 0 {
			score, err := strconv.ParseFloat(cells[2], 64)
			if err != nil {
				t.Fatal(err)
			}
			line = fmt.Sprintf("%s,%s,%.6f", cells[0], cells[1], change(cells[1], score))
		}
		b.WriteString(line + "\n")
	}
	changed := filepath.Join(t.TempDir(), "scores.csv")
	if err := os.WriteFile(changed, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return changed
}

// byRecency writes the days without a purchase, as a score that falls with them.
func byRecency(t *testing.T, lines []orderLine, days ...data.Day) string {
	t.Helper()
	rng := rand.New(rand.NewPCG(4, 1))
	bought := map[string][]data.Day{}
	for _, l := range lines {
		bought[l.CustomerID] = append(bought[l.CustomerID], data.DayOfMicros(l.OrderedAt))
	}
	var b strings.Builder
	b.WriteString("customer_id,as_of,chance\n")
	for _, day := range days {
		for _, id := range slices.Sorted(maps.Keys(bought)) {
			last := data.Day(0)
			for _, d := range bought[id] {
				if d < day {
					last = max(last, d)
				}
			}
			fmt.Fprintf(&b, "%s,%s,%.6f\n", id, day, -float64(day-last)+50*rng.NormFloat64())
		}
	}
	path := filepath.Join(t.TempDir(), "scores.csv")
	if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestRun_StopsWhereTheSignOfAScoreTurnedTonight(t *testing.T) {
	lines := plantedShop(700, 1)
	orders, s := writeLines(t, lines, 2), quickly(t.TempDir())
	good := byRecency(t, lines, judgedDays(asOfDay)...)
	s.ScoreFile = rewritten(t, good, func(day string, score float64) float64 {
		if day == asOfDay.String() {
			return -score
		}
		return score
	})
	err := Run(context.Background(), s, []string{orders}, console.UI{})
	var input *data.InputError
	if Code(err) != ExitInput || !errors.As(err, &input) || !strings.Contains(err.Error(), "have the opposite sign of those of past days") {
		t.Errorf("exit %d: %v", Code(err), err)
	}
	s.ScoreFile = rewritten(t, good, func(_ string, score float64) float64 { return -score }) // wrong alike on all days: it loses
	var said bytes.Buffer
	dir := publishedSaying(t, s, console.New(&bytes.Buffer{}, &said, false, false, console.Text), orders)
	if words := strings.Join(strings.Fields(said.String()), " "); originOf(t, dir).Chosen == learn.ModelExternal || strings.Count(words, "does not rank: on earlier days its AUC was 0.") != 1 || strings.Contains(words, "hardly go") {
		t.Errorf("said %s", words)
	}
	rng := rand.New(rand.NewPCG(7, 7))
	s.ScoreFile, s.Out = rewritten(t, good, func(day string, score float64) float64 {
		if day == asOfDay.String() {
			return rng.NormFloat64()
		}
		return score
	}), t.TempDir()
	said.Reset()
	publishedSaying(t, s, console.New(&bytes.Buffer{}, &said, false, false, console.Text), orders)
	if !strings.Contains(said.String(), "hardly go with the features") {
		t.Errorf("scores of other customers: said %s", said.String())
	}
}

func TestRun_DryRunCountsWhoHasAScore(t *testing.T) {
	lines := plantedShop(700, 1)
	s := quickly(t.TempDir())
	s.DryRun = true
	good := oracle(t, lines, judgedDays(asOfDay)...)
	text, err := os.ReadFile(good)
	if err != nil {
		t.Fatal(err)
	}
	cut := judgedDays(asOfDay)[2].String()
	var b strings.Builder
	for line := range strings.Lines(string(text)) {
		if !strings.Contains(line, ","+cut+",") || strings.HasPrefix(line, "K0000") {
			b.WriteString(line)
		}
	}
	s.ScoreFile = filepath.Join(t.TempDir(), "scores.csv")
	if err := os.WriteFile(s.ScoreFile, []byte(b.String()), 0o600); err != nil {
		t.Fatal(err)
	}
	orders := writeLines(t, lines, 2)
	if err := Run(context.Background(), s, []string{orders}, console.UI{}); Code(err) != ExitInput || !strings.Contains(err.Error(), "as_of "+cut+": ") || !strings.Contains(err.Error(), "want at least 50 %") {
		t.Errorf("exit %d: %v", Code(err), err)
	}
	s.ScoreFile = good
	if err := Run(context.Background(), s, []string{orders}, console.UI{}); err != nil {
		t.Error(err)
	}
}

func TestRun_AColumnOfNoScoresIsRefused(t *testing.T) {
	s := quickly(t.TempDir())
	s.ScoreColumn = "chance"
	if err := Run(context.Background(), s, []string{"nowhere"}, console.UI{}); Code(err) != ExitUsage || !strings.Contains(err.Error(), "--score-column: column chance of no file") {
		t.Errorf("exit %d: %v", Code(err), err)
	}
}

func TestRun_PassesOverAScoreWhereThereIsTooLittleHistory(t *testing.T) {
	lines := plantedShop(600, 1)
	s := quickly(t.TempDir())
	s.AsOf = shopOpens + 150
	s.ScoreFile = oracle(t, lines, s.AsOf)
	var said bytes.Buffer
	dir := publishedSaying(t, s, console.New(&bytes.Buffer{}, &said, false, false, console.Text), writeLines(t, before(lines, s.AsOf), 1))
	if e := originOf(t, dir); e.Chosen != learn.ModelRecency || !strings.Contains(said.String(), "is not used: there is too little history to judge it") {
		t.Errorf("chosen %s, said %s", e.Chosen, said.String())
	}
}
