package learn

import (
	"slices"
	"strings"

	"winback/models"
)

// Explains says whether a model says what each feature contributes.
func (d *Learned) Explains(name string) bool {
	parts, _ := d.partsOf(name)
	for _, part := range parts {
		if d.finals[part].explainer == nil {
			return false
		}
	}
	return true
}

// partsOf are the models whose weighted mean log-odds a model is.
func (d *Learned) partsOf(name string) (parts []string, weights []float64) {
	if name == ModelBlend {
		return blendParts, d.blend
	}
	return []string{name}, []float64{1}
}

// Contributions returns what each feature adds to the log-odds of each row, by
// a model that explains; a feature and its rank count as one. columns are the
// names of the features.
func (d *Learned) Contributions(name string, raw, relative *models.Matrix, workers int) (sums [][]float64, columns []string) {
	columns = raw.Names
	place := map[string]int{}
	for k, column := range columns {
		place[column] = k
	}
	sums = rowsOf(raw.Rows(), len(columns))
	parts, weights := d.partsOf(name)
	for p, part := range parts {
		x := formOf(part).of(raw, relative)
		into := make([]int, len(x.Names)) // the feature of each column
		for k, column := range x.Names {
			into[k] = place[strings.TrimPrefix(column, "rank_of_")]
		}
		out := rowsOf(len(sums), len(x.Names))
		d.finals[part].explainer.Contributions(x, out, workers)
		for i := range out {
			for k, v := range out[i] {
				sums[i][into[k]] += v * weights[p]
			}
		}
	}
	return sums, columns
}

// rowsOf are rows of zeros, one behind the other in memory.
func rowsOf(rows, columns int) [][]float64 {
	all, out := make([]float64, rows*columns), make([][]float64, rows)
	for i := range out {
		out[i] = all[i*columns : (i+1)*columns]
	}
	return out
}

// formOf is how a model of that name sees the features.
func formOf(name string) form {
	known := Candidates()
	return known[slices.IndexFunc(known, func(c candidate) bool { return c.Name == name })].form
}
