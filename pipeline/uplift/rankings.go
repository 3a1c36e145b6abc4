package uplift

import (
	"math"

	"winback/data/tables"
	"winback/pipeline/campaign"
	"winback/pipeline/effect"
	"winback/pipeline/learn"
)

// rankings are three ways to rank the customers of a wave side by side: by
// probability, by expected margin, and by the learned profit of a contact of their
// group, as the waves of the campaign before it have taught it. A ranking that cannot
// be made is left out.
func rankings(m *campaign.Measured, subjects []campaign.Subject, seen []*campaign.Measured) []learn.RankingProof {
	outcomes := make([]effect.Outcome, len(subjects))
	probability, margin, profit := make([]float64, len(subjects)), make([]float64, len(subjects)), make([]float64, len(subjects))
	profits := profitsBefore(m, seen)
	spend := false
	for i, s := range subjects {
		outcomes[i], probability[i] = s.Outcome, s.Probability
		if !math.IsNaN(s.ExpectedSpend) {
			margin[i], spend = s.Probability*s.ExpectedSpend, true
		}
		profit[i] = profits[s.Group] // 0 where nothing is known
	}
	list := []learn.RankingProof{proofOf("probability", outcomes, probability)}
	if spend {
		list = append(list, proofOf("expected margin", outcomes, margin))
	}
	if len(profits) > 0 {
		list = append(list, proofOf("learned profit", outcomes, profit))
	}
	return list
}

func proofOf(name string, outcomes []effect.Outcome, score []float64) learn.RankingProof {
	q := effect.Qini(outcomes, score)
	return learn.RankingProof{Ranking: name, Q: learn.Figure(q.Value), Low: learn.Figure(q.Low), High: learn.Figure(q.High)}
}

// profitsBefore is the largest learned profit of a contact by group.
func profitsBefore(m *campaign.Measured, seen []*campaign.Measured) map[int32]float64 {
	var rows []tables.ResultRow
	for _, earlier := range seen {
		rows = append(rows, earlier.Rows...)
	}
	profits := map[int32]float64{}
	for group, lesson := range campaign.Lessons(rows, m.Name, m.Number) {
		best := math.Inf(-1)
		for _, a := range lesson.Arms {
			best = max(best, float64(a.Profit))
		}
		profits[group] = best
	}
	return profits
}
