package pipeline

import (
	"context"
	"fmt"
	"math"
	"sync"

	"winback/data"
	"winback/features"
	"winback/models"
	"winback/pipeline/shop"
)

// mostSampled bounds the customers from whom the ranks, the level and the cut
// points of the night are found; smaller shops are taken whole.
const mostSampled = 300_000

// Tonight are the customers lapsed at the as-of day, scored by every model.
type Tonight struct {
	Customers int64    // who have bought at all before the as-of day
	Lapsed    *Lapsed  // by id; Stage, Suppressed and HeldOut are for the caller
	Models    []string // that scored them, in ascending order

	ranker string
	// others are the calibrated probabilities of the models beside the ranker, in
	// the order of Lapsed; single precision, since there are many and nobody
	// reckons with them.
	others map[string][]float32
	means  []float64 // of each leaf: the probability that the groups' tree gives; nil where there is none
	Leaves []Leaf    // with rules in the units of the night

	tree  *groupTree    // with the cut points of the night; nil where there is none
	ranks []columnRanks // of the features among tonight's lapsed
	shop  *shop.View    // tonight; nil where nothing was learned of it
	cuts  []CutStability
}

// night is what scoring needs beside the models: the ranks of the features
// among tonight's lapsed, the shift of each model to the forecast level, and
// the tree in tonight's units.
type night struct {
	learned *Learned
	want    features.Snapshot
	shop    *shop.View
	ranks   []columnRanks
	shifts  map[string]models.Shift
	tree    *groupTree
	cuts    []CutStability
}

// ScoreTonight builds the feature rows of those lapsed at the as-of day,
// partition after partition, hands them to write as they are published, and
// scores them. What else
// wants to see all histories joins the walk as also; it may be called from
// several goroutines.
func ScoreTonight(ctx context.Context, orders *data.Orders, q Question, d *Learned, rates *ReturnRates, write func(*features.Table) error, also func(part int, h *data.Histories) error) (*Tonight, error) {
	n := &night{learned: d, want: features.Snapshot{AsOf: q.AsOf, Horizon: q.Horizon, LapsedAfter: q.LapsedAfter, DataEnd: q.AsOf, Extra: true}}
	if d.shop != nil {
		n.shop = shop.NewView(d.shop, n.want)
	}
	if err := n.prepare(ctx, orders, q, rates); err != nil {
		return nil, err
	}
	t := &Tonight{tree: n.tree, ranks: n.ranks, shop: n.shop, cuts: n.cuts, Leaves: d.leavesTonight(n.tree), Models: d.ModelNames(),
		ranker: d.Gate.Name, others: map[string][]float32{}, Lapsed: &Lapsed{Channels: orders.Names[data.Channel]}}
	lapsed, _ := rates.At(min(q.AsOf, orders.LastDay+1) - 1)
	t.grow(int(lapsed + lapsed/32))
	line := &inOrder[*scoredPart]{waiting: map[int]*scoredPart{}, use: func(p *scoredPart) error {
		if err := write(shop.Published(p.table)); err != nil {
			return err
		}
		t.add(p)
		return nil
	}}
	_, err := orders.Each(ctx, q.Workers, func(part int, h *data.Histories) error {
		if err := also(part, h); err != nil {
			return err
		}
		table, err := lapsedTable(h, n.want, n.shop)
		if err != nil {
			return err
		}
		return line.put(part, n.score(table, customersBefore(h, q.AsOf)))
	})
	if err != nil {
		return nil, err
	}
	if n.tree != nil {
		t.means = meansOfLeaves(t.Lapsed.Probability, t.Lapsed.Leaf, n.tree.Leaves())
	}
	for i, p := range t.Lapsed.Probability {
		if !(p > 0 && p < 1) {
			return nil, &BrokenModelError{fmt.Sprintf("%s gives probability %v in row %d of tonight's customers", d.Gate.Name, p, i)}
		}
	}
	return t, nil
}

