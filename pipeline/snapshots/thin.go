package snapshots

import "winback/models"

// MostFitRows is how many rows a model learns from. Snapshots a month apart
// show the same customers again and again, so that more rows cost much and
// teach little.
const MostFitRows = 60_000

// Of those who did not return, so many per one who did are enough, as long as
// there are enough rows in all.
const (
	negativesPerPositive = 8
	enoughRows           = 40_000
)

// ToLearn returns rows of those snapshots of one form of the features: all, or
// where they are more than most or than is useful those that returned, up to half
// of most, and a draw of the others, weighted so that rates stay what they are.
// The draw depends on customer and snapshot alone.
func (s *Snapshots) ToLearn(m *models.Matrix, which []int, most int) *models.Training {
	share, all := s.thinning(which, most)
	t := &models.Training{X: &models.Matrix{Names: m.Names, Levels: m.Levels, Columns: make([][]float32, len(m.Columns))}}
	var rows []int
	for place, k := range which {
		for row := s.Starts[k]; row < s.Starts[k+1]; row++ {
			y := s.Returned[row]
			if !all && Draw(s.Customer[row], uint16(place)) >= share[y] {
				continue
			}
			rows = append(rows, row)
			t.Y = append(t.Y, y)
			t.Group = append(t.Group, s.Customer[row])
			t.Snapshot = append(t.Snapshot, uint16(place))
			if !all {
				t.Weight = append(t.Weight, float32(1/share[y]))
			}
		}
	}
	for k, c := range m.Columns {
		column := make([]float32, len(rows))
		for i, row := range rows {
			column[i] = c[row]
		}
		t.X.Columns[k] = column
	}
	return t
}

// thinning is the share of the rows of those snapshots to keep, of those who did
// not return and of those who did; all says that every row is kept.
func (s *Snapshots) thinning(which []int, most int) (share [2]float64, all bool) {
	rows, positives := 0, 0
	for _, k := range which {
		rows += s.Rows(k, k+1)
		for _, y := range s.Returned[s.Starts[k]:s.Starts[k+1]] {
			positives += int(y)
		}
	}
	most = min(most, max(positives*(1+negativesPerPositive), enoughRows))
	if rows <= most || positives == 0 || positives == rows {
		return [2]float64{1, 1}, true
	}
	share[1] = min(1, float64(most)/2/float64(positives))
	share[0] = min(1, (float64(most)-share[1]*float64(positives))/float64(rows-positives))
	return share, false
}

// Draw is a number in [0, 1) for a customer at a snapshot (the finaliser of
// splitmix64).
func Draw(customer uint32, snapshot uint16) float64 {
	h := uint64(customer)<<16 | uint64(snapshot)
	h = (h ^ h>>30) * 0xbf58476d1ce4e5b9
	h = (h ^ h>>27) * 0x94d049bb133111eb
	return float64((h^h>>31)>>11) / (1 << 53)
}
