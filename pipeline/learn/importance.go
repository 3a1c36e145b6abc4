package learn

import (
	"cmp"
	"math"
	"slices"

	"winback/models"
	"winback/pipeline/snapshots"
)

// importanceRows is how many customers of the newest closed snapshot the
// importance of the features is found on.
const importanceRows = 1000

// FeatureShare is how much a feature counts in a model.
type FeatureShare struct {
	Feature string `json:"feature"`
	Share   Figure `json:"share"` // of all features, in [0, 1]
}

// importances are, of each model that explains, the shares of the features in
// what moves the log-odds: the mean absolute contribution over customers of the
// newest closed snapshot, largest first. Features that move nothing are left
// out.
func (d *Learned) importances(s *snapshots.Snapshots, workers int) map[string][]FeatureShare {
	first, last := s.Starts[0], s.Starts[1]
	step := max((last-first)/importanceRows, 1)
	raw, relative := everyNth(s.Raw, first, last, step), everyNth(s.Relative, first, last, step)
	all := map[string][]FeatureShare{}
	for _, c := range Candidates() {
		if !d.Explains(c.Name) {
			continue
		}
		sums, columns := d.Contributions(c.Name, raw, relative, workers)
		all[c.Name] = sharesOf(sums, columns)
	}
	return all
}

func sharesOf(sums [][]float64, columns []string) []FeatureShare {
	mean := make([]float64, len(columns))
	total := 0.0
	for _, row := range sums {
		for k, v := range row {
			mean[k] += math.Abs(v)
			total += math.Abs(v)
		}
	}
	var shares []FeatureShare
	for k, v := range mean {
		if v > 0 {
			shares = append(shares, FeatureShare{columns[k], Figure(v / total)})
		}
	}
	slices.SortStableFunc(shares, func(a, b FeatureShare) int { return cmp.Compare(b.Share, a.Share) })
	return shares
}

// everyNth copies every step-th of the rows [from, to).
func everyNth(m *models.Matrix, from, to, step int) *models.Matrix {
	out := &models.Matrix{Names: m.Names, Levels: m.Levels, Columns: make([][]float32, len(m.Columns))}
	for k, column := range m.Columns {
		for i := from; i < to; i += step {
			out.Columns[k] = append(out.Columns[k], column[i])
		}
	}
	return out
}
