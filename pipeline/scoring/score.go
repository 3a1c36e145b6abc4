// Package scoring scores tonight's lapsed customers with everything that was
// learned, partition after partition.
package scoring

import (
	"context"
	"errors"
	"fmt"
	"math"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/internal/parallel"
	"winback/models"
	"winback/pipeline/baserate"
	"winback/pipeline/learn"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
)

// Scored are the customers lapsed at the as-of day, scored by every model.
type Scored struct {
	Customers int64    // who have bought at all before the as-of day
	Lapsed    *Lapsed  // by id; Stage, Suppressed and HeldOut are for the caller
	Models    []string // that scored them, in ascending order

	ranker string
	// others are the calibrated probabilities of the models beside the ranker, in
	// the order of Lapsed; single precision, since there are many and nobody
	// reckons with them.
	others map[string][]float32
	means  []float64    // of each leaf: the probability that the groups' tree gives; nil where there is none
	Leaves []learn.Leaf // with rules in the units of the night

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
	want    features.Snapshot
	shop    *shopcontext.View
	align   learn.Aligner
	ranks   []snapshots.Ranks
	shifts  map[string]models.Shift
	tree    *learn.SurrogateTree
	cuts    []learn.CutStability
}

// Score builds the feature rows of those lapsed at the as-of day,
// partition after partition, hands them to write as they are published, and
// scores them. What else
// wants to see all histories joins the walk as also; it may be called from
// several goroutines.
func Score(ctx context.Context, table *orders.Table, q snapshots.Question, d *learn.Learned, look *Look, rates *baserate.Rates, write func(*features.Table) error, also func(part int, h *orders.Histories) error) (*Scored, error) {
	n := &night{learned: d, want: wanted(q), shop: look.shop}
	if err := n.prepare(look.Raw, q.Workers); err != nil {
		return nil, err
	}
	t := &Scored{Tree: n.tree, Ranks: n.ranks, Shop: n.shop, Align: n.align, Cuts: n.cuts, Leaves: d.LeavesTonight(n.tree), Models: d.ModelNames(),
		ranker: d.Gate.Name, others: map[string][]float32{}, Lapsed: &Lapsed{Channels: table.Names[data.Channel]}}
	lapsed, _ := rates.At(min(q.AsOf, table.LastDay+1) - 1)
	t.grow(int(lapsed + lapsed/32))
	line := &parallel.InOrder[*scoredPart]{Waiting: map[int]*scoredPart{}, Use: func(p *scoredPart) error {
		if err := write(p.table.Published()); err != nil {
			return err
		}
		t.add(p)
		return nil
	}}
	_, err := table.Each(ctx, q.Workers, func(part int, h *orders.Histories) error {
		if err := also(part, h); err != nil {
			return err
		}
		table, err := LapsedTable(h, n.want, nil, n.shop)
		if err != nil {
			return err
		}
		return line.Put(part, n.score(table, snapshots.CustomersBefore(h, q.AsOf)))
	})
	if err != nil {
		return nil, err
	}
	if n.tree != nil {
		t.means = learn.MeansOfLeaves(t.Lapsed.Probability, t.Lapsed.Leaf, n.tree.Leaves())
	}
	for i, p := range t.Lapsed.Probability {
		if !(p > 0 && p < 1) {
			return nil, &learn.BrokenModelError{Text: fmt.Sprintf("%s gives probability %v in row %d of tonight's customers", d.Gate.Name, p, i)}
		}
	}
	return t, nil
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
	scores    map[string][]float64
	leaf      []int32
	spend     []float64
	inside    []float64 // nil where the probability ranks inside groups
}

func (n *night) score(table *features.Table, customers int64) *scoredPart {
	p := &scoredPart{table: table, customers: customers, leaf: make([]int32, table.Rows())}
	raw := snapshots.RawMatrix([]*features.Table{table}, 1)
	if n.learned.Inside != nil {
		p.inside = n.learned.Inside(raw)
	}
	raw = n.align.Of(raw)
	p.spend = n.learned.Spend.Of(raw)
	p.scores = n.learned.Raw(raw, snapshots.Ranked(raw, n.ranks))
	for name, probability := range p.scores {
		calibration, shift := n.learned.Calibrations[name], n.shifts[name]
		for i := range probability {
			probability[i] = shift.Apply(calibration.Apply(probability[i]))
		}
	}
	if n.tree != nil {
		p.leaf = n.tree.LeafOfPublished(table)
	}
	return p
}

