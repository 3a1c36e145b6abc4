package snapshots

import (
	"math/rand/v2"
	"slices"
	"testing"

	"winback/models"
)

// drawnSnapshots have one column, the number of the row, and a share of returns.
func drawnSnapshots(days, rowsPerDay int, share float64) *Snapshots {
	rng := rand.New(rand.NewPCG(50, 1))
	s := &Snapshots{Starts: []int{0}, Raw: &models.Matrix{Names: []string{"row"}, Levels: [][]string{nil}, Columns: make([][]float32, 1)}}
	for range days {
		for i := range rowsPerDay {
			returned := uint8(0)
			if rng.Float64() < share {
				returned = 1
			}
			s.Raw.Columns[0] = append(s.Raw.Columns[0], float32(len(s.Returned)))
			s.Returned = append(s.Returned, returned)
			s.Customer = append(s.Customer, uint32(i))
		}
		s.Days = append(s.Days, 0)
		s.Starts = append(s.Starts, len(s.Returned))
	}
	return s
}

func TestToLearn_KeepsReturnsAndRates(t *testing.T) {
	s := drawnSnapshots(4, 40_000, 0.1)
	thin := s.ToLearn(s.Raw, []int{0, 1, 2, 3}, 50_000)
	var weight, returned, wantReturned float64
	for i, y := range thin.Y {
		weight += float64(thin.Weight[i])
		returned += float64(thin.Weight[i]) * float64(y)
	}
	for _, y := range s.Returned {
		wantReturned += float64(y)
	}
	if n := len(thin.Y); n > 55_000 || n < 30_000 || thin.X.Rows() != n {
		t.Errorf("%d of %d rows are left", n, len(s.Returned))
	}
	if rel := weight / float64(len(s.Returned)); rel < 0.98 || rel > 1.02 {
		t.Errorf("weights sum to %v of the rows", rel)
	}
	if rel := returned / wantReturned; rel < 0.98 || rel > 1.02 {
		t.Errorf("weighted returns are %v of all", rel)
	}
}

func TestToLearn_TakesTheSnapshotsAskedForAndNoOther(t *testing.T) {
	s := drawnSnapshots(6, 100, 0.3)
	all := s.ToLearn(s.Raw, []int{1, 4}, 1_000)
	if err := all.Check(); err != nil || all.Weight != nil || len(all.Y) != 200 {
		t.Fatalf("%d rows, weights %v, %v", len(all.Y), all.Weight, err)
	}
	for i, v := range all.X.Columns[0] {
		row, place := 100+i, uint16(0)
		if i >= 100 {
			row, place = 400+i-100, 1
		}
		if int(v) != row || all.Y[i] != s.Returned[row] || all.Group[i] != s.Customer[row] || all.Snapshot[i] != place {
			t.Fatalf("row %d is row %v", i, v)
		}
	}
	if one := s.Training(s.Raw, 1, 2); !slices.Equal(one.X.Columns[0], all.X.Columns[0][:100]) {
		t.Error("a snapshot is another one beside others")
	}
}
