// Package reasons says for each of the first customers of the lists, in words, why
// the ranker put them there.
package reasons

import (
	"context"
	"slices"
	"strings"
	"sync"

	"winback/data/orders"
	"winback/features"
	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/learn"
	"winback/pipeline/plan"
	"winback/pipeline/scoring"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
	"winback/pipeline/wording"
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
// say plain facts. What else wants to see all histories joins the walk as
// also, which may be called from several goroutines; nil: nobody does.
func Explain(ctx context.Context, table *orders.Table, q snapshots.Question, d *learn.Learned, t *scoring.Scored, g *plan.Groups, also func(part int, h *orders.Histories) error) error {
	if !d.Explains(d.Gate.Name) {
		if also == nil {
			return nil
		}
		_, err := table.Each(ctx, q.Workers, also)
		return err
	}
	chosen, err := firstByRank(&g.Ranking)
	if err != nil {
		return err
	}
	slices.SortFunc(chosen, func(a, b first) int { return strings.Compare(a.id, b.id) })
	raw, err := rowsOf(ctx, table, q, t.Shop, chosen, also)
	if err != nil {
		return err
	}
	raw = t.Align.Of(raw)
	peak := wording.PeakWeeks
	if t.Shop != nil && t.Shop.PeaksBeforeChristmas() {
		peak = "before Christmas"
	}
	mean := t.MeanProbability()
	g.Reasons = make([]string, len(chosen))
	for from := 0; from < len(chosen); from += explainedAtOnce {
		to := min(from+explainedAtOnce, len(chosen))
		part := snapshots.Window(raw, from, to)
		relative := snapshots.Ranked(part, t.Ranks)
		customers := newExplained(part, relative)
		sums, _ := d.Contributions(d.Gate.Name, part, relative, q.Workers)
		parallel.EachOf(to-from, q.Workers, func(i int) {
			c := &chosen[from+i]
			words := reasonWords(customerRow{customers, i}, sums[i], c.probability >= mean)
			g.Reasons[c.rank-1] = strings.ReplaceAll(words, wording.PeakWeeks, peak)
		})
	}
	return nil
}

// first is a customer at the head of the lists.
type first struct {
	id          string
	probability float64
	rank        int
}

// firstByRank are those who get reasons, by rank.
func firstByRank(r *plan.Ranking) ([]first, error) {
	all := make([]first, 0, min(r.Len(), mostExplained))
	for group := 1; group <= r.Groups() && len(all) < cap(all); group++ {
		for c, err := range r.Group(group) {
			if err != nil {
				return nil, err
			}
			all = append(all, first{c.IDs[c.Row], c.Probability[c.Row], len(all) + 1})
			if len(all) == cap(all) {
				break
			}
		}
	}
	return all, nil
}

// rowsOf builds the features of the chosen lapsed customers, who are in order of their
// ids.
func rowsOf(ctx context.Context, table *orders.Table, q snapshots.Question, view *shopcontext.View, chosen []first, also func(part int, h *orders.Histories) error) (*models.Matrix, error) {
	parts := make([]*features.Table, table.Partitions())
	var mu sync.Mutex
	_, err := table.Each(ctx, q.Workers, func(part int, h *orders.Histories) error {
		if also != nil {
			if err := also(part, h); err != nil {
				return err
			}
		}
		want := features.Snapshot{AsOf: q.AsOf, Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, DataEnd: q.AsOf, Extra: true}
		next := 0 // both go up by the ids
		if len(h.IDs) > 0 {
			next, _ = slices.BinarySearchFunc(chosen, h.IDs[0], func(c first, id string) int { return strings.Compare(c.id, id) })
		}
		keep := func(id string) bool {
			for next < len(chosen) && chosen[next].id < id {
				next++
			}
			return next < len(chosen) && chosen[next].id == id
		}
		table, err := scoring.LapsedTable(h, want, keep, view)
		mu.Lock()
		defer mu.Unlock()
		parts[part] = table
		return err
	})
	if err != nil {
		return nil, err
	}
	return snapshots.RawMatrix(parts, q.Workers), nil
}
