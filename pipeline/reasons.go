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

// explains says whether a model says what each feature contributes.
func (d *Learned) explains(name string) bool {
	parts, _ := d.partsOf(name)
	for _, part := range parts {
		if d.finals[part].explainer == nil {
			return false
		}
	}
	return true
}

// partsOf are the models whose weighted mean log-odds a model is.
func (d *Learned) partsOf(name string) (parts []string, weights []float64) {
	if name == ModelBlend {
		return blendParts, d.blend
	}
	return []string{name}, []float64{1}
}

// contributions returns what each feature adds to the log-odds of each row, by
// a model that explains; a feature and its rank count as one. columns are the
// names of the features.
func (d *Learned) contributions(name string, raw, relative *models.Matrix, workers int) (sums [][]float64, columns []string) {
	columns = raw.Names
	place := map[string]int{}
	for k, column := range columns {
		place[column] = k
	}
	sums = make([][]float64, raw.Rows())
	for i := range sums {
		sums[i] = make([]float64, len(columns))
	}
	parts, weights := d.partsOf(name)
	for p, part := range parts {
		x := formOf(part).of(raw, relative)
		into := make([]int, len(x.Names)) // the feature of each column
		for k, column := range x.Names {
			into[k] = place[strings.TrimPrefix(column, "rank_of_")]
		}
		out := make([][]float64, len(sums))
		for i := range out {
			out[i] = make([]float64, len(x.Names))
		}
		d.finals[part].explainer.Contributions(x, out, workers)
		for i := range out {
			for k, v := range out[i] {
				sums[i][into[k]] += v * weights[p]
			}
		}
	}
	return sums, columns
}

// formOf is how a model of that name sees the features.
func formOf(name string) form {
	known := candidates()
	return known[slices.IndexFunc(known, func(c candidate) bool { return c.name == name })].form
}
