package backtest

import (
	"context"

	"winback/data"
	"winback/data/orders"
	"winback/pipeline/baserate"
	"winback/pipeline/offers"
	"winback/pipeline/snapshots"
	"winback/pipeline/survey"
)

// shown is what would have been shown on a past day.
type shown struct {
	counter *offers.Counter
	study   *offers.Study
	choice  *offers.Choice
	judge   *offers.Judge
}

// JudgeShows compares what would have been shown on the past days of a backtest, in the
// order that days before each choose, with what the returning customers bought.
// customers is how many the shop has.
func JudgeShows(ctx context.Context, table *orders.Table, q snapshots.Question, set offers.Settings, customers int64, b *Summary) error {
	days, returns := make([]shown, len(b.Cuts)), baserate.NewCounter(table.FirstDay, survey.DaysOf(table), q.LapsedAfter, q.Horizon)
	names, first := table.Names[data.Product], q.FirstUsefulDay(table.FirstDay)
	for i, c := range b.Cuts {
		days[i] = shown{counter: offers.NewCounter(set, names, c.Day), study: offers.NewStudy(set, names, c.Day, first, q.Horizon, customers)}
	}
	walk := func(add func(d *shown, h *orders.Histories), also func(*orders.Histories)) error {
		_, err := table.Each(ctx, q.Workers, func(_ int, h *orders.Histories) error {
			for i := range days {
				add(&days[i], h)
			}
			also(h)
			return nil
		})
		return err
	}
	nothing := func(*orders.Histories) {}
	if err := walk((*shown).count, returns.Add); err != nil {
		return err
	}
	rates := returns.Rates()
	for i := range days {
		days[i].study.Learn(q.Workers, rates.At)
	}
	if err := walk(func(d *shown, h *orders.Histories) { d.study.Gather(h) }, nothing); err != nil {
		return err
	}
	for i := range days {
		if err := days[i].settle(q, b.Cuts[i].Returned); err != nil {
			return err
		}
	}
	if err := walk(func(d *shown, h *orders.Histories) { d.judge.Add(h) }, nothing); err != nil {
		return err
	}
	b.recordShows(days, q.Workers)
	return nil
}

func (d *shown) count(h *orders.Histories) {
	d.counter.Add(h)
	d.study.Count(h)
}

// settle chooses the order by days before, and readies the judgement; so many came back.
func (d *shown) settle(q snapshots.Question, returned int64) (err error) {
	if d.choice, err = d.study.Choose(q.Workers); err != nil {
		return err
	}
	d.judge = offers.NewJudge(d.counter.Learn(q.Workers), q.Horizon, returned)
	d.judge.Use(d.choice)
	d.counter, d.study = nil, nil
	return nil
}

func (s *Summary) recordShows(days []shown, workers int) {
	var judges []*offers.Judge
	var choices []*offers.Choice
	for i, d := range days {
		s.Cuts[i].Shows = offers.NewRecord([]*offers.Judge{d.judge}, []*offers.Choice{d.choice}, workers)
		judges, choices = append(judges, d.judge), append(choices, d.choice)
	}
	s.Shows = offers.NewRecord(judges, choices, workers)
}