// grow makes room for about so many customers, so that no column is copied into
// ever larger ones.
func (t *Scored) grow(customers int) {
	l := t.Lapsed
	l.IDs, l.Leaf, l.Probability = make([]string, 0, customers), make([]int32, 0, customers), make([]float64, 0, customers)
	l.ExpectedSpend, l.PreferredChannel = make([]float64, 0, customers), make([]uint32, 0, customers)
	l.RecencyDays, l.Orders, l.Monetary = make([]int32, 0, customers), make([]int32, 0, customers), make([]data.Money, 0, customers)
	l.IntervalMeanDays, l.LastPurchaseDay = make([]float32, 0, customers), make([]data.Day, 0, customers)
	for _, name := range t.Models {
		if name != t.ranker && name != learn.ModelTree {
			t.others[name] = make([]float32, 0, customers)
		}
	}
}

// add appends the customers of a partition.
func (t *Scored) add(p *scoredPart) {
	l, table := t.Lapsed, p.table
	t.Customers += p.customers
	l.IDs = append(l.IDs, table.IDs...)
	l.Leaf = append(l.Leaf, p.leaf...)
	l.ExpectedSpend = append(l.ExpectedSpend, p.spend...)
	l.PreferredChannel = append(l.PreferredChannel, table.Column("top_channel").Codes...)
	recency, orders, monetary := table.Column("recency_days").Ints, table.Column("orders").Ints, table.Column("monetary").Ints
	intervals := table.Column("interval_mean").Floats
	for i := range table.Rows() {
		l.RecencyDays = append(l.RecencyDays, int32(recency[i]))
		l.Orders = append(l.Orders, int32(orders[i]))
		l.Monetary = append(l.Monetary, data.Money(monetary[i]))
		l.IntervalMeanDays = append(l.IntervalMeanDays, float32(intervals[i]))
		l.LastPurchaseDay = append(l.LastPurchaseDay, table.AsOf-data.Day(recency[i]))
	}
	l.Probability = append(l.Probability, p.scores[t.ranker]...)
	l.Inside = append(l.Inside, p.inside...)
	for name, scores := range p.scores {
		if name == t.ranker {
			continue
		}
		column := t.others[name]
		for _, v := range scores {
			column = append(column, float32(v))
		}
		t.others[name] = column
	}
}

// Score is what a model says about customer i of the lapsed.
func (t *Scored) Score(model string, i int) float64 {
	switch {
	case model == t.ranker:
		return t.Lapsed.Probability[i]
	case model == learn.ModelTree:
		return t.means[t.Lapsed.Leaf[i]]
	}
	return float64(t.others[model][i])
}

// SurrogateTree is the tree of the groups with the cut points of the night; nil
// where there is one group of everybody.
func (t *Scored) SurrogateTree() *learn.SurrogateTree { return t.Tree }

// Lapsed holds all lapsed customers as columns, in strictly ascending byte
// order of their ids. Columns that may be nil say so; all others have one
// entry per customer.
type Lapsed struct {
	IDs         []string
	Probability []float64 // calibrated, of the ranker; within [0, 1]
	// Score orders the lists where probability does not, higher first; nil:
	// the probability does. Finite.
	Score []float64
	// Inside orders the customers of a group among each other where Score and
	// probability do not, higher first; nil: they do. Finite.
	Inside           []float64
	Leaf             []int32   // ordinal of the customer's leaf
	ExpectedSpend    []float64 // currency, within the horizon, if the customer returns; NaN: unknown; nil: all unknown
	RecencyDays      []int32   // as-of day minus the last purchase day
	Orders           []int32   //
	IntervalMeanDays []float32 // between purchase days; NaN: one purchase day; nil: all unknown
	Monetary         []data.Money
	LastPurchaseDay  []data.Day
	Stage            []features.Stage // by the clock in force
	PreferredChannel []uint32         // index into Channels plus one; 0: none; nil: all none
	Channels         []string
	PreferredHour    []*int32   // of the day, 0 to 23; nil entry: too little is known; nil: of all
	Reasons          []string   // from the ranker; "": plain facts; nil: all so
	Suppressed       []bool     // in no list; nil: nobody
	Hold             []string   // why in no list tonight, "" for who may be contacted; nil: all may
	HoldUntil        []data.Day // first day on which that holds no more; 0: not known
	HeldOut          []bool     // in the holdout, unless suppressed; nil: nobody
}