// lapsedTable builds the rows of tonight's lapsed customers, with the shop's
// view of them where there is one.
func lapsedTable(h *data.Histories, want features.Snapshot, view *shop.View) (*features.Table, error) {
	table := features.NewTable(want, h.Names)
	if err := features.Build(h, want, table); err != nil {
		return nil, err
	}
	if view != nil {
		view.AddTo(table, h)
	}
	return table, nil
}

// prepare looks at a sample of tonight's customers.
func (n *night) prepare(ctx context.Context, orders *data.Orders, q Question, rates *ReturnRates) error {
	want := n.want
	if lapsed, _ := rates.At(min(q.AsOf, orders.LastDay+1) - 1); lapsed > mostSampled {
		share := mostSampled / float64(lapsed)
		want.Keep = func(id string, _ bool) bool { return sampled(id, share) }
	}
	parts := make([]*features.Table, orders.Partitions())
	var mu sync.Mutex
	_, err := orders.Each(ctx, q.Workers, func(part int, h *data.Histories) error {
		table, err := lapsedTable(h, want, n.shop)
		mu.Lock()
		defer mu.Unlock()
		parts[part] = table
		return err
	})
	if err != nil {
		return err
	}
	raw := rawMatrix(parts, q.Workers)
	n.ranks = rankTables(raw, q.Workers)
	relative := ranked(raw, n.ranks)
	n.shifts = map[string]models.Shift{}
	for name, p := range n.learned.raw(raw, relative) {
		calibration := n.learned.calibrations[name]
		for i := range p {
			p[i] = calibration.Apply(p[i])
		}
		if !math.IsNaN(n.learned.Level.Rate) {
			n.shifts[name] = models.Shift{Logit: models.ShiftTo(p, nil, n.learned.Level.Rate)}
		}
	}
	if n.learned.tree != nil {
		n.tree = n.learned.tree.absolute(raw, relative)
		n.cuts = n.learned.tree.stability(n.tree, n.learned.questions, raw, relative)
	}
	return nil
}

// scoredPart are the scored customers of one partition.
type scoredPart struct {
	table     *features.Table
	customers int64
	scores    map[string][]float64
	leaf      []int32
	spend     []float64
}

func (n *night) score(table *features.Table, customers int64) *scoredPart {
	p := &scoredPart{table: table, customers: customers, leaf: make([]int32, table.Rows())}
	raw := rawMatrix([]*features.Table{table}, 1)
	p.spend = n.learned.spend.of(raw)
	p.scores = n.learned.raw(raw, ranked(raw, n.ranks))
	for name, probability := range p.scores {
		calibration, shift := n.learned.calibrations[name], n.shifts[name]
		for i := range probability {
			probability[i] = shift.Apply(calibration.Apply(probability[i]))
		}
	}
	if n.tree != nil {
		p.leaf = n.tree.leaves(raw)
	}
	return p
}

// grow makes room for about so many customers, so that no column is copied into
// ever larger ones.
func (t *Tonight) grow(customers int) {
	l := t.Lapsed
	l.IDs, l.Leaf, l.Probability = make([]string, 0, customers), make([]int32, 0, customers), make([]float64, 0, customers)
	l.ExpectedSpend, l.PreferredChannel = make([]float64, 0, customers), make([]uint32, 0, customers)
	l.RecencyDays, l.Orders, l.Monetary = make([]int32, 0, customers), make([]int32, 0, customers), make([]data.Money, 0, customers)
	l.IntervalMeanDays, l.LastPurchaseDay = make([]float32, 0, customers), make([]data.Day, 0, customers)
	for _, name := range t.Models {
		if name != t.ranker && name != ModelTree {
			t.others[name] = make([]float32, 0, customers)
		}
	}
}

// add appends the customers of a partition.
func (t *Tonight) add(p *scoredPart) {
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

// score is what a model says about customer i of the lapsed.
func (t *Tonight) score(model string, i int) float64 {
	switch {
	case model == t.ranker:
		return t.Lapsed.Probability[i]
	case model == ModelTree:
		return t.means[t.Lapsed.Leaf[i]]
	}
	return float64(t.others[model][i])
}

// SurrogateTree is the tree of the groups with the cut points of the night; nil
// where there is one group of everybody.
func (t *Tonight) SurrogateTree() *groupTree { return t.tree }
