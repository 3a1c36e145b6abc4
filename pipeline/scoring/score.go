// Package scoring scores tonight's lapsed customers with everything that was
// learned, partition after partition.
package scoring

import (
	"context"
	"fmt"
	"math"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/external"
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
	others           []string // the models of Lapsed.Others
	probabilities    float64  // sum of all, in order of the ids
	leafSums, inLeaf []float64
	Leaves           []learn.Leaf // with rules in the units of the night

	Tree  *learn.SurrogateTree // with the cut points of the night; nil where there is none
	Ranks []snapshots.Ranks    // of the features among tonight's lapsed
	Shop  *shopcontext.View    // tonight; nil where nothing was learned of it
	Align learn.Aligner        // to the levels that the models know
	Cuts  []learn.CutStability
}

// night is what scoring needs beside the models: the ranks of the features
// among tonight's lapsed, the shift of each model to the forecast level, and
// the tree in tonight's units.
type night struct {
	learned *learn.Learned
	scores  *external.Scores
	want    features.Snapshot
	shop    *shopcontext.View
	align   learn.Aligner
	ranks   []snapshots.Ranks
	shifts  map[string]models.Shift
	tree    *learn.SurrogateTree
	cuts    []learn.CutStability
}

// Score builds the feature rows of those lapsed at the as-of day,
// partition after partition, hands them to write as they are published,
// scores them, and puts them into the store. What else wants to see all histories joins
// the walk as also, with the lapsed of the partition, whose columns it may set; it may be
// called from several goroutines.
func Score(ctx context.Context, table *orders.Table, q snapshots.Question, d *learn.Learned, look *Look, rates *baserate.Rates, store *Store, write func(*features.Table) error, also func(part int, h *orders.Histories, l *Lapsed) error) (*Scored, error) {
	n := &night{learned: d, scores: q.External, want: wanted(q), shop: look.shop}
	if err := n.prepare(look.Raw, q.Workers); err != nil {
		return nil, err
	}
	t := n.begin(store)
	lapsed, _ := rates.At(min(q.AsOf, table.LastDay+1) - 1)
	store.expect(int(lapsed + lapsed/32))
	line := &parallel.InOrder[*scoredPart]{Waiting: map[int]*scoredPart{}, Use: func(p *scoredPart) error {
		if err := write(p.table.Published()); err != nil {
			return err
		}
		return t.add(p)
	}}
	_, err := table.Each(ctx, q.Workers, func(part int, h *orders.Histories) error {
		table, err := LapsedTable(h, n.want, nil, n.shop)
		if err != nil {
			return err
		}
		p := n.score(t, table, h)
		if err := also(part, h, p.lapsed); err != nil {
			return err
		}
		return line.Put(part, p)
	})
	if err != nil {
		return nil, err
	}
	return t, nil
}

func (n *night) begin(store *Store) *Scored {
	d := n.learned
	t := &Scored{Tree: n.tree, Ranks: n.ranks, Shop: n.shop, Align: n.align, Cuts: n.cuts, Leaves: d.LeavesTonight(n.tree), Models: d.ModelNames(), ranker: d.Gate.Name, Lapsed: store}
	t.leafSums, t.inLeaf = make([]float64, len(t.Leaves)), make([]float64, len(t.Leaves))
	for _, name := range t.Models {
		if name != t.ranker && name != learn.ModelTree {
			t.others = append(t.others, name)
		}
	}
	return t
}

// wanted is the snapshot of the night.
func wanted(q snapshots.Question) features.Snapshot {
	return features.Snapshot{AsOf: q.AsOf, Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, DataEnd: q.AsOf, Extra: true}
}

// LapsedTable builds the rows of tonight's lapsed customers, of those whom keep
// chooses (nil: of all), with the shop's view of them where there is one.
func LapsedTable(h *orders.Histories, want features.Snapshot, keep func(id string) bool, view *shopcontext.View) (*features.Table, error) {
	table := features.NewTable(want, h.Names)
	if keep == nil { // nearly all have a row
		table.Grow(h.Customers())
	}
	builder := features.Builder{Keep: keep}
	if err := builder.Build(h, want, table); err != nil {
		return nil, err
	}
	if view != nil {
		view.AddTo(table, h)
	}
	return table, nil
}