// Validate wants columns of one length, ids in ascending order, probabilities
// within 0 and 1, finite scores, and leaves below so many.
func (l *Lapsed) Validate(leaves int) error {
	n := len(l.IDs)
	lengths := []struct {
		name     string
		have     int
		optional bool
	}{
		{"probability", len(l.Probability), false}, {"score", len(l.Score), true}, {"inside", len(l.Inside), true}, {"leaf", len(l.Leaf), false},
		{"expected spend", len(l.ExpectedSpend), true}, {"recency", len(l.RecencyDays), false}, {"orders", len(l.Orders), false},
		{"interval", len(l.IntervalMeanDays), true}, {"monetary", len(l.Monetary), false},
		{"last purchase day", len(l.LastPurchaseDay), false}, {"stage", len(l.Stage), false},
		{"preferred channel", len(l.PreferredChannel), true}, {"preferred hour", len(l.PreferredHour), true}, {"reasons", len(l.Reasons), true}, {"suppressed", len(l.Suppressed), true}, {"held out", len(l.HeldOut), true}, {"hold", len(l.Hold), true}, {"hold until", len(l.HoldUntil), true},
	}
	for _, c := range lengths {
		if c.have != n && (c.have != 0 || !c.optional) {
			return fmt.Errorf("lapsed customers: %s has %d entries, want %d", c.name, c.have, n)
		}
	}
	for i := range n {
		switch {
		case i > 0 && l.IDs[i-1] >= l.IDs[i]:
			return fmt.Errorf("lapsed customers: row %d is not in ascending order of ids", i)
		case !(l.Probability[i] >= 0 && l.Probability[i] <= 1):
			return fmt.Errorf("lapsed customers: row %d has probability %v, want one within 0 and 1", i, l.Probability[i])
		case len(l.Score) > 0 && (math.IsNaN(l.Score[i]) || math.IsInf(l.Score[i], 0)):
			return fmt.Errorf("lapsed customers: row %d has score %v, want a finite number", i, l.Score[i])
		case len(l.Inside) > 0 && (math.IsNaN(l.Inside[i]) || math.IsInf(l.Inside[i], 0)):
			return fmt.Errorf("lapsed customers: row %d is ranked inside its group by %v, want a finite number", i, l.Inside[i])
		case l.Leaf[i] < 0 || int(l.Leaf[i]) >= leaves:
			return fmt.Errorf("lapsed customers: row %d is in leaf %d of %d", i, l.Leaf[i], leaves)
		case len(l.PreferredChannel) > 0 && int(l.PreferredChannel[i]) > len(l.Channels):
			return errors.New("lapsed customers: a preferred channel has no name")
		}
	}
	return nil
}

// IsSuppressed says whether the customer of a row must be in no list.
func (l *Lapsed) IsSuppressed(i int32) bool { return len(l.Suppressed) > 0 && l.Suppressed[i] }

// IsHeldOut says whether the holdout has the customer of a row, unless suppressed.
func (l *Lapsed) IsHeldOut(i int32) bool { return len(l.HeldOut) > 0 && l.HeldOut[i] }

// SpendOf is what the customer of a row is expected to spend in the horizon after a
// return, in currency; NaN where nothing is known.
func (l *Lapsed) SpendOf(i int32) float64 {
	if len(l.ExpectedSpend) == 0 {
		return math.NaN()
	}
	return l.ExpectedSpend[i]
}

// InsideKey is what the customers of a group are ordered by, higher first.
func (l *Lapsed) InsideKey(i int32) float64 {
	if len(l.Inside) > 0 {
		return l.Inside[i]
	}
	return l.Key(i)
}

// Key is what groups are ordered by, higher first.
func (l *Lapsed) Key(i int32) float64 {
	if len(l.Score) > 0 {
		return l.Score[i]
	}
	return l.Probability[i]
}

// IsOut says whether the customer of a row is in no list, suppressed or held.
func (l *Lapsed) IsOut(i int32) bool { return l.IsSuppressed(i) || l.IsHeld(i) }

// HoldOf is why the customer of a row is held, and until when.
func (l *Lapsed) HoldOf(i int) (why string, until data.Day) {
	if len(l.Hold) == 0 {
		return "", 0
	}
	return l.Hold[i], l.HoldUntil[i]
}

// IsHeld says whether the customer of a row may not be contacted tonight.
func (l *Lapsed) IsHeld(i int32) bool { return len(l.Hold) > 0 && l.Hold[i] != "" }
