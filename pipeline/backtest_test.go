package pipeline

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"winback/data"
	"winback/models"
)

// backtested judges the planned past days of a random shop.
func backtested(t *testing.T, o *data.Orders, q Question, most, mostRows int) ([]BacktestCut, *BacktestSummary, BacktestPlan, *ReturnRates) {
	t.Helper()
	rates := countedBacktestRates(t, o, q.LapsedAfter, q.Horizon)
	plan, err := PlanBacktest(q, rates, most)
	if err != nil {
		t.Fatal(err)
	}
	s, err := BuildSnapshots(t.Context(), o, q, plan.Days, rates, mostRows)
	if err != nil {
		t.Fatal(err)
	}
	rule := LapsedRule{Days: q.LapsedAfter, Basis: "as set"}
	cuts, err := Backtest(t.Context(), o, s, q, rule, rates, plan, LearnSettings{MaxGroups: 10, Seed: 1}, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return cuts, SummariseBacktest(cuts, q, rule, plan), plan, rates
}

// Each past day is judged as the night would have judged it whose test cut it
// is, from orders that end with that night.
func TestBacktest_SaysWhatTheNightOfThatDaySaid(t *testing.T) {
	shop := channelShop(5, 700, 420)
	q := Question{AsOf: firstDay + 400, LapsedAfter: 30, Horizon: 60, Workers: 2}
	cuts, _, plan, _ := backtested(t, shop.read(t, data.ReadOptions{}), q, 2, 0)
	if len(cuts) != 2 || len(plan.Cuts) != 2 {
		t.Fatalf("%d cuts", len(cuts))
	}
	for k, day := range plan.Cuts {
		night := q.nightOf(day)
		known := shop.change(night.AsOf, func(*soldLine) bool { return false })
		o := known.read(t, data.ReadOptions{})
		s, rates := builtSnapshots(t, o, night, 0)
		want, err := Learn(t.Context(), s, rates, LapsedRule{Days: 30, Basis: "as set"}, night, LearnSettings{MaxGroups: 10, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		got := cuts[len(cuts)-1-k]
		if got.TestCut != day.String() || got.Ranker != want.choice.Name {
			t.Errorf("cut %s, ranked by %s, want %s by %s", got.TestCut, got.Ranker, day, want.choice.Name)
		}
		if a, b := asJSON(t, got.Evaluation), asJSON(t, want.Evaluation); got.Ranker == got.Chosen && a != b {
			t.Errorf("cut %s differs from what the night said:\n%s\nwant\n%s", day, a, b)
		}
		if !reflect.DeepEqual(got.tested.p[ModelBlend], want.tested.p[ModelBlend]) {
			t.Errorf("cut %s: other probabilities than the night's", day)
		}
	}
}

func asJSON(t *testing.T, v Evaluation) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// A part of the snapshots is what a night of that day would have built.
func TestSnapshotsFrom_AreThoseOfTheEarlierNight(t *testing.T) {
	o := channelShop(6, 700, 500).read(t, data.ReadOptions{})
	q := Question{AsOf: firstDay + 480, LapsedAfter: 45, Horizon: 60, Workers: 2}
	all, _ := snapshotsOf(t, o, q, 0)
	for _, k := range []int{0, 1, 4} {
		want, _ := snapshotsOf(t, o, q.nightOf(all.Days[k]), 0)
		got := all.from(k)
		if !reflect.DeepEqual(columnBits(got), columnBits(want)) {
			t.Errorf("from snapshot %d: other rows than those built for that night", k)
		}
		got.Raw, got.Relative, got.shop, want.Raw, want.Relative, want.shop = nil, nil, nil, nil, nil, nil
		if !reflect.DeepEqual(got, want) {
			t.Errorf("from snapshot %d: other labels than those built for that night", k)
		}
	}
}

// columnBits are the numbers of the matrices, so that missing values equal each other.
func columnBits(s *Snapshots) [][]uint32 {
	var out [][]uint32
	for _, m := range []*models.Matrix{s.Raw, s.Relative} {
		for _, c := range m.Columns {
			column := make([]uint32, len(c))
			for i, v := range c {
				column[i] = math.Float32bits(v)
			}
			out = append(out, column)
		}
	}
	return out
}

func TestPlanBacktest_TakesWhatTheHistoryAllowsAndSaysWhatIsMissing(t *testing.T) {
	rates := ratesOfSteadyShop(14_000, 15_060, 0.05)
	q := askedOfSteadyShop
	for _, c := range []struct {
		days, most, want int
		says             string
	}{
		{1060, 0, 6, "--cuts takes more"},
		{1060, 9, 9, ""},
		{1060, 60, 25, "Only 25 past days of 60: days before"},
		{420, 0, 4, "Only 4 past days of 6: days before"},
	} {
		r := *rates
		r.First = q.AsOf - data.Day(c.days)
		plan, err := PlanBacktest(q, &r, c.most)
		if err != nil {
			t.Fatal(err)
		}
		if len(plan.Cuts) != c.want || !strings.Contains(plan.LeftOut, c.says) || (c.says == "") != (plan.LeftOut == "") {
			t.Errorf("%d days of history, %d asked for: %d cuts, %q", c.days, c.most, len(plan.Cuts), plan.LeftOut)
		}
		for k, day := range plan.Cuts {
			if day != q.TestCut()-data.Day(30*k) || plan.Days[k] != day {
				t.Errorf("cut %d is of %s, its snapshot of %s", k, day, plan.Days[k])
			}
		}
		if oldest := q.nightOf(plan.Cuts[len(plan.Cuts)-1]).SnapshotDays(&r); plan.Days[len(plan.Days)-1] != oldest[len(oldest)-1] {
			t.Errorf("the oldest snapshot is of %s, want %s", plan.Days[len(plan.Days)-1], oldest[len(oldest)-1])
		}
	}
}

func TestPlanBacktest_TooLittleHistoryIsAPlainError(t *testing.T) {
	for days, want := range map[int]string{
		100: "customers had lapsed and",
		300: "want 5 past days 30 days apart to learn from, choose on and judge, found",
	} {
		_, err := PlanBacktest(askedOfSteadyShop, ratesOfSteadyShop(askedOfSteadyShop.AsOf-data.Day(days), askedOfSteadyShop.AsOf, 0.05), 0)
		var little *TooLittleHistoryError
		if !errors.As(err, &little) || little.ExitCode() != 4 || !strings.Contains(err.Error(), want) {
			t.Errorf("%d days: %v, want %q in it", days, err, want)
		}
	}
}

// What the table of predictions holds gives the figures of the summary.
func TestWritePredictions_GiveTheFiguresOfTheSummary(t *testing.T) {
	o := channelShop(7, 700, 420).read(t, data.ReadOptions{})
	q := Question{AsOf: firstDay + 400, LapsedAfter: 30, Horizon: 60, Workers: 2}
	for _, mostRows := range []int{0, 1200} {
		cuts, summary, _, _ := backtested(t, o, q, 2, mostRows)
		var file bytes.Buffer
		if err := WritePredictions(&file, cuts); err != nil {
			t.Fatal(err)
		}
		type key struct {
			day   data.Day
			model string
		}
		p, y := map[key][]float64{}, map[key][]uint8{}
		last := data.Prediction{}
		for row, err := range data.ReadPredictions(bytes.NewReader(file.Bytes()), int64(file.Len())) {
			if err != nil {
				t.Fatal(err)
			}
			k := key{row.AsOf, row.Model}
			if k == (key{last.AsOf, last.Model}) && row.CustomerID <= last.CustomerID {
				t.Fatal("customers are not in ascending order")
			}
			p[k] = append(p[k], row.Probability)
			y[k] = append(y[k], map[bool]uint8{true: 1}[row.Returned])
			last = row
		}
		mean := 0.0
		for i := range cuts {
			c := &cuts[i]
			for _, name := range c.ModelNames() {
				k := key{c.day, name}
				if got, want := models.Evaluate(p[k], y[k], nil).LogLoss, float64(c.Models[name].LogLoss); math.Abs(got-want) > 1e-5 {
					t.Errorf("%s on %s: log loss %v, want %v", name, c.day, got, want)
				}
			}
			mean += models.AUC(p[key{c.day, c.Ranker}], y[key{c.day, c.Ranker}], nil) / float64(len(cuts))
		}
		if m := summary.Mean[ModelChosen]; math.Abs(mean-float64(m.AUC)) > 1e-3 || !(m.AUCLow <= m.AUC && m.AUC <= m.AUCHigh) {
			t.Errorf("mean AUC %v (%v to %v), the predictions give %v", m.AUC, m.AUCLow, m.AUCHigh, mean)
		}
		if (mostRows > 0) != (summary.SampleShare < 1) {
			t.Errorf("at most %d rows: a share of %v", mostRows, summary.SampleShare)
		}
		var rows int64
		for _, b := range summary.Calibration {
			rows += b.Customers
		}
		if rows != cuts[0].Rows+cuts[1].Rows {
			t.Errorf("the calibration holds %d rows, the cuts %d and %d", rows, cuts[0].Rows, cuts[1].Rows)
		}
	}
}
