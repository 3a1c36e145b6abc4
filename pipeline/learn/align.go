package learn

import (
	"fmt"
	"math"
	"slices"

	"winback/models"
	"winback/pipeline/external"
)

// Aligner turns the levels of one night's matrices into those that the models
// know; the zero value leaves a matrix as it is.
type Aligner struct {
	levels [][]string  // by column, as the models have them; nil: nothing to turn
	codes  [][]float32 // by column, of each level of the night; NaN: the models do not know it
}

// Align readies the turning of matrices with the names and levels of one. It
// fails where the models were learned from other columns. An external score, which is
// no feature, stays as it is.
func (s *State) Align(like *models.Matrix) (Aligner, error) {
	if n := len(external.Hide(like).Names); n != len(s.Columns) {
		return Aligner{}, fmt.Errorf("the models were learned from %d features, tonight's customers have %d", len(s.Columns), n)
	}
	levels := make([][]string, len(like.Names))
	for k, c := range s.Columns {
		if c.Name != like.Names[k] || c.Text != (like.Levels[k] != nil) {
			return Aligner{}, fmt.Errorf("feature %d of the models is %q, tonight it is %q", k+1, c.Name, like.Names[k])
		}
		if c.Text {
			levels[k] = c.Levels
		}
	}
	return AlignerTo(levels, like.Levels), nil
}

// AlignerTo turns levels of one night into those that are known, both by column;
// nil where a column is no text.
func AlignerTo(known, night [][]string) Aligner {
	a := Aligner{levels: make([][]string, len(night)), codes: make([][]float32, len(night))}
	for k, levels := range night {
		if known[k] == nil || slices.Equal(known[k], levels) {
			continue
		}
		a.levels[k] = known[k]
		for _, level := range levels {
			code := float32(math.NaN())
			if at, found := slices.BinarySearch(known[k], level); found {
				code = float32(at)
			}
			a.codes[k] = append(a.codes[k], code)
		}
	}
	return a
}

// Of turns a matrix; it shares the columns that stay.
func (a Aligner) Of(m *models.Matrix) *models.Matrix {
	if !slices.ContainsFunc(a.levels, func(levels []string) bool { return levels != nil }) {
		return m
	}
	out := &models.Matrix{Names: m.Names, Levels: slices.Clone(m.Levels), Columns: slices.Clone(m.Columns)}
	for k, levels := range a.levels {
		if levels == nil {
			continue
		}
		out.Levels[k] = levels
		out.Columns[k] = make([]float32, len(m.Columns[k]))
		for i, v := range m.Columns[k] {
			if v == v {
				v = a.codes[k][int(v)]
			}
			out.Columns[k][i] = v
		}
	}
	return out
}

// Unknown is the largest share of customers, over the texts, whose level the
// models do not know, and of which text.
func (a Aligner) Unknown(m *models.Matrix) (share float64, feature string) {
	for k, codes := range a.codes {
		if codes == nil {
			continue
		}
		unknown := 0
		for _, v := range m.Columns[k] {
			if v == v && codes[int(v)] != codes[int(v)] {
				unknown++
			}
		}
		if s := float64(unknown) / float64(max(m.Rows(), 1)); s > share {
			share, feature = s, m.Names[k]
		}
	}
	return share, feature
}
