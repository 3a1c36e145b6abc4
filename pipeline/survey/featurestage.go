package survey

import (
	"context"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/internal/parallel"
)

// FeatureRequest asks for the feature rows of all customers.
type FeatureRequest struct {
	AsOf    data.Day
	Horizon int // days
	Workers int
	Last    bool // nobody walks over the histories again: their memory is given back
}

// SurveyFeatures builds the feature rows of all customers and hands them to use
// in order of the customer ids, one partition after the other; use must not
// keep them. The survey is taken in the same walk.
func SurveyFeatures(ctx context.Context, table *orders.Table, r FeatureRequest, use func(*features.Table) error) (*Survey, error) {
	want := features.Snapshot{AsOf: r.AsOf, Horizon: r.Horizon, DataEnd: table.LastDay + 1}
	if table.LastDay < r.AsOf { // a history that ends before the as-of day says nothing of what followed
		want.DataEnd = r.AsOf
	}
	tables := parallel.PerWorker[features.Table]{Make: func() *features.Table { return features.NewTable(want, table.Names) }}
	builders := parallel.PerWorker[features.Builder]{Make: func() *features.Builder { return new(features.Builder) }}
	surveys := NewCounter(FrameOf(table), table.Names)
	surveys.noIDs = true
	line := &parallel.InOrder[*features.Table]{Waiting: map[int]*features.Table{}, Use: func(t *features.Table) error {
		err := use(t)
		t.Reset()
		tables.GiveBack(t)
		return err
	}}
	walk := table.Each
	if r.Last {
		walk = table.Last
	}
	dropped, err := walk(ctx, r.Workers, func(part int, h *orders.Histories) error {
		surveys.Add(h)
		b := builders.Take()
		defer builders.GiveBack(b)
		t := tables.Take()
		t.Grow(h.Customers())
		if err := b.Build(h, want, t); err != nil {
			return err
		}
		return line.Put(part, t)
	})
	if err != nil {
		return nil, err
	}
	return surveys.total(dropped), nil
}
