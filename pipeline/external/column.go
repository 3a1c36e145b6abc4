package external

import (
	"fmt"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/models"
	"winback/pipeline/wording"
)

// The column that AddTo appends: probabilities where all scores lie within 0 and 1,
// else the ranks of the scores, whose size then means nothing.
const (
	RankColumn        = "external_score_rank"
	ProbabilityColumn = "external_probability"
)

// leastCovered is the share of the customers of a day who must have a score.
const leastCovered = 0.5

// IsKnown says whether scores were read; those of nil were not.
func (s *Scores) IsKnown() bool { return s != nil && s.days != nil }

// AddTo appends to the matrix of some customers on a day, in the order of its rows,
// each one's probability, or the rank of the score among those of the day; for one
// without a score half the least of the day, so that all such come last. Where no
// scores were read the matrix stays as it is.
func (s *Scores) AddTo(m *models.Matrix, day data.Day, ids []string) {
	if !s.IsKnown() {
		return
	}
	column := make([]float32, len(ids))
	if known := s.days[day]; known != nil {
		for i, id := range ids {
			if at, found := slices.BinarySearch(known.customers, xxhash.Sum64String(id)); found {
				column[i] = known.values[at]
			} else {
				column[i] = known.least / 2
			}
		}
	}
	name := RankColumn
	if s.probabilities {
		name = ProbabilityColumn
	}
	m.Names, m.Levels, m.Columns = append(m.Names, name), append(m.Levels, nil), append(m.Columns, column)
}

// In is the name of the column of a matrix; "" where it has none.
func In(m *models.Matrix) string {
	if m == nil || len(m.Names) == 0 {
		return ""
	}
	if last := m.Names[len(m.Names)-1]; last == RankColumn || last == ProbabilityColumn {
		return last
	}
	return ""
}

// Hide is a matrix without the column, which models that learn from features must
// not see. It shares the others.
func Hide(m *models.Matrix) *models.Matrix {
	if In(m) == "" {
		return m
	}
	n := len(m.Names) - 1
	return &models.Matrix{Names: m.Names[:n:n], Levels: m.Levels[:n:n], Columns: m.Columns[:n:n]}
}

// Covers wants scores of at least half of the customers lapsed on a day, whose rows
// [from, to) of a matrix are, and not the same for all. It counts those without one.
func (s *Scores) Covers(day data.Day, m *models.Matrix, from, to int) (without int, err error) {
	if !s.IsKnown() {
		return 0, nil
	}
	known, scored := s.days[day], 0
	for _, value := range m.Columns[len(m.Columns)-1][from:to] {
		if value >= known.least {
			scored++
		}
	}
	return to - from - scored, s.Enough(day, scored, to-from)
}

// Knows says whether a day that was asked for has scores.
func (s *Scores) Knows(day data.Day) bool { return s.days[day] != nil }

// Has says whether a customer has a score on a day that was read.
func (s *Scores) Has(day data.Day, id string) bool {
	known := s.days[day]
	if known == nil {
		return false
	}
	_, found := slices.BinarySearch(known.customers, xxhash.Sum64String(id))
	return found
}

// Enough wants scores of a day for at least half of those lapsed on it, of whom so many
// have one, and not the same for all.
func (s *Scores) Enough(day data.Day, scored, lapsed int) error {
	if known := s.days[day]; len(known.values) > 1 && known.least == slices.Max(known.values) {
		return &data.InputError{Path: s.Path, Err: fmt.Errorf("as_of %s: all %s in column %q are the same, and rank nobody", day, wording.Counted(int64(len(known.values)), "score"), s.Column)}
	}
	share := float64(scored) / float64(max(lapsed, 1))
	if share >= leastCovered || lapsed == 0 {
		return nil
	}
	return &data.InputError{Path: s.Path, Err: fmt.Errorf("as_of %s: %.1f %% of the customers lapsed on that day have a score in column %q, want at least %.0f %%; customer_id must be that of features.parquet",
		day, math.Floor(1000*share)/10, s.Column, 100*leastCovered)}
}
