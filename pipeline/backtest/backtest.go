// Package backtest goes back to past days, does there what a night does, and
// compares with what came.
package backtest

import (
	"context"
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
	"winback/pipeline/wording"
)

// UsualCuts is how many past days a backtest looks at where nobody
// asks for another number and the history reaches far enough.
const UsualCuts = 6

// Schedule are the past days of a backtest.
type Schedule struct {
	Cuts    []data.Day // newest first: the test cut and every 30 days back
	LeftOut string     // a sentence: why there are not more; empty where none is missing
	Days    []data.Day // of all snapshots that the cuts are and learn from, newest first
}

// TooLittleHistoryError says that no past day can be judged.
type TooLittleHistoryError struct{ Text string }

// Error says what is needed and what was found.
func (e *TooLittleHistoryError) Error() string { return e.Text }

// ExitCode is 4: the data is not enough.
func (e *TooLittleHistoryError) ExitCode() int { return 4 }

// Plan finds the past days on which a model could have been chosen,
// learned and judged, at most so many; 0 asks for the usual number. A
// *TooLittleHistoryError says that there is none.
func Plan(q snapshots.Question, rates *baserate.Rates, most int) (Schedule, error) {
	usual := most == 0
	if usual {
		most = UsualCuts
	}
	var plan Schedule
	for len(plan.Cuts) < most {
		known := q.NightOf(q.TestCut() - data.Day(snapshots.SnapshotSpacing*len(plan.Cuts))).SnapshotDays(rates)
		if !learn.CanChoose(q, known) {
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
			wording.Counted(n, "past day"), most, plan.Cuts[n-1], rates.First, q.LapsedAfter+snapshots.FillUpDays)
	case usual && learn.CanChoose(q, q.NightOf(plan.Cuts[n-1]-snapshots.SnapshotSpacing).SnapshotDays(rates)):
		plan.LeftOut = fmt.Sprintf("The newest %d past days are shown; --cuts takes more.", n)
	}
	return plan, nil
}

func tooLittleHistory(q snapshots.Question, rates *baserate.Rates) error {
	days := q.SnapshotDays(rates)
	if len(days) == 0 {
		lapsed, returned := rates.At(q.TestCut())
		return &TooLittleHistoryError{fmt.Sprintf("too little history for a backtest: on %s, %d days before the as-of day, %d customers had lapsed and %d of them came back within %d days; a past day to judge needs at least %d and %d",
			q.TestCut(), q.Horizon, lapsed, returned, q.Horizon, snapshots.FewestRows, snapshots.FewestReturns)}
	}
	needed := 2*learn.NewLearner(&snapshots.Snapshots{}, q, learn.Settings{}).Lag + 1
	return &TooLittleHistoryError{fmt.Sprintf("too little history for a backtest: want %d past days %d days apart to learn from, choose on and judge, found %d, from %s to %s; the orders begin on %s, and the first %d days are left out while the extract fills up",
		needed, snapshots.SnapshotSpacing, len(days), days[len(days)-1], days[0], rates.First, q.LapsedAfter+snapshots.FillUpDays)}
}

// Cut is a past day as every model saw it: the evaluation of the night
// whose test cut that day is, and the model that was chosen before the day. The
// evaluation's own choice is another one where the gate of that night, which
// looks at the day, fell back to recency.
type Cut struct {
	Ranker string `json:"ranker"`
	learn.Evaluation

	Day    data.Day      `json:"-"`
	ids    []string      // of the rows
	Tested *learn.Tested `json:"-"`
}

// Run does at each planned day what a night does: choose on earlier days,
// learn and calibrate on what was closed then, judge by what came. snapshots
// are those of the plan's days; progress gets the number of customers judged
// after each cut. The cuts come oldest first.
func Run(ctx context.Context, orders *orders.Table, snapshots *snapshots.Snapshots, q snapshots.Question, rule survey.LapsedRule, rates *baserate.Rates, plan Schedule, set learn.Settings, progress func(int64)) ([]Cut, error) {
	ids, err := lapsedIDs(ctx, orders, q, plan.Cuts, snapshots.Share)
	if err != nil {
		return nil, err
	}
	cuts := make([]Cut, len(plan.Cuts))
	var later *learn.Learner
	for k, day := range plan.Cuts {
		night := q.NightOf(day)
		l := learn.NewLearner(snapshots.From(k), night, set)
		l.TakeOver(later)
		later = l
		learned, err := learn.LearnJudged(ctx, l, rates, rule, night)
		if err != nil {
			return nil, fmt.Errorf("cut %s: %w", day, err)
		}
		cut := Cut{Ranker: learned.Choice.Name, Evaluation: learned.Evaluation, Day: day, ids: ids[k], Tested: learned.Tested}
		if cut.Ranker != cut.Chosen {
			cut.Tested.Ranked(cut.Ranker)
			for _, name := range cut.Tested.GroupModels() {
				cut.Models[name] = cut.Tested.Proof(name, q.Workers)
			}
		}
		if err := cut.askGolearn(snapshots.From(k), l.Lag, set.Seed, q.Workers); err != nil {
			return nil, fmt.Errorf("cut %s: %s: %w", day, ModelGolearn, err)
		}
		cuts[len(cuts)-1-k] = cut
		progress(int64(len(cut.ids)))
	}
	return cuts, nil
}

// lapsedIDs lists the customers behind the rows of snapshots, in their order.
func lapsedIDs(ctx context.Context, table *orders.Table, q snapshots.Question, days []data.Day, share float64) ([][]string, error) {
	wanted := make([]features.Snapshot, len(days))
	for k, d := range days {
		wanted[k] = features.Snapshot{AsOf: d, Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, DataEnd: q.AsOf}
	}
	parts := make([][][]string, table.Partitions())
	_, err := table.Each(ctx, q.Workers, func(part int, h *orders.Histories) error {
		tables := make([]*features.Table, len(wanted))
		for k, s := range wanted {
			tables[k] = features.NewTable(s, table.Names)
		}
		if err := (&features.Builder{Keep: snapshots.Sampled(share)}).BuildAll(h, wanted, tables); err != nil {
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

// askGolearn puts the outside opinion beside the models of a cut.
func (c *Cut) askGolearn(s *snapshots.Snapshots, lag int, seed uint64, workers int) error {
	p, err := golearnOpinion(s, lag, seed)
	if err != nil {
		return err
	}
	c.Tested.P[ModelGolearn], c.Tested.Raw[ModelGolearn] = p, p
	c.Models[ModelGolearn] = c.Tested.Proof(ModelGolearn, workers)
	return nil
}

// ModelNames lists the models of a cut, the simplest first and the outside
// opinion last.
func (c *Cut) ModelNames() []string {
	names := c.Evaluated()
	if _, ok := c.Models[ModelGolearn]; ok {
		names = append(names, ModelGolearn)
	}
	return names
}

// resampledAUC is the AUC of a model in every resample.
func (c *Cut) resampledAUC(name string, workers int) []float64 {
	return models.ResampleAUC(c.Tested.Raw[name], c.Tested.Rows.Y, c.Tested.Rows.Group, learn.Resampling(workers))
}

// levelError is how far the mean probability was from the rate that came, in
// logs: 0.1 is about 10 %.
func (c *Cut) levelError(name string) float64 {
	return math.Abs(math.Log(float64(c.Models[name].MeanProbability) / float64(c.BaseRate)))
}
