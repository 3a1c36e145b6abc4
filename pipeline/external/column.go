package external

import (
	"fmt"
	"math"
	"slices"

	"github.com/cespare/xxhash/v2"

	"winback/data"
	"winback/models"
)

// Column is the name of the column that AddTo appends.
const Column = "external_score"

// leastCovered is the share of the customers of a day who must have a score.
const leastCovered = 0.5

// IsKnown says whether scores were read; those of nil were not.
func (s *Scores) IsKnown() bool { return s != nil && s.days != nil }

// AddTo appends to the matrix of some customers on a day, in the order of its rows,
// the rank of each one's score among those of the day; 0 for one without a score,
// who thereby comes last. Where no scores were read the matrix stays as it is.
func (s *Scores) AddTo(m *models.Matrix, day data.Day, ids []string) {
	if !s.IsKnown() {
		return
	}
	column := make([]float32, len(ids))
	if known := s.days[day]; known != nil {
		for i, id := range ids {
			if at, found := slices.BinarySearch(known.customers, xxhash.Sum64String(id)); found {
				column[i] = known.ranks[at]
			}
		}
	}
	m.Names, m.Levels, m.Columns = append(m.Names, Column), append(m.Levels, nil), append(m.Columns, column)
}

// In says whether a matrix has the column.
func In(m *models.Matrix) bool {
	return m != nil && len(m.Names) > 0 && m.Names[len(m.Names)-1] == Column
}

// Hide is a matrix without the column, which models that learn from features must
// not see. It shares the others.
func Hide(m *models.Matrix) *models.Matrix {
	if !In(m) {
		return m
	}
	n := len(m.Names) - 1
	return &models.Matrix{Names: m.Names[:n:n], Levels: m.Levels[:n:n], Columns: m.Columns[:n:n]}
}

// Covers wants scores of at least half of the customers lapsed on a day, whose rows
// [from, to) of a matrix are.
func (s *Scores) Covers(day data.Day, m *models.Matrix, from, to int) error {
	if !s.IsKnown() {
		return nil
	}
	scored := 0
	for _, rank := range m.Columns[len(m.Columns)-1][from:to] {
		if rank > 0 {
			scored++
		}
	}
	share := float64(scored) / float64(max(to-from, 1))
	if share >= leastCovered || to == from {
		return nil
	}
	return &data.InputError{Path: s.Path, Err: fmt.Errorf("as_of %s: %.1f %% of the customers lapsed on that day have a score in column %q, want at least %.0f %%; customer_id must be that of features.parquet",
		day, math.Floor(1000*share)/10, s.Column, 100*leastCovered)}
}
