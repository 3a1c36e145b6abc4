package snapshots

import (
	"math"
	"slices"

	"winback/internal/parallel"
	"winback/models"
)

// Ranks are the percentile ranks of the values of one feature in a
// snapshot, found on a sample of its rows.
type Ranks struct {
	values []float32 // distinct, ascending
	ranks  []float32 // of each
}

// RankTables learns the ranks of all columns that are ranked.
func RankTables(raw *models.Matrix, workers int) []Ranks {
	tables := make([]Ranks, len(raw.Columns))
	parallel.EachOf(len(raw.Columns), workers, func(k int) {
		if !isRanked(raw, k) {
			return
		}
		ranks := make([]float32, len(raw.Columns[k]))
		var sorter RankSorter
		sorter.Rank(raw.Columns[k], ranks)
		tables[k] = distinctRanks(raw.Columns[k], ranks)
	})
	return tables
}

func distinctRanks(values, ranks []float32) Ranks {
	order := make([]int32, 0, len(values))
	for i, v := range values {
		if v == v {
			order = append(order, int32(i))
		}
	}
	slices.SortFunc(order, func(a, b int32) int {
		switch {
		case values[a] < values[b]:
			return -1
		case values[a] > values[b]:
			return 1
		}
		return 0
	})
	var c Ranks
	for _, i := range order {
		if n := len(c.values); n == 0 || c.values[n-1] != values[i] {
			c.values = append(c.values, values[i])
			c.ranks = append(c.ranks, ranks[i])
		}
	}
	return c
}

// Of returns the rank of a value: its own where the sample has it, else the
// middle between its neighbours'.
func (c *Ranks) Of(v float32) float32 {
	if v != v || len(c.values) == 0 {
		return float32(math.NaN())
	}
	at, found := slices.BinarySearch(c.values, v)
	switch {
	case found:
		return c.ranks[at]
	case at == 0:
		return 0
	case at == len(c.values):
		return 1
	}
	return (c.ranks[at-1] + c.ranks[at]) / 2
}

// Ranked replaces the numbers of a matrix by their ranks.
func Ranked(raw *models.Matrix, tables []Ranks) *models.Matrix {
	m := &models.Matrix{Names: raw.Names, Levels: raw.Levels, Columns: make([][]float32, len(raw.Columns))}
	for k, column := range raw.Columns {
		if !isRanked(raw, k) {
			m.Columns[k] = column
			continue
		}
		m.Columns[k] = make([]float32, len(column))
		for i, v := range column {
			m.Columns[k][i] = tables[k].Of(v)
		}
	}
	return m
}
