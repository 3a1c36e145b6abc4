package models

import "fmt"

// Suspect is a column that alone separates the labels almost perfectly. Nothing
// that is known beforehand does: such a column was most likely written
// afterwards (target leakage).
type Suspect struct {
	Name string
	AUC  float64 // of the rate in each of up to 64 bins of the column, missing values being one
}

// suspectPrior is how many rows at the mean rate are added to each bin, so that
// bins with few rows do not seem to know.
const suspectPrior = 10

// Suspects lists the columns whose AUC alone is at least the given one (0.98 is
// a good bound), in the order of the columns. With one class only there is
// none.
func Suspects(t *Training, least float64, workers int) ([]Suspect, error) {
	if err := t.Check(); err != nil {
		return nil, fmt.Errorf("suspects: %w", err)
	}
	s := BinSettings{MaxBins: 64, SampleRows: 20_000, Weight: t.Weight, Workers: workers}
	data, err := Bin(t.X, s)
	if err != nil {
		return nil, fmt.Errorf("suspects: %w", err)
	}
	aucs := make([]float64, len(t.X.Columns))
	each(workersOf(workers), len(aucs), func(c int) {
		aucs[c] = t.aucOfBins(data.byColumn[c], data.Bins(c))
	})
	var found []Suspect
	for c, auc := range aucs {
		if auc >= least {
			found = append(found, Suspect{t.X.Names[c], auc})
		}
	}
	return found, nil
}

// aucOfBins is the AUC of ranking rows by the rate in their bin.
func (t *Training) aucOfBins(bins []uint8, count int) float64 {
	totals := make([]tie, count)
	for i, bin := range bins {
		w := weightOf(t.Weight, i)
		totals[bin].weight += w
		totals[bin].positive += w * float64(t.Y[i])
	}
	prior := priorOf(t.Y, t.Weight)
	score, y, weight := make([]float64, 0, 2*count), make([]uint8, 0, 2*count), make([]float32, 0, 2*count)
	for _, bin := range totals {
		rate := (bin.positive + suspectPrior*prior) / (bin.weight + suspectPrior)
		score, y = append(score, rate, rate), append(y, 0, 1)
		weight = append(weight, float32(bin.weight-bin.positive), float32(bin.positive))
	}
	return AUC(score, y, weight)
}
