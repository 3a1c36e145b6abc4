package pipeline

import (
	"math"

	"winback/data"
)

// ListSettings say who is left out of the lists and how customers are staged.
type ListSettings struct {
	Holdout    *Holdout
	Suppressed *Suppressions // nil: nobody
	Edges      StageEdges
}

// LapsedOf lays out tonight's customers for the groups. named is how many of
// the suppressed ids are among them.
func LapsedOf(t *Tonight, d *Learned, s *Scores, set ListSettings) (l *Lapsed, named int) {
	table := t.Table
	n := table.Rows()
	l = &Lapsed{IDs: table.IDs, Probability: s.Probability[d.Gate.Name], Leaf: s.Leaf, ExpectedSpend: s.Spend,
		RecencyDays: make([]int32, n), Orders: make([]int32, n), IntervalMeanDays: make([]float32, n),
		Monetary: make([]data.Money, n), LastPurchaseDay: make([]data.Day, n), Stage: make([]Stage, n),
		PreferredChannel: table.Column("top_channel").Codes, Channels: table.Column("top_channel").Dict,
		HeldOut: set.Holdout.HeldOut(table.IDs)}
	recency, orders, monetary := table.Column("recency_days").Ints, table.Column("orders").Ints, table.Column("monetary").Ints
	intervals := table.Column("interval_mean").Floats
	for i := range n {
		l.RecencyDays[i] = int32(recency[i])
		l.Orders[i] = int32(orders[i])
		l.Monetary[i] = data.Money(monetary[i])
		l.IntervalMeanDays[i] = float32(intervals[i])
		l.LastPurchaseDay[i] = table.AsOf - data.Day(recency[i])
		l.Stage[i] = set.Edges.Of(int(recency[i]))
	}
	if set.Suppressed != nil {
		l.Suppressed, named = set.Suppressed.Mark(table.IDs)
	}
	return l, named
}

// PlanOf adds to a plan what was learned: how uncertain the level is, and
// whether there is anything to rank by.
func (d *Learned) PlanOf(s PlanSettings) PlanSettings {
	s.LevelSigma = d.Level.Sigma
	if math.IsNaN(s.LevelSigma) {
		s.LevelSigma = priorLevelSigma
	}
	s.NothingToRankBy = d.Gate.Nothing
	return s
}
