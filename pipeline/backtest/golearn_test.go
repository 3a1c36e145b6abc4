package backtest

import (
	"math"
	"slices"
	"testing"
	"time"

	"winback/data"
	"winback/models"
	"winback/pipeline/learn"
	"winback/pipeline/snapshots"
)

// twoSnapshots have a rank that decides who returns, one that is missing for
// every third customer, and a text.
func twoSnapshots(rows int, returned func(rank float32) bool) *snapshots.Snapshots {
	x := &models.Matrix{Names: []string{"decides", "gaps", "text"}, Levels: [][]string{nil, nil, {"a", "b"}}, Columns: make([][]float32, 3)}
	s := &snapshots.Snapshots{Starts: []int{0}, Share: 1}
	for k := range 2 {
		for i := range rows {
			rank, gap := float32(i)/float32(rows), float32(i*7%rows)/float32(rows)
			if i%3 == 0 {
				gap = float32(math.NaN())
			}
			for c, v := range []float32{rank, gap, float32(i % 2)} {
				x.Columns[c] = append(x.Columns[c], v)
			}
			y := uint8(0)
			if returned(rank) {
				y = 1
			}
			s.Returned, s.Customer = append(s.Returned, y), append(s.Customer, uint32(i))
		}
		s.Days, s.Starts = append(s.Days, data.Day(20_000-30*k)), append(s.Starts, (k+1)*rows)
	}
	s.Raw, s.Relative = x, x
	return s
}

func TestGolearnOpinion_LearnsWhatDecidesInSecondsAndTheSameAgain(t *testing.T) {
	s := twoSnapshots(20_000, func(rank float32) bool { return rank > 0.8 })
	start := time.Now()
	p, err := golearnOpinion(s, 1, 7)
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(start); took > 20*time.Second {
		t.Errorf("took %s", took)
	}
	if auc := models.AUC(p, s.Returned[:20_000], nil); auc < 0.99 {
		t.Errorf("AUC %.3f, want one near 1", auc)
	}
	again, err := golearnOpinion(s, 1, 7)
	if err != nil || !slices.Equal(p, again) {
		t.Errorf("other probabilities from the same seed; %v", err)
	}
}

// golearn gives zeros on one side of a tree that found nothing to ask.
func TestGolearnOpinion_IsTheMeanWhereNothingIsToBeLearned(t *testing.T) {
	for _, y := range []float64{0, 1} {
		p, err := golearnOpinion(twoSnapshots(300, func(float32) bool { return y == 1 }), 1, 7)
		if err != nil {
			t.Fatal(err)
		}
		if slices.Min(p) != y || slices.Max(p) != y {
			t.Errorf("probabilities from %v to %v, want %v", slices.Min(p), slices.Max(p), y)
		}
	}
}

func TestGolearn_IsNoCandidateAndStandsLast(t *testing.T) {
	c := Cut{}
	c.Models = map[string]learn.ModelProof{}
	c.Models[ModelGolearn], c.Models["boost"] = learn.ModelProof{}, learn.ModelProof{}
	for _, known := range learn.Candidates() {
		if known.Name == ModelGolearn {
			t.Error("the batch could choose it")
		}
	}
	if names := c.ModelNames(); !slices.Equal(names, []string{"boost", ModelGolearn}) {
		t.Errorf("models %q", names)
	}
}
