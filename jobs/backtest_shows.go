package jobs

import (
	"context"
	"fmt"
	"strings"

	"winback/data"
	"winback/data/orders"
	"winback/internal/fsys"
	"winback/jobs/settings"
	"winback/pipeline/backtest"
	"winback/pipeline/learn"
	"winback/pipeline/offers"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
)

// judgeShows compares what would have been shown on the past days of a backtest
// with what the returning customers bought. It does nothing where nothing is to be
// shown or the orders name no products.
func judgeShows(ctx context.Context, files fsys.FS, table *orders.Table, q snapshots.Question, s settings.Offers, b *backtest.Summary) error {
	never, err := readNeverShown(files, s.NeverFile)
	if err != nil {
		return err
	}
	products := table.Names[data.Product]
	if s.Show == 0 || len(products) == 0 {
		return nil
	}
	set := offers.Settings{LapsedAfter: q.LapsedAfter, SoldWithin: s.SoldWithin, Kinds: s.ShowKinds, Never: never}
	var counters []*offers.Counter
	for _, c := range b.Cuts {
		counters = append(counters, offers.NewCounter(set, products, c.Day))
	}
	_, err = table.Each(ctx, q.Workers, func(_ int, h *orders.Histories) error {
		for _, c := range counters {
			c.Add(h)
		}
		return nil
	})
	if err != nil {
		return err
	}
	var judges []*offers.Judge
	for i, c := range counters {
		share := min(1, mostJudged/float64(max(b.Cuts[i].Returned, 1)))
		judges = append(judges, offers.NewJudge(c.Learn(q.Workers), q.Horizon, share))
	}
	_, err = table.Each(ctx, q.Workers, func(_ int, h *orders.Histories) error {
		for _, j := range judges {
			j.Add(h)
		}
		return nil
	})
	for i, j := range judges {
		b.Cuts[i].Shows = offers.NewRecord([]*offers.Judge{j}, q.Workers)
	}
	b.Shows = offers.NewRecord(judges, q.Workers)
	return err
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
	for _, m := range []struct {
		name string
		offers.Figures
	}{{"hot: most buyers", r.Hot}, {"own: the customer's most bought", r.Own}, {"R: what lists show", r.Best}} {
		lines = append(lines, fmt.Sprintf(showsLine, m.name, figure(m.First1, 3), figure(m.First3, 3), scoreRange(m.First3Low, m.First3High),
			figure(m.First10, 3), scoreRange(m.First10Low, m.First10High), figure(m.NDCG10, 3)))
	}
	return append(lines, "R against own, first 3: "+differenceText(r.OverOwn.First3, r.OverOwn.Low, r.OverOwn.High), "")
}

func differenceText(mean, low, high learn.Figure) string {
	return fmt.Sprintf("%+.3f (%+.3f to %+.3f)", mean, low, high)
}
