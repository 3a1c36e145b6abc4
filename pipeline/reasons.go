package pipeline

import (
	"context"
	"slices"
	"strings"
	"sync"

	"winback/data"
	"winback/features"
	"winback/models"
	"winback/pipeline/shop"
)

// mostExplained is how many customers at the head of the lists get reasons
// from the ranker's own contributions; those behind get plain facts. It bounds
// what the reasons cost however many customers have lapsed.
const mostExplained = 100_000

// explainedAtOnce bounds the memory that contributions take, in rows.
const explainedAtOnce = 16_384

// Explain finds the reasons of the customers at the head of the lists: the
// exact contributions of the ranker to their log-odds, put in words. It walks
// over the histories once more and builds the rows of these customers alone.
// Where nothing but recency ranks, and for customers further down, the lists
// say plain facts.
func Explain(ctx context.Context, orders *data.Orders, q Question, d *Learned, t *Tonight, g *Groups) error {
	if !d.explains(d.Gate.Name) {
		return nil
	}
	chosen := slices.Clone(g.Order.Customers[:min(len(g.Order.Customers), mostExplained)])
	slices.Sort(chosen) // rows of the lapsed, whose order is that of the ids
	raw, err := rowsOf(ctx, orders, q, t.shop, t.Lapsed.IDs, chosen)
	if err != nil {
		return err
	}
	mean := meanOf(t.Lapsed.Probability)
	t.Lapsed.Reasons = make([]string, len(t.Lapsed.IDs))
	for from := 0; from < len(chosen); from += explainedAtOnce {
		to := min(from+explainedAtOnce, len(chosen))
		part := window(raw, from, to)
		relative := ranked(part, t.ranks)
		sums, _ := d.contributions(d.Gate.Name, part, relative, q.Workers)
		eachOf(to-from, q.Workers, func(i int) {
			row := chosen[from+i]
			t.Lapsed.Reasons[row] = reasonWords(customerRow{part, relative, i}, sums[i], t.Lapsed.Probability[row] >= mean)
		})
	}
	return nil
}

// rowsOf builds the features of the chosen lapsed customers, in their order.
func rowsOf(ctx context.Context, orders *data.Orders, q Question, view *shop.View, ids []string, chosen []int32) (*models.Matrix, error) {
	parts := make([]*features.Table, orders.Partitions())
	var mu sync.Mutex
	_, err := orders.Each(ctx, q.Workers, func(part int, h *data.Histories) error {
		want := features.Snapshot{AsOf: q.AsOf, Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, DataEnd: q.AsOf, Extra: true}
		next := 0 // both go up by the ids
		if len(h.IDs) > 0 {
			next, _ = slices.BinarySearchFunc(chosen, h.IDs[0], func(row int32, id string) int { return strings.Compare(ids[row], id) })
		}
		want.Keep = func(id string, _ bool) bool {
			for next < len(chosen) && ids[chosen[next]] < id {
				next++
			}
			return next < len(chosen) && ids[chosen[next]] == id
		}
		table, err := lapsedTable(h, want, view)
		mu.Lock()
		defer mu.Unlock()
		parts[part] = table
		return err
	})
	if err != nil {
		return nil, err
	}
	return rawMatrix(parts, q.Workers), nil
}
