package pipeline

import (
	"context"
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/features"
	"winback/models"
	"winback/pipeline/wording"
)

// UsualBacktestCuts is how many past days a backtest looks at where nobody
// asks for another number and the history reaches far enough.
const UsualBacktestCuts = 6

// BacktestPlan are the past days of a backtest.
type BacktestPlan struct {
	Cuts    []data.Day // newest first: the test cut and every 30 days back
	LeftOut string     // a sentence: why there are not more; empty where none is missing
	Days    []data.Day // of all snapshots that the cuts are and learn from, newest first
}

// TooLittleHistoryError says that no past day can be judged.
type TooLittleHistoryError struct{ Text string }

func (e *TooLittleHistoryError) Error() string { return e.Text }

// ExitCode is 4: the data is not enough.
func (e *TooLittleHistoryError) ExitCode() int { return 4 }

// PlanBacktest finds the past days on which a model could have been chosen,
// learned and judged, at most so many; 0 asks for the usual number. A
// *TooLittleHistoryError says that there is none.
func PlanBacktest(q Question, rates *ReturnRates, most int) (BacktestPlan, error) {
	usual := most == 0
	if usual {
		most = UsualBacktestCuts
	}
	var plan BacktestPlan
	for len(plan.Cuts) < most {
		known := q.nightOf(q.TestCut() - data.Day(snapshotSpacing*len(plan.Cuts))).SnapshotDays(rates)
		if !canChoose(q, known) {
			break
		}
		plan.Days = append(slices.Clone(plan.Cuts), known...)
		plan.Cuts = append(plan.Cuts, known[0])
	}
	switch n := len(plan.Cuts); {
	case n == 0:
		return plan, tooLittleHistory(q, rates)
	case n < most:
		plan.LeftOut = fmt.Sprintf("Only %s of %d: days before %s have too few closed snapshots before them to choose a model on (the orders begin on %s, and the first %d days are left out while the extract fills up).",
			wording.Counted(n, "past day"), most, plan.Cuts[n-1], rates.First, q.LapsedAfter+fillUpDays)
	case usual && canChoose(q, q.nightOf(plan.Cuts[n-1]-snapshotSpacing).SnapshotDays(rates)):
		plan.LeftOut = fmt.Sprintf("The newest %d past days are shown; --cuts takes more.", n)
	}
	return plan, nil
}

func tooLittleHistory(q Question, rates *ReturnRates) error {
	days := q.SnapshotDays(rates)
	if len(days) == 0 {
		lapsed, returned := rates.At(q.TestCut())
		return &TooLittleHistoryError{fmt.Sprintf("too little history for a backtest: on %s, %d days before the as-of day, %d customers had lapsed and %d of them came back within %d days; a past day to judge needs at least %d and %d",
			q.TestCut(), q.Horizon, lapsed, returned, q.Horizon, fewestRows, fewestReturns)}
	}
	needed := 2*newLearner(&Snapshots{}, q, 0, 0).lag + 1
	return &TooLittleHistoryError{fmt.Sprintf("too little history for a backtest: want %d past days %d days apart to learn from, choose on and judge, found %d, from %s to %s; the orders begin on %s, and the first %d days are left out while the extract fills up",
		needed, snapshotSpacing, len(days), days[len(days)-1], days[0], rates.First, q.LapsedAfter+fillUpDays)}
}

// BacktestCut is a past day as every model saw it: the evaluation of the night
// whose test cut that day is, and the model that was chosen before the day. The
// evaluation's own choice is another one where the gate of that night, which
// looks at the day, fell back to recency.
type BacktestCut struct {
	Ranker string `json:"ranker"`
	Evaluation

	day    data.Day
	ids    []string // of the rows
	tested *tested
}

// Backtest does at each planned day what a night does: choose on earlier days,
// learn and calibrate on what was closed then, judge by what came. snapshots
// are those of the plan's days; progress gets the number of customers judged
// after each cut. The cuts come oldest first.
func Backtest(ctx context.Context, orders *data.Orders, snapshots *Snapshots, q Question, rule LapsedRule, rates *ReturnRates, plan BacktestPlan, set LearnSettings, progress func(int64)) ([]BacktestCut, error) {
	ids, err := lapsedIDs(ctx, orders, q, plan.Cuts, snapshots.Share)
	if err != nil {
		return nil, err
	}
	cuts := make([]BacktestCut, len(plan.Cuts))
	var later *learner
	for k, day := range plan.Cuts {
		night := q.nightOf(day)
		l := newLearner(snapshots.from(k), night, set.MaxGroups, set.Seed)
		l.takeOver(later)
		later = l
		learned, err := learnJudged(ctx, l, rates, rule, night)
		if err != nil {
			return nil, fmt.Errorf("cut %s: %w", day, err)
		}
		cut := BacktestCut{Ranker: learned.choice.Name, Evaluation: learned.Evaluation, day: day, ids: ids[k], tested: learned.tested}
		if cut.Ranker != cut.Chosen {
			cut.tested.ranked(cut.Ranker)
			cut.Models[ModelTree] = cut.tested.proof(ModelTree, q.Workers)
		}
		cuts[len(cuts)-1-k] = cut
		progress(int64(len(cut.ids)))
	}
	return cuts, nil
}

// lapsedIDs lists the customers behind the rows of snapshots, in their order.
func lapsedIDs(ctx context.Context, orders *data.Orders, q Question, days []data.Day, share float64) ([][]string, error) {
	wanted := make([]features.Snapshot, len(days))
	for k, d := range days {
		wanted[k] = features.Snapshot{AsOf: d, Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, DataEnd: q.AsOf}
		if share < 1 {
			wanted[k].Keep = func(id string, _ bool) bool { return sampled(id, share) }
		}
	}
	parts := make([][][]string, orders.Partitions())
	_, err := orders.Each(ctx, q.Workers, func(part int, h *data.Histories) error {
		tables := make([]*features.Table, len(wanted))
		for k, s := range wanted {
			tables[k] = features.NewTable(s, orders.Names)
		}
		if err := features.BuildAll(h, wanted, tables); err != nil {
			return err
		}
		for _, t := range tables {
			parts[part] = append(parts[part], slices.Clone(t.IDs))
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	ids := make([][]string, len(days))
	for k := range days {
		for _, p := range parts {
			ids[k] = append(ids[k], p[k]...)
		}
	}
	return ids, nil
}

// ModelNames lists the models of a cut, the simplest first.
func (c *BacktestCut) ModelNames() []string {
	var names []string
	for _, known := range candidates() {
		if _, ok := c.Models[known.name]; ok {
			names = append(names, known.name)
		}
	}
	return names
}

// resampledAUC is the AUC of a model in every resample.
func (c *BacktestCut) resampledAUC(name string, workers int) []float64 {
	return models.ResampleAUC(c.tested.raw[name], c.tested.rows.Y, c.tested.rows.Group, resampling(workers))
}

// levelError is how far the mean probability was from the rate that came, in
// logs: 0.1 is about 10 %.
func (c *BacktestCut) levelError(name string) float64 {
	return math.Abs(math.Log(float64(c.Models[name].MeanProbability) / float64(c.BaseRate)))
}
