package plan

import (
	"math"
	"slices"

	"winback/features"
)

// Facts are what a page tells of the contacts of a group beside its row.
type Facts struct {
	Stage      features.Stage // of most of them
	StageShare float64        // of the contacts in that stage
	Once       float64        // share that ordered once
	RecencyMid int            // median of the days since the last purchase
	Spent      float64        // mean of what was spent so far, in currency
	MeanOrder  float64        // order value, in currency; NaN: not known
	Waiting    int64          // contacts who are better contacted on a later day
	Spend      float64        // what one of the recommended contacts who returns is expected to spend within the horizon, in currency; NaN: not known, or none is recommended
}

// FactsOf counts the contacts of a group (1 first); all is unknown where there are none.
func (g *Groups) FactsOf(group int) (Facts, error) {
	var stages [features.StageCount]int
	var days []int32
	once, waiting, orders, spent, spend, returns := 0, int64(0), 0.0, 0.0, 0.0, 0.0
	for c, err := range g.contacts(group) {
		if err != nil {
			return Facts{}, err
		}
		l, row := c.Lapsed, c.Row
		stages[l.Stage[row]]++
		days = append(days, l.RecencyDays[row])
		if l.Orders[row] == 1 {
			once++
		}
		if l.WaitOf(row) > 0 {
			waiting++
		}
		orders, spent = orders+float64(l.Orders[row]), spent+l.Monetary[row].Float()
		if own := l.SpendOf(row); int64(len(days)) <= g.Rows[group-1].RecommendedContacts && !math.IsNaN(own) {
			spend, returns = spend+l.Probability[row]*own, returns+l.Probability[row]
		}
	}
	n := float64(len(days))
	if n == 0 {
		return Facts{Once: math.NaN(), StageShare: math.NaN(), Spent: math.NaN(), MeanOrder: math.NaN(), Spend: math.NaN()}, nil
	}
	f := Facts{Once: float64(once) / n, Waiting: waiting, Spent: spent / n, MeanOrder: spent / orders, Spend: spend / returns} // 0/0: nothing is known
	for stage, count := range stages {
		if count > stages[f.Stage] {
			f.Stage = features.Stage(stage)
		}
	}
	f.StageShare = float64(stages[f.Stage]) / n
	slices.Sort(days)
	f.RecencyMid = int(days[len(days)/2])
	return f, nil
}
