package backtest

import (
	"bytes"
	"encoding/json"
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"

	"winback/data"
	"winback/data/orders"
	"winback/data/tables"
	"winback/internal/ordertest"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
)

// backtested judges the planned past days of a random shop.
func backtested(t *testing.T, o *orders.Table, q snapshots.Question, most, mostRows int) ([]Cut, *Summary, Schedule, *baserate.Rates) {
	t.Helper()
	rates := countedBacktestRates(t, o, q.LapsedAfter, q.Horizon)
	plan, err := Plan(q, rates, most)
	if err != nil {
		t.Fatal(err)
	}
	shop, err := snapshots.TakeShop(t.Context(), o, plan.Days, rates, q.Workers)
	if err != nil {
		t.Fatal(err)
	}
	s, err := snapshots.Build(t.Context(), o, q, plan.Days, rates, shop, mostRows)
	if err != nil {
		t.Fatal(err)
	}
	rule := survey.LapsedRule{Days: q.LapsedAfter, Basis: "as set"}
	cuts, err := Run(t.Context(), o, s, q, rule, rates, plan, learn.Settings{MaxGroups: 10, Seed: 1}, func(int64) {})
	if err != nil {
		t.Fatal(err)
	}
	return cuts, Summarise(cuts, q, rule, plan), plan, rates
}

// Each past day is judged as the night would have judged it whose test cut it
// is, from orders that end with that night.
func TestBacktest_SaysWhatTheNightOfThatDaySaid(t *testing.T) {
	shop := ordertest.ChannelShop(5, 700, 420)
	q := snapshots.Question{AsOf: ordertest.FirstDay + 400, LapsedAfter: 30, Horizon: 60, Workers: 2}
	cuts, _, plan, _ := backtested(t, shop.Read(t, orders.Options{}), q, 2, 0)
	if len(cuts) != 2 || len(plan.Cuts) != 2 {
		t.Fatalf("%d cuts", len(cuts))
	}
	for k, day := range plan.Cuts {
		night := q.NightOf(day)
		known := shop.Change(night.AsOf, func(*ordertest.SoldLine) bool { return false })
		o := known.Read(t, orders.Options{})
		s, rates := builtSnapshots(t, o, night, 0)
		want, err := learn.Learn(t.Context(), s, rates, survey.LapsedRule{Days: 30, Basis: "as set"}, night, learn.Settings{MaxGroups: 10, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		got := cuts[len(cuts)-1-k]
		if got.TestCut != day.String() || got.Ranker != want.Choice.Name {
			t.Errorf("cut %s, ranked by %s, want %s by %s", got.TestCut, got.Ranker, day, want.Choice.Name)
		}
		delete(got.Evaluation.Models, ModelGolearn) // which no night knows
		if a, b := asJSON(t, got.Evaluation), asJSON(t, want.Evaluation); got.Ranker == got.Chosen && a != b {
			t.Errorf("cut %s differs from what the night said:\n%s\nwant\n%s", day, a, b)
		}
		if !reflect.DeepEqual(got.Tested.P[learn.ModelBlend], want.Tested.P[learn.ModelBlend]) {
			t.Errorf("cut %s: other probabilities than the night's", day)
		}
	}
}

func asJSON(t *testing.T, v learn.Evaluation) string {
	t.Helper()
	text, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
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
		plan, err := Plan(q, &r, c.most)
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
		if oldest := q.NightOf(plan.Cuts[len(plan.Cuts)-1]).SnapshotDays(&r); plan.Days[len(plan.Days)-1] != oldest[len(oldest)-1] {
			t.Errorf("the oldest snapshot is of %s, want %s", plan.Days[len(plan.Days)-1], oldest[len(oldest)-1])
		}
	}
}

func TestPlanBacktest_TooLittleHistoryIsAPlainError(t *testing.T) {
	for days, want := range map[int]string{
		100: "customers had lapsed and",
		300: "want 5 past days 30 days apart to learn from, choose on and judge, found",
	} {
		_, err := Plan(askedOfSteadyShop, ratesOfSteadyShop(askedOfSteadyShop.AsOf-data.Day(days), askedOfSteadyShop.AsOf, 0.05), 0)
		var little *TooLittleHistoryError
		if !errors.As(err, &little) || little.ExitCode() != 4 || !strings.Contains(err.Error(), want) {
			t.Errorf("%d days: %v, want %q in it", days, err, want)
		}
	}
}

// What the table of predictions holds gives the figures of the summary.
func TestWritePredictions_GiveTheFiguresOfTheSummary(t *testing.T) {
	o := ordertest.ChannelShop(7, 700, 420).Read(t, orders.Options{})
	q := snapshots.Question{AsOf: ordertest.FirstDay + 400, LapsedAfter: 30, Horizon: 60, Workers: 2}
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
		last := tables.Prediction{}
		for row, err := range tables.ReadPredictions(bytes.NewReader(file.Bytes()), int64(file.Len())) {
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
				k := key{c.Day, name}
				if got, want := models.Evaluate(p[k], y[k], nil).LogLoss, float64(c.Models[name].LogLoss); math.Abs(got-want) > 1e-5 {
					t.Errorf("%s on %s: log loss %v, want %v", name, c.Day, got, want)
				}
			}
			mean += models.AUC(p[key{c.Day, c.Ranker}], y[key{c.Day, c.Ranker}], nil) / float64(len(cuts))
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
