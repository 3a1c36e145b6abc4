package scoring

import (
	"fmt"
	"math"
	"slices"

	"winback/data"
	"winback/data/orders"
	"winback/features"
	"winback/models"
	"winback/pipeline/external"
	"winback/pipeline/learn"
	"winback/pipeline/shopcontext"
	"winback/pipeline/snapshots"
)

// Night is all that is needed to score a customer, wherever that is done: beside the
// models the ranks of the features among tonight's lapsed, the shift of each model to
// the forecast level, and the tree in tonight's units. It is made once and only read.
type Night struct {
	learned *learn.Learned
	scores  *external.Scores // of another system; nil: there are none
	want    features.Snapshot
	shop    *shopcontext.View // nil where nothing was learned of it
	align   learn.Aligner     // to the levels that the models know
	ranks   []snapshots.Ranks // of the features among tonight's lapsed
	shifts  map[string]models.Shift
	tree    *learn.SurrogateTree // with the cut points of the night; nil where there is none
	cuts    []learn.CutStability
}

// Part are the scored customers of one partition.
type Part struct {
	Customers int64 // who have bought at all before the as-of day
	features  *features.Table
	lapsed    *Lapsed
}

// newNight readies the night with a sample of its customers.
func newNight(d *learn.Learned, q snapshots.Question, look *Look) (n *Night, err error) {
	n = &Night{learned: d, scores: q.External, want: wanted(q), shop: look.shop}
	d.Describe(look.Raw)
	if n.align, err = d.State.Align(look.Raw); err != nil {
		return nil, err
	}
	raw := n.align.Of(look.Raw)
	n.ranks = snapshots.RankTables(raw, q.Workers)
	relative := snapshots.Ranked(raw, n.ranks)
	n.shifts = map[string]models.Shift{}
	for name, p := range d.Raw(raw, relative) {
		calibration := d.Calibrations[name]
		for i := range p {
			p[i] = calibration.Apply(p[i])
		}
		if !math.IsNaN(d.Level.Rate) {
			n.shifts[name] = models.Shift{Logit: models.ShiftTo(p, nil, d.Level.Rate)}
		}
	}
	n.tree, n.cuts = d.TreeTonight(raw, relative)
	return n, nil
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

// others are the models of Lapsed.Others, in ascending order.
func (n *Night) others() []string {
	return slices.DeleteFunc(n.learned.ModelNames(), func(name string) bool { return name == n.learned.Gate.Name || name == learn.ModelTree })
}

// Score builds the feature rows of the lapsed of a partition, and scores them.
func (n *Night) Score(h *orders.Histories) (*Part, error) {
	table, err := LapsedTable(h, n.want, nil, n.shop)
	if err != nil {
		return nil, err
	}
	l := lapsedOf(table, h.Names[data.Channel])
	raw := snapshots.RawMatrix([]*features.Table{table}, 1)
	if n.learned.Inside != nil {
		l.Inside = n.learned.Inside.Of(raw)
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
	l.Probability = scores[n.learned.Gate.Name]
	for i, p := range l.Probability {
		if !(p > 0 && p < 1) {
			return nil, &learn.BrokenModelError{Text: fmt.Sprintf("%s gives probability %v in row %d of a part of tonight's customers", n.learned.Gate.Name, p, i)}
		}
	}
	for _, name := range n.others() {
		l.Others = append(l.Others, single(scores[name]))
	}
	if n.tree != nil {
		l.Leaf = n.tree.LeafOfPublished(table)
	}
	return &Part{snapshots.CustomersBefore(h, n.want.AsOf), table.Published(), l}, nil
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