// prepare takes a sample of tonight's customers.
func (n *night) prepare(raw *models.Matrix, workers int) (err error) {
	n.learned.Describe(raw)
	if n.align, err = n.learned.State.Align(raw); err != nil {
		return err
	}
	raw = n.align.Of(raw)
	n.ranks = snapshots.RankTables(raw, workers)
	relative := snapshots.Ranked(raw, n.ranks)
	n.shifts = map[string]models.Shift{}
	for name, p := range n.learned.Raw(raw, relative) {
		calibration := n.learned.Calibrations[name]
		for i := range p {
			p[i] = calibration.Apply(p[i])
		}
		if !math.IsNaN(n.learned.Level.Rate) {
			n.shifts[name] = models.Shift{Logit: models.ShiftTo(p, nil, n.learned.Level.Rate)}
		}
	}
	n.tree, n.cuts = n.learned.TreeTonight(raw, relative)
	return nil
}

// scoredPart are the scored customers of one partition.
type scoredPart struct {
	table     *features.Table
	customers int64
	lapsed    *Lapsed
}

func (n *night) score(t *Scored, table *features.Table, h *orders.Histories) *scoredPart {
	l := lapsedOf(table, h.Names[data.Channel])
	raw := snapshots.RawMatrix([]*features.Table{table}, 1)
	if n.learned.Inside != nil {
		l.Inside = n.learned.Inside(raw)
	}
	n.scores.AddTo(raw, n.want.AsOf, table.IDs)
	raw = n.align.Of(raw)
	l.ExpectedSpend = n.learned.Spend.Of(raw)
	scores := n.learned.Raw(raw, snapshots.Ranked(raw, n.ranks))
	for name, probability := range scores {
		calibration, shift := n.learned.Calibrations[name], n.shifts[name]
		for i := range probability {
			probability[i] = shift.Apply(calibration.Apply(probability[i]))
		}
	}
	l.Probability = scores[t.ranker]
	for _, name := range t.others {
		l.Others = append(l.Others, single(scores[name]))
	}
	if n.tree != nil {
		l.Leaf = n.tree.LeafOfPublished(table)
	}
	return &scoredPart{table, snapshots.CustomersBefore(h, n.want.AsOf), l}
}

// single are numbers in single precision: there are many, and nobody reckons with them.
func single(values []float64) []float32 {
	out := make([]float32, len(values))
	for i, v := range values {
		out[i] = float32(v)
	}
	return out
}

// lapsedOf are the customers of a table, with what it says of them.
func lapsedOf(table *features.Table, channels []string) *Lapsed {
	n := table.Rows()
	l := &Lapsed{IDs: table.IDs, Leaf: make([]int32, n), PreferredChannel: table.Column("top_channel").Codes, Channels: channels,
		RecencyDays: make([]int32, n), Orders: make([]int32, n), Monetary: make([]data.Money, n), IntervalMeanDays: single(table.Column("interval_mean").Floats), LastPurchaseDay: make([]data.Day, n)}
	recency, orders, monetary := table.Column("recency_days").Ints, table.Column("orders").Ints, table.Column("monetary").Ints
	for i := range n {
		l.RecencyDays[i], l.Orders[i], l.Monetary[i] = int32(recency[i]), int32(orders[i]), data.Money(monetary[i])
		l.LastPurchaseDay[i] = table.AsOf - data.Day(recency[i])
	}
	return l
}

// add keeps the customers of a partition, and sums them up in order of their ids.
func (t *Scored) add(p *scoredPart) error {
	l := p.lapsed
	t.Customers += p.customers
	for i, probability := range l.Probability {
		if !(probability > 0 && probability < 1) {
			return &learn.BrokenModelError{Text: fmt.Sprintf("%s gives probability %v in row %d of tonight's customers", t.ranker, probability, t.Lapsed.Len()+i)}
		}
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
