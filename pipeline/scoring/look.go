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

// Looker takes the sample on a walk over the histories.
type Looker struct {
	look  *Look
	want  features.Snapshot
	share float64
	mu    sync.Mutex
	parts []*features.Table
}

// NewLooker readies the sample; shop is nil where too little is known of it.
func NewLooker(table *orders.Table, q snapshots.Question, shop *shopcontext.Sample, rates *baserate.Rates) *Looker {
	k := &Looker{look: &Look{}, want: wanted(q), share: 1, parts: make([]*features.Table, table.Partitions())}
	if shop != nil {
		k.look.shop = shopcontext.NewView(shop, k.want)
	}
	if lapsed, _ := rates.At(min(q.AsOf, table.LastDay+1) - 1); lapsed > mostSampled {
		k.share = mostSampled / float64(lapsed)
	}
	return k
}

// Add looks at a partition; it may be called from several goroutines.
func (k *Looker) Add(part int, h *orders.Histories) error {
	table, err := LapsedTable(h, k.want, snapshots.Sampled(k.share), k.look.shop)
	k.mu.Lock()
	defer k.mu.Unlock()
	k.parts[part] = table
	return err
}

// Look ends the walk.
func (k *Looker) Look(q snapshots.Question) *Look {
	k.look.Raw = snapshots.RawMatrix(k.parts, q.Workers)
	q.External.AddTo(k.look.Raw, q.AsOf, idsOf(k.parts))
	return k.look
}

// LookAt is a walk for the sample alone.
func LookAt(ctx context.Context, table *orders.Table, q snapshots.Question, shop *shopcontext.Sample, rates *baserate.Rates) (*Look, error) {
	k := NewLooker(table, q, shop, rates)
	if _, err := table.Each(ctx, q.Workers, k.Add); err != nil {
		return nil, err
	}
	return k.Look(q), nil
}

// idsOf are the customers of tables, one after the other.
func idsOf(parts []*features.Table) []string {
	var ids []string
	for _, t := range parts {
		ids = append(ids, t.IDs...)
	}
	return ids
}
