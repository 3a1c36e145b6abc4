// Package scoring scores tonight's lapsed customers with everything that was
// learned, partition after partition.
package scoring

import (
	"context"

	"winback/data/orders"
	"winback/features"
	"winback/internal/parallel"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
)

// Scored are the customers lapsed at the as-of day, scored by every model.
type Scored struct {
	Customers int64    // who have bought at all before the as-of day
	Lapsed    *Store   // by id; Stage, Suppressed and HeldOut are for the caller
	Models    []string // that scored them, in ascending order

	ranker           string
	probabilities    float64 // sum of all, in order of the ids
	leafSums, inLeaf []float64
	Leaves           []learn.Leaf // with rules in the units of the night

	Tree  *learn.SurrogateTree // with the cut points of the night; nil where there is none
	Ranks []snapshots.Ranks    // of the features among tonight's lapsed
	Shop  *shopcontext.View    // tonight; nil where nothing was learned of it
	Align learn.Aligner        // to the levels that the models know
	Cuts  []learn.CutStability
}

// Walk is what Score does beside scoring. Write takes the features as they are
// published. Also joins the walk, with the histories and the lapsed of a partition, whose
// columns it may set; it may be called from several goroutines.
type Walk struct {
	Write func(*features.Table) error
	Also  func(part int, h *orders.Histories, l *Lapsed) error
	// Elsewhere has all partitions scored by other machines, and gives what came of each;
	// nil: the walk scores them.
	Elsewhere func(table *orders.Table, n *Night) (func(part int) (*Part, error), error)
}

// Score builds the feature rows of those lapsed at the as-of day, partition after
// partition, scores them, and puts them into the store.
func Score(ctx context.Context, table *orders.Table, q snapshots.Question, d *learn.Learned, look *Look, rates *baserate.Rates, store *Store, w Walk) (*Scored, error) {
	n, err := newNight(d, q, look)
	if err != nil {
		return nil, err
	}
	scored := func(_ int, h *orders.Histories) (*Part, error) { return n.Score(h) }
	if w.Elsewhere != nil {
		came, err := w.Elsewhere(table, n)
		if err != nil {
			return nil, err
		}
		scored = func(part int, h *orders.Histories) (*Part, error) { return came(part) }
	}
	t := n.begin(store)
	lapsed, _ := rates.At(min(q.AsOf, table.LastDay+1) - 1)
	store.expect(int(lapsed + lapsed/32))
	line := &parallel.InOrder[*Part]{Waiting: map[int]*Part{}, Use: func(p *Part) error {
		if err := w.Write(p.features); err != nil {
			return err
		}
		return t.add(p)
	}}
	_, err = table.Each(ctx, q.Workers, func(part int, h *orders.Histories) error {
		p, err := scored(part, h)
		if err != nil {
			return err
		}
		if err := w.Also(part, h, p.lapsed); err != nil {
			return err
		}
		return line.Put(part, p)
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (n *Night) begin(store *Store) *Scored {
	d := n.learned
	t := &Scored{Tree: n.tree, Ranks: n.ranks, Shop: n.shop, Align: n.align, Cuts: n.cuts, Leaves: d.LeavesTonight(n.tree), Models: d.ModelNames(), ranker: d.Gate.Name, Lapsed: store}
	t.leafSums, t.inLeaf = make([]float64, len(t.Leaves)), make([]float64, len(t.Leaves))
	return t
}

// add keeps the customers of a partition, and sums them up in order of their ids.
func (t *Scored) add(p *Part) error {
	l := p.lapsed
	t.Customers += p.Customers
	for i, probability := range l.Probability {
		t.probabilities += probability
		t.leafSums[l.Leaf[i]] += probability
		t.inLeaf[l.Leaf[i]]++
	}
	return t.Lapsed.Add(l)
}

// MeanProbability is that of all lapsed customers; NaN where there are none.
func (t *Scored) MeanProbability() float64 { return t.probabilities / float64(t.Lapsed.Len()) }

// ScoresOf writes what each model says about customer i of some of the lapsed.
func (t *Scored) ScoresOf(l *Lapsed, i int, into []float64) {
	other := 0
	for k, name := range t.Models {
		switch name {
		case t.ranker:
			into[k] = l.Probability[i]
		case learn.ModelTree:
			into[k] = t.leafSums[l.Leaf[i]] / t.inLeaf[l.Leaf[i]]
		default:
			into[k] = float64(l.Others[other][i])
			other++
		}
	}
}

// SurrogateTree is the tree of the groups with the cut points of the night; nil
// where there is one group of everybody.
func (t *Scored) SurrogateTree() *learn.SurrogateTree { return t.Tree }
