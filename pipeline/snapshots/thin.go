package snapshots

import "winback/models"

// MostFitRows is how many rows a model learns from. Snapshots a month apart
// show the same customers again and again, so that more rows cost much and
// teach little.
const MostFitRows = 150_000

// Of those who did not return, so many per one who did are enough, as long as
// there are enough rows in all.
const (
	negativesPerPositive = 8
	enoughRows           = 40_000
)

// Thinned returns the training rows, or where they are more than most or than
// is useful all that returned, up to half of most, and a draw of the others,
// weighted so that rates stay what they are. The draw depends on customer and snapshot alone.
func Thinned(t *models.Training, most int) *models.Training {
	rows, positives := len(t.Y), 0
	for _, y := range t.Y {
		positives += int(y)
	}
	most = min(most, max(positives*(1+negativesPerPositive), enoughRows))
	if rows <= most || positives == 0 || positives == rows {
		return t
	}
	keepPositive := min(1, float64(most)/2/float64(positives))
	keepNegative := min(1, (float64(most)-keepPositive*float64(positives))/float64(rows-positives))
	share := [2]float64{keepNegative, keepPositive}
	var kept []int32
	thin := &models.Training{X: &models.Matrix{Names: t.X.Names, Levels: t.X.Levels, Columns: make([][]float32, len(t.X.Columns))}}
	for i, y := range t.Y {
		if Draw(t.Group[i], t.Snapshot[i]) >= share[y] {
			continue
		}
		kept = append(kept, int32(i))
		thin.Y = append(thin.Y, y)
		thin.Weight = append(thin.Weight, float32(1/share[y]))
		thin.Group = append(thin.Group, t.Group[i])
		thin.Snapshot = append(thin.Snapshot, t.Snapshot[i])
	}
	for k, c := range t.X.Columns {
		column := make([]float32, len(kept))
		for i, row := range kept {
			column[i] = c[row]
		}
		thin.X.Columns[k] = column
	}
	return thin
}

// Draw is a number in [0, 1) for a customer at a snapshot (the finaliser of
// splitmix64).
func Draw(customer uint32, snapshot uint16) float64 {
	h := uint64(customer)<<16 | uint64(snapshot)
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return float64((h^h>>31)>>11) / (1 << 53)
}
