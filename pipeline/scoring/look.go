package scoring

import (
	"context"
	"sync"

	"winback/data/orders"
	"winback/features"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
)

// mostSampled bounds the customers from whom the ranks, the level and the cut
// points of the night are found; smaller shops are taken whole.
const mostSampled = 100_000

// Look is a sample of the customers lapsed at the as-of day.
type Look struct {
	Raw  *models.Matrix // their features as they are
	shop *shopcontext.View
}

// LookAt takes the sample; shop is nil where too little is known of it.
func LookAt(ctx context.Context, table *orders.Table, q snapshots.Question, shop *shopcontext.Sample, rates *baserate.Rates) (*Look, error) {
	want, l := wanted(q), &Look{}
	share := 1.0
	if shop != nil {
		l.shop = shopcontext.NewView(shop, want)
	}
	if lapsed, _ := rates.At(min(q.AsOf, table.LastDay+1) - 1); lapsed > mostSampled {
		share = mostSampled / float64(lapsed)
	}
	parts := make([]*features.Table, table.Partitions())
	var mu sync.Mutex
	_, err := table.Each(ctx, q.Workers, func(part int, h *orders.Histories) error {
		table, err := LapsedTable(h, want, snapshots.Sampled(share), l.shop)
		mu.Lock()
		defer mu.Unlock()
		parts[part] = table
		return err
	})
	if err != nil {
		return nil, err
	}
	l.Raw = snapshots.RawMatrix(parts, q.Workers)
	q.External.AddTo(l.Raw, q.AsOf, idsOf(parts))
	return l, nil
}

// idsOf are the customers of tables, one after the other.
func idsOf(parts []*features.Table) []string {
	var ids []string
	for _, t := range parts {
		ids = append(ids, t.IDs...)
	}
	return ids
}
